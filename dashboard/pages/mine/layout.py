"""One's own duties: the next one first, then week by week, what one asked for, and the calendar."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dash import dcc, html

from dashboard.asked import Asked, address
from dashboard.attributes import UNSPOKEN
from dashboard.desk import Desk
from dashboard.month_words import day_clock_words, kind_name, moment_words, request_when
from dashboard.pages.mine.whose import NoNumber, Whose, whose
from dashboard.pages.month_parts import button, choose_day, form, marked, pick, state_mark
from dashboard.pages.parts import card
from dashboard.pages.request_form import request_fields, withdraw_id, withdraw_part
from dashboard.person import here
from dashboard.shift_colours import ink_on, shift_colours
from dashboard.wording import day_label, group_name, shift_name, weekday_name
from scenarios.own_duties import OwnDuties, OwnDuty, OwnRequest, own_duties
from wfm.hotline import calendar_of
from wfm.i18n import language, list_words, say

__all__ = ["ASK_AHEAD_DAYS", "asked_for", "mine_page", "owned", "subscription"]

BACK_DAYS = 7
"""Duties of so many days before are still shown."""
ASK_AHEAD_DAYS = 92
"""One may ask for days up to so far ahead."""


def mine_page(asked: Asked, desk: Desk) -> list[Any]:
    """Everything on the page.

    Raises:
        Forbidden: somebody else's duties, and the person may not see them.
        BadInput: there is nobody of that number.
    """
    try:
        who = whose(asked, desk)
    except NoNumber as error:
        return [_nobody(str(error))]
    now = desk.now(asked.__class__(asked.path, {**asked.query, "hotline": who.hotline}, asked.screen))
    mine = owned(desk, who, now)
    return [
        html.H1(say("My duties") if who.own else say("Duties of {name}", name=who.name)),
        _headline(who, mine, now),
        html.Div(_weeks(who, mine, now), className="my-weeks"),
        card(say("Asked for"), [html.Div(asked_for(who, mine), id="mine-asked")]),
        *(_forms(who, mine, now) if who.own else []),
        _calendar(desk, who),
    ]


def owned(desk: Desk, who: Whose, now: datetime) -> OwnDuties:
    """The person's duties from a week ago on."""
    return own_duties(who.scenario, desk.store, who.number, now - timedelta(days=BACK_DAYS))


def _nobody(words: str) -> html.Div:
    see = here().may("see")
    return html.Div(
        [
            html.H1(say("My duties")),
            html.P(words),
            html.P(
                say(
                    "Here stand the duties of the person who is signed in, week by week, with a calendar to take along."
                )
            ),
            html.P(dcc.Link(say("Open the roster of everybody"), href="/roster")) if see else None,
        ],
        className="empty",
        id="mine-headline",
    )


def _headline(who: Whose, mine: OwnDuties, now: datetime) -> html.P:
    coming = mine.next(now)
    if coming is None:
        if mine.known_until is None:
            words = say("No roster is published yet; your duties will stand here once one is.")
        else:
            words = say(
                "No duty from now until {last}, the end of the published roster.", last=day_label(mine.known_until)
            )
        return html.P(
            [html.Span("–", className="mark none", **UNSPOKEN), " ", words],
            className="headline none",
            id="mine-headline",
        )
    partners = say(" with {names}", names=list_words(list(coming.partners))) if coming.partners else ""
    what = say(
        "{shift}, {role}{partners}",
        shift=shift_name(who.scenario.hotline, coming.shift),
        role=_role(coming),
        partners=partners,
    )
    if coming.start <= now:
        words = say("On duty now until {end}: {what}.", end=f"{coming.end:%H:%M}", what=what)
    else:
        words = say(
            "Next duty {when}, {ahead}: {what}.",
            when=day_clock_words(coming.start, coming.end),
            ahead=_ahead(coming.start, now),
            what=what,
        )
    return html.P(words, className="headline next", id="mine-headline")


def _ahead(start: datetime, now: datetime) -> str:
    days = (start.date() - now.astimezone(start.tzinfo).date()).days
    if days == 0:
        return say("today")
    return say("tomorrow") if days == 1 else say("in {n} days", n=days)


def _role(duty: OwnDuty) -> str:
    return say("A, answers") if duty.role == "A" else say("B, stands by")


