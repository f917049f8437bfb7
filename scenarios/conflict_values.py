"""A conflict behind open posts as plain values: what ``--json`` prints and a roster's folder keeps."""

from __future__ import annotations

from typing import Any

from scheduler import Conflict

__all__ = ["conflict_values"]


def conflict_values(conflict: Conflict) -> dict[str, Any]:
    """One conflict as plain values."""
    return {
        "text": conflict.text.as_dict(),
        "minimal": conflict.minimal,
        "people": list(conflict.people),
        "posts": [
            {
                "group": p.group,
                "shift": p.shift,
                "role": p.role,
                "first": p.first.isoformat(),
                "last": p.last.isoformat(),
                "needed": p.needed,
                "dialects": list(p.dialects),
            }
            for p in conflict.posts
        ],
        "rules": [{"rule": r.rule, "people": list(r.people), "text": r.text.as_dict()} for r in conflict.rules],
        "not_offered": [{"rule": rule, "text": text.as_dict()} for rule, text in conflict.held_firm],
        "relaxations": [
            {
                "text": x.text.as_dict(),
                "cost": x.cost,
                "cheapest_proven": x.proven,
                "changes": [
                    {
                        "rule": c.rule,
                        "agent": c.agent,
                        "before": c.before,
                        "after": c.after,
                        "date": c.date.isoformat() if c.date else None,
                    }
                    for c in x.changes
                ],
            }
            for x in conflict.relaxations
        ],
    }
