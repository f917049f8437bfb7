"""Importing whatever file there is: by the layout that is found, that is named, or by a mapping."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wfm.errors import BadInput
from wfm.execution import Progress, no_progress
from wfm.hotline.reading import check_source
from wfm.hotline.yaml_source import read_yaml
from wfm.i18n import say
from wfm.records.feed_importing import FeedImport, import_feed
from wfm.records.feed_mapping import FeedMapping, LayoutSettings
from wfm.records.importing import ImportResult, import_calls
from wfm.records.layouts.asterisk_queue_log import QueueLog, import_queue_log
from wfm.records.layouts.detecting import Recipe, detect_layout, recipe_of
from wfm.records.mapping import Mapping, load_mapping, mapping_names

if TYPE_CHECKING:
    from wfm.hotline import Hotline

__all__ = ["Chosen", "choose_recipe", "import_file", "needs_key"]


@dataclass(frozen=True, slots=True)
class Chosen:
    """How a file is read, and how that was decided."""

    recipe: Recipe
    layout: str
    """Name of the layout, or of the mapping."""
    found: str
    """What was found, in one sentence; empty where nothing was looked for."""
    hotline: str = ""
    """Hotline that the mapping names, seen from ``beside``."""
    beside: Path | None = None


def choose_recipe(path: Path, *, mapping: str = "", layout: str = "", lines: dict[str, str] | None = None) -> Chosen:
    """How to read ``path``: by the mapping if one is named, by the layout if one is named, else by what is found.

    Args:
        path: the file.
        mapping: a shipped mapping, or a YAML file: of calls, of intervals (``level: intervals``), or the settings of a
            layout (``layout:``).
        layout: name of a layout.
        lines: queue of the file → line; they come before those of the mapping.

    Raises:
        BadInput: both are named, one of them is not known, or no layout fits.
    """
    given = lines or {}
    if mapping and layout:
        raise BadInput(say("--map and --layout: one of them only"))
    if layout:
        found = recipe_of(path, LayoutSettings(layout=layout, lines=given))
        return Chosen(found.recipe, layout, "")
    if not mapping:
        found = detect_layout(path)
        settings = LayoutSettings(layout=found.layout.name, lines=given)
        recipe = found.layout.recognise(found.head, settings) if given else found.recipe
        return Chosen(recipe or found.recipe, found.layout.name, found.sentence)
    if mapping in mapping_names() or not Path(mapping).exists():
        shipped = load_mapping(mapping)
        return Chosen(shipped.with_lines(given), mapping, "", shipped.hotline)
    source = read_yaml(Path(mapping))
    keys = source.data if isinstance(source.data, dict) else {}
    beside = Path(mapping).parent
    if "layout" in keys:
        settings = check_source(LayoutSettings, source)
        settings = settings.model_copy(update={"lines": {**settings.lines, **given}})
        return Chosen(recipe_of(path, settings).recipe, settings.layout, "", settings.hotline, beside)
    if "level" in keys:
        feed = check_source(FeedMapping, source)
        told = feed.model_copy(update={"lines": {**feed.lines, **given}})
        return Chosen(told, Path(mapping).name, "", feed.hotline, beside)
    calls = load_mapping(mapping)
    return Chosen(calls.with_lines(given), Path(mapping).name, "", calls.hotline, beside)


def import_file(
    path: Path, recipe: Recipe, *, hotline: Hotline, key: bytes, progress: Progress = no_progress
) -> ImportResult | FeedImport:
    """Read ``path`` by its recipe: call records, or counts by interval.

    Raises:
        BadInput: as :func:`import_calls`, :func:`import_feed` and :func:`import_queue_log` say.
    """
    if isinstance(recipe, FeedMapping):
        return import_feed(path, recipe, hotline=hotline, progress=progress)
    if isinstance(recipe, QueueLog):
        return import_queue_log(path, recipe, hotline=hotline, key=key, progress=progress)
    return import_calls(path, recipe, hotline=hotline, key=key, progress=progress)


def needs_key(recipe: Recipe) -> bool:
    """Whether the recipe reads callers' numbers, which are hashed under the secret key."""
    return isinstance(recipe, QueueLog) or (isinstance(recipe, Mapping) and recipe.columns.caller_key is not None)
