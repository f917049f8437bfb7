"""The shipped hotlines load, their files agree with each other, and every number says where it comes from."""

import csv
import re
from collections import Counter
from datetime import date
from functools import cache
from itertools import pairwise

import pytest

from wfm.hotline import find_hotline, library_folder, library_names, load_agents, load_hotline, load_leave
from wfm.hotline.provenance import defaults_of, provenance

NAMES = ["convenience-lines", "guiyang-12345", "guizhou-12348", "jiangsu-12348", "nanxun-12368"]
FIRST, LAST = date(2026, 9, 14), date(2026, 10, 11)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def folder(name):
    return library_folder() / name


@cache
def hotline_of(name):
    return load_hotline(find_hotline(name))


@cache
def people(name):
    hotline = hotline_of(name)
    agents = load_agents(hotline, folder(name))
    return hotline, agents, load_leave(hotline, folder(name), agents)


def test_five_hotlines_are_shipped():
    assert library_names() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_identifiers_agree(name):
    hotline, agents, leave = people(name)
    assert hotline.id == name
    assert hotline.time_zone == "Asia/Shanghai"
    lines, contracts = set(hotline.line_ids), {c.id for c in hotline.contracts}
    kinds, known = {k.id for k in hotline.staff_kinds}, {a.id: a for a in agents}
    assert len(known) == len(agents)
    for agent in agents:
        assert set(agent.lines) <= lines
        assert agent.contract in contracts
        assert agent.staff_kind in kinds
        if agent.pair:
            assert known[agent.pair].pair == agent.id
            assert set(known[agent.pair].lines) == set(agent.lines)
    assert {x.agent for x in leave} <= set(known)
    assert {a.contract for a in agents} == contracts, "a contract that nobody has"
    assert {a.staff_kind for a in agents} == kinds, "a kind of staff that nobody is of"


@pytest.mark.parametrize("name", NAMES)
def test_leave_falls_into_the_example_period_and_outside(name):
    _, _, leave = people(name)
    inside = [x for x in leave if x.first <= LAST and x.last >= FIRST]
    assert inside
    assert len(inside) < len(leave)
    spans = sorted((x.agent, x.first, x.last) for x in leave)
    for (agent, _, last), (other, first, _) in pairwise(spans):
        assert agent != other or last < first, f"leave of {agent} overlaps itself"


@pytest.mark.parametrize("name", NAMES)
def test_people_are_plainly_synthetic(name):
    with (folder(name) / "agents.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert all(re.fullmatch(r"(律师|座席)\d{3}", row["name"]) for row in rows)
    assert all(re.fullmatch(r"(律所\d{2})?", row["firm"]) for row in rows)


@pytest.mark.parametrize("name", NAMES)
def test_every_number_has_exactly_one_closest_source(name):
    rows = provenance(folder(name)) + defaults_of(folder(name))
    assert len(rows) > 90
    assert [row.path for row in rows if row.source is None] == []
    assert [row.path for row in rows if row.rivals] == []
    used = [row.source for row in rows]
    assert [s.paths for s in hotline_of(name).sources if s not in used] == [], "a source of nothing"


@pytest.mark.parametrize("name", NAMES)
def test_sources_say_their_clause_and_reason_in_both_languages(name):
    hotline = hotline_of(name)
    kinds = Counter(source.kind for source in hotline.sources)
    assert kinds["published"] >= 1
    assert kinds["assumed"] >= 10
    for source in hotline.sources:
        assert source.why is not None
        assert CHINESE.search(source.why.zh)
        assert len(source.why.en) > 15
        if source.kind != "assumed":
            assert re.search(r"DB\d+|GB/T|规则|公开资料|征求意见稿|人社部发|劳动法", source.clause)


@pytest.mark.parametrize("name", NAMES)
def test_hotlines_without_a_published_target_mark_their_default(name):
    hotline = hotline_of(name)
    own = {"nanxun-12368": "DB330503/T02.3", "convenience-lines": "convenience-lines"}
    assert hotline.standard == own.get(name, "GB/T33358")
    assert hotline.standard_is_default is (name not in own)


def test_two_what_ifs_change_only_what_they_say():
    from scenarios.scenario import load_scenario, scenario_names

    base = load_scenario("guizhou-12348")
    more = load_scenario("guizhou-12348-volume-plus-20")
    half = load_scenario("guizhou-12348-half-seats")
    assert {"guizhou-12348-volume-plus-20", "guizhou-12348-half-seats"} <= set(scenario_names())
    assert [line.demand.scale for line in more.hotline.lines] == [1.2] * 4
    assert (half.hotline.seats.built, half.hotline.seats.opened) == (58, 15)
    unscaled = [
        line.model_copy(update={"demand": line.demand.model_copy(update={"scale": 1.0})}) for line in more.hotline.lines
    ]
    assert tuple(unscaled) == base.hotline.lines
    assert half.hotline.lines == base.hotline.lines
    assert more.agents == half.agents == base.agents


@pytest.mark.parametrize("name", NAMES)
def test_the_libraries_page_tells_the_numbers_of_the_files(name):
    hotline, agents, _ = people(name)
    page = (library_folder() / "README.md").read_text(encoding="utf-8")
    row = next(line for line in page.splitlines() if line.startswith(f"| `{name}`")).replace("*", "")
    answering = {k.id for k in hotline.staff_kinds if k.answers_calls}
    calls = sum(line.demand.calls_per_day for line in hotline.lines)
    assert f"| {hotline.seats.built} / {hotline.seats.opened} |" in row
    assert f"| {sum(a.staff_kind in answering for a in agents)} " in row
    assert f"| {calls:,.0f} |" in row
