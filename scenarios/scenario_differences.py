"""What differs between two hotlines, in words: ``call volume +20 %``, ``开通座席 30 → 15``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scenarios.parameters import Parameter, leaf_values, sections_of, unit_text
from wfm.hotline import Hotline
from wfm.i18n import Text, both, list_words, use_language

__all__ = ["Change", "changes_between", "changes_text", "parameter_text", "value_text"]

_SHORT: dict[str, Text] = {
    "lines.*.demand.scale": both("call volume"),
    "lines.*.handling.scale": both("handling time"),
    "lines.*.demand.calls_per_day": both("calls a weekday"),
    "lines.*.handling.talk_s": both("talk time"),
    "lines.*.handling.hold_s": both("hold time"),
    "lines.*.handling.wrap_s": both("after-call work"),
    "lines.*.patience.mean_s": both("patience"),
    "lines.*.redial.share": both("redials after giving up"),
    "ivr.self_service_share": both("served by the IVR"),
    "ivr.announcement_s": both("announcement"),
    "ivr.menu_s": both("time in the menu"),
    "shrinkage.unplanned_share": both("unplanned absence"),
    "shrinkage.planned_share": both("planned absence"),
    "call_back.missed_calls": both("missed calls called back"),
    "call_back.reached_share": both("call-backs that reach the caller"),
    "seats.opened": both("seats opened"),
    "seats.built": both("seats built"),
    "opening.weekday": both("opening on weekdays"),
    "opening.weekend": both("opening on weekends"),
    "opening.holiday": both("opening on holidays"),
    "occupancy_max": both("cap on occupancy"),
    "trunks.circuits": both("circuits"),
    "groups.*.minimum_seats": both("minimum of agents"),
}
"""Short names of what changes most; all other keys go by the model's own description."""


@dataclass(frozen=True, slots=True)
class Change:
    """One parameter that differs, at one place or alike at several."""

    path: str
    """Key path; ``*`` where every item of a list changes alike."""
    what: Text
    where: Text
    """Names of the items it is about; empty for the whole hotline, or for all items."""
    unit: str
    old: Any
    new: Any
    values: tuple[tuple[Any, Any], ...] = ()
    """Of several items that change in the same proportion: each one's old and new value."""
    whole: bool = False
    """An item of a list that is there in one of the two only."""

    @property
    def ratio(self) -> float | None:
        """New ÷ old, of numbers above zero."""
        pairs = self.values or ((self.old, self.new),)
        ratios = [_ratio(old, new) for old, new in pairs]
        first = ratios[0]
        return first if first is not None and all(r is not None for r in ratios) else None

    @property
    def text(self) -> Text:
        """The change in both languages."""
        shown = _percent(self.ratio) if self.ratio is not None else ""
        if self.whole:
            words = self.what
        elif self.values or (self.path.endswith((".demand.scale", ".handling.scale")) and self.old == 1 and shown):
            words = both("{what} {percent}", what=self.what, percent=shown)
        elif isinstance(self.new, (list, dict)) and not _hours(self.new):
            words = both("{what} changed", what=self.what)
        else:
            words = both(
                "{what} {old} → {new}",
                what=self.what,
                old=value_text(self.old, self.unit),
                new=value_text(self.new, self.unit),
            )
        return both("{where}: {change}", where=self.where, change=words) if self.where.en else words


def changes_between(base: Hotline, other: Hotline) -> list[Change]:
    """What ``other`` sets otherwise than ``base``, in the model's order; items that change alike are told once.

    Names, texts and sources do not count. Items of lists are the same when their identifiers are.
    """
    before, after = leaf_values(base), leaf_values(other)
    differ = [p for path, p in after.items() if path in before and before[path].now != p.now]
    groups: dict[tuple[str, str], list[Parameter]] = {}
    for parameter in differ:
        groups.setdefault((parameter.key, _tail(parameter)), []).append(parameter)
    names = {s.key: s.title for s in [*sections_of(base), *sections_of(other)]}
    found = []
    for its in groups.values():
        found += _told([before[p.path] for p in its], its, base, names)
    return found + _items(base, other)


