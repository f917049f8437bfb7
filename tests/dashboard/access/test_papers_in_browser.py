"""The pages without script (signing in, a new password, signing out, the one-time link) in a real browser.

Each is drawn once in English and light, once in Chinese and dark: axe-core (WCAG 2.1 AA) finds no violation, nothing is
wider than the screen of a desk or a phone, no text is under 12 px, and what can be clicked can be hit with a finger.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask, Response

from dashboard.access.papers import message_page, needs_link, password_page, sign_in_page, sign_out_page
from dashboard.screenshots import WIDTHS
from wfm.i18n import Language, say, use_language

pytestmark = pytest.mark.browser

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}}

SMALL = """() => [...document.querySelectorAll('body *')].filter(e => e.getClientRects().length && (
  ([...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) && parseFloat(getComputedStyle(e).fontSize) < 12)
  || (e.matches('button, .button, input') && e.getBoundingClientRect().height < 40))).map(e => e.outerHTML.slice(0, 80))"""

PAPERS: dict[str, Callable[[], Response]] = {
    "sign-in": lambda: sign_in_page(next_path="/plan"),
    "sign-in-refused": lambda: sign_in_page(
        next_path="/",
        name="Lin",
        problem=say("The form is old. Try again."),
        other_way="省政务统一认证平台",
        status=401,
    ),
    "password": lambda: password_page(next_path="/", name="Lin", due=True),
    "password-refused": lambda: password_page(next_path="/", name="Lin", due=False, problem="x", status=400),
    "sign-out": lambda: sign_out_page("Lin"),
    "link": needs_link,
    "message": lambda: message_page(403, "403", "x", ("/", "/")),
}


def _keep(page: Any, name: str) -> None:
    folder = os.environ.get("WFM_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("zh", "dark")])
def test_every_paper_stands(browser: Any, language: Language, scheme: str) -> None:
    wrong: dict[str, list[str]] = {}
    server = Flask(__name__)
    page = browser.new_page(color_scheme=scheme)
    for name, draw in PAPERS.items():
        with server.test_request_context("/sign-in?next=/plan"), use_language(language):
            page.set_content(draw().get_data(as_text=True))
        found = [
            f"{rule['id']}: {node['target']} {node['failureSummary'][:200]}"
            for rule in Axe().run(page, options=RULES).response["violations"]
            for node in rule["nodes"]
        ]
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            _keep(page, f"paper-{name}-{language}-{width}")
            found += page.evaluate(SMALL)
            if page.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"wider than {width}")
        if found:
            wrong[name] = found
    page.close()
    assert wrong == {}
