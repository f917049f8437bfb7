"""What somebody types for a parameter becomes a value that the model allows, or one sentence; never a traceback."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.parameters import COMMON, VARIES, parameters_of, sections_of
from scenarios.scenario import load_scenario
from scenarios.scenario_differences import changes_between
from scenarios.typed_values import check_typed, check_values, read_typed, typed_text
from wfm.errors import BadInput
from wfm.hotline import Hotline, reference_rows
from wfm.i18n import language, use_language

GUIZHOU = load_scenario("guizhou-12348").hotline
NANXUN = load_scenario("nanxun-12368").hotline
KNOWN = {p.path: p for p in parameters_of(GUIZHOU)}

TEXTS = st.one_of(
    st.text(max_size=60),
    st.from_regex(r"[+-]?\d{0,25}([.,]\d{0,10})?(e[+-]?\d{1,3})?\s*(%|pp|s|h|秒)?", fullmatch=True),
    st.from_regex(r"\d{1,2}:\d\d\s*[-–至]\s*\d{1,2}:\d\d", fullmatch=True),
    st.from_regex(r"[\[\]{}:,'\"&*!|>?@`#%a-z0-9 \n-]{0,40}", fullmatch=True),
    st.sampled_from(
        ["", " ", "yes", "否", "empty", "空", "nan", "inf", "-inf", "1e999", "9" * 5000, "１２", "٣", "²", "0x10"]
    ),
)


@settings(max_examples=150, deadline=None)
@given(path=st.sampled_from(sorted(KNOWN)), typed=TEXTS, spoken=st.sampled_from(["en", "zh"]))
def test_any_text_is_a_value_or_one_sentence(path: str, typed: str, spoken: str) -> None:
    parameter = KNOWN[path]
    with use_language(spoken):  # type: ignore[arg-type]
        try:
            found = read_typed(parameter, typed)
        except BadInput as error:
            sentence = str(error).splitlines()[0]
            assert sentence.strip()
            assert "pydantic" not in sentence
            assert "Traceback" not in sentence
            checked = check_typed(GUIZHOU, {path: typed})
            assert checked.hotline is None
            assert set(checked.problems) == {path}
            return
        for at, value in found.items():
            # What is read is read again as the same value, and the model allows it by itself.
            assert KNOWN[at].path == at
            again = read_typed(KNOWN[at], typed_text(value))
            assert again in ({at: value}, {}), (typed, value, again)
        checked = check_typed(GUIZHOU, {path: typed})
        assert (checked.hotline is not None) != bool(checked.problems or checked.rest)
        assert all("\n" not in s for s in (*checked.problems.values(), *checked.rest))
        assert set(checked.problems) <= {path}


@pytest.mark.parametrize(
    ("path", "typed", "expected"),
    [
        ("lines.*.demand.scale", "+20 %", {"lines.*.demand.scale": 1.2}),
        ("lines.*.demand.scale", "１．５", {"lines.*.demand.scale": 1.5}),
        ("lines.general.handling.talk_s", "500 秒", {"lines.general.handling.talk_s": 500}),
        ("lines.general.handling.talk_s", "-10%", {"lines.general.handling.talk_s": 432}),  # 480 × 0.9
        ("lines.general.handling.talk_s", "480", {}),
        ("ivr.self_service_share", "12 %", {"ivr.self_service_share": 0.12}),
        ("ivr.self_service_share", "0.12", {"ivr.self_service_share": 0.12}),
        ("call_back.reached_share", "-5 pp", {"call_back.reached_share": 0.75}),
        ("call_back.missed_calls", "否", {"call_back.missed_calls": False}),
        ("seats.opened", "1,0", None),
        ("seats.opened", "15.0", {"seats.opened": 15}),
        ("seats.opened", "15.5", None),
        ("seats.opened", "+10 %", {"seats.opened": 33}),
        ("seats.opened", "12 %", None),
        ("trunks.circuits", "空", {}),
        ("trunks.circuits", "40", {"trunks.circuits": 40}),
        ("opening.weekday", "8:00–18:00", {"opening.weekday": ["08:00", "18:00"]}),
        ("opening.holiday", "closed", {"opening.holiday": None}),
        ("interval_min", "15", {"interval_min": 15}),
        ("interval_min", "7", None),
        ("lines.general.demand.profile", "flat", {"lines.general.demand.profile": "flat"}),
        ("lines.general.overflow", "[{group: night, waits: 60}]", None),
    ],
)
def test_what_is_typed_means_what_it_says(path: str, typed: str, expected: dict[str, object] | None) -> None:
    if expected is None:
        with pytest.raises(BadInput):
            read_typed(KNOWN[path], typed)
    else:
        assert read_typed(KNOWN[path], typed) == expected


def test_a_change_in_per_cent_changes_each_line_from_its_own_value() -> None:
    found = read_typed(KNOWN["lines.*.handling.talk_s"], "+10 %")
    talk = {line.id: line.handling.talk_s for line in GUIZHOU.lines}
    assert found == {f"lines.{k}.handling.talk_s": pytest.approx(1.1 * v) for k, v in talk.items()}
    assert KNOWN["lines.*.handling.talk_s"].now is VARIES
    with pytest.raises(BadInput, match=r"shares"):
        read_typed(KNOWN["lines.*.handling.talk_s"], "+5 pp")


def test_a_sentence_stands_beneath_the_field_that_caused_it() -> None:
    with use_language("en"):
        checked = check_typed(GUIZHOU, {"seats.opened": "70", "lines.*.demand.scale": "2"})
        assert checked.problems == {"seats.opened": "must not exceed the seats built (58), found 70"}
        assert check_typed(GUIZHOU, {"seats.opened": "70", "seats.built": "80"}).hotline is not None
        # A change of every line that does not fit one of them stands at the field of all lines.
        checked = check_typed(GUIZHOU, {"lines.*.patience.mean_s": "-5"})
        assert list(checked.problems) == ["lines.*.patience.mean_s"]
        assert "standard" in check_typed(GUIZHOU, {"standard": "nothing"}).rest[0]
        assert check_typed(GUIZHOU, {"nothing.at.all": "1"}).problems


def test_one_of_all_lines_may_be_set_otherwise() -> None:
    for typed in (
        {"lines.*.demand.scale": "1.2", "lines.general.demand.scale": "1.5"},
        {"lines.general.demand.scale": "1.5", "lines.*.demand.scale": "1.2"},
    ):
        changed = check_typed(GUIZHOU, typed).hotline
        assert changed is not None
        assert [line.demand.scale for line in changed.lines] == [1.5, 1.2, 1.2, 1.2]


def test_every_key_of_the_model_is_a_parameter_but_names_and_sources() -> None:
    named = {"id", "number", "name", "about", "short", "sources"}
    keys = {p.key for p in parameters_of(GUIZHOU)} | {p.key for p in parameters_of(NANXUN)}
    for row in reference_rows():
        steps = row.path.split(".")
        if named & set(steps):
            continue
        inside_a_list = any(".".join(steps[:n]) in keys for n in range(1, len(steps)))
        is_part = any(k.startswith(f"{row.path}.") for k in keys)
        assert row.path in keys or inside_a_list or is_part, row.path
    assert set(COMMON) <= {p.path for p in parameters_of(NANXUN)}
    for hotline in (GUIZHOU, NANXUN):
        sections = {s.key for s in sections_of(hotline)}
        alone = {f"{name}.*" for name in Hotline.model_fields}
        assert {p.section for p in parameters_of(hotline)} <= sections | alone


def test_parameters_carry_what_the_reference_says() -> None:
    reference = {row.path: row for row in reference_rows()}
    for parameter in parameters_of(GUIZHOU):
        assert parameter.description == reference[parameter.key].description
        assert parameter.required == reference[parameter.key].required


def test_present_values_typed_again_change_nothing() -> None:
    typed = {p.path: typed_text(p.now) for p in parameters_of(NANXUN) if p.now is not VARIES}
    checked = check_typed(NANXUN, typed)
    assert checked.problems == {}
    assert checked.overrides == {}
    assert checked.hotline is not None
    assert changes_between(NANXUN, checked.hotline) == []


def test_values_are_checked_as_text_is() -> None:
    changed, problems, rest = check_values(GUIZHOU, {"seats.opened": 15})
    assert changed is not None
    assert (changed.seats.opened, problems, rest) == (15, {}, ())
    assert check_values(GUIZHOU, {"no.such.key": 1})[0] is None
    assert language() in ("en", "zh")
