"""Scenarios as a tree of files: written whole, named well, versioned, nothing lost between two who change one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios.own_scenarios import (
    OwnScenario,
    check_name,
    put_back_scenario,
    remove_scenario,
    save_scenario,
    scenario_version,
)
from scenarios.scenario import load_scenario, read_what_if
from scenarios.scenario_differences import changes_text
from scenarios.scenario_shelf import ScenarioShelf
from wfm.errors import BadInput
from wfm.hotline import library_folder
from wfm.i18n import Text, use_language

COURT = load_scenario("nanxun-12368")
TITLE = Text("Storm", "暴雨")


def shelf_of(folder: Path, names: tuple[str, ...] = ("nanxun-12368",)) -> ScenarioShelf:
    places = {name: library_folder() / name for name in names}
    return ScenarioShelf(lambda: places, lambda key: COURT, [folder / "hotlines"], folder / "scenarios")


def write(shelf: ScenarioShelf, name: str, base: str, values: dict[str, object], expected: str | None = "") -> str:
    return save_scenario(shelf.own, OwnScenario(name, shelf.extends_words(base), TITLE, None, values), expected)


def test_each_scenario_stands_under_what_it_extends(tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path)
    write(shelf, "storm", "nanxun-12368", {"lines.*.demand.scale": 1.5})
    write(shelf, "storm-few", "storm", {"seats.opened": 3})
    write(shelf, "calm", "nanxun-12368", {"lines.*.demand.scale": 0.5})
    nodes = shelf.nodes("nanxun-12368")
    assert [(n.key, n.parent, n.depth) for n in nodes] == [
        ("nanxun-12368", "", 0),
        ("calm", "nanxun-12368", 1),
        ("storm", "nanxun-12368", 1),
        ("storm-few", "storm", 2),
    ]
    assert {n.root for n in nodes} == {"nanxun-12368"}
    assert [n.last for n in nodes] == [(), (False,), (True,), (True, True)]
    assert shelf.scenario("storm-few").hotline.lines[0].demand.scale == 1.5
    assert shelf.scenario("storm-few").hotline.seats.opened == 3
    assert shelf.extended_by("storm") == ["storm-few"]
    with use_language("en"):
        assert changes_text(shelf.changes("storm")).en == "call volume +50 %"
        assert changes_text(shelf.changes("storm-few")).en == "seats opened 4 seats → 3 seats"
    # The same file is a what-if of the command line.
    assert load_scenario(shelf.own / "storm-few.yaml").hotline == shelf.scenario("storm-few").hotline


def test_a_file_that_changes_is_read_again_and_others_are_not(tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path)
    version = write(shelf, "storm", "nanxun-12368", {"lines.*.demand.scale": 1.5})
    first = shelf.scenario("storm")
    assert shelf.scenario("storm") is first
    write(shelf, "storm", "nanxun-12368", {"lines.*.demand.scale": 2.0}, version)
    assert shelf.scenario("storm").hotline.lines[0].demand.scale == 2.0


def test_mistakes_are_told_and_hide_nothing_else(tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path)
    write(shelf, "good", "nanxun-12368", {"seats.opened": 3})
    (shelf.own / "lost.yaml").write_text("extends: nowhere\nset: {}\n", encoding="utf-8")
    (shelf.own / "broken.yaml").write_text("extends: [\n", encoding="utf-8")
    (shelf.own / "one.yaml").write_text("extends: two.yaml\nset: {}\n", encoding="utf-8")
    (shelf.own / "two.yaml").write_text("extends: one.yaml\nset: {}\n", encoding="utf-8")
    (shelf.own / "wrong.yaml").write_text("extends: nanxun-12368\nset: {seats.opened: 99}\n", encoding="utf-8")
    with use_language("en"):
        nodes = {n.key: n for n in shelf.nodes()}
        assert nodes["good"].error == ""
        assert all(nodes[k].error for k in ("lost", "broken", "one", "two"))
        assert all("\n" not in n.error for n in nodes.values())
        with pytest.raises(BadInput, match=r"wrong\.yaml.*seats built"):
            shelf.scenario("wrong")
        assert shelf.changes("wrong") == []
        with pytest.raises(BadInput, match=r"no scenario “nothing”"):
            shelf.node("nothing")


def test_what_a_hidden_hotline_bears_is_still_found(tmp_path: Path) -> None:
    own = tmp_path / "hotlines" / "nanxun-12368"
    shutil.copytree(library_folder() / "nanxun-12368", own)
    shelf = ScenarioShelf(lambda: {"nanxun-12368": own}, load_scenario, [tmp_path / "hotlines"], tmp_path / "scenarios")
    shelf.own.mkdir()
    (shelf.own / "a.yaml").write_text("extends: nanxun-12368\nset: {seats.opened: 3}\n", encoding="utf-8")
    (shelf.own / "b.yaml").write_text("extends: ../hotlines/nanxun-12368\nset: {seats.opened: 3}\n", encoding="utf-8")
    nodes = {n.key: n for n in shelf.nodes()}
    assert nodes["b"].parent == "nanxun-12368"
    assert nodes["a"].parent == "nanxun-12368~2"
    assert shelf.scenario("a").hotline.seats.opened == 3
    assert shelf.extends_words("nanxun-12368") == os.path.relpath(own, shelf.own)


@pytest.mark.parametrize("name", ["", "Storm", "../up", "a/b", "a.b", "x" * 41, "-a", "名称", "a b", "a\n"])
def test_a_name_that_is_none_is_refused_in_a_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match=r"name|名"):
        check_name(name)
    with pytest.raises(BadInput):
        save_scenario(tmp_path, OwnScenario(name, "nanxun-12368", TITLE, None, {}))
    assert list(tmp_path.iterdir()) == []


def test_two_who_change_one_scenario_lose_nothing(tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path)
    version = write(shelf, "storm", "nanxun-12368", {"seats.opened": 3})
    with pytest.raises(BadInput, match=r"already|已有"):
        write(shelf, "storm", "nanxun-12368", {"seats.opened": 2})
    theirs = write(shelf, "storm", "nanxun-12368", {"seats.opened": 2}, version)
    with pytest.raises(BadInput, match=r"somebody else|他人"):
        write(shelf, "storm", "nanxun-12368", {"seats.opened": 1}, version)
    assert shelf.scenario("storm").hotline.seats.opened == 2
    assert scenario_version(shelf.own / "storm.yaml") == theirs
    # The layout of the file is not its version.
    path = shelf.own / "storm.yaml"
    path.write_text(f"# a comment\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
    assert scenario_version(path) == theirs


def test_what_is_removed_can_be_put_back(tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path)
    version = write(shelf, "storm", "nanxun-12368", {"seats.opened": 3})
    token = remove_scenario(shelf.own, "storm")
    assert [n.key for n in shelf.nodes("nanxun-12368")] == ["nanxun-12368"]
    with pytest.raises(BadInput):
        remove_scenario(shelf.own, "storm")
    assert put_back_scenario(shelf.own, token) == "storm"
    assert scenario_version(shelf.own / "storm.yaml") == version
    with pytest.raises(BadInput):
        put_back_scenario(shelf.own, token)
    with pytest.raises(BadInput):
        put_back_scenario(shelf.own, "../storm.1")


TEXT = st.text(max_size=80)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1, max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    en=TEXT,
    zh=TEXT,
    about=st.none() | TEXT,
    values=st.dictionaries(st.text(min_size=1, max_size=30), VALUES, max_size=3),
)
def test_what_is_written_is_read_back_or_refused(
    tmp_path: Path, en: str, zh: str, about: str | None, values: dict[str, object]
) -> None:
    scenario = OwnScenario("any", "nanxun-12368", Text(en, zh), None if about is None else Text(about, about), values)
    try:
        save_scenario(tmp_path, scenario, None)
    except BadInput:
        assert not list(tmp_path.glob(".part-*"))
        return
    found = read_what_if(tmp_path / "any.yaml")
    assert found is not None
    assert found[0].set == values
    assert found[0].name is not None
    assert found[0].name.en.split() == "".join(c if c.isprintable() else " " for c in en).split()
    assert not list(tmp_path.glob(".part-*"))
