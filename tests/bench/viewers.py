"""Fifty people at the dashboard: ``wfm serve`` with two workers as one process, the people as another.

Each has a session of their own, opens a page, looks at it for a while, opens the next, all over what a browser would
ask for: the callback that draws the page. Measured until the whole answer is there. Run alone:

    python tests/bench/viewers.py --plans out                       # on WFM_HOME as it is
    python tests/bench/viewers.py --viewers 50 --seconds 60 --centre /tmp/centre   # made by wfm rehearse
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PAUSE_S = (2.0, 8.0)
"""How long somebody looks at a page, drawn evenly between the two."""


@dataclass
class Seen:
    """What all viewers together have seen: seconds of every answer by page, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    took_s: float = 0.0

    @property
    def all(self) -> list[float]:
        """Seconds of every answer."""
        return sorted(s for times in self.seconds.values() for s in times)

    @property
    def median_s(self) -> float:
        """Half of the answers were there sooner."""
        return statistics.median(self.all)

    @property
    def p95_s(self) -> float:
        """One in twenty took longer."""
        return self.all[int(0.95 * (len(self.all) - 1))]


class Browser:
    """One person's connection: keeps it open, sends the cookie, asks for pages as Dash's script does."""

    def __init__(self, base: str, cookie: str, language: str = "zh") -> None:
        parts = urlsplit(base)
        self._place = (parts.hostname or "", parts.port)
        self._connection = http.client.HTTPConnection(*self._place, timeout=60)
        self._headers = {
            "Cookie": cookie,
            "Accept-Encoding": "gzip",
            "Accept-Language": language,
            "Sec-Fetch-Site": "same-origin",
            "Sec-Fetch-Mode": "cors",
            "Content-Type": "application/json",
        }
        self._language = language
        self._callback: dict[str, Any] = {}

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        """Status and content."""
        for attempt in (0, 1):
            try:
                self._connection.request(method, path, body, {**self._headers, **headers})
                answer = self._connection.getresponse()
                return answer.status, answer.read()
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                self._connection.close()  # the server closes connections that were idle for long
                if attempt:
                    raise
        raise AssertionError

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def open(self) -> int:
        """Load the application once; returns the status."""
        status, _ = self.ask("GET", "/", **{"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "none"})
        self.ask("GET", "/_dash-layout")
        _, text = self.ask("GET", "/_dash-dependencies", **{"Accept-Encoding": "identity"})
        self._callback = next(d for d in json.loads(text) if "page.children" in d["output"])
        return status

    def page(self, path: str, search: str = "") -> int:
        """Have a page drawn; returns the status."""
        values = {
            ("url", "pathname"): path,
            ("url", "search"): search,
            ("screen", "data"): {"dark": False, "narrow": False},
            ("language", "data"): self._language,
        }
        outputs = [o.rpartition(".") for o in self._callback["output"].strip(".").split("...")]

        def given(of: str) -> list[dict[str, Any]]:
            return [{**d, "value": values.get((d["id"], d["property"]))} for d in self._callback[of]]

        body = {
            "output": self._callback["output"],
            "outputs": [{"id": name, "property": prop} for name, _, prop in outputs],
            "inputs": given("inputs"),
            "state": given("state"),
            "changedPropIds": ["url.pathname"],
        }
        return self.ask("POST", "/_dash-update-component", json.dumps(body).encode())[0]


def watch(
    base: str,
    cookies: Sequence[str],
    pages: Sequence[str],
    seconds: float,
    pause_s: tuple[float, float] = PAUSE_S,
    search: str = "",
) -> Seen:
    """Let one viewer per cookie look at the pages for so long."""
    seen = Seen({page: [] for page in pages})
    lock = threading.Lock()
    began = time.monotonic()
    until = began + seconds

    def view(number: int, cookie: str) -> None:
        draw = random.Random(number)
        browser = Browser(base, cookie)
        try:
            if (status := browser.open()) != 200:
                raise ConnectionError(f"/ answers {status}")
            time.sleep(draw.uniform(0, pause_s[1]))
            while time.monotonic() < until:
                page = draw.choice(pages)
                asked = time.perf_counter()
                status = browser.page(page, search)
                with lock:
                    seen.seconds[page].append(time.perf_counter() - asked)
                    if status != 200:
                        seen.errors.append(f"{page} answers {status}")
                time.sleep(draw.uniform(*pause_s))
        except (OSError, http.client.HTTPException) as error:
            with lock:
                seen.errors.append(f"viewer {number}: {type(error).__name__} {error}")
        finally:
            browser.close()

    threads = [threading.Thread(target=view, args=item) for item in enumerate(cookies)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seen.took_s = time.monotonic() - began
    return seen


@contextmanager
def serving(plans: Path, home: Path, workers: int = 2, *options: str) -> Iterator[str]:
    """``wfm serve`` on a free port, until its store and workers answer; yields its address."""
    environment = {**os.environ, "WFM_HOME": str(home), "WFM_LANG": "en"}
    command = [sys.executable, "-m", "wfm.cli", "serve", "--plans", str(plans), "--port", "0", "--no-browser"]
    process = subprocess.Popen(
        [*command, "--workers", str(workers), *options], env=environment, stderr=subprocess.PIPE, text=True
    )
    reader: threading.Thread | None = None
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        found = re.search(r"(http://\S+?)/\?token=", line)
        if not found:
            raise RuntimeError(line)
        reader = threading.Thread(target=lambda: [None for _ in process.stderr or ()], daemon=True)
        reader.start()
        _until_healthy(found.group(1))
        yield found.group(1)
    finally:
        process.terminate()
        process.wait(30)
        if reader is not None:
            reader.join()
        if process.stderr is not None:
            process.stderr.close()


def _until_healthy(base: str, within_s: float = 60.0) -> None:
    parts = urlsplit(base)
    until = time.monotonic() + within_s
    while True:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=within_s)
        try:
            connection.request("GET", "/health")
            answer = connection.getresponse()
            answer.read()
            if answer.status == 200:
                return
        finally:
            connection.close()
        if time.monotonic() > until:
            raise RuntimeError(f"{base} does not become healthy")
        time.sleep(0.1)


def sessions(home: Path, base: str, count: int) -> list[str]:
    """Cookies of as many sessions, as if so many had followed a link."""
    os.environ["WFM_HOME"] = str(home)
    from wfm.store import open_store

    of = open_store().accounts.sessions
    name = f"wfm_session_{urlsplit(base).port}"
    return [f"{name}={of.follow_link(of.make_link(), 'viewer')}" for _ in range(count)]


def page_paths() -> list[str]:
    """Addresses of the pages in the navigation."""
    from dashboard.pages import PAGES

    return [f"/{page.key}" for page in PAGES if page.in_menu]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plans", type=Path, default=Path("out"), help="folder with finished plans")
    parser.add_argument("--centre", type=Path, help="folder that wfm rehearse made: its plans and home")
    parser.add_argument("--at", default="", help="moment to look from, as 2026-11-26T10:30")
    parser.add_argument("--viewers", type=int, default=50)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--pages", nargs="*", help="addresses (default: all of the navigation)")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kept = os.environ.get("WFM_HOME")
        home = chosen.centre / "home" if chosen.centre else Path(kept) if kept else Path(folder)
        plans = chosen.centre / "plans" if chosen.centre else chosen.plans
        pages = chosen.pages or page_paths()
        search = f"?at={chosen.at}" if chosen.at else ""
        with serving(plans, home, chosen.workers) as base:
            cookies = sessions(home, base, chosen.viewers)
            watch(base, cookies[:8], pages, 5.0, (0.0, 0.3), search)  # each worker reads each plan once
            seen = watch(base, cookies, pages, chosen.seconds, PAUSE_S, search)
    for page, times in seen.seconds.items():
        if times:
            print(f"{page:14} {len(times):5} answers  median {1000 * statistics.median(times):6.0f} ms")
    print(
        f"{chosen.viewers} viewers, {chosen.workers} workers, {seen.took_s:.0f} s: {len(seen.all)} pages, "
        f"median {1000 * seen.median_s:.0f} ms, 95 % within {1000 * seen.p95_s:.0f} ms, {len(seen.errors)} errors"
    )
    for error in seen.errors[:5]:
        print(error)


if __name__ == "__main__":
    main()
