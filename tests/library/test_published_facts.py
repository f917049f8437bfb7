"""What the published documents say, asserted by value (clauses in the tests' own words)."""

from datetime import date, timedelta
from functools import cache

import pytest

from wfm.hotline import calendar_of, library_folder, load_agents, load_hotline, targets_of
from wfm.hotline.provenance import provenance

FIRST = date(2026, 9, 14)


@cache
def hotline(name):
    return load_hotline(library_folder() / name)


@cache
def kinds(name):
    return {row.path: row.source.kind for row in provenance(library_folder() / name)}


def calls_of_day(line, kind):
    demand = line.demand
    factor = {
        "weekday": 1.0,
        "weekend": demand.weekend_factor,
        "holiday": demand.holiday_factor,
        "makeup": demand.makeup_factor,
    }
    return demand.calls_per_day * demand.scale * factor[kind]


def mean_calls(name, first, days):
    """Mean calls a day over calendar days, from demand and the kinds of day."""
    h = hotline(name)
    calendar = calendar_of(h)
    kinds_of = [str(calendar.kind(first + timedelta(days=i))) for i in range(days)]
    return sum(calls_of_day(line, kind) for line in h.lines for kind in kinds_of) / days


class TestGuizhou:
    def test_58_seats_built_and_30_opened(self):
        seats = hotline("guizhou-12348").seats
        assert (seats.built, seats.opened) == (58, 30)
        assert kinds("guizhou-12348")["seats.built"] == "published"

    def test_380_lawyers_of_80_firms(self):
        h = hotline("guizhou-12348")
        agents = load_agents(h, library_folder() / "guizhou-12348")
        assert len(agents) == 380
        assert len({a.firm for a in agents if a.firm}) == 80
        assert all(a.firm for a in agents)

    def test_general_line_and_three_specialist_lines_round_the_clock(self):
        h = hotline("guizhou-12348")
        assert h.line_ids == ["general", "women-children", "consumer", "migrant-wages"]
        assert [line.specialist for line in h.lines] == [False, True, True, True]
        assert h.opening.round_the_clock

    def test_about_640_calls_a_day(self):
        """727,857 services from 2019-07-01 to 2022-08: 629 a day to the end of August, 646 to its first."""
        assert mean_calls("guizhou-12348", FIRST, 28) == pytest.approx(640, rel=0.05)
        assert mean_calls("guizhou-12348", FIRST.replace(month=1, day=1), 365) == pytest.approx(640, rel=0.05)

    def test_everyone_not_fully_satisfied_is_called_back(self):
        survey = hotline("guizhou-12348").satisfaction
        assert survey.call_back_share == 1
        assert survey.satisfied_share + survey.basically_satisfied_share == pytest.approx(0.9785)
        unhappy = survey.basically_satisfied_share + survey.not_satisfied_share
        assert survey.call_backs_per_answer == pytest.approx(survey.asked_share * unhappy)

    def test_a_b_on_every_post_and_lawyers_who_answer_from_away(self):
        h = hotline("guizhou-12348")
        assert all(group.posts_per_backup == 1 for group in h.groups)
        agents = load_agents(h, library_folder() / "guizhou-12348")
        assert any(a.remote for a in agents)
        assert not all(a.remote for a in agents)


