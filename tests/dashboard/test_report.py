"""The report: complete in both languages, needs nothing from outside, the same bytes for the same plan."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from dashboard.reports import render_report
from dashboard.sentences import headline
from dashboard.wording import interval_words, probability_words, value_words
from scenarios.plan import Plan
from wfm.i18n import Language, Text, use_language


@pytest.fixture(scope="module")
def page(month_plan: Plan) -> str:
    return render_report(month_plan).decode()


class _Reader(HTMLParser):
    """Collects the addresses a browser would ask for, and the words of each language."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.words: dict[str, list[str]] = {"en": [], "zh": []}
        self.inside = ""
        self.quiet = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        for key in ("src", "href", "srcset", "action", "data", "poster", "xlink:href"):
            if values.get(key):
                self.asked.append(str(values[key]))
        if tag == "main":
            self.inside = str(values["data-in"])
        self.quiet = tag in ("script", "style") or (self.quiet and tag not in ("body",))

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self.inside = ""
        if tag in ("script", "style"):
            self.quiet = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.words[self.inside].append(data)


def _read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    return reader


def test_asks_nothing_from_outside(page: str) -> None:
    assert all(address.startswith(("data:", "#")) for address in _read(page).asked)
    # XML namespaces are names, not addresses; no other URL stands anywhere, CSS included.
    assert not re.findall(r"(?:https?:)?//(?!www\.w3\.org/2000/svg)[a-z0-9]", page)
    assert "@import" not in page
    assert re.findall(r"url\((?!#)", page) == []


def test_same_plan_gives_the_same_bytes(week_plan: Plan) -> None:
    assert render_report(week_plan) == render_report(week_plan)


def test_does_not_load_dash() -> None:
    code = "import sys, dashboard.reports; sys.exit(any(m.split('.')[0] in ('dash','plotly','flask') for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_target_stands_with_value_interval_and_clause(page: str, month_plan: Plan, language: Language) -> None:
    said = "".join(_read(page).words[language])
    with use_language(language):
        assert headline(month_plan) in said
        for row in month_plan.scorecard:
            for words in (
                row.name.of(),
                value_words(row.value, row.unit),
                interval_words(row.low, row.high, row.unit),
                probability_words(row.p_met),
                row.clause,
                row.definition.of(),
            ):
                assert words in said, words
        for finding in month_plan.findings[1:]:  # the headline says the first
            assert finding.text.of() in said
            assert finding.remedy is None or finding.remedy.of() in said


def test_english_holds_no_chinese_but_clauses(page: str) -> None:
    words = [w.replace("GB/T 33358—2016 接通率", "") for w in _read(page).words["en"]]
    assert [w for w in words if re.search(r"[\u4e00-\u9fff]", w)] == []


def test_chinese_holds_no_english_sentence(page: str) -> None:
    """Two English words in a row would be an untranslated message."""
    said = " ".join(_read(page).words["zh"])
    allowed = {"agents", "hotline", "sample"}  # names of inputs, identifiers
    found = re.findall(r"[A-Za-z]{3,} [A-Za-z]{2,}", said)
    assert [f for f in found if not set(f.lower().split()) <= allowed] == []


def test_figures_are_numbered_and_named(page: str) -> None:
    for language, pattern in (("en", r"Figure (\d+)$"), ("zh", r"图(\d+)$")):
        found = (re.match(pattern, word) for word in _read(page).words[language])
        numbers = [int(match.group(1)) for match in found if match]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) == 7
    pictures = re.findall(r"<svg xmlns[^>]*>.*?</svg>", page, re.DOTALL)
    assert len(pictures) >= 14
    for picture in pictures:
        root = ElementTree.fromstring(picture)
        assert root.get("aria-label")
        assert root.get("role") == "img"


def test_pictures_hold_only_finite_coordinates(page: str) -> None:
    assert not re.search(r'(?:[MLHV ]|=")(?:nan|inf|-inf|None)\b', page)


def test_words_from_outside_are_escaped(week_plan: Plan) -> None:
    bad = Text('<script>alert("x")</script>', "<img src=x onerror=1>")
    hotline = week_plan.hotline.model_copy(update={"name": bad})
    page = render_report(replace(week_plan, hotline=hotline)).decode()
    assert "<img" not in page
    assert page.count("<script>") == 1


def test_statuses_have_icon_and_word(page: str) -> None:
    words = "".join(_read(page).words["en"])
    for icon, word in (("✓", "met"), ("△", "at risk"), ("✕", "missed"), ("–", "unknown")):
        assert re.search(rf"{icon}\s*{word}", words)


def test_footer_says_seed_version_and_inputs(page: str, month_plan: Plan) -> None:
    for words in _read(page).words.values():
        end = "".join(words)[-400:]
        assert str(month_plan.seed) in end
        assert month_plan.version in end
        assert month_plan.inputs["hotline"][:12] in end
