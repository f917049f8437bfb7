"""A small hotline to spoil."""

import pytest

HOTLINE = """\
id: small
number: "12345"
name: {en: Small, zh: 小}
seats: {built: 10, opened: 5}
lines:
  - id: general
    name: {en: General, zh: 综合}
    demand: {calls_per_day: 100}
    handling:
      talk_s: 180
    patience: {mean_s: 240}
groups:
  - id: all
    name: {en: All, zh: 全部}
    lines: [general]
contracts:
  - {id: staff, name: {en: Staff, zh: 职工}, employee: true}
shifts:
  - {id: day, name: {en: Day, zh: 日班}, short: {en: D, zh: 日}, start: 08:00, end: 20:00}
"""


@pytest.fixture
def hotline_text():
    """YAML of a hotline without mistakes."""
    return HOTLINE


@pytest.fixture
def write_hotline(tmp_path):
    """Write a hotline (text or bytes) and return its folder."""

    def write(content):
        data = content if isinstance(content, bytes) else content.encode("utf-8")
        (tmp_path / "hotline.yaml").write_bytes(data)
        return tmp_path

    return write
