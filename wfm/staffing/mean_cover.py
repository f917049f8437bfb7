"""The smallest cover of deferred work at mean volumes, and the proof that fewer people could not do.

A number of people is refused when a class falls below its deadline share, or when work piles up from one
period to the next. With one watch no smaller number is accepted; with several, no watch can give up one.

That fewer could not do under *any* rule of service is proven through network flow: amounts p_c·W_c of the
classes can all be in time together exactly when for every set of classes the most work in time, which
serving the earliest deadline first finds, reaches the sum of theirs (D. Gale, "A theorem on flows in
networks", Pacific Journal of Mathematics 7 (1957)).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from wfm.staffing.deferred_items import DeferredWork
from wfm.staffing.earliest_deadline import Hands, Served, serve_by_deadline

__all__ = ["MeanCover", "fewer_are_too_few", "mean_cover"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

_EXACT = 1e-9
_PILES_UP = 1e-4
"""Share of a period's work left over each period that counts as piling up."""
_HEADS_MAX = 100_000
_CLASSES_MAX = 4
"""Up to so many classes, all their sets are tried in the proof."""


@dataclass(frozen=True, slots=True)
class MeanCover:
    """The smallest cover at mean volumes."""

    heads: Counts
    """People at work in each watch; ``(W,)``."""
    served: Served
    unreachable: tuple[int, ...]
    """Classes that no number of people keeps; the cover is for the others."""


def mean_cover(work: DeferredWork, spare_s: Floats, helps: bool, per_head_s: Floats) -> MeanCover:
    """The smallest cover at mean volumes.

    Args:
        work: what arises and when it is due.
        spare_s: idle time of answering agents; ``(T,)``.
        helps: they take work that the back office could do.
        per_head_s: seconds that one person of each watch does; ``(W, T)``.
    """
    watches = len(per_head_s)

    known: dict[tuple[int, ...], Served] = {}

    def run(heads: Counts) -> Served:
        which = tuple(heads.tolist())
        if which not in known:
            known[which] = serve_by_deadline(work, Hands(spare_s, heads @ per_head_s, helps))
        return known[which]

    nobody = np.zeros(watches, dtype=np.int64)
    if not work.work_s.any():
        return MeanCover(nobody, run(nobody), ())
    limits = np.array([c.on_time_share_min for c in work.classes])
    total = work.work_s.sum(axis=1)
    at_best = run(np.full(watches, _HEADS_MAX))
    kept = at_best.on_time_share >= limits - _EXACT
    to_finish = _worked(at_best) >= total * (1 - _PILES_UP)
    to_finish &= np.array([c.doers == "anyone" for c in work.classes])

    def good(heads: Counts) -> bool:
        served = run(heads)
        in_time = (served.on_time_share >= limits - _EXACT)[kept].all()
        return bool(in_time and (_worked(served) >= total * (1 - _PILES_UP))[to_finish].all())

    least = _least_heads(total[to_finish].sum(), spare_s.sum() if helps else 0.0, per_head_s.sum())
    chosen = np.full(watches, _smallest(lambda k: good(np.full(watches, k)), least))
    if watches > 1:
        # What one watch cannot give up now it cannot give up later, when others have given up more.
        for w in np.argsort(-per_head_s.sum(axis=1), kind="stable").tolist():
            chosen[w] = _smallest(lambda k, w=w: good(_with(chosen, w, k)), 0, int(chosen[w]))  # type: ignore[misc]
    return MeanCover(chosen, run(chosen), tuple(np.flatnonzero(~kept).tolist()))


def fewer_are_too_few(work: DeferredWork, spare_s: Floats, helps: bool, per_head_s: Floats, cover: MeanCover) -> bool:
    """Whether no rule of service would do with one person less in any watch."""
    chosen = [c for c in range(len(work.classes)) if c not in cover.unreachable]
    # Without the ban on calling at night more could be in time, never less.
    free = replace(work, may_call=np.ones_like(work.may_call))
    total = work.work_s.sum(axis=1)
    asked = total * np.array([c.on_time_share_min for c in work.classes])
    finished = _worked(cover.served) >= total * (1 - _PILES_UP)
    to_finish = sum(total[c] for c, kind in enumerate(work.classes) if finished[c] and kind.doers == "anyone")
    for w in np.flatnonzero(cover.heads > 0).tolist():
        office = _with(cover.heads, w, int(cover.heads[w]) - 1) @ per_head_s
        if office.sum() + (spare_s.sum() if helps else 0.0) < to_finish * (1 - _PILES_UP):
            continue
        hands = Hands(spare_s, office, helps)
        if not any(_overfull(free, hands, asked, total, part) for part in _sets(chosen)):
            return False
    return True


def _worked(served: Served) -> Floats:
    done: Floats = (served.agents_s + served.office_s).sum(axis=1)
    return done


def _overfull(work: DeferredWork, hands: Hands, asked: Floats, total: Floats, part: tuple[int, ...]) -> bool:
    """Whether these classes alone, served to finish the most in time, stay below what they are asked together."""
    rows = list(part)
    alone = replace(
        work,
        classes=tuple(work.classes[c] for c in rows),
        items=work.items[rows],
        work_s=work.work_s[rows],
        free_from=work.free_from[rows],
        due=work.due[rows],
    )
    in_time = serve_by_deadline(alone, hands).on_time_share @ total[rows]
    return bool(in_time < asked[rows].sum() * (1 - _EXACT))


def _sets(classes: list[int]) -> Iterator[tuple[int, ...]]:
    """All of them, each alone, and where they are few every set between."""
    yield tuple(classes)
    yield from ((c,) for c in classes)
    if len(classes) <= _CLASSES_MAX:
        for size in range(2, len(classes)):
            yield from combinations(classes, size)


def _least_heads(work_s: float, spare_s: float, per_head_s: float) -> int:
    """No fewer have the time at all."""
    if per_head_s <= 0:
        return 0
    return max(int(np.ceil((work_s * (1 - _PILES_UP) - spare_s) / per_head_s)), 0)


def _smallest(good: Callable[[int], bool], low: int, known: int | None = None) -> int:
    """The smallest number from ``low`` that is good, galloping and bisecting; ``known`` is good."""
    if known is None:
        step, known = 1, low
        while not good(known):
            low, known, step = known + 1, min(known + step, _HEADS_MAX), step * 2
    while low < known:
        middle = (low + known) // 2
        if good(middle):
            known = middle
        else:
            low = middle + 1
    return known


def _with(heads: Counts, watch: int, count: int) -> Counts:
    changed = heads.copy()
    changed[watch] = count
    return changed
