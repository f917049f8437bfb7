"""Which layout a file has, and the recipe by which it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from wfm.errors import BadInput
from wfm.i18n import Text, list_words, say
from wfm.records.feed_mapping import FeedMapping, LayoutSettings
from wfm.records.layouts import (
    asterisk_queue_log,
    avaya_hsplit,
    genesys_cloud,
    huawei_skills,
    interval_table,
)
from wfm.records.layouts.asterisk_queue_log import QueueLog
from wfm.records.layouts.file_head import HEADER_ROWS, FileHead, plain_name, read_head
from wfm.records.mapping import Mapping, load_mapping, mapping_names

if TYPE_CHECKING:
    from collections.abc import Mapping as Dictionary

__all__ = ["LAYOUTS", "Found", "Layout", "Recipe", "detect_layout", "recipe_of"]

Recipe = Mapping | FeedMapping | QueueLog
"""How a file is read: call by call, interval by interval, or event by event."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout that a telephone system writes."""

    name: str
    title: Text
    level: Literal["calls", "intervals"]
    recognise: Callable[[FileHead, LayoutSettings], Recipe | None]
    """The recipe for a file with this head; None: it has another layout."""
    needs: tuple[str, ...]
    """Columns without which a file has another layout; empty where rows are recognised by their shape."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file's layout."""

    layout: Layout
    recipe: Recipe
    head: FileHead

    @property
    def sentence(self) -> str:
        """What was found, in one sentence."""
        return say("{name}: {layout}", name=self.head.name, layout=self.layout.title)


def _by_mapping(name: str) -> Callable[[FileHead, LayoutSettings], Recipe | None]:
    def recognise(head: FileHead, settings: LayoutSettings) -> Recipe | None:
        mapping = load_mapping(name)
        found = head.header_row({plain_name(column) for column in mapping.read})
        if found is None or not set(mapping.read) <= set(head.rows[found[0] - 1]):
            return None
        changes = {"format": head.kind, "encoding": head.encoding, "delimiter": head.delimiter, "header_row": found[0]}
        if settings.time_zone:
            changes["time_zone"] = settings.time_zone
        return mapping.model_copy(update=changes).with_lines(settings.lines)

    return recognise


LAYOUTS: Dictionary[str, Layout] = {
    layout.name: layout
    for layout in (
        Layout(
            "asterisk-queue-log",
            Text("Asterisk queue_log, event by event", "Asterisk 队列日志 queue_log（逐事件）"),
            "calls",
            asterisk_queue_log.recognise,
            (),
        ),
        Layout(
            "genesys-cloud",
            Text("Genesys Cloud interval export", "Genesys Cloud 时段统计"),
            "intervals",
            genesys_cloud.recognise,
            genesys_cloud.NEEDS,
        ),
        Layout(
            "avaya-hsplit",
            Text("Avaya CMS split intervals (hsplit)", "Avaya CMS 技能组时段统计（hsplit）"),
            "intervals",
            avaya_hsplit.recognise,
            avaya_hsplit.NEEDS,
        ),
        Layout(
            "huawei-skills",
            Text("Huawei skill statistics of five minutes", "华为技能队列五分钟统计"),
            "intervals",
            huawei_skills.recognise,
            huawei_skills.NEEDS,
        ),
        *(
            Layout(
                name,
                Text(f"call records as the mapping {name} reads them", f"映射 {name} 所读的通话明细"),
                "calls",
                _by_mapping(name),
                tuple(load_mapping(name).read),
            )
            for name in mapping_names()
        ),
        Layout(
            "interval-table",
            Text("a table of calls by interval", "时段话务统计表"),
            "intervals",
            interval_table.recognise,
            interval_table.NEEDS,
        ),
    )
}
"""Layout by name, in the order in which they are tried."""


def detect_layout(path: str | Path) -> Found:
    """The layout of a file, by its head: encoding, separator, column names or shape of the rows.

    Raises:
        BadInput: the file cannot be read, or none of the layouts fits: what was seen, and what is known.
    """
    head = read_head(Path(path))
    for layout in LAYOUTS.values():
        recipe = layout.recognise(head, LayoutSettings(layout=layout.name))
        if recipe is not None:
            return Found(layout, recipe, head)
    if any("工单" in cell for cells in head.rows[:HEADER_ROWS] for cell in cells):
        raise BadInput(say("{name}: seems to hold work orders; wfm import-orders reads them", name=head.name))
    raise BadInput(
        say(
            "{name}: no known layout: {seen}; known are {known}; --map MAPPING says what the columns mean",
            name=head.name,
            seen=head.shown,
            known=list_words(list(LAYOUTS)),
        )
    )


def recipe_of(path: str | Path, settings: LayoutSettings) -> Found:
    """The recipe for a file that is said to have a layout.

    Raises:
        BadInput: there is no such layout, or the file has another: what was seen, and what the layout needs.
    """
    if settings.layout not in LAYOUTS:
        raise BadInput(
            say("no layout {name!r}; known are {known}", name=settings.layout, known=list_words(list(LAYOUTS)))
        )
    layout = LAYOUTS[settings.layout]
    head = read_head(Path(path))
    recipe = layout.recognise(head, settings)
    if recipe is None:
        wants = list_words(list(layout.needs)) or "epoch|callid|queue|member|EVENT|…"
        raise BadInput(
            say(
                "{name}: is no {layout}, which has {wants}; seen: {seen}",
                name=head.name,
                layout=settings.layout,
                wants=wants,
                seen=head.shown,
            )
        )
    return Found(layout, recipe, head)
