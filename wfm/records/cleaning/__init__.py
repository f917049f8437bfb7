"""Marks on the records: what was not recorded, what was out of the ordinary, and which days were special.

Nothing is ever taken out of the records. A mark says of a stretch of time, for one line or for all, why it should not be
learned from, or what it was; it is proposed with its numbers, accepted or undone by somebody, and kept with its history.
"""

from wfm.records.cleaning.find_marks import find_marks
from wfm.records.cleaning.mark_history import MarkEvent, MarkHistory
from wfm.records.cleaning.marks import KINDS, Mark, hide_marked, observed_mask, special_days

__all__ = ["KINDS", "Mark", "MarkEvent", "MarkHistory", "find_marks", "hide_marked", "observed_mask", "special_days"]
