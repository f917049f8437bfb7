"""``wfm serve``: refuses what it must in one sentence, serves with several processes, and leaves none behind."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
import typer
from typer.testing import CliRunner

from wfm.cli.serve import register
from wfm.errors import BadInput


def _app() -> typer.Typer:
    app = typer.Typer()
    register(app)
    app.callback()(lambda: None)
    return app


def _refusal(*arguments: str) -> str:
    result = CliRunner().invoke(_app(), ["serve", "--no-browser", *arguments])
    assert isinstance(result.exception, BadInput)
    return str(result.exception)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.20", "::"])
def test_other_addresses_need_accounts(
    host: str, plans_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WFM_HOME", str(tmp_path))
    assert "wfm user add" in _refusal("--host", host, "--plans", str(plans_folder))


def test_a_taken_port_is_said(plans_folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        words = _refusal("--port", str(port), "--plans", str(plans_folder))
    assert str(port) in words
    assert "--port" in words


@pytest.mark.parametrize("option", ["--plans", "--hotlines"])
def test_a_file_is_no_folder(option: str, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("x", encoding="utf-8")
    assert option in _refusal(option, str(file))


@pytest.mark.parametrize("host", ["a..b", "x" * 300])
def test_what_is_no_host_is_said(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.serving._expect_accounts", lambda: None)
    assert f"--host: found {host!r}" in _refusal("--host", host)


def test_folders_without_a_hotline_are_named(tmp_path: Path) -> None:
    assert "there is no such folder" in _refusal("--hotlines", str(tmp_path / "none"))
    assert "hotline.yaml" in _refusal("--hotlines", str(tmp_path))


@pytest.mark.parametrize("name", ["https://wfm.example.cn", "wfm.example.cn:443", "wfm.example.cn/plan", "热线.cn", ""])
def test_what_no_browser_asks_for_is_no_public_name(name: str) -> None:
    assert f"--public-name: found {name!r}" in _refusal("--public-name", name)


@pytest.mark.parametrize(("option", "value"), [("--lang", "fr"), ("--log-format", "xml")])
def test_words_that_are_not_known(option: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    words = _refusal(option, value)
    assert option in words
    assert value in words


# Real processes


@dataclass
class Served:
    """A dashboard that was started as a person starts it."""

    process: subprocess.Popen[str]
    home: Path
    base: str = ""
    token: str = ""

    def line(self) -> str:
        assert self.process.stderr is not None
        return self.process.stderr.readline()

    def get(self, path: str, opener: Any = urllib.request) -> tuple[int, str]:
        try:
            opened = opener.open if hasattr(opener, "open") else opener.urlopen
            with opened(self.base + path, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()

    def health(self) -> dict[str, Any]:
        status, text = self.get("/health")
        return {"code": status, **json.loads(text)}

    def family(self, module: str) -> list[psutil.Process]:
        found = []
        for process in psutil.Process(self.process.pid).children(recursive=True):
            try:
                if any(module in word for word in process.cmdline()):
                    found.append(process)
            except psutil.Error:  # it has just ended
                continue
        return found

    def log(self) -> list[dict[str, Any]]:
        text = (self.home / "logs" / "serve.log").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def serve(plans_folder: Path, tmp_path: Path) -> Iterator[Callable[..., Served]]:
    started: list[Served] = []

    def begin(*options: str) -> Served:
        environment = {**os.environ, "WFM_LANG": "en", "WFM_HOME": str(tmp_path / "home")}
        command = [sys.executable, "-m", "wfm.cli", "serve", "--plans", str(plans_folder), "--port", "0"]
        process = subprocess.Popen(
            [*command, "--no-browser", "--lang", "zh", *options],
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=environment,
        )
        served = Served(process, tmp_path / "home")
        started.append(served)
        first = served.line()
        match = re.search(r"(http://127\.0\.0\.1:\d+)/\?token=([\w-]+)&lang=zh", first)
        assert match, first
        served.base, served.token = match.groups()
        assert "Ctrl-C" in served.line()
        until(lambda: served.health()["job_workers"]["alive"] == served.health()["job_workers"]["expected"])
        return served

    yield begin
    for served in started:
        family = psutil.Process(served.process.pid).children(recursive=True) if served.process.poll() is None else []
        for process in (*family, served.process):
            process.kill()
        served.process.wait()
        assert served.process.stderr is not None
        served.process.stderr.close()


def until(found: Callable[[], Any], seconds: float = 60) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = found()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError("did not come about in time")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_day_of_the_server(serve: Callable[..., Served]) -> None:
    """Link, health, lost processes, and the end: one start for all of it, since each takes seconds."""
    served = serve("--workers", "2", "--jobs", "1")
    assert served.health()["code"] == 200
    assert served.health()["status"] == "ok"

    # The link works once, in whichever process; the next one is shown.
    assert served.get("/")[0] == 403
    jar = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    status, page = served.get(f"/?token={served.token}&lang=zh", jar)
    assert status == 200
    assert "<title>" in page
    shown = served.line()
    following = re.search(r"token=([\w-]+)", shown)
    assert following, shown
    assert served.get(f"/?token={served.token}")[0] == 403
    for _ in range(6):
        assert served.get("/_dash-layout", jar)[0] == 200  # both workers know the session

    # A worker of the web server and the process for long work are killed: others take their places.
    master, *workers = served.family("dashboard.server.web")
    assert len(workers) == 2
    assert master.num_threads() <= 2  # itself and the pipe: a fork takes no other thread's locks along
    (long_work,) = served.family("dashboard.jobs.worker")
    workers[0].kill()
    long_work.kill()
    until(lambda: len(served.family("dashboard.server.web")) == 3 and served.family("dashboard.jobs.worker"))
    until(lambda: served.health()["code"] == 200)
    assert served.get("/_dash-layout", jar)[0] == 200

    # Ctrl-C: everything ends, in time, and nothing is left.
    family = psutil.Process(served.process.pid).children(recursive=True)
    assert len(family) >= 4
    asked = time.monotonic()
    served.process.send_signal(signal.SIGINT)
    assert served.process.wait(timeout=20) == 0
    assert time.monotonic() - asked < 10
    assert "看板已关闭" in served.line()
    _, left = psutil.wait_procs(family, timeout=1)
    assert left == []

    # What was written down tells of every request, and of no secret.
    text = (served.home / "logs" / "serve.log").read_text(encoding="utf-8")
    session = next(cookie.value for handler in jar.handlers for cookie in getattr(handler, "cookiejar", ()))
    for secret in (served.token, following.group(1), session):
        assert secret
        assert secret not in text
    requests = [line for line in served.log() if line["logger"] == "wfm.requests"]
    refused = next(line for line in requests if line["status"] == 403)
    assert (refused["method"], refused["path"], refused["who"]) == ("GET", "/", "")
    layout = next(line for line in requests if line["path"] == "/_dash-layout")
    assert layout["duration_ms"] >= 0
    assert layout["who"]
    assert len({line["request"] for line in requests}) == len(requests)
    assert {line["logger"] for line in served.log()} >= {"wfm.serve", "wfm.jobs", "wfm.requests"}


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_nothing_outlives_a_parent_that_is_killed(serve: Callable[..., Served]) -> None:
    served = serve("--workers", "1", "--jobs", "1", "--log-format", "json")
    family = psutil.Process(served.process.pid).children(recursive=True)
    assert len(family) == 3
    served.process.kill()
    _, left = psutil.wait_procs(family, timeout=20)
    assert left == []
    lines = served.process.stderr.read().splitlines() if served.process.stderr else []
    assert any(json.loads(line)["message"] == "worker begins" for line in lines if line.startswith("{"))
