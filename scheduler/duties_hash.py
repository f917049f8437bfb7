"""What a roster says, as a short hash: the same for the same duties, whatever their order or file."""

from __future__ import annotations

import hashlib

import pandas as pd

from scheduler.export import duties_csv

__all__ = ["duties_hash"]


def duties_hash(duties: pd.DataFrame) -> str:
    """SHA-256 of the duties (``tables.DUTIES``) as CSV in order of agent, start and role: 16 hexadecimal digits."""
    ordered = duties.sort_values(["agent", "start", "role"], kind="stable")
    return hashlib.sha256(duties_csv(ordered)).hexdigest()[:16]