def _weeks(who: Whose, mine: OwnDuties, now: datetime) -> list[Any]:
    weeks: dict[date, list[OwnDuty]] = defaultdict(list)
    for duty in mine.duties:
        weeks[duty.day - timedelta(days=duty.day.weekday())].append(duty)
    this = now.date() - timedelta(days=now.date().weekday())
    names = {
        this: say("This week"),
        this + timedelta(days=7): say("Next week"),
        this - timedelta(days=7): say("Last week"),
    }
    found: list[Any] = []
    for monday in sorted(weeks):
        duties = weeks[monday]
        span = f"{day_label(monday, weekday=False)} – {day_label(monday + timedelta(days=6), weekday=False)}"
        hours = sum((d.end - d.start).total_seconds() / 3600 for d in duties if d.role == "A")
        answering = f"{hours:g}"
        counted = (
            say("{n} duties, {hours} h answering with breaks", n=len(duties), hours=answering)
            if len(duties) > 1
            else say("one duty, {hours} h answering with breaks", hours=answering)
        )
        found.append(
            html.Section(
                [
                    html.Header(
                        [html.H2(names.get(monday, span)), html.Span(span if monday in names else "", className="soft")]
                    ),
                    html.Ul([_duty(who, d, now) for d in duties]),
                    html.P(counted, className="note"),
                ],
                className="my-week past" if monday < this else "my-week",
            )
        )
    return found


def _duty(who: Whose, duty: OwnDuty, now: datetime) -> html.Li:
    hotline = who.scenario.hotline
    shift = next((s for s in hotline.shifts if s.id == duty.shift), None)
    colour = shift_colours(hotline).get(duty.shift, "#6b7680")
    look = (
        {"background": colour, "color": ink_on(colour), "borderColor": colour}
        if duty.role == "A"
        else {"borderColor": colour}
    )
    special = calendar_of(hotline).name(duty.day)
    holiday = f" · {str(special).split(' (')[0]}" if special is not None else ""
    return html.Li(
        [
            html.Div(
                [html.Strong(day_label(duty.day, weekday=False)), html.Span(weekday_name(duty.day) + holiday)],
                className="my-day",
            ),
            html.Span((shift.short.of() if shift else duty.shift[:1]), className="chip", style=look, **UNSPOKEN),
            html.Div(
                [
                    html.Strong(f"{duty.start:%H:%M}–{duty.end:%H:%M}"),
                    html.Span(f"{shift_name(hotline, duty.shift)} · {_role(duty)}"),
                    html.Span(_with(who, duty), className="soft"),
                ],
                className="my-what",
            ),
        ],
        className="over" if duty.end <= now else "",
    )


def _with(who: Whose, duty: OwnDuty) -> str:
    parts = [group_name(who.scenario.hotline, duty.group)] if len(who.scenario.hotline.groups) > 1 else []
    if duty.partners:
        names = list_words(list(duty.partners))
        parts.append(say("B: {names}", names=names) if duty.role == "A" else say("stands behind {names}", names=names))
    if duty.remote:
        parts.append(say("away from the centre"))
    return " · ".join(parts)


def asked_for(who: Whose, mine: OwnDuties) -> list[Any]:
    """Requests and swaps with their state."""
    zone = ZoneInfo(who.scenario.hotline.time_zone)
    rows: list[Any] = []
    alike: dict[tuple[str, str], list[OwnRequest]] = defaultdict(list)
    for own in mine.requests:
        alike[own.request.kind, str(own.request.details)].append(own)  # leave over the end of a month is kept for both
    for same in alike.values():
        request = same[0].request
        if request.kind == "absent":
            state = marked("•", "none", say("noted by the scheduler"))
        elif request.late:
            state = marked("△", "risk", say("came after the deadline: the scheduler decides"))
        else:
            state = marked("✓", "met", say("in time: the roster takes it in"))
        rows.append(
            html.Li(
                [
                    html.Strong(f"{kind_name(request.kind)}: {request_when(request, who.scenario.hotline)}"),
                    html.Span(request.details.get("reason") or "", className="soft"),
                    html.Span(state),
                    html.Span(moment_words(request.received_at, zone), className="soft"),
                    _withdrawal(same) if who.own else None,
                ]
            )
        )
    for own_swap in mine.swaps:
        rows.append(_swap(who, own_swap.swap))
    if not rows:
        return [html.P(say("Nothing asked for yet."), className="quiet")]
    return [html.Ul(rows, className="my-asked")]


def _withdrawal(same: Sequence[OwnRequest]) -> Any:
    """The button, unless the request is decided in every month that holds it."""
    stands = None if any(own.stands is None for own in same) else same[0].stands
    return withdraw_part(withdraw_id("mine", "request", same[0].request.id), stands)


