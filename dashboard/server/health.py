"""``/health``: whether the dashboard can do its work. Open to everybody, so it names nothing but states."""

from __future__ import annotations

import logging

from flask import Flask, Response, jsonify

from dashboard.desk import Desk
from dashboard.jobs.names import worker_lives
from wfm import __version__

__all__ = ["EXPECTED_WORKERS", "serve_health"]

EXPECTED_WORKERS = "WFM_JOB_WORKERS"
"""Key of the application's configuration: how many processes for long work should be there."""

_LOG = logging.getLogger("wfm.health")


def serve_health(server: Flask, desk: Desk) -> None:
    """Add the address; 503 while the store does not answer, or nobody would do long work."""

    @server.get("/health")
    def health() -> tuple[Response, int]:
        expected = int(server.config.get(EXPECTED_WORKERS, 0))
        try:
            alive = sum(worker_lives(w.name, w.heartbeat_at) for w in desk.store.jobs.workers())
            store = True
        except Exception:  # noqa: BLE001 - whatever the database raises, it does not answer
            _LOG.warning("store does not answer", exc_info=True)
            alive, store = 0, False
        well = store and (alive > 0 or not expected)
        told = {
            "status": "ok" if well else "failing",
            "version": __version__,
            "store": "ok" if store else "failing",
            "job_workers": {"alive": alive, "expected": expected},
        }
        return jsonify(told), 200 if well else 503
