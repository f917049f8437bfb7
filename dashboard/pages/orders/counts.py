"""Open items by class and by department, each with the way to its items."""

from __future__ import annotations

from dash import dcc, html

from dashboard.asked import Asked, address
from dashboard.attributes import cell_label
from dashboard.pages.orders.items import FILTERS
from dashboard.pages.orders.looking import Looked
from dashboard.pages.orders.words import class_words, department_words
from dashboard.pages.parts import card
from dashboard.wording import number_words
from scenarios.orders_due import counts_by
from wfm.i18n import say

__all__ = ["counts_card"]


def counts_card(seen: Looked, asked: Asked, column: str) -> html.Section | None:
    """Overdue, due today and later by ``column``, class or department; None where nothing is open."""
    table = counts_by(seen.due, column)
    if table.empty:
        return None
    title = say("By class") if column == "class" else say("By department")
    heads = [
        (say("class") if column == "class" else say("department"), ""),
        (say("overdue"), "n"),
        (say("due today"), "n"),
        (say("due later"), "n"),
        (say("open"), "n"),
    ]
    rows = []
    for row in table.to_dict("records"):
        name = str(row["group"])
        words = class_words(seen.hotline, name) if column == "class" else department_words(name)
        kept = {k: v for k, v in asked.query.items() if k not in FILTERS}
        link = dcc.Link(words, href=address("/orders", **{**kept, column: name or "-"}))
        numbers = [row["overdue"], row["today"], row["ahead"], row["open"]]
        rows.append(
            html.Tr(
                [
                    html.Td(link, className="full"),
                    *(
                        html.Td(number_words(n), className="n", **cell_label(h))
                        for n, (h, _) in zip(numbers, heads[1:], strict=True)
                    ),
                ]
            )
        )
    head = html.Thead(html.Tr([html.Th(words, className=cls, scope="col") for words, cls in heads]))
    return card(title, [html.Div(html.Table([head, html.Tbody(rows)], className="score"), className="wide")])
