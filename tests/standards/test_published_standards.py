"""The shipped standards say what the published texts say."""

from __future__ import annotations

import pytest

from scenarios.roster_measures import ROSTER_MEASURES
from wfm.errors import BadInput
from wfm.hotline import Hotline, load_hotline
from wfm.hotline.reading import find_hotline
from wfm.metrics import KPIS
from wfm.standards import load_standard, standard_ids

EVERY = [(name, target) for name in standard_ids() for target in load_standard(name).targets]


def test_the_five_systems_and_the_national_rule_are_there():
    assert {"DB330503/T02.3", "DB32/T3837", "DB5201/T110", "GB/T33358", "convenience-lines"} <= set(standard_ids())


@pytest.mark.parametrize(
    ("target", "operator", "limit", "unit", "kpi", "words"),
    [
        # 语音服务的平均应答时限小于15秒
        ("mean-answer-time", "<", 15, "s", "asa_s", "平均应答时限小于15秒"),
        # 总接通率不小于90%……日均值
        ("total-connection-rate", ">=", 0.90, "share", "connection_rate_daily_mean", "总接通率不小于90%"),
        # 语音自动应答前信息插播时长不超过20秒
        ("announcement", "<=", 20, "s", "ivr.announcement_s", "信息插播时长不超过20秒"),
        # 语音应答转人工服务时,需要等待的时间长度不超过40秒: the share that broke it, assumed at most 5 %
        ("ivr-to-agent", "<=", 0.05, "share", "waited_over_40_s_share", "不超过40秒"),
        # 及时响应率≥99%,及时回复率≥95%,有效办结率≥99%
        ("timely-response", ">=", 0.99, "share", "timely_response", "及时响应率≥99%"),
        ("timely-reply", ">=", 0.95, "share", "timely_reply", "及时回复率≥95%"),
        ("effective-closure", ">=", 0.99, "share", "effective_closure", "有效办结率≥99%"),
        # 群众满意率: 未规定
        ("satisfaction", None, None, "share", "satisfaction_rate", "群众满意率"),
        # 不得超过15秒后接听: reported
        ("no-answer-after-15-s", None, None, "share", "service_level_15_answered", "不得超过15秒后接听"),
        ("backup-of-each-post", ">=", 1, "share", "backup_on_every_post", "AB岗"),
    ],
)
def test_the_court_line_says_what_its_standard_says(target, operator, limit, unit, kpi, words):
    found = load_standard("DB330503/T02.3").target(target)
    assert (found.operator, found.limit, found.unit, found.kpi) == (operator, limit, unit, kpi)
    assert words in found.quote.zh
    assert found.clause.startswith("DB330503/T 02.3—2018")


def test_the_assumed_quantile_of_the_court_line_is_marked():
    found = load_standard("DB330503/T02.3").target("ivr-to-agent")
    assert found.source == "assumed"
    assert "40 s are published" in found.note.en


def test_the_answer_time_of_15_s_is_strict():
    """小于15秒: 15 s itself does not keep it."""
    found = load_standard("DB330503/T02.3").target("mean-answer-time")
    assert found.met(14.99)
    assert not found.met(15.0)


def test_the_national_rule_is_secondary_and_holds_15_s_and_95_percent():
    standard = load_standard("GB/T33358")
    assert standard.source == "secondary"
    assert {t.source for t in standard.targets} == {"secondary", "assumed"}
    connection = standard.target("connection-rate")
    assert (connection.kpi, connection.operator, connection.limit) == ("connection_rate_24h", ">=", 0.95)
    assert standard.target("connection-rate-worst-day").limit is None
    answer = standard.target("mean-answer-time")
    assert (answer.kpi, answer.limit, answer.source, answer.sizing) == ("asa_s", 15, "assumed", True)
    assert standard.target("answered-within-15-s").limit is None


def test_jiangsu_gives_no_targets_and_guiyang_only_a_definition():
    assert load_standard("DB32/T3837").targets == ()
    guiyang = load_standard("DB5201/T110").targets
    assert {t.kpi for t in guiyang} == {"connection_rate_incoming", "connection_rate_incoming_ivr"}
    assert all(t.limit is None and not t.sizing for t in guiyang)


def test_convenience_lines_are_open_24_h_and_name_their_deadlines():
    standard = load_standard("convenience-lines")
    always = standard.target("open-24-h")
    assert (always.measure, always.operator, always.limit) == ("roster", ">=", 1)
    rules = " ".join(rule.zh for rule in standard.rules)
    for words in ("一般性投诉3个工作日", "重大投诉5个工作日", "举报10个工作日", "建议15个工作日", "不少于20小时"):
        assert words in rules


@pytest.mark.parametrize(("standard", "target"), EVERY, ids=[f"{s}:{t.id}" for s, t in EVERY])
def test_each_target_can_be_measured(standard, target):
    if target.measure == "calls":
        assert target.kpi in KPIS
        assert target.unit == KPIS[target.kpi].unit
        if target.operator is not None:
            better = KPIS[target.kpi].better
            assert target.operator in ((">", ">=") if better == "higher" else ("<", "<="))
    if target.measure == "configuration":
        hotline: object = load_hotline(find_hotline("guizhou-12348"))
        assert isinstance(hotline, Hotline)
        for key in target.kpi.split("."):
            hotline = getattr(hotline, key)
        assert isinstance(hotline, bool | int | float)
    if target.measure == "roster":
        assert target.kpi in ROSTER_MEASURES
    assert (target.limit is None) == (target.operator is None)
    if target.unit == "share" and target.limit is not None:
        assert 0 <= target.limit <= 1
    if target.sizing:
        assert target.measure == "calls"


@pytest.mark.parametrize(("standard", "target"), EVERY, ids=[f"{s}:{t.id}" for s, t in EVERY])
def test_each_target_quotes_its_rule_in_both_languages(standard, target):
    for text in (target.name, target.quote, *([target.note] if target.note else [])):
        assert any("一" <= letter <= "鿿" for letter in text.zh)
        assert text.en
        assert not any("一" <= letter <= "鿿" for letter in text.en)


def test_targets_of_a_standard_have_their_own_names():
    for name in standard_ids():
        ids = [target.id for target in load_standard(name).targets]
        assert len(set(ids)) == len(ids)


def test_unknown_standards_and_targets_list_what_is_known():
    with pytest.raises(BadInput, match=r"no standard 'GB/T1'; known: .*GB/T33358"):
        load_standard("GB/T1")
    with pytest.raises(BadInput, match="has no target 'x'; known: mean-answer-time"):
        load_standard("GB/T33358").target("x")