def changes_text(changes: Sequence[Change], most: int = 4) -> Text:
    """The first changes in one line, and how many there are beyond; empty for none."""
    shown, more = list(changes[:most]), len(changes) - most
    said = {}
    for language in ("en", "zh"):
        with use_language(language):
            words = [c.text.of() for c in shown]
            if more > 0:
                words.append(both("{count} more", count=more).of())
            said[language] = list_words(words)
    return Text(**said)


def parameter_text(parameter: Parameter) -> Text:
    """What a parameter is called: its short name, else the model's description."""
    return _SHORT.get(parameter.key) or both(parameter.description)


def value_text(value: Any, unit: str) -> Text:
    """A parameter's value with its unit, in both languages."""
    if value is None or value == "":
        return both("none")
    if isinstance(value, bool):
        return both("yes") if value else both("no")
    if _hours(value):
        return Text(*[f"{value[0]}–{value[1]}"] * 2)
    if isinstance(value, (list, tuple, dict)):
        return both("{count} entries", count=len(value)) if value else both("none")
    if isinstance(value, (int, float)):
        if unit == "0–1":
            return both("{number} %", number=f"{100 * value:.6g}")
        number = f"{value:,.10g}"
        return both("{number} {unit}", number=number, unit=unit_text(unit)) if unit else Text(number, number)
    return Text(str(value), str(value))


def _hours(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and len(value) == 2 and all(isinstance(v, str) and ":" in v for v in value)


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _ratio(old: Any, new: Any) -> float | None:
    return new / old if _number(old) and _number(new) and old > 0 and new > 0 else None


def _percent(ratio: float | None) -> str:
    if ratio is None:
        return ""
    return f"{100 * (ratio - 1):+.4g} %".replace("-", "−")


def _tail(parameter: Parameter) -> str:
    """What tells a parameter of one item from that of another: the path without the item's name."""
    steps = parameter.path.split(".")
    return ".".join(steps[2:]) if parameter.key.split(".")[1:2] == ["*"] else parameter.path


def _told(before: list[Parameter], after: list[Parameter], base: Hotline, names: dict[str, Text]) -> list[Change]:
    """One change where all items of the list change alike, else one of each item."""
    first = after[0]
    starred = first.key.split(".")[1:2] == ["*"]
    everyone = starred and len(after) == len(getattr(base, first.key.split(".")[0]))
    pairs = [(b.now, a.now) for b, a in zip(before, after, strict=True)]
    what = parameter_text(first)
    path = f"{first.path.split('.')[0]}.*.{_tail(first)}" if starred else first.path
    if everyone and all(pair == pairs[0] for pair in pairs):
        return [Change(path, what, Text("", ""), first.unit, *pairs[0])]
    ratios = [_ratio(*pair) for pair in pairs]
    known = [r for r in ratios if r is not None]
    if everyone and len(after) > 1 and len(known) == len(ratios) and max(known) - min(known) < 0.005:
        return [Change(path, what, Text("", ""), first.unit, *pairs[0], values=tuple(pairs))]
    nobody = Text("", "")
    return [
        Change(a.path, what, names.get(a.section, nobody) if starred else nobody, a.unit, b.now, a.now)
        for b, a in zip(before, after, strict=True)
    ]


def _items(base: Hotline, other: Hotline) -> list[Change]:
    """Items of lists that only one of the hotlines has."""
    found = []
    for name in Hotline.model_fields:
        old, new = getattr(base, name), getattr(other, name)
        if name == "sources" or not (isinstance(old, tuple) and isinstance(new, tuple)):
            continue
        olds, news = ({i.id: i for i in items if hasattr(i, "id")} for items in (old, new))
        for items, others, words in ((news, olds, both("added")), (olds, news, both("taken out"))):
            for key, item in items.items():
                if key not in others:
                    title = item.name if isinstance(getattr(item, "name", None), Text) else Text(key, key)
                    found.append(Change(f"{name}.{key}", words, title, "", None, None, whole=True))
    return found
