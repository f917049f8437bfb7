"""The finished plans that the dashboard can show, read once and again only when they change on disk."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from datetime import date
from pathlib import Path

from scenarios.plan import Plan
from scenarios.plan_folder import find_plans, read_plan
from wfm.errors import BadInput
from wfm.i18n import list_words, say

__all__ = ["PlanShelf"]

_KEPT = 8


class PlanShelf:
    """Plans in one folder, by the name of their folder. Safe for several threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._read: OrderedDict[tuple[Path, int], Plan] = OrderedDict()
        self._heads: dict[tuple[Path, int], tuple[str, date, int]] = {}

    def folders(self) -> dict[str, Path]:
        """Folder of each plan by name, the newest first."""
        found = sorted(find_plans(self.folder), key=lambda p: (-(p / "plan.json").stat().st_mtime_ns, p.name))
        return {path.resolve().name: path for path in found}

    def names(self) -> list[str]:
        """Names of the plans, the newest first."""
        return list(self.folders())

    def hotlines(self) -> dict[str, str]:
        """Hotline of each plan by name, the newest first."""
        return {name: hotline for name, (hotline, _, _) in self.periods().items()}

    def periods(self) -> dict[str, tuple[str, date, int]]:
        """Hotline, first day and number of days of each plan by name, the newest first."""
        found = {}
        for name, path in self.folders().items():
            stamp = (path, (path / "plan.json").stat().st_mtime_ns)
            if stamp not in self._heads:
                self._heads[stamp] = _head_of(path)
            found[name] = self._heads[stamp]
        return found

    def plan(self, name: str) -> Plan:
        """The plan of this name.

        Raises:
            BadInput: there is no such plan, or it cannot be read.
        """
        folders = self.folders()
        if name not in folders:
            known = list_words(sorted(folders))
            raise BadInput(
                say(
                    "There is no plan “{name}” in {folder}; known: {known}.", name=name, folder=self.folder, known=known
                )
                if folders
                else say("There is no plan “{name}”: {folder} holds no plans.", name=name, folder=self.folder)
            )
        path = folders[name]
        key = (path, (path / "plan.json").stat().st_mtime_ns)
        with self._lock:
            if key in self._read:
                self._read.move_to_end(key)
                return self._read[key]
        plan = read_plan(path)
        with self._lock:
            self._read[key] = plan
            while len(self._read) > _KEPT:
                self._read.popitem(last=False)
        return plan


def _head_of(path: Path) -> tuple[str, date, int]:
    """Of which hotline and days a plan is; of none when the plan cannot be read, which is said when it is opened."""
    try:
        head = json.loads((path / "plan.json").read_bytes())
        return str(head["hotline"]["id"]), date.fromisoformat(head["first"]), int(head["days"])
    except (OSError, ValueError, KeyError, TypeError):
        return "", date.min, 0
