"""How answers travel and what is written down of them: compression, caching, health, bounds, the log."""

from __future__ import annotations

import gzip
import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from dashboard.app import make_app
from dashboard.desk import Desk
from dashboard.person import Person, remember
from dashboard.server.health import EXPECTED_WORKERS
from dashboard.server.log import JsonLines, SharedFile, log_file, set_up_log
from dashboard.server.settings import ServeSettings


@pytest.fixture
def desk(plans_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("WFM_HOME", str(tmp_path / "home"))
    return Desk(plans_folder)


@pytest.fixture
def server(desk: Desk) -> Flask:
    found: Flask = make_app(desk).server
    return found


@pytest.fixture
def client(server: Flask) -> Any:
    """A browser on another machine."""
    return _from(server, "192.0.2.7")


def _from(server: Flask, address: str) -> Any:
    client = server.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return client


GZIP = {"Accept-Encoding": "gzip, deflate, br"}


def addresses(client: Any, start: str) -> list[str]:
    return [
        a.replace("&amp;", "&")
        for a in re.findall(r'(?:src|href)="([^"]*)"', client.get("/").text)
        if a.startswith(start)
    ]


def test_scripts_travel_compressed_and_whole(client: Any) -> None:
    script = next(a for a in addresses(client, "/_dash-component-suites/dash/") if "renderer" in a)
    plain = client.get(script)
    packed = client.get(script, headers=GZIP)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
    assert gzip.decompress(packed.data) == plain.data
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert client.get(script, headers=GZIP).data == packed.data  # the second time from what was kept
    assert gzip.decompress(client.get(script, headers=GZIP).data) == plain.data


def test_on_this_machine_nothing_is_packed(server: Flask) -> None:
    assert "Content-Encoding" not in _from(server, "127.0.0.1").get("/_dash-layout", headers=GZIP).headers
    assert "Content-Encoding" in _from(server, "192.0.2.7").get("/_dash-layout", headers=GZIP).headers


def test_what_its_address_names_is_kept_by_the_browser(client: Any) -> None:
    named = [*addresses(client, "/assets/"), *addresses(client, "/_dash-component-suites/")]
    assert len(named) > 8
    for address in named:
        with client.get(address) as answer:
            assert "max-age=31536000" in answer.headers["Cache-Control"], address
            assert "public" not in answer.headers["Cache-Control"]
    with client.get("/assets/icons/plan.svg") as icon:
        assert icon.headers["Cache-Control"] == "private, max-age=86400"
    with client.get("/assets/look.css") as unnamed:
        assert "31536000" not in unnamed.headers.get("Cache-Control", "")


def test_a_page_follows_its_assets(client: Any) -> None:
    with client.get("/assets/look.css", headers=GZIP) as first:
        tag = first.headers["ETag"]
        assert first.headers["Content-Encoding"] == "gzip"
    with client.get("/assets/look.css", headers={**GZIP, "If-None-Match": tag}) as again:
        assert again.status_code == 304


def test_small_and_packed_things_travel_as_they_are(server: Flask) -> None:
    @server.get("/try/<kind>")
    def try_one(kind: str) -> Any:
        from flask import Response

        body, mimetype = {
            "small": (b"{}", "application/json"),
            "picture": (b"\x89PNG" * 5000, "image/png"),
            "book": (b"PK" * 5000, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            "stream": (iter([b"a" * 5000]), "text/csv"),
        }[kind]
        return Response(body, mimetype=mimetype)

    client = _from(server, "192.0.2.7")
    for kind in ("small", "picture", "book", "stream"):
        assert "Content-Encoding" not in client.get(f"/try/{kind}", headers=GZIP).headers, kind


def test_callbacks_travel_compressed(client: Any) -> None:
    layout = client.get("/_dash-layout", headers=GZIP)
    assert layout.headers["Content-Encoding"] == "gzip"
    assert "mantine" in gzip.decompress(layout.data).decode()


def test_too_large_a_request_is_refused_in_a_sentence(server: Flask) -> None:
    server.config["MAX_CONTENT_LENGTH"] = 2 * 1024**2
    answer = server.test_client().post(
        "/_dash-update-component", data=b"x" * (2 * 1024**2 + 1), content_type="application/json"
    )
    assert answer.status_code == 413
    assert "2 MB" in answer.text


def test_a_fault_is_answered_with_its_number(server: Flask, caplog: pytest.LogCaptureFixture) -> None:
    @server.get("/try/fault")
    def fault() -> Any:
        raise RuntimeError("the inside of the house")

    with caplog.at_level(logging.ERROR):
        answer = server.test_client().get("/try/fault?token=secret")
    assert answer.status_code == 500
    number = answer.headers["X-Request-ID"]
    assert number in answer.text
    assert "inside" not in answer.text
    assert any(r.exc_info for r in caplog.records)
    assert "secret" not in caplog.text


def test_pages_are_drawn_before_anybody_asks(desk: Desk, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    from dashboard.server.warm import warm_up

    warm_up(desk).join()
    warm_up(Desk(tmp_path / "nothing")).join()
    assert [r for r in caplog.records if r.levelno >= logging.ERROR] == []
    assert desk.store.audit() == []


# Health


def test_health_names_states_and_nothing_else(client: Any) -> None:
    answer = client.get("/health")
    assert answer.status_code == 200
    assert set(answer.json) == {"status", "version", "store", "job_workers"}
    assert (answer.json["status"], answer.json["store"]) == ("ok", "ok")


def test_health_fails_without_the_processes_it_expects(server: Flask, desk: Desk) -> None:
    from dashboard.jobs.names import worker_name

    server.config[EXPECTED_WORKERS] = 1
    client = server.test_client()
    assert client.get("/health").status_code == 503
    desk.store.jobs.worker_lives("gone|1|1")
    from wfm.store import job_store

    old = datetime.now(UTC) - timedelta(minutes=5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(job_store, "_now", lambda: old)
        desk.store.jobs.worker_lives("gone|1|1")
    assert client.get("/health").json["job_workers"] == {"alive": 0, "expected": 1}
    desk.store.jobs.worker_lives(worker_name())
    answer = client.get("/health")
    assert (answer.status_code, answer.json["status"]) == (200, "ok")


def test_health_fails_without_its_store(server: Flask, desk: Desk, tmp_path: Path) -> None:
    assert desk.store.place.startswith(str(tmp_path))
    Path(desk.store.place).write_bytes(b"no database" * 1000)
    answer = server.test_client().get("/health")
    assert answer.status_code == 503
    assert answer.json["store"] == "failing"
    assert str(tmp_path) not in answer.text


# The log


@pytest.fixture
def root_log() -> Iterator[None]:
    root = logging.getLogger()
    before = (root.handlers[:], root.level, logging.raiseExceptions)
    yield
    for handler in root.handlers:
        if handler not in before[0]:
            handler.close()
    root.handlers[:], level, logging.raiseExceptions = before
    root.setLevel(level)
    logging.captureWarnings(False)


def test_a_request_is_one_line_without_its_query(desk: Desk, tmp_path: Path, root_log: None) -> None:
    set_up_log(tmp_path)
    server = make_app(desk, lambda flask: flask.before_request(lambda: remember(Person("李", ("manager",))))).server
    server.test_client().get("/data/seats.csv?plan=one-week&name=张三&token=abc")
    text = log_file(tmp_path).read_text(encoding="utf-8")
    (line,) = [found for found in map(json.loads, text.splitlines()) if found["logger"] == "wfm.requests"]
    assert (line["method"], line["path"], line["status"], line["who"]) == ("GET", "/data/seats.csv", 200, "李")
    assert line["level"] == "info"
    assert line["duration_ms"] > 0
    assert datetime.fromisoformat(line["time"]).utcoffset() == timedelta(0)
    assert "张三" not in text
    assert "abc" not in text
    assert log_file(tmp_path).stat().st_mode & 0o077 == 0


def test_a_callback_is_named_by_what_it_fills(desk: Desk, tmp_path: Path, root_log: None) -> None:
    set_up_log(tmp_path)
    server = make_app(desk).server
    body = {"output": "page.children", "inputs": [{"id": "a", "property": "value", "value": "13800000000"}]}
    server.test_client().post("/_dash-update-component", json=body)
    text = log_file(tmp_path).read_text(encoding="utf-8")
    assert '"callback": "page.children"' in text
    assert "13800000000" not in text


def test_a_record_is_json_with_all_that_was_added(root_log: None) -> None:
    try:
        raise ValueError("x")
    except ValueError:
        record = logging.getLogger("a").makeRecord(
            "a", logging.ERROR, "f", 1, "failed %s", ("日志",), sys.exc_info(), extra={"fault": "ab12"}
        )
    line = json.loads(JsonLines().format(record))
    assert (line["level"], line["message"], line["fault"]) == ("error", "failed 日志", "ab12")
    assert "ValueError: x" in line["traceback"]


WRITER = """
import logging, sys
from pathlib import Path
from dashboard.server.log import SharedFile
log = logging.getLogger("x")
log.addHandler(SharedFile(Path(sys.argv[1]), longest_bytes=20_000, kept=50))
for n in range(300):
    log.warning("line %s of %s", n, sys.argv[2], extra={"writer": sys.argv[2], "n": n, "more": "长" * 40})
"""


def test_several_processes_write_one_log_and_lose_no_line(tmp_path: Path) -> None:
    path = tmp_path / "serve.log"
    command = [sys.executable, "-c", WRITER, str(path)]
    writers = [subprocess.Popen([*command, name]) for name in "abc"]
    assert [w.wait(timeout=60) for w in writers] == [0, 0, 0]
    files = [f for f in tmp_path.iterdir() if f.name.startswith("serve.log")]
    assert len(files) > 3
    assert all(f.stat().st_size < 20_000 + 3 * 400 for f in files)
    lines = [json.loads(line) for f in files for line in f.read_text(encoding="utf-8").splitlines()]
    assert sorted((line["writer"], line["n"]) for line in lines) == [(w, n) for w in "abc" for n in range(300)]


def test_old_logs_are_dropped(tmp_path: Path) -> None:
    handler = SharedFile(tmp_path / "serve.log", longest_bytes=500, kept=2)
    for n in range(50):
        handler.emit(logging.makeLogRecord({"msg": f"line {n}", "levelname": "INFO"}))
    handler.close()
    assert sorted(f.name for f in tmp_path.glob("serve.log.?")) == ["serve.log.1", "serve.log.2"]


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file", encoding="utf-8")
    SharedFile(tmp_path / "logs" / "serve.log").emit(logging.makeLogRecord({"msg": "x"}))


def test_settings_reach_other_processes_as_they_are() -> None:
    settings = ServeSettings(
        plans=Path("计划"),
        hotlines=(Path("a"), Path("b")),
        host="::1",
        port=81,
        public_names=("wfm.example.cn",),
        language="zh",
        socket=3,
    )
    assert ServeSettings.from_environ(settings.to_environ()) == settings
    assert ServeSettings.from_environ({}) is None
    assert settings.link("t") == "http://[::1]:81/?token=t&lang=zh"
    assert ServeSettings(plans=Path(), port=8350).link() == "http://127.0.0.1:8350/"
