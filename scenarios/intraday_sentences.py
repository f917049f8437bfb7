"""What a move says: who does what when, and what it does for the day."""

from __future__ import annotations

from scenarios.intraday_kpi import DayKpi
from scenarios.intraday_situation import Proposal
from wfm.i18n import LANGUAGES, Text, both, list_words, say, use_language

__all__ = ["kpi_text", "people_text", "sentence_of", "with_loss"]

NAMES_SHOWN = 3


def kpi_text(value: float, unit: str) -> Text:
    """A KPI's value: per cent with two digits, or seconds."""
    if unit == "share":
        return Text(f"{value:.2%}", f"{value:.2%}")
    if unit == "s":
        return both("{value:.1f} s", value=value)
    return Text(f"{value:.1f}", f"{value:.1f}")


def people_text(people: tuple[str, ...]) -> Text:
    """The first people by name, the others counted."""
    spoken = {}
    for chosen in LANGUAGES:
        with use_language(chosen):
            more = len(people) - NAMES_SHOWN
            words = list_words(list(people[:NAMES_SHOWN]))
            spoken[chosen] = words if more <= 0 else say("{names} and {more} more", names=words, more=more)
    return Text(**spoken)


def sentence_of(proposal: Proposal, kpi: DayKpi, before: float, after: float) -> Text:
    """The move and its effect."""
    old, new = kpi_text(before, kpi.unit), kpi_text(after, kpi.unit)
    if proposal.kind == "home":
        return both(
            "{action}: saves {hours:.1f} h, and {kpi} of the day goes from {old} to {new}",
            action=proposal.action,
            hours=-proposal.hours,
            kpi=kpi.name,
            old=old,
            new=new,
        )
    if proposal.kind == "postpone":
        return proposal.action
    return both(
        "{action}: {kpi} of the day goes from {old} to {new}", action=proposal.action, kpi=kpi.name, old=old, new=new
    )


def with_loss(text: Text, kpi: DayKpi, after: float) -> Text:
    """The sentence of a move, with the target that loses by it."""
    return both(
        "{move}; but {kpi} goes from {old} to {new}",
        move=text,
        kpi=kpi.name,
        old=kpi_text(kpi.value, kpi.unit),
        new=kpi_text(after, kpi.unit),
    )
