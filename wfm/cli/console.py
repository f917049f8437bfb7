"""Progress bars, tables and JSON of the command line: progress on stderr, results on stdout."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from wfm.i18n import say
from wfm.json_text import to_json

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import TaskID
    from rich.table import Table

    from wfm.execution import Progress

__all__ = [
    "NARROW",
    "STATUS_ICON",
    "STATUS_STYLE",
    "StageBars",
    "make_console",
    "make_table",
    "narrow_heading",
    "print_json",
    "print_origin",
    "stage_bars",
    "status_word",
]

STATUS_STYLE = {"met": "green", "at risk": "yellow", "missed": "red", "unknown": "dim", "reported": "dim"}
NARROW = 100
"""Columns of a window below which wide tables do without lines."""
STATUS_ICON = {"met": "✓", "at risk": "△", "missed": "✕", "unknown": "–", "reported": "·"}


def status_word(status: str) -> str:
    """The status of a scorecard row in the language of the moment."""
    words = {
        "met": say("met"),
        "at risk": say("at risk"),
        "missed": say("missed"),
        "unknown": say("no data"),
        "reported": say("reported"),
    }
    return words[status]


def make_console(*, stderr: bool = False) -> Console:
    """A console that writes plain text when its output is no terminal."""
    from rich.console import Console

    width = None if (sys.stderr if stderr else sys.stdout).isatty() else 120
    return Console(stderr=stderr, highlight=False, width=width)


def make_table(console: Console, title: str = "") -> Table:
    """A table as everywhere, without lines where the window is narrow."""
    from rich import box
    from rich.table import Table

    lines = box.HEAVY_HEAD if console.width >= NARROW else box.SIMPLE_HEAD
    return Table(title=title or None, title_justify="left", box=lines)


def narrow_heading(console: Console, words: str) -> str:
    """The heading of a column of numbers: on several lines where the window is narrow, which leaves room for texts."""
    if console.width >= NARROW:
        return words
    half = -(-len(words) // 2)
    return words.replace(" ", "\n") if words.isascii() else f"{words[:half]}\n{words[half:]}"


def print_json(value: object) -> None:
    """One JSON document on stdout; numbers that are not defined become null."""
    print(to_json(value))


class StageBars:
    """One progress bar a stage, on stderr; on no terminal, one line when a stage is done."""

    def __init__(self, names: Mapping[str, str], console: Console) -> None:
        from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

        self._names = names
        self._console = console
        self._live = console.is_terminal
        self._tasks: dict[str, TaskID] = {}
        self._bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=not self._live,
        )

    def start(self) -> None:
        """Show the bars."""
        self._bars.start()

    def stop(self) -> None:
        """Take the bars down, leaving their last state."""
        self._bars.stop()

    def remark(self, stage: str, words: str) -> None:
        """Show the words beside the name of a stage that has begun."""
        if stage in self._tasks:
            self._bars.update(self._tasks[stage], description=f"{self._names.get(stage, stage)} · {words}")

    def watch(self, stage: str) -> Progress:
        """The progress of one stage."""
        from time import monotonic

        name = self._names.get(stage, stage)
        task = self._tasks[stage] = self._bars.add_task(name, total=None)
        began = monotonic()
        told = False

        def tell(done: int, total: int, /) -> None:
            nonlocal told
            self._bars.update(task, completed=done, total=max(total, 1))
            if not self._live and done >= total and not told:
                told = True
                self._console.print(
                    say("{name}: {seconds:.1f} s", name=name, seconds=monotonic() - began), highlight=False
                )

        return tell


@contextmanager
def stage_bars(names: Mapping[str, str]) -> Iterator[StageBars]:
    """Progress bars for the stages while the block runs."""
    bars = StageBars(names, make_console(stderr=True))
    bars.start()
    try:
        yield bars
    finally:
        bars.stop()


def print_origin(console: Console, seed: int, version: str, inputs: Mapping[str, str], *more: str) -> None:
    """The last line of a result: from what it was made. ``more`` stands before the inputs."""
    from scenarios.input_names import input_words

    words = [say("Seed {seed}", seed=seed), say("version {version}", version=version), *more]
    hashes = say("inputs: {hashes}", hashes=" · ".join(input_words(dict(sorted(inputs.items())))))
    console.print(" · ".join([*words, hashes]), style="dim")
