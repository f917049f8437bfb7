"""One's own duties: what an agent sees, asks for and takes along, and that it is nobody else's."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from dashboard.pages.mine import PAGE
from dashboard.pages.mine.whose import own_place
from dashboard.person import Person, remember
from wfm.errors import BadInput
from wfm.i18n import use_language
from wfm.store import MonthRequest

A003 = Person("a003", ("agent",), "nanxun-12368:A003")


@pytest.fixture
def agent(site):
    site.who[0] = A003
    return site


def drawn(site: Any, language: str = "en", person: Person = A003, **query: str) -> Any:
    with site.app.server.test_request_context(), use_language(language):
        remember(person)
        return PAGE.show(site.asked("/mine", **query), site.desk)


def test_the_next_duty_stands_first(agent, words):
    page = drawn(agent)
    assert words(page[1]) == "Next duty Mon 14 Sep 08:30–17:30, tomorrow: Day (early lunch), B, stands by with 座席001."
    on_duty = drawn(agent, at="2026-09-16T09:00")
    assert words(on_duty[1]).startswith("On duty now until 17:30:")
    assert words(drawn(agent, "zh")[1]).startswith("下一班9月14日 周一 08:30–17:30（明天）：")
    assert words(drawn(agent, at="2026-09-26T09:00")[1]).startswith("– No duty from now until")


def test_an_agent_sees_nothing_of_others_but_partners_names(agent, words):
    said = words(drawn(agent))
    assert "stands behind 座席001" in said
    for other in ("A001", "A005", "A007", "座席005", "座席007"):
        assert other not in said


@pytest.mark.parametrize("query", [{"agent": "A001"}, {"agent": "A001", "hotline": "jiangsu-12348"}])
def test_an_agent_cannot_ask_for_somebody_elses_page(agent, query):
    with use_language("en"), pytest.raises(BadInput, match="only your own duties"):
        drawn(agent, **query)
    search = "&".join(f"{k}={v}" for k, v in query.items())
    assert agent.client.get(f"/download/mine/duties.ics?{search}").status_code == 403
    values = {"mine-ask.n_clicks": 1, "mine-kind.value": "leave", "mine-first.value": "2026-09-16"}
    assert agent.press("mine/ask", values, path="/mine", search=f"?{search}").status_code == 403


def test_another_hotline_in_the_address_changes_nothing(agent, words):
    assert "14 Sep" in words(drawn(agent, hotline="jiangsu-12348")[1])


def test_an_agent_reaches_no_other_callback_or_file(agent):
    assert agent.press("roster/add", {"roster-requests-add.n_clicks": 1}).status_code == 403
    assert agent.press("roster/stands_in", {"roster-repair-person.value": "A001"}).status_code == 403
    for path in ("csv", "ics", "fairness.csv", "settlement"):
        got = agent.client.get(f"/download/roster/{path}?hotline=nanxun-12368&month=2026-09-14")
        assert got.status_code == 403


def test_leave_is_asked_for_oneself_only_and_listed(agent, words, notice):
    values = {
        "mine-ask.n_clicks": 1,
        "mine-kind.value": "leave",
        "mine-first.value": "2026-10-05",
        "mine-last.value": "2026-10-06",
        "mine-reason.value": "探亲",
        "mine-agent.value": "A001",
    }
    answer = agent.press("mine/ask", values, path="/mine", search="?at=2026-09-13T12:00")
    assert "leave: Mon 5 Oct – Tue 6 Oct 探亲" in words(answer.json["response"]["mine-asked"]["children"])
    months = agent.desk.store.months
    kept = [r for m in months.months("nanxun-12368") for r in months.requests(m)]
    assert [(r.agent, r.kind, r.who) for r in kept] == [("A003", "leave", "a003")]
    past = agent.press("mine/ask", values | {"mine-first.value": "2026-09-12", "mine-last.value": None}, path="/mine")
    assert notice(past) == "2026-09-12 is over; tell the scheduler."


def withdraw(site: Any, what: str, number: int) -> Any:
    button = {"part": "mine-withdraw", "what": what, "number": number}
    changed = json.dumps(button, sort_keys=True, separators=(",", ":")) + ".n_clicks"
    return site.press("mine/withdraw", {"patterns": [(button, 1)]}, path="/mine", changed=changed)


def test_what_one_asked_for_is_withdrawn_by_oneself_while_nobody_has_decided(agent, words, notice):
    ask = {"mine-ask.n_clicks": 1, "mine-kind.value": "leave", "mine-first.value": "2026-10-05"}
    agent.press("mine/ask", ask, path="/mine")
    agent.press("mine/swap", swap_values("A011"), path="/mine")
    months = agent.desk.store.months
    (kept,) = [r for m in months.months("nanxun-12368") for r in months.requests(m)]
    assert "Withdraw …" in words(drawn(agent)[3])
    agent.who[0] = Person("a001", ("agent",), "nanxun-12368:A001")
    assert "there is none that stands" in notice(withdraw(agent, "request", kept.id))
    agent.who[0] = A003
    answer = withdraw(agent, "request", kept.id)
    assert notice(answer) == "Withdrawn."
    assert "Mon 5 Oct" not in words(answer.json["response"]["mine-asked"]["children"])
    assert "– withdrawn" in words(withdraw(agent, "swap", 1).json["response"]["mine-asked"]["children"])
    assert [e.action for e in agent.desk.store.audit(2)] == ["withdraw swap", "withdraw request"]


def test_what_the_published_roster_has_decided_stands(agent, words):
    # Wanted for a day of the month that was published on 1 September, before that.
    months = agent.desk.store.months
    month = months.months("nanxun-12368")[0]
    details = {"first": "2026-09-16", "last": "2026-09-16", "reason": ""}
    received = datetime(2026, 8, 20, tzinfo=ZoneInfo("Asia/Shanghai"))
    months.collect(month, [MonthRequest("leave", "A003", details, received, late=False)])
    said = words(drawn(agent)[3])
    assert "Not to be withdrawn: the roster published on 2026-09-01 00:00 has decided it" in said
    assert "Withdraw …" not in said


def swap_values(taker: str, duty: str = "2026-09-14|2026-09-18|day-1") -> dict[str, Any]:
    return {"mine-swap.n_clicks": 1, "mine-duty.value": duty, "mine-taker.value": taker, "mine-back.value": None}


def test_a_swap_is_asked_for_and_its_answer_tells_nothing_of_others(agent, words, notice):
    asked = agent.press("mine/swap", swap_values("A011"), path="/mine")
    assert notice(asked) == "Kept: the rules allow it, the scheduler decides."
    assert "Swap: my duty of Fri 18 Sep to A011 △ waits for a decision" in words(
        asked.json["response"]["mine-asked"]["children"]
    )
    assert (
        notice(agent.press("mine/swap", swap_values("A011"), path="/mine")) == "You have asked for this swap already."
    )
    against = agent.press("mine/swap", swap_values("A001"), path="/mine")
    assert notice(against) == "Kept, but as the roster stands the rules do not allow it: the scheduler decides."
    assert "2 duties" not in against.text
    unknown = agent.press("mine/swap", swap_values("Z9"), path="/mine")
    assert notice(unknown).startswith("This swap cannot be asked for")
    theirs = agent.press("mine/swap", swap_values("A011", "2026-09-14|2026-09-15|day-1"), path="/mine")
    assert notice(theirs) == "You have no such duty any more; open the page again."


def test_the_calendar_holds_ones_own_duties(agent):
    got = agent.client.get("/download/mine/duties.ics", headers={"Accept-Language": "en"})
    assert got.status_code == 200
    events = Calendar.from_ical(got.data).walk("VEVENT")
    assert [e["DTSTART"].dt.strftime("%m-%d") for e in events] == ["09-14", "09-16", "09-18", "09-22", "09-24"]
    assert all("B" in e["SUMMARY"] for e in events)
    assert "座席001" not in got.data.decode()
    assert agent.desk.store.audit()[0].action == "export calendar"


def test_a_plain_number_counts_where_one_hotline_alone_has_it(site):
    assert own_place(Person("x", ("agent",), "A003"), site.desk) == ("nanxun-12368", "A003")
    with use_language("en"), pytest.raises(BadInput, match="No roster has anybody of the number Q1"):
        own_place(Person("x", ("agent",), "Q1"), site.desk)
    months = site.desk.store.months
    small = next(iter(months.months("nanxun-12368")))
    duties = site.desk.store.roster(small.roster_id).duties
    site.desk.store.save_roster(hotline="jiangsu-12348", first=small.first, last=small.last, duties=duties)
    with use_language("en"), pytest.raises(BadInput, match="The account must name the hotline"):
        own_place(Person("x", ("agent",), "A003"), site.desk)


def test_whoever_sees_everything_may_look_at_one_person_but_not_ask_for_them(site, words):
    page = drawn(site, person=Person("wang", ("scheduler",)), agent="A001")
    assert words(page[0]) == "Duties of 座席001"
    assert "id='mine-ask'" not in str(page)
    site.who[0] = Person("wang", ("scheduler",))
    values = {"mine-ask.n_clicks": 1, "mine-kind.value": "leave", "mine-first.value": "2026-10-05"}
    answer = site.press("mine/ask", values, path="/mine", search="?hotline=nanxun-12368&agent=A001")
    assert answer.status_code == 403


def test_somebody_without_a_number_is_told_so(site, words):
    said = words(drawn(site, person=Person("wang", ("scheduler",))))
    assert "This account belongs to nobody of a roster." in said
    assert not PAGE.menu_of(Person("wang", ("scheduler",)))
    assert PAGE.menu_of(A003)


def test_a_calendar_link_shows_ones_own_duties_until_it_is_withdrawn(agent, words):
    made = agent.press("mine/make_link", {"mine-link.n_clicks": 1}, path="/mine")
    link = words(made.json["response"]["mine-subscription"]["children"]).split()[-1]
    assert link.endswith(".ics?lang=en")
    path = link.removeprefix("http://localhost")
    agent.who[0] = Person("nobody", ())
    got = agent.client.get(path)
    assert (got.status_code, got.mimetype) == (200, "text/calendar")
    events = Calendar.from_ical(got.data).walk("VEVENT")
    assert [e["DTSTART"].dt.strftime("%m-%d") for e in events] == ["09-14", "09-16", "09-18", "09-22", "09-24"]
    assert agent.client.get("/calendar/guess.ics").status_code == 404
    agent.who[0] = A003
    agent.press("mine/withdraw_link", {"mine-unlink.n_clicks": 1}, path="/mine")
    assert agent.client.get(path).status_code == 404
