"""``wfm serve``: refuses what it must in one sentence, serves, and stops when asked."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

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
def test_other_addresses_need_accounts(host: str, plans_folder: Path) -> None:
    words = _refusal("--host", host, "--plans", str(plans_folder))
    assert host in words
    assert "accounts" in words or "账户" in words


def test_a_taken_port_is_said(plans_folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        words = _refusal("--port", str(port), "--plans", str(plans_folder))
    assert str(port) in words
    assert "--port" in words


def test_a_file_is_no_folder_of_plans(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("x", encoding="utf-8")
    assert "--plans" in _refusal("--plans", str(file))


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_serves_and_stops_when_asked(plans_folder: Path, stop: signal.Signals) -> None:
    code = (
        "import sys; from pathlib import Path; from dashboard.serving import serve;"
        f"serve(Path({str(plans_folder)!r}), host='127.0.0.1', port=0, threads=2, language='zh', browser=False,"
        " tell=lambda line: print(line, flush=True))"
    )
    environment = {**os.environ, "WFM_LANG": "en", "PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, encoding="utf-8", env=environment
    ) as process:
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            match = re.search(r"(http://127\.0\.0\.1:\d+)/\?token=([\w-]+)&lang=zh", first)
            assert match, first
            process.stdout.readline()
            base, token = match.groups()
            with urllib.request.urlopen(f"{base}/health") as answer:
                assert answer.status == 200
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(base)
            assert refused.value.code == 403
            refused.value.close()
            jar = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
            with jar.open(f"{base}/?token={token}&lang=zh") as answer:
                assert answer.status == 200
                assert "token" not in answer.geturl()
            assert "token=" in process.stdout.readline()
            process.send_signal(stop)
            assert "closed" in process.stdout.readline()
            assert process.wait(timeout=20) == 0
        finally:
            process.kill()
