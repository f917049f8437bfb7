"""Photograph every page in both languages, at the width of a desk and of a phone.

``python -m dashboard.screenshots --plans out --out pictures`` needs playwright and a Chromium
(``WFM_CHROMIUM`` names one that is not found by itself).
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Flask

from dashboard.desk import Desk
from wfm.i18n import LANGUAGES

__all__ = [
    "BROWSER_ARGUMENTS",
    "WIDTHS",
    "Visit",
    "answered",
    "find_browser",
    "open_page",
    "page_ready",
    "photograph",
    "running",
    "serving",
]

WIDTHS = {1440: 900, 390: 844}
"""Width and height of the screens, px."""

BROWSER_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

_IN_MEMORY = 512 * 1024**2

_WATCHED = """(() => {
  const asked = window.fetch;
  let open = 0, quiet = 0;
  window.fetch = (...words) => { open++; quiet = 0; return asked(...words).finally(() => { open--; quiet = 0; }); };
  window.wfmAnswered = () => {
    quiet = open || document.querySelector('[data-dash-is-loading=true]') ? 0 : quiet + 1;
    return quiet > 8;
  };
})()"""
"""Counts the requests that are on their way, and the frames since the last one was answered."""


def find_browser() -> str | None:
    """Path of a Chromium or Chrome: ``WFM_CHROMIUM``, else the first that is installed."""
    named = os.environ.get("WFM_CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge"):
        found = shutil.which(name)
        if found:
            return found
    return None


@contextmanager
def running(desk: Path | Desk, protect: Callable[[Flask], None] | None = None) -> Iterator[str]:
    """The dashboard over a desk, or a folder of plans, on a free port; yields its address.

    ``protect`` says who asks, as for :func:`dashboard.app.make_app`; without it there is no gate.
    """
    from dashboard.app import make_app

    with serving(make_app(desk if isinstance(desk, Desk) else Desk(desk), protect).server) as address:
        yield address


@contextmanager
def serving(application: Any) -> Iterator[str]:
    """A WSGI application on a free port of this machine, from a thread of this process; yields its address."""
    from waitress import wasyncore
    from waitress.server import create_server

    # What waits to be sent is kept in memory: a browser that goes away would leave files of it open.
    server = create_server(
        application,
        host="127.0.0.1",
        port=0,
        threads=8,
        ident=None,
        inbuf_overflow=_IN_MEMORY,
        outbuf_overflow=_IN_MEMORY,
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))  # its loop ends with its last connection
        thread.join(timeout=5)
        server.task_dispatcher.shutdown()


@dataclass
class Visit:
    """An open page and what went wrong or outside while it was open."""

    page: Any
    errors: list[str]
    foreign: list[str]


@contextmanager
def open_page(browser: Any, address: str, *, language: str, width: int, dark: bool = False) -> Iterator[Visit]:
    """A page at ``address`` in a browser that speaks ``language``, once its charts are drawn."""
    context = browser.new_context(
        viewport={"width": width, "height": WIDTHS.get(width, 900)},
        locale="zh-CN" if language == "zh" else "en-US",
        color_scheme="dark" if dark else "light",
        is_mobile=width < 700,
        has_touch=width < 700,
    )
    page = context.new_page()
    page.add_init_script(_WATCHED)
    visit = Visit(page, [], [])
    home = urlsplit(address).netloc

    def failed(request: Any) -> None:
        # What was on its way when the reader went elsewhere is called off, not failed.
        if "ERR_ABORTED" not in str(request.failure):
            visit.errors.append(f"failed: {request.url}")

    page.on("console", lambda m: visit.errors.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: visit.errors.append(str(error)))
    page.on("requestfailed", failed)

    def watch(request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != home:
            visit.foreign.append(request.url)

    page.on("request", watch)
    try:
        page.goto(address)
        yield visit
    finally:
        context.close()


def answered(page: Any) -> None:
    """Wait until everything that the page asked the server has been answered, and what follows from it has been asked too."""
    page.wait_for_function("() => window.wfmAnswered()", timeout=20_000)


def settle(page: Any) -> None:
    """Wait until every chart on the page is drawn."""
    page.wait_for_function(
        """() => { const g = [...document.querySelectorAll('.graph')];
        return document.querySelector('#page .headline, #page .sentences, #page .empty')
          && g.every(e => e.querySelector('.main-svg')
          && (e.querySelector('.trace, .hm') || !e.getAttribute('aria-label')) && e.getAttribute('aria-label')); }""",
        timeout=20_000,
    )
    answered(page)


def page_ready(page: Any) -> None:
    """Wait until the page of the address stands and nothing is on its way."""
    page.wait_for_function(
        """() => document.querySelector('#page h1') && !document.querySelector('#page .loading')
        && [...document.querySelectorAll('.graph')].filter(e => e.getClientRects().length).every(e => e.querySelector('.main-svg'))
        && [...document.querySelectorAll('#page .grid')].filter(e => e.getClientRects().length).every(e => e.querySelector('.ag-header-cell'))""",
        timeout=20_000,
    )
    answered(page)


def photograph(browser: Any, base: str, names: Sequence[str], out: Path) -> list[Path]:
    """Pictures of each page for the plans ``names``; returns their paths."""
    out.mkdir(parents=True, exist_ok=True)
    addresses = {"plan": f"/plan?plan={quote(names[0])}" if names else "/plan"}
    if len(names) > 1:
        addresses["compare"] = f"/scenarios?tab=compare&plans={','.join(names[:2])}"
    if names:
        addresses["report"] = f"/report?plan={quote(names[0])}"
    made = []
    for language in LANGUAGES:
        for width in WIDTHS:
            for name, where in addresses.items():
                with open_page(browser, base + where, language=language, width=width) as visit:
                    if name != "report":
                        settle(visit.page)
                    path = out / f"{name}-{language}-{width}.png"
                    visit.page.screenshot(path=path, full_page=True)
                    made.append(path)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m dashboard.screenshots", description=__doc__)
    parser.add_argument("--plans", type=Path, default=Path("out"), help="folder with finished plans")
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures")
    parser.add_argument("names", nargs="*", help="plans to show, the first on the plan page (default: the newest)")
    chosen = parser.parse_args(arguments)
    found = find_browser()
    if found is None:
        sys.stderr.write("no Chromium found; name one in WFM_CHROMIUM\n")
        return 2
    from playwright.sync_api import sync_playwright

    from dashboard.shelf import PlanShelf

    names = chosen.names or PlanShelf(chosen.plans).names()
    with running(chosen.plans) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(BROWSER_ARGUMENTS))
        for path in photograph(browser, base, names, chosen.out):
            sys.stdout.write(f"{path}\n")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
