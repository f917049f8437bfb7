"""Opening hours by kind of day, serving groups, targets with their overrides, sources of numbers."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from wfm.calendar import WorkingCalendar
from wfm.errors import BadInput
from wfm.hotline import (
    calendar_of,
    defaults_of,
    find_hotline,
    grid_of,
    library_folder,
    library_names,
    load_agents,
    load_hotline,
    load_leave,
    open_intervals,
    opening_hours,
    provenance,
    reference_rows,
    serving_groups,
    targets_of,
)
from wfm.hotline.sources import closest_sources, steps_of
from wfm.i18n import use_language
from wfm.standards import load_standard


@pytest.fixture
def build(write_hotline, hotline_text):
    """A hotline with further keys at its top."""

    def of(extra="", **changes):
        text = hotline_text
        for find, put in changes.items():
            text = text.replace(find, put)
        return load_hotline(write_hotline(text.replace("id: small\n", f"id: small\n{extra}\n", 1)))

    return of


def test_opening_hours_follow_the_kind_of_day(build):
    hotline = build("opening: {weekday: [08:30, 17:30], weekend: [10:00, 16:00], holiday: null}")
    calendar = calendar_of(hotline)
    assert opening_hours(hotline, date(2026, 9, 21), calendar) == (510, 1050)
    assert opening_hours(hotline, date(2026, 9, 19), calendar) == (600, 960)  # Saturday
    assert opening_hours(hotline, date(2026, 9, 20), calendar) == (510, 1050)  # Sunday, make-up working day
    assert opening_hours(hotline, date(2026, 9, 25), calendar) is None  # Mid-Autumn, a Friday
    grid = grid_of(hotline, date(2026, 9, 19), 7)
    opened = open_intervals(hotline, grid, calendar).reshape(7, 48).sum(axis=1)
    assert list(opened) == [12, 18, 18, 18, 18, 18, 0]


def test_hours_of_single_weekdays_give_way_to_holidays_and_make_up_days(build):
    """The bank of the real records: Sunday to Thursday 07–24, Friday 07–14, Saturday 20–24."""
    hotline = build(
        "time_zone: Asia/Jerusalem\n"
        "calendar: {country: IL, weekend: [4, 5]}\n"
        "opening: {weekday: [07:00, 24:00], weekend: [20:00, 24:00], by_weekday: {fri: [07:00, 14:00]}}"
    )
    calendar = calendar_of(hotline)
    grid = grid_of(hotline, date(1999, 2, 7), 7)  # from a Sunday
    opened = open_intervals(hotline, grid, calendar).reshape(7, 48).sum(axis=1) / 2
    assert list(opened) == [17, 17, 17, 17, 17, 7, 4]
    assert opening_hours(hotline, date(1999, 5, 21), calendar) == (0, 1440)  # Shavuot, a Friday: holiday hours


def test_an_interval_that_opens_halfway_is_open(build):
    hotline = build("opening: {weekday: [08:45, 09:10], weekend: null, holiday: null}")
    grid = grid_of(hotline, date(2026, 9, 21), 1)
    assert list(np.flatnonzero(open_intervals(hotline, grid, calendar_of(hotline)))) == [17, 18]


def test_every_line_has_its_group_at_every_open_interval():
    hotline = load_hotline(find_hotline("guizhou-12348"))
    grid = grid_of(hotline, date(2026, 9, 14), 2)
    serving = serving_groups(hotline, grid)
    assert list(serving) == hotline.line_ids
    for line_id, groups in serving.items():
        for n in range(0, len(grid), 7):
            group = hotline.group_of(line_id, int(grid.minutes[n]))
            assert group is not None
            assert groups[n] == group.id


def test_targets_without_overrides_are_the_standards_own(build):
    assert targets_of(build("standard: DB330503/T02.3")) == load_standard("DB330503/T02.3").targets


def test_a_limit_of_its_own_is_said_in_the_note(build):
    hotline = build("targets: [{target: connection-rate, limit: 0.9}, {target: answered-within-15-s, limit: 0.8}]")
    found = {target.id: target for target in targets_of(hotline)}
    assert found["connection-rate"].limit == 0.9
    assert found["connection-rate"].operator == ">="
    assert found["connection-rate"].source == "assumed"  # the hotline names no source for it
    assert found["connection-rate"].note.en.startswith("Limit 0.9 set by this hotline (the standard's: 0.95).")
    assert "本热线" in found["connection-rate"].note.zh
    # A row without a limit gets the comparison that its KPI calls for.
    assert (found["answered-within-15-s"].operator, found["answered-within-15-s"].limit) == (">=", 0.8)
    assert found["mean-answer-time"] == load_standard("GB/T33358").target("mean-answer-time")


def test_a_limit_carries_the_source_that_the_hotline_gives(build):
    hotline = build(
        "targets: [{target: connection-rate, limit: 0.9}]\n"
        "sources: [{paths: ['targets.**'], kind: published, clause: contract 7}]"
    )
    assert next(t for t in targets_of(hotline) if t.id == "connection-rate").source == "published"


def test_another_definition(build):
    hotline = build("targets: [{target: connection-rate, kpi: agent_connection_rate}]")
    found = next(t for t in targets_of(hotline) if t.id == "connection-rate")
    assert found.kpi == "agent_connection_rate"
    assert "Answered share of calls" in found.note.en


def test_a_default_standard_marks_every_row(build):
    for target in targets_of(build("standard_is_default: true")):
        assert target.source == "assumed"
        assert target.note.en.startswith("Assumed, secondary source")
        assert target.note.zh.startswith("假定（二手资料）")


@pytest.mark.parametrize("name", library_names())
def test_shipped_hotlines_are_read_and_every_number_has_one_source(name):
    folder = find_hotline(name)
    hotline = load_hotline(folder)
    assert hotline.id == name
    agents = load_agents(hotline, folder)
    load_leave(hotline, folder, agents)
    assert targets_of(hotline)
    entries = provenance(folder)
    assert [e.path for e in entries if e.source is None] == []
    assert [e.path for e in entries if e.rivals] == []
    assert len({e.path for e in entries}) == len(entries)


def test_the_closest_source_wins(build):
    hotline = build(
        "sources:\n"
        "  - {paths: ['lines.**'], kind: assumed, why: {en: rest, zh: 其余}}\n"
        "  - {paths: ['lines.*.handling.talk_s'], kind: published, clause: A}\n"
        "  - {paths: ['lines.general.patience.*'], kind: secondary, clause: B}\n"
        "  - {paths: [seats.built], kind: published, clause: C}\n"
        "  - {paths: ['*.built'], kind: published, clause: D}"
    )

    def kind(path):
        return [s.clause or s.kind for s in closest_sources(hotline.sources, path)]

    assert kind(steps_of("lines.0.handling.talk_s")) == ["A"]
    assert kind(steps_of("lines.0.demand.calls_per_day")) == ["assumed"]
    assert kind((("lines",), ("0", "general"), ("patience",), ("mean_s",))) == ["B"]
    assert kind(steps_of("seats.built")) == ["C"]
    assert kind(steps_of("seats.opened")) == []


def test_provenance_lists_what_the_file_sets_and_defaults_the_rest(write_hotline, hotline_text):
    folder = write_hotline(hotline_text)
    given = {e.path: e for e in provenance(folder)}
    assert given["seats.built"].value == 10
    assert given["seats.built"].unit == "seats"
    assert given["groups.0.lines"].value == ["general"]
    assert given["seats.built"].source is None
    assert not any(part in path.split(".") for path in given for part in ("id", "name", "about", "short", "sources"))
    left = {e.path: e for e in defaults_of(folder)}
    assert left["ivr.announcement_s"].value == 10
    assert left["opening.weekday"].value == ["00:00", "24:00"]
    assert not set(left) & set(given)


def test_the_reference_describes_every_key_in_both_languages():
    rows = reference_rows()
    paths = [row.path for row in rows]
    assert len(set(paths)) == len(paths)
    assert {"lines.*.handling.talk_s", "seats.opened", "groups.*.from", "calendar.days.*.date"} <= set(paths)
    talk = next(row for row in rows if row.path == "lines.*.handling.talk_s")
    assert (talk.unit, talk.default, talk.required) == ("s", "required", True)
    from wfm.i18n import say

    for row in rows:
        assert row.description, row.path
        with use_language("zh"):
            assert say(row.description) != row.description, row.path


def test_names_paths_and_the_unknown(tmp_path, write_hotline, hotline_text, monkeypatch):
    assert find_hotline("guizhou-12348") == library_folder() / "guizhou-12348"
    folder = write_hotline(hotline_text)
    assert find_hotline(folder) == folder
    assert find_hotline(str(folder / "hotline.yaml")) == folder / "hotline.yaml"
    with pytest.raises(BadInput) as caught:
        find_hotline("guizhou")
    assert "did you mean guizhou-12348?" in str(caught.value)
    assert "nanxun-12368" in str(caught.value)
    with pytest.raises(BadInput, match="there is no such file or folder"):
        find_hotline(tmp_path / "nowhere" / "hotline.yaml")
    (tmp_path / "bare").mkdir()
    with pytest.raises(BadInput, match=r"holds no hotline\.yaml"):
        find_hotline(tmp_path / "bare")


def test_the_calendar_takes_the_hotlines_own_days(build):
    hotline = build(
        "calendar: {years_supplied: [2027], days: [{date: 2027-10-09, kind: makeup, name: {en: worked, zh: 上班}}]}"
    )
    calendar = calendar_of(hotline)
    assert isinstance(calendar, WorkingCalendar)
    calendar.require_announced(date(2026, 12, 1), date(2027, 12, 31))
    assert calendar.is_working_day(date(2027, 10, 9))
    assert str(calendar.name(date(2027, 10, 9))) == "worked"
