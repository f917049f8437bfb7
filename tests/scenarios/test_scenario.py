"""What-ifs: a file that says only what differs."""

import pytest

from scenarios.scenario import load_scenario, scenario_names
from wfm.errors import BadInput
from wfm.hotline import library_names


def _what_if(tmp_path, text, name="more.yaml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_only_what_is_said_differs(tmp_path):
    base = load_scenario("guizhou-12348")
    path = _what_if(tmp_path, "extends: guizhou-12348\nset:\n  lines.*.demand.scale: 1.2\n  seats.opened: 29\n")
    changed = load_scenario(path)
    assert [line.demand.scale for line in changed.hotline.lines] == [1.2] * len(base.hotline.lines)
    assert changed.hotline.seats.opened == 29
    undone = changed.hotline.model_dump()
    before = base.hotline.model_dump()
    undone["seats"]["opened"] = before["seats"]["opened"]
    for line in undone["lines"]:
        line["demand"]["scale"] = 1.0
    assert undone == before
    assert changed.agents == base.agents
    assert changed.input_hashes()["agents"] == base.input_hashes()["agents"]
    assert changed.input_hashes()["hotline"] != base.input_hashes()["hotline"]


def test_an_item_is_named_by_its_id(tmp_path):
    base = load_scenario("guizhou-12348").hotline
    line = base.lines[1]
    path = _what_if(tmp_path, f"extends: guizhou-12348\nset:\n  lines.{line.id}.patience.mean_s: 77\n")
    changed = load_scenario(path).hotline
    assert changed.line(line.id).patience.mean_s == 77
    assert changed.lines[0] == base.lines[0]


def test_a_what_if_may_extend_another(tmp_path):
    _what_if(tmp_path, "extends: guizhou-12348\nset:\n  lines.*.demand.scale: 1.2\n", "first.yaml")
    second = _what_if(tmp_path, "extends: first.yaml\nset:\n  ivr.self_service_share: 0.3\n", "second.yaml")
    scenario = load_scenario(second)
    assert scenario.hotline.ivr.self_service_share == 0.3
    assert scenario.hotline.lines[0].demand.scale == 1.2
    assert list(scenario.differences) == ["lines.*.demand.scale", "ivr.self_service_share"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("extends: guizhou-12348\nset:\n  seats.opend: 3\n", ["more.yaml:3:3", "seats.opend", "guizhou-12348"]),
        ("extends: guizhou-12348\nset:\n  seats.opened: -3\n", ["more.yaml:3:3", "seats.opened", "-3"]),
        ("extends: guizhou-12348\nset:\n  lines.nobody.demand.scale: 2\n", ["lines.nobody.demand.scale"]),
        ("extends: guizhou-12384\n", ["guizhou-12384", "guizhou-12348"]),
        ("extends: more.yaml\n", ["circle"]),
        ("extends: guizhou-12348\nsets: {}\n", ["more.yaml:2:1", "sets"]),
    ],
)
def test_mistakes_are_named_with_their_place(tmp_path, text, words):
    path = _what_if(tmp_path, text)
    with pytest.raises(BadInput) as caught:
        load_scenario(path)
    for word in words:
        assert word in str(caught.value)


def test_every_shipped_name_loads():
    assert len(library_names()) == 5
    assert set(scenario_names()) > set(library_names())
    for name in scenario_names():
        assert load_scenario(name).agents, name