class TestNanxun:
    def test_announcement_of_at_most_20_s(self):
        assert hotline("nanxun-12368").ivr.announcement_s <= 20

    def test_a_and_b_per_circuit_and_standing_pairs(self):
        h = hotline("nanxun-12368")
        assert h.trunks.circuits == h.seats.opened
        assert all(group.posts_per_backup == 1 for group in h.groups)
        agents = load_agents(h, library_folder() / "nanxun-12368")
        answering = [a for a in agents if a.staff_kind == "duty-officer"]
        assert all(a.pair for a in answering)
        assert len(answering) >= 2 * h.trunks.circuits

    def test_ivr_round_the_clock_agents_in_office_hours(self):
        h = hotline("nanxun-12368")
        assert h.ivr.open_24_h
        assert not h.opening.round_the_clock
        assert h.opening.weekend is None
        assert h.opening.holiday is None

    def test_missed_and_closed_calls_are_called_back(self):
        call_back = hotline("nanxun-12368").call_back
        assert call_back.missed_calls
        assert call_back.closed_calls

    def test_scripts_for_silent_calls_end_after_15_s(self):
        """稍停5秒 twice, then 5秒挂机."""
        handling = hotline("nanxun-12368").lines[0].handling
        assert handling.short_call_s == 5 + 5 + 5
        assert 0 < handling.short_call_share < 0.2

    def test_messages_for_a_judge_have_a_deadline(self):
        orders = {order.id: order for order in hotline("nanxun-12368").work_orders}
        assert orders["judge-contact"].deadline_working_days is not None
        assert "filing-booking" in orders
        assert hotline("nanxun-12368").lines[0].demand.holiday_factor > 0

    def test_targets_are_the_courts_own(self):
        limits = {t.kpi: t.limit for t in targets_of(hotline("nanxun-12368"))}
        assert limits["asa_s"] == 15
        assert limits["connection_rate_daily_mean"] == 0.9


class TestJiangsu:
    def test_three_kinds_of_staff_and_only_one_answers(self):
        h = hotline("jiangsu-12348")
        answers = {kind.name.zh: kind.answers_calls for kind in h.staff_kinds}
        assert answers == {"热线值班人员": True, "业务办理人员": False, "热线管理人员": False}

    def test_every_call_leaves_a_work_order(self):
        orders = {order.id: order for order in hotline("jiangsu-12348").work_orders}
        assert orders["call-record"].per_answered_call == 1
        assert orders["call-record"].name.zh == "话务工单"


class TestGuiyang:
    def test_connection_rate_counts_incoming_calls_only(self):
        targets = {t.id: t for t in targets_of(hotline("guiyang-12345"))}
        assert targets["connection-rate"].kpi == "connection_rate_incoming"
        assert targets["connection-rate"].limit == 0.95

    def test_large_floor(self):
        h = hotline("guiyang-12345")
        assert 60 <= h.seats.opened <= 100
        assert sum(line.demand.calls_per_day for line in h.lines) > 3000

    def test_three_way_calls_hold_agent_and_circuit(self):
        h = hotline("guiyang-12345")
        public = next(line for line in h.lines if line.id == "public")
        assert public.handling.hold_s == pytest.approx(240 / 10)
        assert h.trunks.circuits > h.seats.opened

    def test_cases_are_passed_on_and_followed_up(self):
        orders = {order.id: order for order in hotline("guiyang-12345").work_orders}
        passed_on = {k: v for k, v in orders.items() if k.startswith("dispatch")}
        assert sorted(v.deadline_h for v in passed_on.values()) == [1, 2, 24]
        assert orders["follow-up"].per_answered_call == pytest.approx(
            sum(v.per_answered_call for v in passed_on.values())
        )
        assert {kinds("guiyang-12345")[f"work_orders.{i}.deadline_h"] for i in range(3)} == {"secondary"}


class TestConvenienceLines:
    def test_three_lines_open_round_the_clock_with_a_minimum_in_every_interval(self):
        h = hotline("convenience-lines")
        assert [line_id[-5:] for line_id in h.line_ids] == ["12345", "12319", "12320"]
        assert h.opening.round_the_clock
        assert all(group.minimum_seats >= 1 for group in h.groups)

    def test_deadlines_of_3_5_10_and_15_working_days(self):
        orders = {order.id: order.deadline_working_days for order in hotline("convenience-lines").work_orders}
        assert orders == {"complaint": 3, "major-complaint": 5, "report": 10, "suggestion": 15}
        assert kinds("convenience-lines")["work_orders.0.deadline_working_days"] == "published"

    def test_the_contradiction_on_enquiries_is_a_parameter(self):
        h = hotline("convenience-lines")
        choice = next(t for t in h.targets if t.target == "inquiry-answer-time")
        assert choice.limit == 5 * 60
