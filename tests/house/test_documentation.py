"""Every command of the README and the documentation is run, and what the pages say it prints is checked.

In a block of the language ``console`` lines that start with ``$`` are commands; all commands of a page are run in
order in one empty folder, with a data folder of their own. Every other line of the block must stand in a line of the
command's output, in this order, by whole words, blanks aside; ``…`` stands for anything. Comments before a block steer it:

- ``<!-- file: name -->``: the block (of any language) is written to this file;
- ``<!-- exits 2 -->``: its commands end with this code instead of 0;
- ``<!-- not run: reason -->``: it is not run; its options are still looked up in the help;
- ``<!-- long: reason -->``: it is run in ``make endure`` only.

Pages with ``zh`` in their name speak Chinese. The README's first command (all of them in ``make endure``) is started as
people start it; the others by ``warm_wfm.py``, which spares each of them the imports.
"""

import contextlib
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from itertools import chain, count, repeat
from pathlib import Path

import pytest

from wfm.cli.app import run
from wfm.i18n import use_language

ROOT = Path(__file__).parents[2]
ENDURING = bool(os.environ.get("WFM_ENDURE"))
PAGES = sorted([*ROOT.glob("README*.md"), *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(
    r"^(?P<comments>(?:<!--[^\n]*-->\n+)*)(?P<indent> *)```(?P<language>\w*)[^\n]*\n(?P<body>.*?)^(?P=indent)```[ ]*$",
    re.MULTILINE | re.DOTALL,
)
WFM = shutil.which("wfm", path=str(Path(sys.executable).parent)) or "wfm"


@dataclass(frozen=True)
class Block:
    """A fenced block and what the comments before it ask for."""

    language: str
    body: str
    file: str
    exit_code: int
    not_run: bool


def blocks_of(text):
    found = []
    for match in BLOCK.finditer(text):
        comments = match["comments"]
        name = re.search(r"<!-- file: (.+?) -->", comments)
        code = re.search(r"<!-- exits (\d+) -->", comments)
        not_run = re.search(r"<!-- not run: .+? -->" if ENDURING else r"<!-- (?:not run|long): .+? -->", comments)
        body = re.sub(rf"^{match['indent']}", "", match["body"], flags=re.MULTILINE)
        found.append(
            Block(match["language"], body, name[1] if name else "", int(code[1]) if code else 0, bool(not_run))
        )
    return found


def steps_of(block):
    """(command, expected lines) for each command of a console block."""
    steps = []
    for line in block.body.replace("\\\n", " ").splitlines():
        if line.startswith("$ "):
            steps.append((line[2:].strip(), []))
        elif line.strip():
            assert steps, f"output before any command: {line}"
            steps[-1][1].append(line)
    return steps


def _plain(line):
    return " ".join(line.split())


def _pattern(line):
    """``line`` anywhere in a line of output, but never from or to the middle of an English word or number."""
    text = _plain(line)
    middle = r"\s?.*".join(re.escape(part.strip()) for part in text.split("…"))
    before = r"(?<![A-Za-z0-9.])" if text[:1].isascii() and text[:1].isalnum() else ""
    after = r"(?![A-Za-z0-9])" if text[-1:].isascii() and text[-1:].isalnum() else ""
    return re.compile(before + middle + after)


def missing_line(expected, output):
    """The first expected line that the output lacks at or after the one before it; None when all are there."""
    lines = [_plain(line) for line in output.splitlines()]
    place = 0
    for line in expected:
        if line.strip() == "…":
            continue
        pattern = _pattern(line)
        hit = next((i for i in range(place, len(lines)) if pattern.search(lines[i])), None)
        if hit is None:
            return line
        place = hit + 1
    return None


def start_cold(words, folder, environment):
    """Exit code and output of ``wfm``, started as people start it."""
    done = subprocess.run(
        [WFM, *words], cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def start_warm(tmp_path_factory):
    """``start_cold``, forked from a process that has the product imported; the same where nothing can be forked."""
    if not hasattr(os, "fork"):
        yield start_cold
        return
    folder_told = tmp_path_factory.mktemp("told")
    asked_so_far = count()
    server = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("warm_wfm.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )

    def start(words, folder, environment):
        # Files of its own for each command: processes that the one before it started may still be writing.
        told = [folder_told / f"{next(asked_so_far)}.{name}" for name in ("out", "err")]
        asked = {"words": words, "folder": str(folder), "environment": environment}
        print(json.dumps(asked | {"out": str(told[0]), "err": str(told[1])}), file=server.stdin, flush=True)
        code = int(server.stdout.readline())
        return code, "".join(path.read_text(encoding="utf-8") for path in told)

    with server:
        yield start


def run_command(command, folder, environment, start):
    """Exit code and output. ``ls FOLDER`` and ``head -N FILE`` are done here, so that pages read alike everywhere."""
    words = shlex.split(command)
    own = dict(environment)
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        name, _, value = words.pop(0).partition("=")
        own[name] = value
    if words[0] == "ls":
        return 0, "\n".join(sorted(p.name for p in (folder / words[1]).iterdir()))
    if words[0] == "head":
        lines = (folder / words[2]).read_text(encoding="utf-8-sig").splitlines()
        return 0, "\n".join(lines[: int(words[1].removeprefix("-"))])
    assert words[0] == "wfm", f"not a command that pages run: {command} (mark the block with <!-- not run: reason -->)"
    return start(words[1:], folder, own)


def run_page(text, folder, start, *, language="en"):
    """Write the page's files and run its commands in ``folder``."""
    work = folder / "work"
    work.mkdir()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("WFM_")}
    environment |= {"WFM_HOME": str(folder / "home"), "WFM_LANG": language, "NO_COLOR": "1"}
    for block in blocks_of(text):
        if block.file:
            path = work / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.body, encoding="utf-8")
        elif block.language == "console" and not block.not_run:
            for command, expected in steps_of(block):
                code, output = run_command(command, work, environment, start)
                assert code == block.exit_code, (
                    f"$ {command}\nexit code {code}, the page says {block.exit_code}\n{output}"
                )
                lacking = missing_line(expected, output)
                assert lacking is None, f"$ {command}\nthe page says: {lacking}\nbut the output is:\n{output}"


@pytest.mark.parametrize("page", [pytest.param(p, id=p.name) for p in PAGES])
def test_page_says_what_happens(page, start_warm, tmp_path):
    starts = chain(repeat(start_cold, 1000 if ENDURING else 1) if page.name == "README.md" else (), repeat(start_warm))

    def start(*asked):
        return next(starts)(*asked)

    run_page(page.read_text(encoding="utf-8"), tmp_path, start, language="zh" if "zh" in page.name else "en")


SAMPLE = """
<!-- file: notes/a.txt -->
```text
one
two
```

```console
$ head -1 notes/a.txt
one
$ wfm standards nope --lang en
```
"""


@pytest.mark.parametrize(
    ("said", "instead", "complaint"),
    [
        ("one\n$", "two\n$", "the page says: two"),
        ("$ head -1", "$ tail -1", "not a command that pages run"),
        ("```console", "<!-- exits 3 -->\n```console", "the page says 3"),
        ("```console", "```console", "exit code 2, the page says 0"),
    ],
)
def test_wrong_pages_fail(said, instead, complaint, tmp_path):
    with pytest.raises(AssertionError, match=re.escape(complaint)):
        run_page(SAMPLE.replace(said, instead), tmp_path, start_cold)


def test_a_line_is_found_by_whole_words_and_in_order():
    output = "31 seats stay free\n│ Load │    10 │\n南浔12368热线: 99.5 % of calls\n"
    assert missing_line(["1 seats stay free"], output) == "1 seats stay free"
    assert missing_line(["31 seats stay fr"], output) == "31 seats stay fr"
    assert missing_line(["5 % of calls"], output) == "5 % of calls"
    assert missing_line(["│ Load │ 10 │", "31 seats stay free"], output) == "31 seats stay free"
    assert missing_line(["31 seats …", "…", "│ Load │ … │", "南浔12368", "… % of calls"], output) == "… % of calls"
    assert missing_line(["seats stay free", "│ Load │ … │", "99.5 %"], output) is None
    assert missing_line(["31 seats … taken"], output) == "31 seats … taken"


@cache
def _help_of(*command):
    printed = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, use_language("en"), contextlib.redirect_stdout(printed):
        patch.setenv("COLUMNS", "200")
        with contextlib.redirect_stderr(io.StringIO()):
            code = run([*command, "--help"])
    return printed.getvalue() if code == 0 else ""


def test_every_command_and_option_that_pages_name_exists():
    wrong = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        console = [c for b in blocks_of(text) if b.language == "console" for c, _ in steps_of(b)]
        inline = re.findall(r"`(wfm [^`\n]+)`", BLOCK.sub("", text))
        for named in [*console, *inline]:
            words = re.sub(r"--lang[ =]\w+|\b[A-Z_]+=\S+", "", named).split()
            if words[:1] != ["wfm"]:
                continue
            options = {re.match(r"--[a-z-]+", w)[0] for w in words if re.match(r"--[a-z]", w)}
            names = [w for w in words[1:3] if re.fullmatch(r"[a-z][a-z-]*", w)]
            command = names[: 2 if names[:1] in (["db"], ["roster"], ["user"]) else 1]
            shown = _help_of(*command)
            wrong += [f"{page.name}: {named}: {o}" for o in options if not re.search(rf"{o}(?![\w-])", shown)]
            if not shown:
                wrong.append(f"{page.name}: {named}")
    assert wrong == []


def test_links_between_files_lead_somewhere():
    wrong = []
    for page in PAGES:
        text = BLOCK.sub("", page.read_text(encoding="utf-8"))
        for target in re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text):
            path = target.partition("#")[0]
            made = path.startswith("reference/") and page.parent.name == "docs"
            if path and "://" not in path and not made and not (page.parent / path).exists():
                wrong.append(f"{page.name}: {target}")
    assert wrong == []
