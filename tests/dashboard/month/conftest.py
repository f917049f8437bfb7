"""A desk with a small published month in a home of its own, and a way to press its buttons as a browser would."""

from __future__ import annotations

import inspect
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from dashboard.app import make_app
from dashboard.asked import Asked
from dashboard.desk import Desk
from dashboard.person import Person, remember
from dashboard.roster_shelf import roster_shelf
from scenarios.roster_at_hand import RosterAtHand, counted_posts
from scenarios.roster_month import publish_roster
from scenarios.roster_problem import roster_problem
from scenarios.scenario import load_scenario
from scheduler.grid_words import CellDuty
from scheduler.roster_grid import GridDuty, duties_from_grid
from wfm.store import open_store

HOTLINE = "nanxun-12368"
FIRST = date(2026, 9, 14)
ZONE = ZoneInfo("Asia/Shanghai")

SCHEDULER = Person("wang", ("scheduler",))
VIEWER = Person("zhao", ("viewer",))
AGENT = Person("a003", ("agent",), f"{HOTLINE}:A003")


def small_month() -> RosterAtHand:
    """Two weeks: A001 answers with A003 behind on even weekdays, A005 with A007 on odd ones."""
    scenario = load_scenario(HOTLINE)
    empty = pd.DataFrame(columns=["date", "group", "shift", "posts_a", "posts_b"])
    problem = roster_problem(scenario, FIRST, 14, empty)
    days = [d for d in range(14) if (FIRST + timedelta(days=d)).weekday() < 5]
    cells = [
        GridDuty(agent, FIRST + timedelta(days=d), CellDuty("day-1", role, "court"))
        for d in days
        for agent, role in ((("A001", "A"), ("A003", "B")) if d % 2 == 0 else (("A005", "A"), ("A007", "B")))
    ]
    duties = duties_from_grid(problem, cells)
    problem = replace(problem, posts=counted_posts(scenario.hotline, duties))
    return RosterAtHand("small", scenario, problem, duties, True)


@dataclass
class Site:
    """The dashboard over the desk; whoever asks is set by :attr:`person`."""

    desk: Desk
    app: Any
    who: list[Person]

    def __post_init__(self) -> None:
        self.client = self.app.server.test_client()
        self.client.get("/_dash-dependencies")  # dash takes its callbacks up with the first request

    def asked(self, path: str = "/roster", **query: str) -> Asked:
        return Asked(path, {"hotline": HOTLINE, "at": "2026-09-13T12:00", **query})

    def press(
        self,
        function: str,
        values: dict[str, Any],
        *,
        path: str = "/roster",
        search: str = "",
        language: str = "en",
        changed: str = "",
    ) -> Any:
        """Send the callback whose name ends with ``function``; values by ``id.property``, of patterns a list of (id, value)."""
        found = {
            inspect.unwrap(c["callback"]).__qualname__: (key, c)
            for key, c in self.app.callback_map.items()
            if "callback" in c
            and inspect.unwrap(c["callback"]).__module__.startswith("dashboard.pages")
            and inspect.unwrap(c["callback"]).__module__.split(".")[2] in function.split("/")[0].split(",")
        }
        name = function.split("/")[1]
        (key, callback) = next(v for k, v in found.items() if k.endswith(f".{name}"))
        known = {
            "url.pathname": path,
            "url.search": search or f"?hotline={HOTLINE}&at=2026-09-13T12:00&month=2026-09-14",
            "language.data": language,
            **values,
        }

        def part(dependency: dict[str, Any]) -> Any:
            name, prop = dependency["id"], dependency["property"]
            if name.startswith("{"):
                wanted = json.loads(name)["part"]
                return [
                    {"id": i, "property": prop, "value": v} for i, v in known.get("patterns", []) if i["part"] == wanted
                ]
            return {"id": name, "property": prop, "value": known.get(f"{name}.{prop}")}

        outputs = []
        for output in key[2:-2].split("...") if key.startswith("..") else [key]:
            name_of, _, prop = output.rpartition(".")
            prop = prop.partition("@")[0]
            if name_of.startswith("{"):
                wanted = json.loads(name_of)["part"]
                outputs.append([{"id": i, "property": prop} for i, _ in known["patterns"] if i["part"] == wanted])
            else:
                outputs.append({"id": name_of, "property": prop})
        body = {
            "output": key,
            "outputs": outputs if key.startswith("..") else outputs[0],
            "inputs": [part(d) for d in callback["inputs"]],
            "state": [part(d) for d in callback["state"]],
            "changedPropIds": [changed] if changed else [],
        }
        return self.client.post("/_dash-update-component", json=body)


def notice_of(answer: Any) -> str:
    """The notice that an answer shows."""
    if answer.status_code != 200:
        return ""
    side = answer.json.get("sideUpdate") or {}
    sent = side.get("notices", {}).get("sendNotifications", [])
    return sent[-1]["message"] if sent else ""


def words_of(component: Any) -> str:
    """All words of a component, in their order."""
    if component is None or isinstance(component, bool):
        return ""
    if isinstance(component, (str, int, float)):
        return str(component)
    if isinstance(component, (list, tuple)):
        return " ".join(" ".join(w for w in (words_of(c) for c in component) if w).split())
    if isinstance(component, dict):
        return words_of(component.get("props", {}).get("children"))
    return words_of(getattr(component, "children", None))


@pytest.fixture
def notice() -> Callable[[Any], str]:
    return notice_of


@pytest.fixture
def words() -> Callable[[Any], str]:
    return words_of


@pytest.fixture(scope="session")
def published_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose store holds the small month as published version 1; each test works on a copy."""
    home = tmp_path_factory.mktemp("month") / "home"
    home.mkdir()
    store = open_store(f"sqlite:///{home / 'wfm.sqlite'}")
    publish_roster(small_month(), store, datetime(2026, 9, 1, tzinfo=ZONE), despite_rules=True)
    return home


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, Any, list[Person]]:
    """One application for all tests; whoever asks stands in the list."""
    desk = Desk(
        tmp_path_factory.mktemp("plans"),
        home=tmp_path_factory.mktemp("home"),
        clock=lambda: datetime(2026, 9, 13, 12, tzinfo=ZONE),
    )
    who = [SCHEDULER]

    def protect(server: Any) -> None:
        server.before_request(lambda: remember(who[0]))

    return desk, make_app(desk, protect), who


@pytest.fixture
def site(
    shared: tuple[Desk, Any, list[Person]], published_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Site:
    """The dashboard over a store of the test's own; a scheduler asks."""
    desk, app, who = shared
    shutil.copytree(published_home, tmp_path / "home")
    monkeypatch.setenv("WFM_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("WFM_DATABASE_URL", raising=False)
    desk.home = tmp_path / "home"
    for kept in ("store", "jobs"):
        desk.__dict__.pop(kept, None)
    roster_shelf(desk)._kept.clear()
    who[0] = SCHEDULER
    return Site(desk, app, who)
