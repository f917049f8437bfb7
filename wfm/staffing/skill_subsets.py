"""Which sets of lines bind shared agents: sets that hang together by agents, and leave out no line that those agents know alone.

Agents who know the same lines are a skill group. A set S of lines needs R(S) seats among the groups N(S)
that can answer any of it. Of all 2^L − 1 sets only two kinds can say something new:

* *connected* ones: if S falls apart into parts whose agents are different people, the parts' own needs
  hold one by one, and no call of one part can be answered in the other;
* *closed* ones: a line known only by groups of N(S) adds load and no agent, so S with it asks for at
  least as much of the same agents.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["LineSet", "binding_sets", "groups_of"]

LineSet = frozenset[int]
"""Lines by their index."""


def groups_of(lines: LineSet, skills: Sequence[LineSet]) -> LineSet:
    """N(S): the skill groups, by index, that can answer some line of the set."""
    return frozenset(k for k, known in enumerate(skills) if known & lines)


def closed_set(lines: LineSet, skills: Sequence[LineSet], count: int) -> LineSet:
    """The set with every line that none but its own agents know."""
    able = groups_of(lines, skills)
    return frozenset(x for x in range(count) if groups_of(frozenset({x}), skills) <= able)


def binding_sets(skills: Sequence[LineSet], count: int, most: int) -> tuple[list[LineSet], bool]:
    """Connected closed sets of ``count`` lines, small ones first, and whether these are all of them.

    With more than ``most`` of them, only those to start a search from: every line alone and all together.
    """
    beside = _neighbours(skills, count)
    start = [closed_set(frozenset({x}), skills, count) for x in range(count)]
    alone = list(dict.fromkeys(part for one in start for part in _connected_parts(one, beside)))
    found, queue = dict.fromkeys(alone), alone.copy()
    for lines in queue:
        for x in sorted(frozenset().union(*(beside[y] for y in lines)) - lines):
            grown = _part_with(closed_set(lines | {x}, skills, count), beside, x)
            if grown not in found:
                if len(found) >= most:
                    return list(dict.fromkeys([*alone, *_connected_parts(frozenset(range(count)), beside)])), False
                found[grown] = None
                queue.append(grown)
    return sorted(found, key=lambda s: (len(s), sorted(s))), True


def _neighbours(skills: Sequence[LineSet], count: int) -> list[LineSet]:
    """For each line the lines that some agent knows beside it."""
    empty: LineSet = frozenset()
    return [empty.union(*(known for known in skills if x in known)) - {x} for x in range(count)]


def _part_with(lines: LineSet, beside: Sequence[LineSet], x: int) -> LineSet:
    """The connected part of the set that holds line ``x``."""
    part, edge = {x}, [x]
    while edge:
        new = (beside[edge.pop()] & lines) - part
        part |= new
        edge += new
    return frozenset(part)


def _connected_parts(lines: LineSet, beside: Sequence[LineSet]) -> Iterable[LineSet]:
    left = set(lines)
    while left:
        part = _part_with(lines, beside, min(left))
        left -= part
        yield part
