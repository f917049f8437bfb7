"""One's own duties for the calendar."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

from flask import Flask, Response, request

from dashboard.asked import asked_of
from dashboard.desk import Desk
from dashboard.pages.mine.whose import Whose, whose
from dashboard.person import Forbidden, here, require
from scenarios.own_duties import numbers_of, own_calendar
from wfm.errors import BadInput
from wfm.i18n import say

__all__ = ["CALENDAR_DAYS", "calendar_of_person", "serve_mine"]

CALENDAR_DAYS = 92
"""Duties of so many days before stay in the calendar."""


def serve_mine(server: Flask, desk: Desk) -> None:
    """Add ``/download/mine/duties.ics`` and, for calendars that come by themselves, ``/calendar/TOKEN.ics``."""

    @server.get("/download/mine/duties.ics")
    def own_duties_file() -> Response:
        require("own duties")
        try:
            who = whose(asked_of("/mine", request.query_string.decode()), desk)
        except Forbidden:
            raise
        except BadInput as error:
            return Response(str(error), status=404, mimetype="text/plain")
        thing = f"{who.scenario.hotline.id} {who.number}"
        desk.store.trail.note(here().name, "export calendar", thing, {"own": who.own})
        word = say("duties")
        name = f"{word}-{who.number}.ics"
        return Response(
            calendar_of_person(desk, who),
            mimetype="text/calendar",
            headers={
                "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
                "Cache-Control": "no-store",
            },
        )

    @server.get("/calendar/<token>.ics")
    def own_calendar_link(token: str) -> Response:
        """The token is the key: it shows one person's own duties and nothing else."""
        link = desk.store.calendars.find(token)
        try:
            scenario = desk.hotlines.scenario(link.hotline) if link is not None else None
        except BadInput:
            scenario = None
        if link is None or scenario is None or link.agent not in numbers_of(scenario):
            return Response(say("This calendar link works no more."), status=404, mimetype="text/plain")
        content = calendar_of_person(desk, Whose(link.hotline, scenario, link.agent, own=True))
        return Response(content, mimetype="text/calendar", headers={"Cache-Control": "no-store"})


def calendar_of_person(desk: Desk, who: Whose) -> bytes:
    """The person's calendar, of the last months and those to come."""
    return own_calendar(who.scenario, desk.store, who.number, desk.clock() - timedelta(days=CALENDAR_DAYS))
