"""The web server, a process of its own: started by ``wfm serve``.

On Unix gunicorn with several workers, each with several threads. Modules are loaded once, before the workers are
forked; what holds connections or threads (store, records, compiled engines) is made in each worker. On Windows
waitress with threads, in one process.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dashboard.access import AccessRules, guard
from dashboard.app import make_app
from dashboard.desk import Desk
from dashboard.server.health import EXPECTED_WORKERS
from dashboard.server.log import set_up_log
from dashboard.server.pipe import when_closed
from dashboard.server.settings import ServeSettings
from dashboard.server.warm import warm_up
from wfm.home import home_folder
from wfm.i18n import say

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["main", "make_server"]

_LOG = logging.getLogger("wfm.web")

ENDS_WITHIN_S = 4
"""Answers under way may take so long after the server was asked to close."""
SILENT_WORKER_S = 120
"""A worker whose main loop says nothing for so long is replaced."""


def make_server(settings: ServeSettings) -> Flask:
    """The application of one worker."""

    def tell_next(token: str) -> None:
        line = say("The link was used. The next one: {link}", link=settings.link(token))
        sys.stderr.write(line + "\n")
        sys.stderr.flush()

    rules = AccessRules(
        accounts=settings.accounts,
        cookie=f"wfm_session_{settings.port}",  # browsers keep one set of cookies for all ports of a host
        public_names=settings.public_names,
        proxies=settings.proxies,
    )
    desk = Desk(settings.plans, list(settings.hotlines))
    app = make_app(desk, lambda server: guard(server, desk, rules, on_new_token=tell_next))
    server: Flask = app.server
    server.config[EXPECTED_WORKERS] = settings.jobs
    server.config["MAX_CONTENT_LENGTH"] = settings.upload_mb * 1024**2
    warm_up(desk)
    return server


def main(arguments: Sequence[str] = ()) -> int:
    """Serve on the socket that was handed over, until asked to close; returns the exit code."""
    settings = ServeSettings.from_environ()
    if settings is None:
        sys.stderr.write("dashboard.server.web is started by wfm serve\n")
        return 2
    set_up_log(home_folder(), settings.log_format)
    if settings.socket is None:
        return _by_waitress(settings)
    return _by_gunicorn(settings)


def _by_gunicorn(settings: ServeSettings) -> int:
    from gunicorn.app.base import BaseApplication
    from gunicorn.glogging import Logger

    class ToOurLog(Logger):  # type: ignore[misc]
        """Gunicorn's words go where all others go."""

        def setup(self, cfg: Any) -> None:
            super().setup(cfg)
            self.error_log.handlers.clear()
            self.error_log.propagate = True

    class Served(BaseApplication):  # type: ignore[misc]
        """Gunicorn with our settings, and no file of its own to read."""

        def load_config(self) -> None:
            for key, value in _gunicorn_settings(settings, ToOurLog).items():
                if key in self.cfg.settings:  # of which some are younger than the oldest version that will do
                    self.cfg.set(key, value)

        def load(self) -> Any:
            return make_server(settings)

    when_closed(lambda: os.kill(os.getpid(), signal.SIGTERM))
    gc.freeze()  # what the workers share is not walked through, and so not copied, by each of them
    try:
        Served().run()
    except SystemExit as end:
        _end_now(end.code if isinstance(end.code, int) else 1)
    return 0


def _end_now(code: int = 0) -> None:
    """End without taking all modules apart, which takes longer than anything else at the end."""
    for handler in logging.getLogger().handlers:
        handler.flush()
    sys.stderr.flush()
    os._exit(code)


def _gunicorn_settings(settings: ServeSettings, logger: type) -> dict[str, Any]:
    return {
        "bind": [f"fd://{settings.socket}"],
        "workers": settings.workers,
        "worker_class": "gthread",
        "threads": settings.threads,
        "timeout": SILENT_WORKER_S,
        "graceful_timeout": ENDS_WITHIN_S,
        "keepalive": 30,
        "logger_class": logger,
        "loglevel": "warning",
        "forwarded_allow_ips": "",  # whom to believe is said by --trust-proxy, in one place
        "control_socket_disable": True,
        "worker_exit": lambda _server, _worker: _end_now(),
        "proc_name": "wfm serve",
    }


def _by_waitress(settings: ServeSettings) -> int:
    from waitress.server import create_server

    server = create_server(
        make_server(settings),
        host=settings.host.strip("[]"),
        port=settings.port,
        threads=settings.workers * settings.threads,
        ident=None,
        max_request_body_size=settings.upload_mb * 1024**2,
    )
    when_closed(lambda: os._exit(0))
    try:
        server.run()
    except (KeyboardInterrupt, SystemExit):
        pass
    finally:
        server.close()
    return 0
