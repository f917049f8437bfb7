"""Chinese is complete: every sentence the code says has its translation, with the same fields."""

import pytest

from wfm.i18n import Text, both, say, use_language
from wfm.i18n.catalogues import find_problems, room_names


@pytest.mark.parametrize("room", room_names())
def test_room_speaks_chinese(room):
    assert find_problems(room) == []


def test_both_fills_nested_texts_in_their_language():
    text = both("{plan} {cost} than {base}.", plan=Text("A", "甲"), cost=Text("x", "乙"), base=Text("B", "丙"))
    assert "甲" in text.zh
    assert "丙" in text.zh
    assert text.en == "A x than B."


def test_english_is_the_key_itself():
    with use_language("en"):
        assert say("no such sentence {n}", n=3) == "no such sentence 3"