def _swap(who: Whose, swap: Any) -> html.Li:
    asked = swap.asked
    gives = asked.get("giver") == who.number
    other = asked["taker"] if gives else asked["giver"]
    day = day_label(date.fromisoformat(asked["date"]))
    words = (
        say("Swap: my duty of {day} to {other}", day=day, other=other)
        if gives
        else say("Swap: the duty of {day} from {other}", day=day, other=other)
    )
    if asked.get("back"):
        words = say("{swap}, for that of {back}", swap=words, back=day_label(date.fromisoformat(asked["back"])))
    may = who.own and gives and swap.state == "asked"
    return html.Li(
        [
            html.Strong(words),
            html.Span(state_mark(swap.state)),
            html.Span(_reason(swap), className="soft"),
            withdraw_part(withdraw_id("mine", "swap", swap.id), None) if may else None,
        ]
    )


def _reason(swap: Any) -> str:
    """Why a swap was refused, where the scheduler said so; reasons of rules may tell of others and are not shown."""
    if swap.state != "refused":
        return ""
    own = [r for r in swap.reasons if r.get("en") == r.get("zh")]
    return own[0].get(language(), "") if own else say("Ask the scheduler for the reason.")


# Forms


def _forms(who: Whose, mine: OwnDuties, now: datetime) -> list[Any]:
    hotline = who.scenario.hotline
    days = [now.date() + timedelta(days=n) for n in range(ASK_AHEAD_DAYS)]
    coming = [d for d in mine.duties if d.start > now]
    ask = form(
        [
            *request_fields("mine", days, hotline),
        ],
        [button("mine-ask", say("Ask"), first=True)],
    )
    duties = [
        (
            f"{d.month.isoformat()}|{d.day.isoformat()}|{d.shift}",
            f"{day_clock_words(d.start, d.end)} {shift_name(hotline, d.shift)} {d.role}",
        )
        for d in coming
    ]
    swap = form(
        [
            pick("mine-duty", say("My duty"), duties, None, width=300, hint=say("which one")),
            html.Div(
                [
                    html.Label(say("To (number of a colleague)"), htmlFor="mine-taker"),
                    dcc.Input(id="mine-taker", type="text", maxLength=80, value="", className="text-input"),
                ],
                className="field",
            ),
            choose_day(
                "mine-back", say("For the colleague's duty of"), days, None, hint=say("nothing"), clearable=True
            ),
        ],
        [button("mine-swap", say("Ask for the swap"), first=True)],
    )
    no_duty = html.P(say("No duty ahead that could be swapped."), className="quiet")
    return [
        card(say("Ask for leave, time off or a duty"), [ask]),
        html.Div(
            card(say("Ask for a swap"), [swap if coming else no_duty, None if coming else html.Div(swap, hidden=True)])
        ),
    ]


def _calendar(desk: Desk, who: Whose) -> html.Section:
    query: dict[str, Any] = {} if who.own else {"hotline": who.hotline, "agent": who.number}
    return card(
        say("Calendar"),
        [
            html.P(
                html.A(
                    [html.Span(className="icon icon-download"), say("My duties for the calendar (iCal)")],
                    href=address("/download/mine/duties.ics", **query),
                    className="download",
                    download="",
                )
            ),
            html.Div(subscription(desk, who), id="mine-subscription", role="status") if who.own else None,
            html.Div(
                [
                    button("mine-link", say("Make a calendar link")),
                    button("mine-unlink", say("Withdraw the link")),
                ],
                className="form-buttons",
            )
            if who.own
            else None,
        ],
    )


def subscription(desk: Desk, who: Whose, link: str = "") -> list[Any]:
    """What is to be known of the link under which a calendar reads one's duties; ``link`` is shown when it was just made."""
    if link:
        return [
            html.P(
                say(
                    "Enter this address as a subscribed calendar. It is shown only now; whoever has it sees your duties."
                )
            ),
            html.Code(link, className="subscription"),
        ]
    made = desk.store.calendars.of(who.hotline, who.number)
    if made is None:
        words = say(
            "With a link of your own, a calendar on your phone follows your duties by itself. No link works now."
        )
    else:
        zone = ZoneInfo(who.scenario.hotline.time_zone)
        words = say("A link made on {at} works. A new one replaces it.", at=moment_words(made.made_at, zone))
    return [html.P(words, className="soft")]
