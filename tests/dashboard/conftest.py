"""Made-up plans, a browser, and a site to press, for the tests of every page."""

from __future__ import annotations

import importlib.util
import inspect
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from dashboard.app import make_app
from dashboard.asked import Asked
from dashboard.desk import Desk
from dashboard.hotlines import HotlineShelf
from dashboard.person import Person, remember
from dashboard.screenshots import BROWSER_ARGUMENTS, find_browser
from scenarios.plan import Plan
from scenarios.plan_folder import write_plan


def _plan_builder() -> Callable[..., Plan]:
    path = Path(__file__).with_name("made_up_plan.py")
    spec = importlib.util.spec_from_file_location("made_up_plan", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    builder: Callable[..., Plan] = module.build_plan
    return builder


build_plan = _plan_builder()


@pytest.fixture(scope="session")
def week_plan() -> Plan:
    """Seven days with the Mid-Autumn holiday."""
    return build_plan()


@pytest.fixture(scope="session")
def month_plan() -> Plan:
    """Four weeks with two holidays and two make-up days."""
    return build_plan(date(2026, 9, 14), 28)


@pytest.fixture(scope="session")
def plan_maker() -> Callable[..., Plan]:
    """Makes other plans of the same kind."""
    return build_plan


@pytest.fixture(scope="session")
def plans_folder(tmp_path_factory: pytest.TempPathFactory, month_plan: Plan, week_plan: Plan) -> Path:
    """A folder with three finished plans: two to compare over four weeks, and one week."""
    folder = tmp_path_factory.mktemp("plans")
    faster = build_plan(date(2026, 9, 14), 28, faster=1.5)
    faster = replace(faster, roster=replace(faster.roster, hours=1300.0))
    for name, plan in (("four-weeks", month_plan), ("more-seats", faster), ("one-week", week_plan)):
        write_plan(plan, folder / name, lambda _plan: b"<html></html>")
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, cut off from every host but this one."""
    found = find_browser()
    if found is None:
        if os.environ.get("WFM_REQUIRE_BROWSER") == "1":
            pytest.fail("WFM_REQUIRE_BROWSER=1, and no Chromium was found")
        pytest.skip("no Chromium found (WFM_CHROMIUM names one)")
    from playwright.sync_api import sync_playwright

    cut_off = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=[*BROWSER_ARGUMENTS, cut_off])
        yield opened
        opened.close()


@dataclass
class Site:
    """The dashboard over a desk, as a browser would use it; whoever asks stands in ``who``."""

    desk: Desk
    who: list[Person]
    path: str
    query: dict[str, str]
    """What stands in every address: the hotline and the moment."""
    search: str
    """The address's query where a callback asks for it."""

    def __post_init__(self) -> None:
        def protect(server: Flask) -> None:
            server.before_request(lambda: remember(self.who[0]))

        self.app = make_app(self.desk, protect)
        self.client = self.app.server.test_client()
        self.client.get("/_dash-dependencies")  # dash takes its callbacks up with the first request

    def before(self, home: Path, person: Person) -> Site:
        """The same dashboard before another home, asked by somebody."""
        self.desk.home = home
        self.desk.hotlines = HotlineShelf([home / "hotlines"])
        for kept in ("store", "jobs"):
            self.desk.__dict__.pop(kept, None)
        self.who[0] = person
        self.client = self.app.server.test_client()  # without the cookies of the test before
        return self

    def asked(self, path: str = "", **query: str) -> Asked:
        return Asked(path or self.path, {**self.query, **query})

    def press(
        self,
        function: str,
        values: dict[str, Any],
        changed: str = "",
        language: str = "en",
        *,
        path: str = "",
        search: str = "",
    ) -> Any:
        """Send a callback: of a page (``roster/add``), or the one whose qualified name ends with ``function``.

        Values stand by ``id.property``; those of patterns as ``patterns``, a list of (id, value).
        """
        key, callback = self._found(function)
        address = {"url.pathname": path or self.path, "url.search": search or self.search}
        known = {**address, "language.data": language, **values}

        def alike(name: str, prop: str) -> list[dict[str, Any]]:
            wanted = json.loads(name).get("part")
            return [
                {"id": i, "property": prop, "value": v} for i, v in known.get("patterns", []) if i["part"] == wanted
            ]

        def part(dependency: dict[str, Any]) -> Any:
            name, prop = dependency["id"], dependency["property"]
            if name.startswith("{"):
                return known.get(f"{name}.{prop}", alike(name, prop))
            return {"id": name, "property": prop, "value": known.get(f"{name}.{prop}")}

        outputs: list[Any] = []
        for output in key[2:-2].split("...") if key.startswith("..") else [key]:
            name, _, prop = output.rpartition(".")
            prop = prop.partition("@")[0]
            outputs.append(alike(name, prop) if name.startswith("{") else {"id": name, "property": prop})
        body = {
            "output": key,
            "outputs": outputs if key.startswith("..") else outputs[0],
            "inputs": [part(d) for d in callback["inputs"]],
            "state": [part(d) for d in callback["state"]],
            "changedPropIds": [changed] if changed else [],
        }
        return self.client.post("/_dash-update-component", json=body)

    def _found(self, function: str) -> tuple[str, Any]:
        pages, _, name = function.rpartition("/")
        found = {}
        for key, callback in self.app.callback_map.items():
            if "callback" not in callback:
                continue
            inner = inspect.unwrap(callback["callback"])
            whole = f"{inner.__module__}.{inner.__qualname__}"
            if not pages and whole.endswith(function):
                return key, callback
            if pages and whole.startswith(tuple(f"dashboard.pages.{page}." for page in pages.split(","))):
                found[inner.__qualname__] = (key, callback)
        return next(v for k, v in found.items() if k.endswith(f".{name}"))


@pytest.fixture(scope="session")
def open_site(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Site]:
    """Makes the application over an empty desk, once for all tests that go before homes of their own."""

    def made(
        now: datetime,
        person: Person,
        query: dict[str, str],
        *,
        path: str = "",
        search: str = "",
        plans: Path | None = None,
    ) -> Site:
        folder = plans or tmp_path_factory.mktemp("no-plans")
        desk = Desk(folder, home=tmp_path_factory.mktemp("home"), clock=lambda: now)
        return Site(desk, [person], path, query, search)

    return made


@pytest.fixture
def go_before(monkeypatch: pytest.MonkeyPatch) -> Callable[[Site, Path, Person], Site]:
    """Sets a site before a home, which is ``WFM_HOME`` for the test."""

    def went(site: Site, home: Path, person: Person) -> Site:
        monkeypatch.setenv("WFM_HOME", str(home))
        monkeypatch.delenv("WFM_DATABASE_URL", raising=False)
        return site.before(home, person)

    return went


def texts_of(component: Any) -> Iterator[str]:
    if component is None or isinstance(component, bool):
        return
    if isinstance(component, (str, int, float)):
        yield str(component)
    elif isinstance(component, (list, tuple)):
        for one in component:
            yield from texts_of(one)
    else:
        props = component.get("props", component) if isinstance(component, dict) else vars(component)
        yield from texts_of([props.get("label"), props.get("children")])
        yield from texts_of_tree(props.get("tree"))


def texts_of_tree(tree: Any) -> Iterator[str]:
    """Of what stands still: words, or ``[tag, attributes, *children]``."""
    if isinstance(tree, list):
        for one in tree[2:]:
            yield from texts_of_tree(one)
    elif tree is not None:
        yield str(tree)


@pytest.fixture(scope="session")
def texts() -> Callable[[Any], str]:
    """Every text of a component as it stands, in their order."""
    return lambda component: " ".join(texts_of(component))


@pytest.fixture(scope="session")
def words() -> Callable[[Any], str]:
    """Reads a component aloud: its texts with plain spaces between words."""
    return lambda component: " ".join(" ".join(texts_of(component)).split())


def notice_of(answer: Any) -> str:
    """The notice that an answer shows."""
    if answer.status_code != 200:
        return ""
    side = answer.json.get("sideUpdate") or {}
    sent = side.get("notices", {}).get("sendNotifications", [])
    return sent[-1]["message"] if sent else ""


@pytest.fixture(scope="session")
def notice() -> Callable[[Any], str]:
    """Reads the notice of an answer."""
    return notice_of
