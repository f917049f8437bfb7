"""Would a planner believe it: shifts cover the hours, seats carry the load, the pool carries the posts.

The count is rough and independent of the product's own sizing: Erlang B by its recursion, Erlang C
from it, and duties from seat hours.
"""

import math
from collections import defaultdict
from datetime import date, timedelta

import pytest

from wfm.hotline import calendar_of, library_folder, library_names, load_agents, load_hotline, load_leave, minutes_of

FIRST, DAYS = date(2026, 9, 14), 28
WITHIN_S = 12.0
COVER_LOSS = 1.45
"""Rostered ÷ needed seat hours when whole shifts cover a ragged need; 1.1–1.4 is usual."""


def wait_exceeds(load, seats, aht_s, t_s):
    """P(W > t) in M/M/n (Erlang C), 1 at overload."""
    if seats <= load:
        return 1.0
    blocking = 1.0
    for n in range(1, seats + 1):
        blocking = load * blocking / (n + load * blocking)
    wait = blocking / (1 - load / seats * (1 - blocking))
    return wait * math.exp(-(seats - load) * t_s / aht_s)


def seats_for(load, aht_s):
    """Seats that answer 80 % within 15 s, 3 s of ringing included, without abandonment."""
    seats = math.floor(load) + 1
    while wait_exceeds(load, seats, aht_s, WITHIN_S) > 0.2:
        seats += 1
    return seats


def hours_of(hotline, kind):
    opening = {"holiday": hotline.opening.holiday, "weekend": hotline.opening.weekend}
    return opening.get(kind, hotline.opening.weekday)


def shape(demand):
    total = sum(demand.profile)
    return [weight / total for weight in demand.profile]


