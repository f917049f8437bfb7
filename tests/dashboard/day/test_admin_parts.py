"""Hotlines, standards and calendar under administration: what they show, and bringing in a hotline's files."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from dashboard.pages.admin import PARTS
from dashboard.person import Person
from wfm.hotline import library_folder
from wfm.i18n import use_language
from wfm.standards import load_standard

SEARCH = "?hotline=nanxun-12368&tab=hotlines"


def _part(key: str) -> Any:
    return next(part for part in PARTS if part.key == key)


def _upload(files: dict[str, bytes], name: str = "court.zip") -> dict[str, Any]:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for inside, data in files.items():
            archive.writestr(inside, data)
    packed = base64.b64encode(content.getvalue()).decode()
    return {
        "admin-hotlines-file.contents": f"data:application/zip;base64,{packed}",
        "admin-hotlines-file.filename": name,
        "admin-hotlines-onto.value": "all",
        "admin-url.search": SEARCH,
    }


def _court() -> dict[str, bytes]:
    place = library_folder() / "nanxun-12368"
    return {path.name: path.read_bytes() for path in place.iterdir() if path.is_file()}


@pytest.mark.parametrize("key", ["hotlines", "standards", "calendar"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_part_speaks_both_languages(site: Any, words: Callable[[Any], str], key: str, language: Any) -> None:
    with use_language(language):
        told = words(_part(key).show(site.asked("/admin", tab=key), site.desk))
    assert len(told) > 200
    if language == "zh" and key == "calendar":
        assert re.findall(r"[A-Za-z]{3,} [a-z]{2,}", told) == []


def test_every_target_of_a_standard_stands_with_its_clause_and_words(site: Any, words: Callable[[Any], str]) -> None:
    with use_language("en"):
        told = words(_part("standards").show(site.asked("/admin", tab="standards"), site.desk))
    for target in load_standard("DB330503/T02.3").targets:
        for part in (target.id, target.clause, target.quote.zh, target.quote.en):
            assert " ".join(part.split()) in told


def test_the_calendar_says_whether_a_year_is_final(site: Any, words: Callable[[Any], str]) -> None:
    with use_language("zh"):
        known = words(_part("calendar").show(site.asked("/admin", year="2026"), site.desk))
        ahead = words(_part("calendar").show(site.asked("/admin", year="2031"), site.desk))
    assert "国务院办公厅已公布 2026 年放假安排：含调休共 248 个工作日。" in known
    assert "10月10日 周六" in known
    assert "国务院办公厅尚未公布 2031 年放假安排" in ahead


def test_a_hotline_is_looked_at_first_and_then_taken(site: Any, words: Callable[[Any], str]) -> None:
    values = _upload(_court())
    shown = site.press("hotline_bringing.wire.<locals>.look", values, "admin-hotlines-file.contents").json["response"]
    told = str(shown)
    assert "nanxun-12368" in told
    assert "A shipped hotline is called nanxun-12368 too" in told
    place = site.desk.home / "hotlines" / "nanxun-12368"
    assert not place.exists()
    done = site.press(
        "hotline_bringing.wire.<locals>.take",
        {**values, "admin-hotlines-take.n_clicks": 1},
        "admin-hotlines-take.n_clicks",
    )
    assert done.status_code == 200, done.text
    assert (place / "hotline.yaml").is_file()
    entry = site.desk.store.audit(limit=1)[0]
    assert (entry.who, entry.action, entry.object) == ("zhang", "upload hotline", "hotline nanxun-12368")
    with use_language("en"):
        page = words(_part("hotlines").show(site.asked("/admin", tab="hotlines"), site.desk))
    assert "1 of your own" in page


def test_a_mistake_is_shown_with_file_and_line(site: Any, words: Callable[[Any], str]) -> None:
    files = _court()
    files["agents.csv"] = files["agents.csv"].replace(b"A002", b"A001", 1)
    told = str(site.press("hotline_bringing.wire.<locals>.look", _upload(files), "admin-hotlines-file.contents").json)
    assert "Nothing was changed" in told
    assert "agents.csv" in told
    # A file that was spoiled in its place by hand.
    own = site.desk.home / "hotlines" / "spoiled"
    own.mkdir(parents=True)
    text = (library_folder() / "nanxun-12368" / "hotline.yaml").read_text(encoding="utf-8")
    (own / "hotline.yaml").write_text(text.replace('number: "12368"', "number: wrong"), encoding="utf-8")
    with use_language("en"):
        page = words(_part("hotlines").show(site.asked("/admin", tab="hotlines"), site.desk))
    assert "the files of spoiled hold a mistake" in page
    assert re.search(r"hotline\.yaml:\d+", page)


def test_only_administrators_bring_in_hotlines(site: Any) -> None:
    site.who[0] = Person("li", ("operations",))
    values = _upload(_court())
    assert site.press("hotline_bringing.wire.<locals>.look", values, "admin-hotlines-file.contents").status_code == 403
    taken = site.press(
        "hotline_bringing.wire.<locals>.take",
        {**values, "admin-hotlines-take.n_clicks": 1},
        "admin-hotlines-take.n_clicks",
    )
    assert taken.status_code == 403
    assert not (site.desk.home / "hotlines").exists()


def test_shipped_hotlines_are_not_changed(site: Any) -> None:
    values = {**_upload({"agents.csv": b"id,lines\n"}, "agents.csv"), "admin-hotlines-onto.value": "nanxun-12368"}
    told = str(site.press("hotline_bringing.wire.<locals>.look", values, "admin-hotlines-file.contents").json)
    assert "is shipped with the product" in told
