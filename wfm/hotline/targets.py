"""The targets that hold for a hotline: its standard's, with what it sets otherwise."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import Literal

from wfm.errors import BadInput
from wfm.hotline.model import Hotline, TargetOverride
from wfm.hotline.sources import closest_sources, steps_of
from wfm.i18n import Text, both, list_words, say
from wfm.metrics import KPIS
from wfm.standards import Target, load_standard, standard_ids

Kind = Literal["published", "secondary", "assumed"]

__all__ = ["check_targets", "targets_of"]


def targets_of(hotline: Hotline) -> tuple[Target, ...]:
    """Every target of the hotline's standard, with the hotline's own limits and definitions.

    Where the standard is only a default, because the hotline's own text publishes no target, each row is
    an assumption and its note says from which source.

    Raises:
        BadInput: the standard, a target that is set otherwise, or a KPI does not exist.
    """
    standard = load_standard(hotline.standard)
    overrides = check_targets(hotline, lambda path: f"{hotline.id}: {'.'.join(map(str, path))}")
    found = []
    for target in standard.targets:
        own = overrides.get(target.id)
        if own is not None:
            target = _limited(_redefined(target, own.kpi), own.limit, _source_of(hotline, own))
        if hotline.standard_is_default:
            note = both(
                "Assumed, secondary source: the hotline's own text publishes no target; {title} stands in.",
                title=standard.title,
            )
            target = target.model_copy(update={"source": "assumed", "note": _noted(note, target)})
        found.append(target)
    return tuple(found)


def check_targets(hotline: Hotline, where: Callable[[tuple[str | int, ...]], str]) -> dict[str, TargetOverride]:
    """What the hotline sets otherwise, by target; ``where`` names the place of a key path in messages.

    Raises:
        BadInput: the standard, a target or a KPI does not exist, or a target stands twice.
    """
    if hotline.standard not in standard_ids():
        raise BadInput(
            say(
                "{where}: no standard {standard!r}; known: {known}",
                where=where(("standard",)),
                standard=hotline.standard,
                known=list_words(standard_ids()),
            )
        )
    known = [target.id for target in load_standard(hotline.standard).targets]
    found: dict[str, TargetOverride] = {}
    for number, override in enumerate(hotline.targets):
        at = where(("targets", number, "target"))
        if override.target not in known:
            raise BadInput(
                say(
                    "{where}: {standard} has no target {target!r}; known: {known}",
                    where=at,
                    standard=hotline.standard,
                    target=override.target,
                    known=list_words(known) or say("none"),
                )
            )
        if override.target in found:
            raise BadInput(say("{where}: the target {target!r} stands twice", where=at, target=override.target))
        if override.kpi is not None and override.kpi not in KPIS:
            close = get_close_matches(override.kpi, KPIS, n=3, cutoff=0.5) or list(KPIS)
            raise BadInput(
                say(
                    "{where}: no KPI {kpi!r}; known: {known}",
                    where=where(("targets", number, "kpi")),
                    kpi=override.kpi,
                    known=list_words(close),
                )
            )
        found[override.target] = override
    return found


def _source_of(hotline: Hotline, override: TargetOverride) -> Kind:
    """How surely the hotline's own limit is known: assumed where it does not say."""
    at = hotline.targets.index(override)
    closest = closest_sources(hotline.sources, steps_of(f"targets.{at}.limit"))
    return closest[0].kind if closest else "assumed"


def _redefined(target: Target, kpi_id: str | None) -> Target:
    """The target measured by another KPI."""
    if kpi_id is None or kpi_id == target.kpi:
        return target
    kpi = KPIS[kpi_id]
    usual = KPIS[target.kpi].name if target.kpi in KPIS else target.name
    note = both(
        "Measured by this hotline as: {kpi} (the standard's row: {usual}).",
        kpi=kpi.name,
        usual=usual,
    )
    return target.model_copy(
        update={"kpi": kpi_id, "unit": kpi.unit, "measure": "calls", "note": _noted(note, target)},
    )


def _limited(target: Target, limit: float | None, source: Kind) -> Target:
    """The target with another limit; one without a limit gets the comparison that its KPI calls for."""
    if limit is None or limit == target.limit:
        return target
    usual = both("none") if target.limit is None else f"{target.limit:g}"
    note = both("Limit {limit:g} set by this hotline (the standard's: {usual}).", limit=limit, usual=usual)
    higher = target.kpi not in KPIS or KPIS[target.kpi].better == "higher"
    operator = target.operator or (">=" if higher else "<=")
    return target.model_copy(
        update={"limit": limit, "operator": operator, "source": source, "note": _noted(note, target)}
    )


def _noted(note: Text, target: Target) -> Text:
    """``note`` before the note that the target has already."""
    if target.note is None:
        return note
    return Text(f"{note.en} {target.note.en}", f"{note.zh}{target.note.zh}")
