"""Every callback and every route is tried by every role: what a page hides is no check, what the server answers is."""

from __future__ import annotations

import inspect
import json
import re
import sys
from typing import Any

import dash
import pytest
from werkzeug.exceptions import HTTPException

from dashboard.pages import PAGES
from dashboard.person import require
from dashboard.rights import RIGHTS_OF, ROLES
from dashboard.server.chart_script import ADDRESS as CHART_SCRIPT
from wfm.store import USER_ROLES

ASKS = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}

OPEN_TO_ALL = {
    "dashboard.callbacks._pages.<locals>.show",
    "dashboard.jobs.badge.wire_badge.<locals>.fill",
}
"""Callbacks without a right of their own: they ask who it is. What they answer to an agent is looked at below."""

FRAME = {
    "/health",
    "/compare",
    "/static/<path:filename>",
    "/assets/<path:filename>",
    "/assets/all.css",
    "/assets/all.js",
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
    CHART_SCRIPT,
    "/_dash-layout",
    "/_dash-dependencies",
    "/_dash-update-component",
    "/_reload-hash",
    "/_favicon.ico",
    "/",
    "/<path:path>",
    "/sign-in",
    "/sign-in/oidc",
    "/sign-in/oidc/back",
    "/sign-out",
    "/password",
    "/session/active",
    "/calendar/<token>.ics",
}
"""Routes of the frame and the gate; they show nothing of a hotline."""

BY_TOKEN = {"/calendar/<token>.ics"}
"""Routes without a session: the token in the address is the key, to one person's own duties."""

RIGHT_OF_ROUTE = {
    "/download/admin/audit.csv": "administer",
    "/download/mine/duties.ics": "own duties",
    "/download/data/problems.csv": "records",
    "/upload/data": "records",
}
"""Rights of routes that ask for another one than ``see``."""


def named(component: str, prop: str) -> Any:
    """A property of a component as the browser would send it, without a value: all of a pattern are none, a match is one."""
    if not component.startswith("{"):
        return {"id": component, "property": prop, "value": None}
    pattern = json.loads(component)
    if ["ALL"] in pattern.values():
        return []
    return {"id": {k: "1" if v == ["MATCH"] else v for k, v in pattern.items()}, "property": prop, "value": None}


def body_of(key: str, callback: dict[str, Any]) -> dict[str, Any]:
    """What a browser posts to ask for this callback."""
    told = callback["output"]
    given = [told] if not isinstance(told, (list, tuple)) else told
    outputs = [named(one.component_id_str(), one.component_property) for one in given]
    return {
        "output": key,
        "outputs": outputs if key.startswith("..") else outputs[0],
        "inputs": [named(d["id"], d["property"]) for d in callback["inputs"]],
        "state": [named(d["id"], d["property"]) for d in callback["state"]],
        "changedPropIds": [],
    }


def function_of(callback: dict[str, Any]) -> str:
    found = inspect.unwrap(callback["callback"])
    return f"{found.__module__}.{found.__qualname__}"


@pytest.fixture(scope="module")
def browsers(whole_site: Any) -> dict[str, Any]:
    return {role: whole_site.signed_in(role) for role in ROLES}


@pytest.fixture(scope="module")
def server_callbacks(whole_site: Any) -> dict[str, dict[str, Any]]:
    whole_site.browser().get("/health")  # dash takes callbacks up with the first request
    whole_site.app._setup_server() if hasattr(whole_site.app, "_setup_server") else None
    return {key: told for key, told in whole_site.app.callback_map.items() if "callback" in told}


def test_the_stores_roles_are_the_dashboards() -> None:
    assert USER_ROLES == ROLES


def test_no_callback_goes_past_answering(whole_site: Any, server_callbacks: dict[str, dict[str, Any]]) -> None:
    names = {function_of(told) for told in server_callbacks.values()}
    assert names == set(whole_site.answering.rights)
    assert len(names) >= 20


def test_callbacks_without_a_right_are_known(whole_site: Any) -> None:
    assert {name for name, right in whole_site.answering.rights.items() if right is None} == OPEN_TO_ALL


