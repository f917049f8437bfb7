"""What differs between two hotlines is said in both languages, alike changes once, with units and proportions."""

from __future__ import annotations

import pytest

from scenarios.scenario import load_scenario
from scenarios.scenario_differences import changes_between, changes_text, value_text
from scenarios.typed_values import check_typed
from wfm.hotline import Hotline

GUIZHOU = load_scenario("guizhou-12348").hotline


def changed(**typed: str) -> Hotline:
    checked = check_typed(GUIZHOU, {path.replace("__", "."): text for path, text in typed.items()})
    assert checked.hotline is not None, checked
    return checked.hotline


@pytest.mark.parametrize(
    ("typed", "english", "chinese"),
    [
        ({"lines.*.demand.scale": "1.2"}, "call volume +20 %", "话务量 +20 %"),
        ({"lines.*.demand.scale": "0.9"}, "call volume −10 %", "话务量 −10 %"),
        ({"seats.opened": "15"}, "seats opened 30 seats → 15 seats", "开通座席 30 席 → 15 席"),
        ({"lines.*.handling.talk_s": "+10 %"}, "talk time +10 %", "通话时长 +10 %"),
        (
            {"lines.general.patience.mean_s": "180"},
            "General advice: patience 240 s → 180 s",
            "综合咨询专席：耐心 240 秒 → 180 秒",
        ),
        ({"ivr.self_service_share": "12 %"}, "served by the IVR 0 % → 12 %", "自助办结 0% → 12%"),
        ({"call_back.missed_calls": "no"}, "missed calls called back yes → no", "漏话回拨 是 → 否"),
        (
            {"opening.weekday": "08:00-18:00"},
            "opening on weekdays 00:00–24:00 → 08:00–18:00",
            "工作日服务时间 00:00–24:00 → 08:00–18:00",
        ),
        ({"opening.holiday": "closed"}, "opening on holidays 00:00–24:00 → none", "节假日服务时间 00:00–24:00 → 无"),
    ],
)
def test_a_change_is_said_in_both_languages(typed: dict[str, str], english: str, chinese: str) -> None:
    checked = check_typed(GUIZHOU, typed)
    assert checked.hotline is not None
    (change,) = changes_between(GUIZHOU, checked.hotline)
    assert (change.text.en, change.text.zh) == (english, chinese)


def test_nothing_differs_from_itself_and_every_shipped_what_if_differs() -> None:
    assert changes_between(GUIZHOU, GUIZHOU) == []
    assert changes_text([]).en == ""
    shipped = load_scenario("guizhou-12348-volume-plus-20").hotline
    assert changes_text(changes_between(GUIZHOU, shipped)).zh == "话务量 +20 %"


def test_lines_that_change_differently_are_told_apart_and_cut_short() -> None:
    other = changed(**{f"lines__{line.id}__demand__scale": f"{1.1 + k / 10:g}" for k, line in enumerate(GUIZHOU.lines)})
    found = changes_between(GUIZHOU, other)
    assert [c.path for c in found] == [f"lines.{line.id}.demand.scale" for line in GUIZHOU.lines]
    assert found[0].text.en == "General advice: call volume +10 %"
    assert changes_text(found, 2).en.endswith("2 more")
    assert changes_text(found, 2).zh.endswith("另有2项")


def test_a_line_that_is_added_is_named() -> None:
    data = GUIZHOU.model_dump(mode="json", by_alias=True)
    extra = {**data["lines"][0], "id": "storm", "name": {"en": "Storm line", "zh": "暴雨专线"}}
    data["lines"].append(extra)
    for group in data["groups"][0], data["groups"][-1]:
        group["lines"].append("storm")
    other = Hotline.model_validate(data)
    words = [c.text.en for c in changes_between(GUIZHOU, other)]
    assert "Storm line: added" in words
    assert "Storm line: taken out" in [c.text.en for c in changes_between(other, GUIZHOU)]


@pytest.mark.parametrize(
    ("value", "unit", "english", "chinese"),
    [
        (0.123, "0–1", "12.3 %", "12.3%"),
        (1500, "s", "1,500 s", "1,500 秒"),
        (None, "s", "none", "无"),
        (True, "", "yes", "是"),
        ([1, 2, 3], "", "3 entries", "3条"),
        (0.75, "", "0.75", "0.75"),
    ],
)
def test_values_carry_their_units(value: object, unit: str, english: str, chinese: str) -> None:
    assert value_text(value, unit).as_dict() == {"en": english, "zh": chinese}
