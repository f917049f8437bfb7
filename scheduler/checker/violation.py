"""What the checker finds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from wfm.i18n import Text

__all__ = ["COVER_RULES", "Violation"]

COVER_RULES = ("posts_filled", "standing_pairs", "pins_kept", "limits_owed")
"""Rules about what is left open; all other rules say what a person may be asked to do."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule: which, whose, when, in words.

    ``agent`` is empty where no single person is concerned, ``date`` where no single day is.
    """

    rule: str
    agent: str
    date: date | None
    text: Text

    @property
    def breaks_law(self) -> bool:
        """Whether the roster is illegal by it; an open post leaves it legal but short."""
        return self.rule not in COVER_RULES
