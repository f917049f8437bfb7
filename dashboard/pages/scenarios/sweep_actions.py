"""What the tab of sweeps answers: another base, a range for a parameter, run, go on, another measure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash
from dash import ALL, Input, Output, State, ctx

from dashboard.answering import Answering
from dashboard.asked import Asked, address, asked_of
from dashboard.desk import Desk
from dashboard.pages.scenarios.desk import scenario_desk
from dashboard.pages.scenarios.jobs import sweep_parameters
from dashboard.pages.scenarios.run_settings import RUN_CONTROLS, settings_of
from dashboard.pages.scenarios.sweep import SWEEP_JOB, default_range, job_of, refuse_unknown, result_parts
from dashboard.person import here
from scenarios.parameters import Parameter, parameters_of
from scenarios.scenario_differences import parameter_text
from scenarios.sweep import STAFFING, SweepSettings, sweep_points
from scenarios.sweep_folder import SweepQuestion, ask_sweep, read_sweep
from scenarios.sweep_values import SweptParameter, overrides_at, point_hotline, stepped, value_words_of
from wfm.errors import BadInput
from wfm.hotline import Hotline
from wfm.i18n import both, say

__all__ = ["submit_sweep", "swept_of", "wire_sweep"]

POINTS_HERE_MAX = 2_000
"""Points of a sweep that the dashboard takes on; the command line takes more."""

_FIELDS = [f"scenarios-{part}-{n}" for n in (1, 2) for part in ("swept", "how", "least", "most", "steps")]


def swept_of(hotline: Hotline, path: str | None, how: Any, least: Any, most: Any, steps: Any) -> SweptParameter:
    """A parameter and its values, as the controls say them; a change is in per cent of the present value.

    Raises:
        BadInput: a control holds no value, or the parameter does not take one of the values.
    """
    parameter = refuse_unknown(hotline, path)
    numbers = [v for v in (least, most, steps) if isinstance(v, (int, float)) and not isinstance(v, bool)]
    if len(numbers) != 3:
        raise BadInput(say("{name}: say from where to where, and in how many steps.", name=parameter_text(parameter)))
    relative = how != "value"
    low, high = (1 + float(least) / 100, 1 + float(most) / 100) if relative else (float(least), float(most))
    values = stepped(low, high, int(steps), whole=parameter.kind == "whole" and not relative)
    swept = SweptParameter(parameter.path, values, relative)
    known = {p.path: p for p in parameters_of(hotline)}
    for end in (values[0], values[-1]):
        point_hotline(hotline, overrides_at(known, swept, end))
    return swept


def submit_sweep(desk: Desk, question: SweepQuestion) -> int:
    """Ask for a sweep to be computed, or to go on; the same job if it is under way already."""
    running = job_of(desk, question.name)
    if running is not None:
        return running.id
    node = scenario_desk(desk).shelf.node(question.scenario)
    return desk.jobs.submit(
        SWEEP_JOB,
        sweep_parameters(question, node.root),
        title=both("Sweep of “{name}”, {count} points", name=node.title, count=question.points),
        who=here().name,
        hotline=question.hotline,
    )


def wire_sweep(answer: Answering, desk: Desk) -> None:
    """Register the callbacks of the tab."""

    @answer(
        Output("scenarios-sweep-url", "href"),
        Input("scenarios-sweep-base", "value"),
        Input("scenarios-sweep-pick", "value", allow_optional=True),
        State("scenarios-sweep-url", "search"),
        right="see",
        prevent_initial_call=True,
    )
    def open_other(base: str | None, picked: str | None, search: str | None) -> Any:
        """Another scenario to sweep, or a sweep made before."""
        asked = asked_of("/scenarios", search)
        if ctx.triggered_id == "scenarios-sweep-pick":
            wanted = "" if picked in (None, "all") else str(picked)
            if wanted == asked.get("sweep"):
                raise dash.exceptions.PreventUpdate
            return asked.with_(sweep=wanted, base="")
        if not base or base == (asked.get("base") or _shown_base(asked, desk)):
            raise dash.exceptions.PreventUpdate
        return asked.with_(base=base)

    for number in (1, 2):
        _wire_range(answer, desk, number)

    @answer(
        Output("scenarios-sweep-told", "children"),
        *(Input(field, "value") for field in _FIELDS),
        State("scenarios-sweep-base", "value"),
        right="see",
    )
    def tell_points(*given: Any) -> Any:
        """How many points that makes, as one types; or what is wrong."""
        try:
            swept = _swept_from(desk, given[-1], given[:-1])
            count = len(sweep_points(swept))
        except BadInput as error:
            return str(error)
        hotline = scenario_desk(desk).shelf.scenario(given[-1]).hotline
        known = {p.path: p for p in parameters_of(hotline)}
        ranges = [_range_words(known[s.path], s) for s in swept]
        return say("{count} points: {ranges}", count=count, ranges=" × ".join(ranges))

    @answer(
        Output("scenarios-sweep-url", "href", allow_duplicate=True),
        Input("scenarios-sweep-run", "n_clicks"),
        *(State(field, "value") for field in _FIELDS),
        State("scenarios-sweep-base", "value"),
        State("scenarios-staffing", "value"),
        *(State(control, "value") for control in RUN_CONTROLS),
        State("scenarios-sweep-url", "search"),
        right="scenarios",
        prevent_initial_call=True,
        running=[(Output("scenarios-sweep-run", "disabled"), True, False)],
    )
    def run(clicks: int | None, *given: Any) -> Any:
        """Compute the sweep in the background."""
        if not clicks:
            raise dash.exceptions.PreventUpdate
        fields, base, staffing = given[:10], given[10], given[11]
        plan = settings_of(*given[12:16])
        asked = asked_of("/scenarios", given[16])
        swept = _swept_from(desk, base, fields)
        settings = SweepSettings(
            plan.first, plan.days, plan.seed, plan.replications, staffing if staffing in STAFFING else "sized"
        )
        scenario = scenario_desk(desk).shelf.scenario(base)
        question = ask_sweep(base, scenario, swept, settings, desk.home, who=here().name)
        if not read_sweep(desk.home, question.name).finished:
            submit_sweep(desk, question)
        return address("/scenarios", tab="sweep", hotline=asked.get("hotline"), sweep=question.name)

    @answer(
        Output("scenarios-sweep-result", "children"),
        Output("scenarios-sweep-tick", "disabled"),
        Input("scenarios-sweep-tick", "n_intervals"),
        Input("scenarios-sweep-done", "data"),
        Input({"type": "scenarios-sweep-go-on", "key": ALL}, "n_clicks"),
        State("scenarios-sweep-url", "search"),
        State("screen", "data"),
        right="see",
        prevent_initial_call=True,
    )
    def refresh(
        _ticks: int | None, _done: Any, _clicks: list[int | None], search: str | None, told: dict[str, bool] | None
    ) -> Any:
        """The sweep as far as it is; it goes on where that was asked."""
        asked = asked_of("/scenarios", search, told)
        if not asked.get("sweep") or not any(one.get("value") for one in ctx.triggered):
            raise dash.exceptions.PreventUpdate
        kept = read_sweep(desk.home, asked.get("sweep"))
        if isinstance(ctx.triggered_id, Mapping):
            go_on(desk, kept.question)
        return result_parts(asked, desk, kept), job_of(desk, kept.question.name) is None

    @answer(
        Output("scenarios-sweep-result", "children", allow_duplicate=True),
        Output("scenarios-sweep-url", "search"),
        Input("scenarios-kpi", "value"),
        State("scenarios-sweep-url", "search"),
        State("screen", "data"),
        right="see",
        prevent_initial_call=True,
    )
    def measure(chosen: str | None, search: str | None, told: dict[str, bool] | None) -> Any:
        """Another measure of the same sweep."""
        asked = asked_of("/scenarios", search, told)
        if not asked.get("sweep") or not chosen or chosen == (asked.get("kpi") or "complies"):
            raise dash.exceptions.PreventUpdate
        there = Asked(asked.path, {**asked.query, "kpi": chosen}, asked.screen)
        return result_parts(there, desk, read_sweep(desk.home, there.get("sweep"))), there.search()


def go_on(desk: Desk, question: SweepQuestion) -> None:
    """Let a sweep go on that was called off; its finished points are kept."""
    from dashboard.person import require

    require("scenarios")
    submit_sweep(desk, question)


def _wire_range(answer: Answering, desk: Desk, number: int) -> None:
    @answer(
        Output(f"scenarios-how-{number}", "value"),
        Output(f"scenarios-least-{number}", "value"),
        Output(f"scenarios-most-{number}", "value"),
        Input(f"scenarios-swept-{number}", "value"),
        Input(f"scenarios-how-{number}", "value"),
        State("scenarios-sweep-base", "value"),
        right="see",
        prevent_initial_call=True,
    )
    def propose(path: str | None, how: str | None, base: str | None) -> Any:
        """A range that suits the parameter."""
        if not path or not base:
            raise dash.exceptions.PreventUpdate
        parameter = refuse_unknown(scenario_desk(desk).shelf.scenario(base).hotline, path)
        if ctx.triggered_id == f"scenarios-swept-{number}":
            return default_range(parameter)
        if how == "change":
            return dash.no_update, -20.0, 40.0
        now = parameter.now if isinstance(parameter.now, (int, float)) else next(iter(parameter.spread), 1.0)
        return dash.no_update, round(float(now or 0) * 0.8, 3), round(float(now or 1) * 1.4, 3)


def _swept_from(desk: Desk, base: Any, fields: tuple[Any, ...]) -> list[SweptParameter]:
    hotline = scenario_desk(desk).shelf.scenario(str(base)).hotline
    swept = [swept_of(hotline, *fields[:5])]
    if fields[5]:
        swept.append(swept_of(hotline, *fields[5:10]))
    points = sweep_points(swept)
    if len(points) > POINTS_HERE_MAX:
        raise BadInput(
            say("A sweep here has at most {most:,} points, found {count:,}.", most=POINTS_HERE_MAX, count=len(points))
        )
    return swept


def _range_words(parameter: Parameter, swept: SweptParameter) -> str:
    first, last = (value_words_of(parameter, swept, v).of() for v in (swept.values[0], swept.values[-1]))
    return f"{parameter_text(parameter)} {first} … {last}"


def _shown_base(asked: Asked, desk: Desk) -> str:
    if asked.get("sweep"):
        return read_sweep(desk.home, asked.get("sweep")).question.scenario
    return desk.hotline_of(asked)