def need(hotline, group, kind):
    """Seats the group needs in each open half-hour of a day of this kind."""
    hours = hours_of(hotline, kind)
    seats = {}
    if hours is None:
        return seats
    to_agents = 1 - hotline.ivr.self_service_share - hotline.ivr.hang_up_share
    for minute in range(minutes_of(hours[0]), minutes_of(hours[1]), 30):
        if not group.covers(minute):
            continue
        calls = work = 0.0
        for line in (hotline.line(x) for x in group.lines):
            d = line.demand
            factor = {"weekday": 1, "weekend": d.weekend_factor, "holiday": d.holiday_factor, "makeup": d.makeup_factor}
            here = d.calls_per_day * factor[kind] * shape(d)[minute // 60] / 2 * to_agents
            calls += here
            work += here * line.handling.mean_s
        seats[minute] = max(group.minimum_seats, seats_for(work / 1800, work / calls) if calls else 0)
    return seats


def kinds_of_days(hotline):
    calendar = calendar_of(hotline)
    return [str(calendar.kind(FIRST + timedelta(days=i))) for i in range(DAYS)]


@pytest.fixture(scope="module", params=library_names())
def centre(request):
    hotline = load_hotline(library_folder() / request.param)
    agents = load_agents(hotline, library_folder() / request.param)
    return hotline, agents, load_leave(hotline, library_folder() / request.param, agents)


def test_shifts_lie_on_the_half_hour_and_in_a_group(centre):
    hotline, _, _ = centre
    served = {shift.id for group in hotline.groups for shift in hotline.shifts_of(group.id)}
    assert served == {shift.id for shift in hotline.shifts}
    for shift in hotline.shifts:
        assert shift.start_min % 30 == 0
        assert shift.length_min % 30 == 0
        assert 4 <= shift.paid_h <= 8, "4–6 h for part-time lawyers, 8 h for employees"
        assert all(pause.after_min % 30 == 0 and pause.length_min % 30 == 0 for pause in shift.breaks)
        spans = [0, *(m for p in shift.breaks for m in (p.after_min, p.after_min + p.length_min)), shift.length_min]
        stretches = [b - a for a, b in zip(spans[::2], spans[1::2], strict=True)]
        assert max(stretches) <= (8 if shift.night else 6) * 60, f"{shift.id}: too long without a break"


def test_every_open_half_hour_of_a_group_is_inside_a_shift_breaks_out(centre):
    hotline, _, _ = centre
    for kind in set(kinds_of_days(hotline)):
        for group in hotline.groups:
            on_duty = set()
            for shift in hotline.shifts_of(group.id):
                if kind not in shift.days:
                    continue
                for m in range(0, shift.length_min, 30):
                    if not any(p.after_min <= m < p.after_min + p.length_min for p in shift.breaks):
                        on_duty.add((shift.start_min + m) % 1440)
            assert set(need(hotline, group, kind)) <= on_duty, (group.id, kind)


def test_seats_opened_carry_the_load(centre):
    hotline, _, _ = centre
    for kind in set(kinds_of_days(hotline)):
        together = defaultdict(int)
        for group in hotline.groups:
            for minute, seats in need(hotline, group, kind).items():
                together[minute] += math.ceil(seats / (1 - hotline.shrinkage.unplanned_share))
        assert max(together.values(), default=0) <= hotline.seats.opened, kind


def test_the_pool_carries_the_posts_of_four_weeks(centre):
    """Duties each group needs against what the people with its skills may work under their contracts."""
    hotline, agents, leave = centre
    kinds = kinds_of_days(hotline)
    capacity = {a.id: duties_of(hotline, a, leave) for a in agents}
    answering = {k.id for k in hotline.staff_kinds if k.answers_calls}
    able = [a for a in agents if a.staff_kind in answering]
    total = nights = 0.0
    for group in hotline.groups:
        posts = night_posts = 0.0
        shifts = hotline.shifts_of(group.id)
        mean_h = sum(s.paid_h for s in shifts) / len(shifts)
        night = next((s for s in shifts if s.night), None)
        for kind in kinds:
            seats = need(hotline, group, kind)
            heads = [math.ceil(n / (1 - hotline.shrinkage.unplanned_share)) for n in seats.values()]
            posts += sum(heads) / 2 * COVER_LOSS / mean_h
            if night is not None:
                within = [n for m, n in seats.items() if night.start_min <= m < night.start_min + night.length_min]
                night_posts += max(within)
        backup = 1 + (1 / group.posts_per_backup if group.posts_per_backup else 0)
        skilled = [a for a in able if set(group.lines) <= set(a.lines)]
        assert posts * backup <= sum(capacity[a.id] for a in skilled), group.id
        total += posts * backup
        nights += night_posts * backup
        limits = {c.id: c.nights_per_4_weeks_max or 0 for c in hotline.contracts}
        assert night_posts * backup <= sum(limits[a.contract] for a in skilled if a.night), group.id
    assert total <= 0.95 * sum(capacity[a.id] for a in able)


def duties_of(hotline, agent, leave):
    """Duties the agent can work in the four weeks: weekdays, leave, days off, hours and contract."""
    contract = next(c for c in hotline.contracts if c.id == agent.contract)
    away = {
        x.first + timedelta(days=i) for x in leave if x.agent == agent.id for i in range((x.last - x.first).days + 1)
    }
    longest = max(s.paid_h for s in hotline.shifts if not s.night)
    weeks = []
    for week in range(DAYS // 7):
        days = [FIRST + timedelta(days=7 * week + i) for i in range(7)]
        free = sum(agent.weekdays[d.weekday()] == "1" and d not in away for d in days)
        weeks.append(min(free, 7 - hotline.rules.weekly_rest_days_min, int(contract.hours_per_week_max // longest)))
    return min(sum(weeks), contract.duties_per_4_weeks_max or DAYS)


def test_standing_pairs_are_never_both_on_leave(centre):
    _, _, leave = centre
    hotline, agents, _ = centre
    away = defaultdict(set)
    for x in leave:
        away[x.agent] |= {x.first + timedelta(days=i) for i in range((x.last - x.first).days + 1)}
    for agent in agents:
        if agent.pair:
            assert not away[agent.id] & away[agent.pair], hotline.id


def test_handling_times_are_of_the_fields_size(centre):
    """Legal consultations take about 8–10 minutes with the record, public-service calls 3–6."""
    hotline, _, _ = centre
    for line in hotline.lines:
        aht_min = line.handling.mean_s / 60
        legal = hotline.number == "12348" and line.id != "service-guidance"
        low, high = (7, 12) if legal else (3, 7)
        assert low <= aht_min <= high, line.id
        assert 60 <= line.patience.mean_s <= 600


def test_some_people_are_away_and_some_may_not_work_nights(centre):
    hotline, agents, leave = centre
    assert leave
    if any(s.night for s in hotline.shifts):
        assert {a.night for a in agents} == {True, False}
