"""Callbacks: what they say when something is wrong reaches the page."""

from __future__ import annotations

from typing import Any

import dash
import pytest
from dash import Input, Output, dcc, html

from dashboard.answering import Answering, tell
from dashboard.person import Forbidden, Person, remember
from wfm.errors import BadInput


@pytest.fixture
def ask() -> Any:
    """Sends a callback as the page does."""
    app = dash.Dash(__name__, serve_locally=True)
    app.layout = html.Div([dcc.Store(id="language"), dcc.Store(id="in"), dcc.Store(id="out"), html.Div(id="notices")])
    answer = Answering(app)

    @answer(Output("out", "data"), Input("in", "data"), right="see")
    def one(value: str) -> Any:
        if value == "bad":
            raise BadInput("lines.0.talk_s: should be greater than 0")
        if value == "fault":
            raise RuntimeError("inside")
        tell("well")
        return value

    @answer([Output("out", "a"), Output("out", "b")], Input("in", "data"), right="see")
    def two(value: str) -> Any:
        raise BadInput("two")

    @answer(Input("in", "data"), right="see")
    def none(value: str) -> Any:
        raise BadInput("none")

    app.server.register_error_handler(Forbidden, lambda error: (str(error), 403))  # type: ignore[attr-defined]
    person = [Person("li", ("viewer",))]
    app.server.before_request(lambda: remember(person[0]))  # type: ignore[attr-defined]

    def send(value: str, which: int = 0, who: Person | None = None) -> Any:
        person[0] = who or person[0]
        client = app.server.test_client()  # type: ignore[attr-defined]
        spec = client.get("/_dash-dependencies").json[which]
        outputs: list[dict[str, str]] = [
            {"id": name, "property": prop}
            for name, _, prop in (o.rpartition(".") for o in spec["output"].strip(".").split("...") if "out" in o)
        ]
        body = {
            "output": spec["output"],
            "outputs": outputs[0] if len(outputs) == 1 else outputs,
            "inputs": [{"id": "in", "property": "data", "value": value}],
            "state": [{"id": "language", "property": "data", "value": "en"}],
            "changedPropIds": ["in.data"],
        }
        return client.post("/_dash-update-component", json=body)

    return send


def notice(answer: Any) -> str:
    (told,) = answer.json["sideUpdate"]["notices"]["sendNotifications"]
    return str(told["message"])


def test_an_answer_and_a_notice(ask: Any) -> None:
    answer = ask("x")
    assert answer.json["response"] == {"out": {"data": "x"}}
    assert notice(answer) == "well"


@pytest.mark.parametrize(("value", "which", "said"), [("bad", 0, "lines.0.talk_s"), ("x", 1, "two"), ("x", 2, "none")])
def test_bad_input_is_said_and_changes_nothing(ask: Any, value: str, which: int, said: str) -> None:
    answer = ask(value, which)
    assert answer.status_code == 200
    assert said in notice(answer)
    assert not answer.json.get("response")


def test_a_fault_is_said_by_its_number(ask: Any, caplog: pytest.LogCaptureFixture) -> None:
    answer = ask("fault")
    (record,) = [r for r in caplog.records if r.exc_info]
    assert vars(record)["fault"] in notice(answer)
    assert "inside" not in notice(answer)


def test_the_right_is_asked_by_the_callback(ask: Any) -> None:
    answer = ask("x", who=Person("agent", ("agent",)))
    assert answer.status_code == 403
    assert "response" not in answer.text
