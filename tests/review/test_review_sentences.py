"""A review's sentences: every cause in both languages, with its number and the right direction."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from wfm.review.missed import Cause, CauseFacts, DayReview, TargetReview
from wfm.review.sentences import cause_name, cause_sentence, day_text, headline, luck_sentence, review_sentences
from wfm.standards import Target

DAY = date(2026, 9, 15)
FACTS = {
    "volume": CauseFacts(616.0, 702.0),
    "pattern": CauseFacts(40.0, 66.0, datetime(2026, 9, 15, 9, 30), datetime(2026, 9, 16, 0, 0)),  # noqa: DTZ001
    "outside": CauseFacts(0.0, 0.0),
    "ivr": CauseFacts(0.40, 0.31),
    "handling": CauseFacts(470.0, 517.0),
    "seats": CauseFacts(140.0, 124.0),
    "patience": CauseFacts(240.0, 180.0),
    "redial": CauseFacts(0.0, 0.0),
}


def a_target(**changes: Any) -> Target:
    values: dict[str, Any] = {
        "id": "t", "name": {"en": "Service level", "zh": "接通率"}, "kpi": "service_level_15_offered", "operator": ">=",
        "limit": 0.9, "unit": "share", "clause": "1", "quote": {"en": "q", "zh": "引"}, "source": "published",
    }  # fmt: skip
    return Target(**{**values, **changes})


def a_review(target: Target | None = None, **changes: Any) -> TargetReview:
    values: dict[str, Any] = {
        "target": target or a_target(), "line": "", "observed": 0.81, "planned": 0.92, "explained": 0.83, "causes": (),
        "usual_low": 0.78, "usual_high": 0.88, "verdict": "chance",
    }  # fmt: skip
    return TargetReview(**{**values, **changes})


def a_cause(factor: str, value: float, half_width: float = 0.013) -> Cause:
    return Cause(factor, value, half_width, 0.0, value)


def test_the_headline_is_one_that_a_manager_reads() -> None:
    said = headline(a_review(), DAY)
    assert said.en == (
        "Tuesday 15 September answered 81.0 % within 15 s where 92.0 % was planned; the limit is 90.0 %."
    )
    assert said.zh == "9月15日星期二15秒内接通81.0%，计划92.0%，限值90.0%。"
    asa = a_target(kpi="asa_s", operator="<", limit=15.0, unit="s")
    said = headline(a_review(asa, observed=21.34, planned=9.0), DAY)
    assert "answered after 21.3 s on average where 9.0 s was planned" in said.en


@pytest.mark.parametrize(
    ("factor", "value", "en", "zh"),
    [
        ("volume", -0.061, "14 % more calls than forecast (702 for 616) cost 6.1 points (± 1.3).", "多14%"),
        ("pattern", -0.02, "most of all 66 for 40 from 09:30 to 24:00; this cost 2.0 points", "09:30至24:00"),
        ("ivr", -0.02, "The IVR kept 31.0 % of the callers where 40.0 % was planned; this cost", "留住了31.0%"),
        ("handling", -0.03, "Calls that took 10 % longer (517 s for 470 s) cost 3.0 points", "长10%"),
        ("seats", -0.03, "16.0 seat-hours fewer than planned (124.0 of 140.0) cost 3.0 points", "少16.0席时"),
        (
            "patience",
            0.01,
            "would wait 180 s before giving up where 240 s was planned; this gained 1.0 points",
            "愿等180秒",
        ),
    ],
)
def test_every_cause_has_its_number(factor: str, value: float, en: str, zh: str) -> None:
    said = cause_sentence(a_review(), a_cause(factor, value), FACTS)
    assert en in said.en
    assert zh in said.zh
    assert cause_name(factor).en
    assert cause_name(factor).zh != cause_name(factor).en


def test_the_other_way_round_reads_as_well() -> None:
    facts = {
        **FACTS,
        "volume": CauseFacts(616.0, 493.0),
        "handling": CauseFacts(500.0, 450.0),
        "seats": CauseFacts(100.0, 104.0),
        "outside": CauseFacts(0.0, 14.0),
        "redial": CauseFacts(0.0, 0.4),
    }
    texts = [cause_sentence(a_review(), a_cause(f, 0.02), facts).en for f in ("volume", "handling", "seats", "pattern")]
    assert texts[0].startswith("20 % fewer calls than forecast (493 for 616) gained 2.0 points")
    assert texts[1].startswith("Calls that took 10 % less time (450 s for 500 s)")
    assert texts[2].startswith("4.0 seat-hours more than planned (104.0 for 100.0)")
    assert "14 of them outside opening hours" in texts[3]
    assert "40.0 % of them called again" in cause_sentence(a_review(), a_cause("patience", 0.02), facts).en


def test_absence_lateness_and_breaks_are_told_where_they_are_known() -> None:
    known = {"absent": CauseFacts(0.0, 9.0), "late": CauseFacts(0.0, 1.5), "breaks": CauseFacts(0.0, 5.5)}
    said = cause_sentence(a_review(), a_cause("seats", -0.03), FACTS | known)
    assert "(124.0 of 140.0; absent 9.0 h, late or gone early 1.5 h, beyond breaks or away 5.5 h)" in said.en
    assert "缺勤9.0小时，迟到或早退1.5小时" in said.zh


def test_seconds_are_added_or_taken_off() -> None:
    review = a_review(a_target(kpi="asa_s", operator="<", limit=15.0, unit="s"))
    assert "added 3.2 s (± 0.4)" in cause_sentence(review, a_cause("volume", 3.2, 0.4), FACTS).en
    assert "took 3.2 s off (± 0.4)" in cause_sentence(review, a_cause("volume", -3.2, 0.4), FACTS).en


def test_what_is_left_is_chance_or_more() -> None:
    """§111 Inside the quantiles of days with the same inputs it is chance, outside them more than chance explains."""
    assert "What is left, −2.0 points, is within what chance does" in luck_sentence(a_review()).en
    more = a_review(verdict="more than chance", observed=0.70)
    assert "What is left, −13.0 points, is more than chance explains" in luck_sentence(more).en
    blind = luck_sentence(more, ("seats",))
    assert "who was there is not recorded, so absence and lateness stand here" in blind.en
    assert "没有在岗记录" in blind.zh


def test_causes_come_by_weight_and_trifles_are_left_out() -> None:
    causes = (a_cause("volume", -0.01), a_cause("handling", -0.05), a_cause("patience", 0.0001))
    day = DayReview(DAY, FACTS, (), (), ())
    told = [s.en for s in review_sentences(day, a_review(causes=causes, planned=0.89))]
    assert len(told) == 5
    assert told[1] == "The plan itself did not keep the limit."
    assert told[2].startswith("Calls that took 10 % longer")
    assert told[3].startswith("14 % more calls")


def test_days_are_named_in_both_languages() -> None:
    assert day_text(date(2026, 1, 4)).as_dict() == {"en": "Sunday 4 January", "zh": "1月4日星期日"}
