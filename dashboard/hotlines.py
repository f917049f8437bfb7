"""The hotlines and scenarios that the dashboard knows: shipped ones, those in folders it was given, and those of plans."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

from scenarios.scenario import Scenario, load_scenario
from wfm.errors import BadInput
from wfm.hotline import library_folder, library_names
from wfm.hotline.reading import HOTLINE_FILE
from wfm.i18n import Text, list_words, say

__all__ = ["HotlineShelf"]


class HotlineShelf:
    """Hotlines by their id (the name of their folder), read once and again only when a file changes."""

    def __init__(self, folders: list[Path]) -> None:
        self.folders = folders
        """Folders of hotlines, or folders that hold such folders."""
        self._lock = threading.Lock()
        self._read: dict[Path, tuple[tuple[tuple[str, int], ...], Scenario]] = {}

    def places(self) -> dict[str, Path]:
        """Folder of every hotline by name; one's own folders come first and hide shipped ones of the same name."""
        found: dict[str, Path] = {}
        for folder in self.folders:
            for place in _hotlines_in(folder):
                found.setdefault(place.resolve().name, place)
        for name in library_names():
            found.setdefault(name, library_folder() / name)
        return found

    def names(self) -> list[str]:
        """Names of the hotlines, one's own first."""
        return list(self.places())

    def titles(self) -> dict[str, Text]:
        """What each hotline is called; one whose files hold a mistake goes by its folder's name."""
        found = {}
        for name in self.places():
            try:
                found[name] = self.scenario(name).hotline.name
            except BadInput:
                found[name] = Text(name, name)
        return found

    def scenario(self, name: str) -> Scenario:
        """The hotline of this name with its people.

        Raises:
            BadInput: there is none, or its files hold a mistake, which is named.
        """
        places = self.places()
        if name not in places:
            raise BadInput(
                say("There is no hotline “{name}”; known: {known}.", name=name, known=list_words(list(places)))
            )
        place = places[name]
        stamp = tuple(sorted((p.name, p.stat().st_mtime_ns) for p in place.iterdir() if p.is_file()))
        with self._lock:
            kept = self._read.get(place)
        if kept is not None and kept[0] == stamp:
            return kept[1]
        scenario = load_scenario(place)
        with self._lock:
            self._read[place] = (stamp, scenario)
        return scenario


def _hotlines_in(folder: Path) -> Iterator[Path]:
    if (folder / HOTLINE_FILE).is_file():
        yield folder
    elif folder.is_dir():
        yield from sorted(path.parent for path in folder.glob(f"*/{HOTLINE_FILE}"))