def test_every_callback_answers_those_who_may_and_nobody_else(
    whole_site: Any,
    browsers: dict[str, Any],
    server_callbacks: dict[str, dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Over HTTP, as a browser asks. The callback's own work is left out: whoever passes its check goes no further."""

    class Passed(dash.exceptions.PreventUpdate):
        pass

    def check(right: Any) -> None:
        require(right)
        raise Passed

    monkeypatch.setattr("dashboard.answering.require", check)
    wrong, tried = [], 0
    for key, told in server_callbacks.items():
        right = whole_site.answering.rights[function_of(told)]
        if right is None:
            continue
        body = body_of(key, told)
        for role, browser in browsers.items():
            status = browser.post("/_dash-update-component", json=body, headers=ASKS).status_code
            expected = 204 if right in RIGHTS_OF[role] else 403
            tried += 1
            if status != expected:
                wrong.append((function_of(told), right, role, status))
    assert wrong == []
    assert tried >= 100


def test_nobody_is_answered_without_a_session(whole_site: Any, server_callbacks: dict[str, dict[str, Any]]) -> None:
    stranger = whole_site.browser()
    for key, told in server_callbacks.items():
        answer = stranger.post("/_dash-update-component", json=body_of(key, told), headers=ASKS)
        assert answer.status_code == 401, key


def routes(site: Any) -> list[tuple[str, str, str]]:
    """Every route that shows or takes something of a hotline, with an address and a method to try."""
    found = []
    for rule in site.server.url_map.iter_rules():
        if rule.rule not in FRAME | BY_TOKEN:
            address = re.sub(r"<(?:int:)[^>]+>", "1", rule.rule)
            address = re.sub(r"<[^>]+>", "seats", address)
            method = "POST" if "POST" in (rule.methods or ()) else "GET"
            found.append((rule.rule, address, method))
    return found


class Passed(HTTPException):
    """A route asked for the right and went on; its own work is left out."""

    code = 418


def test_every_route_answers_those_who_may_and_nobody_else(
    whole_site: Any, browsers: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    checked = require

    def check(right: Any) -> None:
        asked.append(right)
        checked(right)
        raise Passed

    for module in list(sys.modules.values()):
        if vars(module).get("require") is checked:
            monkeypatch.setattr(module, "require", check)
    wrong = []
    for rule, address, method in routes(whole_site):
        right = RIGHT_OF_ROUTE.get(rule, "see")
        for role, browser in browsers.items():
            asked.clear()
            status = browser.open(address, method=method, headers=ASKS).status_code
            expected = 418 if right in RIGHTS_OF[role] else 403
            if status != expected or (expected == 418 and asked != [right]):
                wrong.append((rule, role, status, list(asked)))
        status = whole_site.browser().open(address, method=method, headers=ASKS).status_code
        if status != 401:
            wrong.append((rule, "nobody", status))
    assert wrong == []


def page_shown(browser: Any, site: Any, path: str) -> dict[str, Any]:
    key, told = next(
        (key, told)
        for key, told in site.app.callback_map.items()
        if "callback" in told and function_of(told) == "dashboard.callbacks._pages.<locals>.show"
    )
    body = body_of(key, told)
    given = {"pathname": path, "search": "", "data": None}
    for part in body["inputs"]:
        part["value"] = {"dark": False, "narrow": False} if part["id"] == "screen" else given[part["property"]]
    body["changedPropIds"] = ["url.pathname"]
    answer = browser.post("/_dash-update-component", json=body, headers=ASKS)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json["response"]
    return found


@pytest.mark.parametrize("role", ROLES)
def test_every_page_opens_to_those_who_may(role: str, whole_site: Any, browsers: dict[str, Any]) -> None:
    for page in PAGES:
        shown = json.dumps(
            page_shown(browsers[role], whole_site, f"/{page.key}")["page"]["children"], ensure_ascii=False
        )
        refused = "Your role does not open this page" in shown
        assert refused is (page.right not in RIGHTS_OF[role]), (page.key, shown[:300])


def test_an_agent_sees_the_own_duties_and_nothing_else(whole_site: Any, browsers: dict[str, Any]) -> None:
    agent = browsers["agent"]
    opens = {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}
    assert agent.get("/", headers=opens).headers["Location"] == "/mine"
    assert agent.get("/mine", headers=opens).status_code == 200
    for path in (
        "/today",
        "/plan",
        "/roster",
        "/admin",
        "/report",
        "/data/seats.csv",
        "/download/roster/xlsx",
        "/nothing",
    ):
        assert agent.get(path, headers=opens).status_code == 403, path
    frame = json.dumps(page_shown(agent, whole_site, "/mine"), ensure_ascii=False)
    layout = agent.get("/_dash-layout", headers=ASKS).text
    for hotline in whole_site.desk.hotlines.places():
        assert whole_site.desk.hotlines.titles()[hotline].en not in layout
    links = re.findall(r'"href": "(/[a-z]+)', frame)
    assert set(links) <= {"/mine"}


def test_links_of_the_navigation_are_those_that_open(whole_site: Any, browsers: dict[str, Any]) -> None:
    for role, browser in browsers.items():
        nav = json.dumps(page_shown(browser, whole_site, "/mine")["nav"])
        for page in PAGES:
            linked = f'"href": "/{page.key}' in nav
            assert not linked or page.right in RIGHTS_OF[role], (role, page.key)
