"""Folding plain elements changes nothing of a page: the same elements, attributes and words in the same order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from dash import dcc, html
from hypothesis import given
from hypothesis import strategies as st

from dashboard.still import still

Seen = tuple[str, str]


def as_sent(value: Any) -> Any:
    return json.loads(json.dumps(value, default=lambda component: component.to_plotly_json()))


def seen(sent: Any) -> Iterator[Seen]:
    """Elements in their order with their attributes, and words; read from what is sent, folded or not."""
    if isinstance(sent, list):
        for one in sent:
            yield from seen(one)
    elif isinstance(sent, dict) and sent["type"] == "Still":
        yield from seen_of_tree(sent["props"]["tree"])
    elif isinstance(sent, dict):
        props = dict(sent["props"])
        inner = props.pop("children", None)
        yield sent["type"].lower(), json.dumps({k: v for k, v in props.items() if v is not None}, sort_keys=True)
        yield from seen(inner)
        yield "end", ""
    elif sent not in (None, ""):
        yield "words", str(sent)


def seen_of_tree(tree: Any) -> Iterator[Seen]:
    if not isinstance(tree, list):
        yield "words", str(tree)
        return
    tag, attributes, *children = tree
    if tag:
        yield tag, json.dumps(attributes, sort_keys=True)
    for child in children:
        yield from seen_of_tree(child)
    if tag:
        yield "end", ""


PLAIN = st.sampled_from([html.Div, html.Span, html.P, html.Table, html.Li, html.Strong])
ALIVE = st.sampled_from([html.Button, html.Details, html.Section, dcc.Store, dcc.Link])
ATTRIBUTES = st.fixed_dictionaries(
    {},
    optional={
        "className": st.sampled_from(["card", "wide"]),
        "id": st.sampled_from(["one", "two"]),
        "title": st.text(max_size=4),
        "aria-label": st.just("said"),
        "style": st.just({"width": "10px"}),
    },
)


def made(kind: Any, attributes: dict[str, Any], children: Any) -> Any:
    if kind is dcc.Store:
        return dcc.Store(id="kept", data={"rows": [1, 2]})
    if kind is dcc.Link:
        plain = {k: v for k, v in attributes.items() if k in ("className", "id", "title")}
        return dcc.Link(children, href="/plan", **plain)
    return kind(children, **attributes)


LEAVES = st.one_of(st.none(), st.text(max_size=6), st.integers(0, 99))
TREES = st.recursive(
    LEAVES,
    lambda inner: st.builds(made, PLAIN | ALIVE, ATTRIBUTES, st.one_of(inner, st.lists(inner, max_size=4))),
    max_leaves=12,
)


@given(st.lists(TREES, max_size=4))
def test_the_page_is_the_same_element_for_element(parts: list[Any]) -> None:
    before = list(seen(as_sent(parts)))
    folded = still(parts)
    assert len(folded) == len(parts)
    assert list(seen(as_sent(folded))) == before


def test_what_a_callback_knows_by_its_id_stays_alive() -> None:
    table = html.Table([html.Tr(html.Td("in words")), html.Tr(html.Td("asked", id="cell")), html.Tr(html.Td("more"))])
    folded = still(html.Div([html.P("one"), html.P("two"), table]))
    first, alive = folded.children
    assert first["type"] == "Still"
    assert first["props"]["tree"] == ["", {}, ["p", {}, "one"], ["p", {}, "two"]]
    assert isinstance(alive, html.Table)
    assert [type(row) for row in alive.children] == [dict, html.Tr, dict]
    assert alive.children[1].children.id == "cell"


def test_what_is_no_component_is_given_back_as_it_is() -> None:
    rows = [{"agent": "A1"}, {"agent": "A2"}]
    assert still(rows) is rows
    assert still("words") == "words"
    assert still(None) is None
