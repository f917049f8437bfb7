"""How quickly the dashboard opens and changes pages in a real browser, beside a bare Dash page served the same way.

The bare page loads the same component libraries and shows a heading: what is left after it is ours. Measured over a
rehearsal centre, from the click (or the address) until the page's heading stands; needs Chromium.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from row import RUNS, Row

HOTLINE = os.environ.get("WFM_BENCH_HOTLINE", "guizhou-12348")
NOW = datetime(2026, 11, 26, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
QUERY = f"hotline={HOTLINE}&at={NOW:%Y-%m-%dT%H:%M}"
STANDS = "() => document.querySelector('#page h1') && !document.querySelector('#page .loading')"
DRAWN = (
    STANDS
    + """ && [...document.querySelectorAll('#page .graph')].filter(e => e.getClientRects().length)
    .every(e => e.querySelector('.main-svg'))"""
)

BARE = """
import sys, socket
import dash, dash_mantine_components as dmc, dash_ag_grid as dag
from dash import dcc, html
app = dash.Dash(__name__, serve_locally=True)
app.layout = dmc.MantineProvider(html.Div([html.Div(html.H1("bare"), id="page"),
    html.Div([dcc.Graph(figure={"data": [{"y": [1, 2]}]}), dag.AgGrid(rowData=[], columnDefs=[])])]))
from waitress import serve
listener = socket.socket(); listener.bind(("127.0.0.1", 0)); listener.listen(64)
print(listener.getsockname()[1], flush=True)
serve(app.server, sockets=[listener], threads=8)
"""


def rows() -> Iterator[Row]:
    """Opening and page changes, median and longest of several."""
    from playwright.sync_api import sync_playwright

    from dashboard.pages import PAGES
    from dashboard.person import OWNER
    from dashboard.screenshots import BROWSER_ARGUMENTS, find_browser

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        centre = _rehearsal(Path(folder))
        browser = playwright.chromium.launch(executable_path=find_browser(), args=list(BROWSER_ARGUMENTS))
        with _serving(centre) as link, _bare() as bare:
            context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
            context.new_page().goto(link)
            base = link.split("/?")[0]
            cookies = context.cookies()
            ours, floor = [], []
            for _ in range(RUNS + 1):
                floor.append(_opening(browser, bare, []))
                ours.append(_opening(browser, f"{base}/today?{QUERY}", cookies))
            yield _row("open the first page, nothing cached, s", ours[1:], statistics.median(floor[1:]))
            page = context.new_page()
            page.goto(f"{base}/today?{QUERY}")
            page.wait_for_function(DRAWN)
            for one in [p for p in PAGES if p.in_menu and p.menu_of(OWNER)]:
                taken = []
                for _ in range(RUNS + 1):
                    other = "plan" if one.key != "plan" else "roster"
                    if urlsplit(page.url).path != f"/{other}":
                        _change(page, other)
                    taken.append(_change(page, one.key))
                yield _row(f"change to /{one.key}, until its heading stands, s", taken[1:], None)
        browser.close()


def _row(figure: str, seconds: list[float], floor: float | None) -> Row:
    middle = statistics.median(seconds)
    against = "" if floor is None else f"bare Dash page {floor:.2f} s, ratio {middle / floor:.2f}"
    return Row(figure, f"{middle:.3f} (≤ {max(seconds):.3f})", against)


def _rehearsal(folder: Path) -> Path:
    kept = os.environ.get("WFM_BENCH_CENTRE")
    if kept:
        return Path(kept)
    from dashboard.reports import render_report
    from scenarios.rehearsal import rehearse
    from scenarios.scenario import load_scenario

    made = folder / "centre"
    rehearse(load_scenario(HOTLINE), made, NOW, render_report)
    return made


def _opening(browser: Any, address: str, cookies: list[Any]) -> float:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    try:
        if cookies:
            context.add_cookies(cookies)
        page = context.new_page()
        page.goto(address, wait_until="commit")
        # Told by the page itself at once: a question after it would wait until the charts are drawn.
        stood = page.wait_for_function(f"() => ({STANDS})() && performance.now()", polling="raf")
        return float(stood.json_value()) / 1000
    finally:
        context.close()


def _change(page: Any, key: str) -> float:
    """Seconds from a click in the navigation until the heading of the other page stands."""
    return float(
        page.evaluate(
            """key => new Promise((done, failed) => {
            const link = document.querySelector(`.nav a[href^="/${key}"]`);
            if (!link) return failed(new Error('no link to ' + key));
            const begin = performance.now();
            const look = () => {
              // The entry of the open page is marked by the answer that brings the page.
              const there = document.querySelector('#page h1') && document.querySelector(`.nav a.here[href^="/${key}"]`);
              if (there) done((performance.now() - begin) / 1000);
              else if (performance.now() - begin > 20000) failed(new Error(key + ' did not open'));
              else requestAnimationFrame(look);
            };
            link.click(); look();
        })""",
            key,
        )
    )


@contextmanager
def _serving(centre: Path) -> Iterator[str]:
    """``wfm serve`` as a person starts it; yields the link that it prints."""
    environment = {**os.environ, "WFM_HOME": str(centre / "home"), "WFM_LANG": "en"}
    command = [
        sys.executable,
        "-m",
        "wfm.cli",
        "serve",
        "--plans",
        str(centre / "plans"),
        "--port",
        "0",
        "--no-browser",
    ]
    with _started(command, environment, r"(http://\S+token=\S+)", stream="stderr") as link:
        yield link


@contextmanager
def _bare() -> Iterator[str]:
    with _started([sys.executable, "-c", BARE], dict(os.environ), r"^(\d+)$", stream="stdout") as port:
        yield f"http://127.0.0.1:{port}/"


@contextmanager
def _started(command: list[str], environment: dict[str, str], pattern: str, *, stream: str) -> Iterator[str]:
    process = subprocess.Popen(command, env=environment, text=True, **{stream: subprocess.PIPE})
    lines = getattr(process, stream)
    try:
        for line in lines:
            found = re.search(pattern, line.strip())
            if found:
                threading.Thread(target=lambda: [None for _ in lines], daemon=True).start()
                yield found.group(1)
                return
        raise RuntimeError(f"{command} said nothing of where it serves")
    finally:
        process.terminate()
        process.wait(20)
