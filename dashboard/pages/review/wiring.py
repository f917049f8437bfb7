"""How the review page answers: choices go into the address, long work is asked for and watched, marks are decided."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import dash
from dash import ALL, Input, Output, State, ctx

from dashboard.answering import Answering, tell
from dashboard.asked import Asked, asked_of
from dashboard.days import read_day
from dashboard.desk import Desk
from dashboard.jobs.intraday_job import intraday_parameters
from dashboard.jobs.panel import job_panel
from dashboard.jobs.review_job import review_parameters
from dashboard.pages.review.causes import job_of_period
from dashboard.pages.review.intraday import job_of_day
from dashboard.pages.review.period import last_recorded, period_of
from dashboard.person import here
from dashboard.wording import day_label
from scenarios.day_marks import add_mark, confirm_mark, look_for_marks, undo_mark
from wfm.errors import BadInput
from wfm.i18n import Text, both, say
from wfm.store import JobRecord

__all__ = ["wire_review"]

_CHOICES = {"review-line": "line", "review-lead": "lead", "review-day": "day", "review-by": "by", "review-span": "span"}


def wire_review(answer: Answering, desk: Desk) -> None:
    """Register the callbacks."""
    for control, name in _CHOICES.items():
        _choose(answer, control, name)
    _review(answer, desk)
    _look_ahead(answer, desk)
    _ended(answer)
    _decide(answer, desk)
    _add(answer, desk)
    _look(answer, desk)


def _choose(answer: Answering, control: str, name: str) -> None:
    @answer(
        Output("review-url", "search", allow_duplicate=True),
        Input(control, "value"),
        State("review-url", "search"),
        right="see",
        prevent_initial_call=True,
    )
    def choose(value: str | None, search: str | None) -> Any:
        """The choice goes into the address, from which the page is drawn."""
        asked = asked_of("/review", search)
        chosen = "" if value in (None, "all") else str(value)
        if name == "span":
            return asked.search(**{"span": chosen, "from": "", "day": ""})
        changes: dict[str, object] = {name: chosen}
        if name == "by":
            changes["day"] = ""
        if name == "lead" and chosen == "0":
            changes["lead"] = ""
        return asked.search(**changes)


def _pressed(answer: Answering, button: str, output: Output) -> Callable[[Callable[[Asked], Any]], Any]:
    """Registers what a button of operations does with what the address asks for; it is off meanwhile."""

    def register(function: Callable[[Asked], Any]) -> Any:
        @answer(
            output,
            Input(button, "n_clicks"),
            State("review-url", "search"),
            right="records",
            prevent_initial_call=True,
            running=[(Output(button, "disabled"), True, False)],
        )
        @wraps(function)
        def pressed(clicks: int | None, search: str | None) -> Any:
            if not clicks:
                raise dash.exceptions.PreventUpdate
            return function(asked_of("/review", search))

        return pressed

    return register


def _work(
    desk: Desk, hotline: str, under_way: JobRecord | None, kind: str, parameters: dict[str, Any], title: Text
) -> Any:
    """Ask for long work and show its panel; who asks twice is shown the work that is under way."""
    if under_way is None or under_way.finished:
        number = desk.jobs.submit(kind, parameters, title=title, who=here().name, hotline=hotline)
        under_way = desk.jobs.get(number)
    return job_panel(under_way, "review-job-done")


def _review(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("review-job", "children"),
        Input("review-run", "n_clicks"),
        State("review-all-days", "checked"),
        State("review-url", "search"),
        right="records",
        prevent_initial_call=True,
        running=[(Output("review-run", "disabled"), True, False)],
    )
    def run(clicks: int | None, every: bool | None, search: str | None) -> Any:
        """Look back at the period."""
        if not clicks:
            raise dash.exceptions.PreventUpdate
        asked = asked_of("/review", search)
        scenario = desk.scenario(asked)
        last = last_recorded(desk, scenario)
        if last is None:
            raise BadInput(say("There are no records of {hotline} yet.", hotline=scenario.hotline.name))
        period = period_of(asked, last)
        under_way = job_of_period(desk, scenario.hotline.id, period)
        parameters = review_parameters(desk.hotline_of(asked), period.first, period.last, all_days=bool(every))
        title = both("Look back at {first} to {last}", first=period.first, last=period.last)
        return _work(desk, scenario.hotline.id, under_way, "review", parameters, title)


def _look_ahead(answer: Answering, desk: Desk) -> None:
    @_pressed(answer, "review-look-ahead", Output("review-job", "children", allow_duplicate=True))
    def look_ahead(asked: Asked) -> Any:
        """Look at the rest of the day."""
        hotline, now = desk.scenario(asked).hotline.id, desk.now(asked)
        under_way = job_of_day(desk, hotline, now.date())
        parameters = intraday_parameters(desk.hotline_of(asked), now if asked.get("at") else None)
        return _work(desk, hotline, under_way, "intraday", parameters, both("Rest of {day}", day=now.date()))


def _ended(answer: Answering) -> None:
    @answer(
        Output("review-url", "search", allow_duplicate=True),
        Input("review-job-done", "data"),
        State("review-url", "search"),
        right="see",
        prevent_initial_call=True,
    )
    def ended(told: dict[str, Any] | None, search: str | None) -> Any:
        """The page is drawn again with the result; work that failed is told by its panel."""
        if not told or told["state"] != "done":
            raise dash.exceptions.PreventUpdate
        return asked_of("/review", search).search(done=told["job"])


def _decide(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("review-url", "search", allow_duplicate=True),
        Input({"part": "review-do", "mark": ALL, "do": ALL}, "n_clicks"),
        State({"part": "review-words", "mark": ALL}, "id"),
        State({"part": "review-words", "mark": ALL}, "value"),
        State("review-url", "search"),
        right="records",
        prevent_initial_call=True,
    )
    def decide(clicks: list[int | None], ids: list[dict[str, str]], words: list[str | None], search: str | None) -> Any:
        """Confirm a mark, under a name if one is given, or take it back."""
        chosen = ctx.triggered_id
        if not isinstance(chosen, dict) or not any(clicks):
            raise dash.exceptions.PreventUpdate
        asked = asked_of("/review", search)
        hotline = desk.scenario(asked).hotline
        mark = str(chosen["mark"])
        said = next((w or "" for place, w in zip(ids, words, strict=True) if place["mark"] == mark), "")
        if chosen["do"] == "accept":
            found = confirm_mark(desk.home, hotline, mark, here().name, said)
            tell(say("Confirmed; forecasts follow from now on."))
        else:
            found = undo_mark(desk.home, hotline, mark, here().name)
            tell(say("Taken back; it is not proposed again."))
        desk.store.trail.note(
            here().name,
            "decide mark",
            f"{hotline.id} {mark}",
            {"status": found.status, "kind": found.kind, "words": said},
        )
        return _again(asked)


def _add(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("review-url", "search", allow_duplicate=True),
        Input("review-mark-add", "n_clicks"),
        State("review-mark-first", "value"),
        State("review-mark-last", "value"),
        State("review-mark-words", "value"),
        State("review-mark-kind", "value"),
        State("review-mark-line", "value"),
        State("review-url", "search"),
        right="records",
        prevent_initial_call=True,
        running=[(Output("review-mark-add", "disabled"), True, False)],
    )
    def add(
        clicks: int | None,
        first: str | None,
        last: str | None,
        words: str | None,
        kind: str,
        line: str,
        search: str | None,
    ) -> Any:
        """Annotate days with words."""
        if not clicks:
            raise dash.exceptions.PreventUpdate
        asked = asked_of("/review", search)
        hotline = desk.scenario(asked).hotline
        begin = read_day(first, say("First day"))
        end = read_day(last, say("Last day")) if last else begin
        mark = add_mark(
            desk.home, hotline, begin, end, words or "", here().name, kind=kind, line="" if line == "all" else line
        )
        desk.store.trail.note(
            here().name,
            "annotate days",
            f"{hotline.id} {mark.id}",
            {"first": begin.isoformat(), "last": end.isoformat(), "kind": kind, "words": words or ""},
        )
        tell(say("{day} is annotated; forecasts follow from now on.", day=day_label(begin)))
        return _again(asked)


def _look(answer: Answering, desk: Desk) -> None:
    @_pressed(answer, "review-look", Output("review-url", "search", allow_duplicate=True))
    def look(asked: Asked) -> Any:
        """Look for odd days in all records, and propose them."""
        hotline = desk.scenario(asked).hotline
        waiting = look_for_marks(desk.home, hotline, here().name)
        desk.store.trail.note(here().name, "look for odd days", hotline.id, {"waiting": waiting})
        tell(say("{count} marks wait for a decision.", count=waiting) if waiting else say("Nothing odd was found."))
        return _again(asked)


def _again(asked: Asked) -> str:
    return asked.search(made=(asked.number("made") or 0) + 1)
