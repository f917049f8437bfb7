"""Duties given to a firm first, the lawyer named later.

Such a duty has a place (:mod:`scheduler.firm_places`) instead of a person; naming a person turns it into an ordinary duty.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from scheduler.checker import Violation, check_roster
from scheduler.firm_places import firm_of_place, firm_place
from scheduler.problem import RosterProblem
from scheduler.table_rows import rows_of
from wfm.errors import BadInput
from wfm.i18n import list_words, say

__all__ = ["check_with_places", "give_to_firms", "name_person", "places_to_name"]


def places_to_name(duties: pd.DataFrame) -> pd.DataFrame:
    """The duties (``tables.DUTIES``) for which a firm has still to name somebody."""
    found: pd.DataFrame = duties[_is_place(duties)]
    return found


def give_to_firms(problem: RosterProblem, duties: pd.DataFrame, firms: frozenset[str] | None = None) -> pd.DataFrame:
    """The duties with places instead of the people of ``firms``, or of every firm; people without a firm stay."""
    firm_of = {a.id: a.firm for a in problem.agents}
    taken: Counter[tuple[str, Any, str]] = Counter()
    names = []
    for row in rows_of(duties):
        firm = firm_of.get(str(row.agent), "")
        if not firm or (firms is not None and firm not in firms):
            names.append(str(row.agent))
            continue
        taken[firm, row.start, str(row.role)] += 1
        names.append(firm_place(firm, taken[firm, row.start, str(row.role)]))
    return duties.assign(agent=pd.array(names, dtype="string"))


def name_person(problem: RosterProblem, duties: pd.DataFrame, post: str, role: str, agent: str) -> pd.DataFrame:
    """The duties with ``agent`` on the post that a firm holds. Rules are the checker's matter.

    Raises:
        BadInput: the post is no firm's, the person is unknown or of another firm.
    """
    there = (duties["post"] == post) & (duties["role"] == role)
    open_there = there & _is_place(duties)
    if not open_there.any():
        known = [f"{r.post} {r.role}" for r in rows_of(places_to_name(duties))][:5]
        if not known:
            raise BadInput(say("post {post} {role}: no duty waits for a name", post=post, role=role))
        raise BadInput(
            say(
                "post {post} {role}: it does not wait for a name; these do: {known}",
                post=post,
                role=role,
                known=list_words(known),
            )
        )
    person = next((a for a in problem.agents if a.id == agent), None)
    firm = firm_of_place(str(duties.loc[open_there, "agent"].iloc[0]))
    if person is None:
        raise BadInput(say("unknown agent {agent}", agent=agent))
    if person.firm != firm:
        raise BadInput(
            say(
                "post {post} {role} is for {firm} to name; {agent} is of {other}",
                post=post,
                role=role,
                firm=firm,
                agent=agent,
                other=person.firm or say("no firm"),
            )
        )
    names = duties["agent"].copy()
    names[open_there] = agent
    return duties.assign(agent=names)


def check_with_places(problem: RosterProblem, duties: pd.DataFrame) -> list[Violation]:
    """What the independent checker finds in a roster of which firms have still to name people.

    A place fills its post; rules about a person are checked once the person is named.
    """
    places = places_to_name(duties)
    if places.empty:
        return check_roster(problem, duties)
    given = Counter((pd.Timestamp(r.date), str(r.group), str(r.shift), str(r.role)) for r in rows_of(places))
    posts = problem.posts.copy()
    keys = list(zip(pd.to_datetime(posts["date"]), posts["group"], posts["shift"], strict=True))
    for column, role in (("posts_a", "A"), ("posts_b", "B")):
        kept = [max(0, n - given[(*key, role)]) for key, n in zip(keys, posts[column], strict=True)]
        posts[column] = pd.array(kept, dtype="int64")
    named = duties[~_is_place(duties)]
    found = [v for v in check_roster(replace(problem, posts=posts), named) if v.rule != "firm_share"]
    # A firm's share is of all posts, those it has still to name people for among them.
    return found + [v for v in check_roster(problem, named) if v.rule == "firm_share"]


def _is_place(duties: pd.DataFrame) -> Any:
    return np.array([firm_of_place(str(name)) is not None for name in duties["agent"]], dtype=bool)
