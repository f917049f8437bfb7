"""A caller's number never reaches disk, a message or a result."""

from __future__ import annotations

import hashlib
import hmac
import stat
import sys
from pathlib import Path

import pytest

from wfm.errors import BadInput
from wfm.hotline import find_hotline, load_hotline
from wfm.i18n import use_language
from wfm.records import RecordStore, caller_key, import_calls, load_mapping, phone_key
from wfm.records.mapping import Mapping
from wfm.records.privacy import hide_numbers

NUMBER = "13987654321"
LANDLINE = "0571-88886666"
HEADER = "来电时间,接通时间,挂机时间,主叫号码,专线,座席工号,结果,满意度,备注"
GOOD = f"2026-09-14 08:00:00,2026-09-14 08:00:12,2026-09-14 08:05:12,{NUMBER},general,1001,接通,满意,回电{NUMBER}"


@pytest.fixture(scope="module")
def hotline():
    return load_hotline(find_hotline("guizhou-12348"))


def test_the_key_is_hmac_sha256_cut_to_96_bits() -> None:
    """§42"""
    expected = hmac.new(b"secret", f"guizhou-12348\0{NUMBER}".encode(), hashlib.sha256).hexdigest()[:24]
    assert caller_key(NUMBER, b"secret", "guizhou-12348") == expected
    assert caller_key(NUMBER, b"other", "guizhou-12348") != expected
    assert caller_key(NUMBER, b"secret", "nanxun-12368") != expected


@pytest.mark.parametrize(
    "writing",
    [
        "+8613987654321",
        "0086 139-8765-4321",
        "139 8765 4321",
        " 13987654321 ",
        "１３９８７６５４３２１",
        "13987654321.0",
    ],
)
def test_writings_of_one_number_share_a_key(writing: str) -> None:
    assert caller_key(writing, b"k", "h") == caller_key(NUMBER, b"k", "h")


def test_numbers_are_in_no_file_message_or_result(tmp_path: Path, hotline) -> None:
    """§42"""
    # Numbers stand where they belong, in free text, and in columns that a shifted row puts them into.
    shifted = f"{NUMBER},,,2026-09-14 08:00:00,general,1001,接通,满意,"
    odd_line = f"2026-09-14 08:00:00,2026-09-14 08:00:12,2026-09-14 08:05:12,x,{LANDLINE},1001,接通,{NUMBER},"
    answer = GOOD.replace(",满意,", f",{NUMBER},").replace("08:00:00", "08:00:01")
    path = tmp_path / "calls.csv"
    path.write_text("\n".join([HEADER, GOOD, shifted, odd_line, answer]) + "\n", encoding="utf-8")
    with use_language("en"):
        result = import_calls(path, load_mapping("chinese-acd"), hotline=hotline, key=b"k" * 16)
    assert len(result.calls) == 2
    assert len(result.rejected) == 2
    told = " ".join(r.reason for r in result.rejected) + str(result.unread) + repr(result.rejected)
    home = tmp_path / "home"
    RecordStore(home, hotline.id).add(result.calls, result.content_hash, "recorded")
    written = b"".join(p.read_bytes() + p.name.encode() for p in home.rglob("*") if p.is_file())
    shown = told.encode() + result.calls.to_csv().encode()
    for secret in (NUMBER, "87654321", "88886666"):
        assert secret.encode() not in written
        assert secret.encode() not in shown


def test_a_file_without_column_names_does_not_tell_its_first_row(tmp_path: Path, hotline) -> None:
    path = tmp_path / "calls.csv"
    path.write_text(GOOD + "\n" + GOOD + "\n", encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        import_calls(path, load_mapping("chinese-acd"), hotline=hotline, key=b"k" * 16)
    assert NUMBER not in str(caught.value)


def test_withheld_numbers_have_no_key(tmp_path: Path, hotline) -> None:
    path = tmp_path / "calls.csv"
    path.write_text(
        "\n".join([HEADER, GOOD.replace(f",{NUMBER},", ",匿名,"), GOOD.replace(f",{NUMBER},", ",,")]) + "\n",
        encoding="utf-8",
    )
    result = import_calls(path, load_mapping("chinese-acd"), hotline=hotline, key=b"k" * 16)
    assert result.calls["caller_key"].isna().all()


@pytest.mark.parametrize(
    "text", ["2026-09-14 08:00:00", "2026/9/14 8:05", "2026年9月14日 8时", "46279.5", "line 12", "-37"]
)
def test_dates_and_small_numbers_stay_readable(text: str) -> None:
    assert hide_numbers(text) == text


@pytest.mark.parametrize(
    "text", [NUMBER, LANDLINE, "139 8765 4321", "+86-139-8765-4321", f"回电{NUMBER}谢谢", f"2026-09-14 08:00 {NUMBER}"]
)
def test_numbers_are_blotted_out(text: str) -> None:
    assert not any(run.isdigit() and len(run) > 4 for run in hide_numbers(text).replace("-", " ").split())


def test_the_secret_is_made_once_for_its_owner_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WFM_PHONE_KEY", raising=False)
    home = tmp_path / "home"
    key = phone_key(home)
    assert len(key) == 32
    assert phone_key(home) == key
    assert [p.name for p in home.iterdir()] == ["secret.key"]
    if sys.platform != "win32":
        assert stat.S_IMODE((home / "secret.key").stat().st_mode) == 0o600
    assert phone_key(tmp_path / "other") != key


def test_the_secret_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WFM_PHONE_KEY", "sixteen or more characters")
    assert phone_key(tmp_path) == b"sixteen or more characters"
    assert not (tmp_path / "secret.key").exists()
    monkeypatch.setenv("WFM_PHONE_KEY", "short")
    with pytest.raises(BadInput, match="WFM_PHONE_KEY"):
        phone_key(tmp_path)


def test_a_damaged_secret_is_said_and_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WFM_PHONE_KEY", raising=False)
    (tmp_path / "secret.key").write_text("no key", encoding="ascii")
    with pytest.raises(BadInput, match=r"secret\.key"):
        phone_key(tmp_path)
    assert (tmp_path / "secret.key").read_text(encoding="ascii") == "no key"


def test_redials_are_seen_through_the_keys(tmp_path: Path, hotline) -> None:
    mapping = Mapping.model_validate(
        {
            "columns": {
                "line": {"default": "general"},
                "arrived_at": "t",
                "wait_s": "w",
                "caller_key": "n",
                "outcome": {"default": "abandoned"},
            }
        }
    )
    path = tmp_path / "calls.csv"
    path.write_text(f"t,w,n\n2026-09-14 08:00,30,{NUMBER}\n2026-09-14 08:05,10,+86{NUMBER}\n", encoding="utf-8")
    from wfm.records import redial_flags

    calls = import_calls(path, mapping, hotline=hotline, key=b"k" * 16).calls
    assert redial_flags(calls).tolist() == [False, True]
