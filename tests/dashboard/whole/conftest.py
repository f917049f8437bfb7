"""The whole dashboard over a whole centre: records up to a morning, plan, published roster, work orders.

The centre is made once in a run, however many processes test, and each process works on a copy of its own.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dashboard.desk import Desk
from dashboard.reports import render_report
from dashboard.screenshots import running
from scenarios.rehearsal import rehearse
from scenarios.scenario import load_scenario

HOTLINE = "nanxun-12368"
NOW = datetime(2026, 11, 26, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
_DEADLINE_S = 240.0


@pytest.fixture(scope="session")
def centre_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rehearsal centre, as it was made; copy it before changing anything."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "whole-centre"
    done, begun = shared.with_name("whole-centre-done"), shared.with_name("whole-centre-begun")
    try:
        begun.mkdir()
    except FileExistsError:
        until = time.monotonic() + _DEADLINE_S
        while not done.exists() and time.monotonic() < until:
            time.sleep(0.2)  # another process makes it
        assert done.exists(), "the centre was not made in time"
        return shared
    rehearse(load_scenario(HOTLINE), shared, NOW, render_report, days_before=28, replications=4, roster_seconds=5.0)
    done.touch()
    return shared


@dataclass
class Centre:
    """A dashboard that runs over a copy of the centre."""

    base: str
    desk: Desk
    faults: list[str] = field(default_factory=list)
    """What the server logged as an error."""

    query: str = f"hotline={HOTLINE}&at=2026-11-26T10:30"
    """The centre's hotline and morning, as they stand in an address."""

    def address(self, path: str) -> str:
        """The page at ``path``, looked at from the centre's morning."""
        return f"{self.base}{path}{'&' if '?' in path else '?'}{self.query}"


@pytest.fixture(scope="module")
def centre(centre_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """The dashboard over a copy of the centre, without a gate: whoever asks is the owner."""
    folder = tmp_path_factory.mktemp("centre") / "copy"
    shutil.copytree(centre_folder, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WFM_HOME", str(folder / "home"))
        desk = Desk(folder / "plans", home=folder / "home", clock=lambda: NOW)
        with running(desk) as base:
            made = Centre(base, desk)
            handler = _Faults(made.faults)
            logging.getLogger().addHandler(handler)
            try:
                yield made
            finally:
                logging.getLogger().removeHandler(handler)


class _Faults(logging.Handler):
    def __init__(self, faults: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._faults = faults

    def emit(self, record: logging.LogRecord) -> None:
        self._faults.append(logging.Formatter().format(record))


@pytest.fixture(scope="session")
def keep_picture() -> Any:
    """Keeps a screenshot under ``WFM_SCREENSHOTS``, where CI collects them; nothing where that is not set."""

    def keep(page: Any, name: str) -> None:
        folder = os.environ.get("WFM_SCREENSHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(folder) / f"{re.sub(r'[^a-z0-9-]+', '-', name)}.png", full_page=True)

    return keep
