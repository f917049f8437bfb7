"""How compiled code counts the calls of a line on a date: whole numbers and sums of seconds, written out at the end.

An answered call is counted once, by how many of the thresholds its wait exceeds; "answered within" is added up when the
counts are written. Sums of seconds are added call by call, for their last bits depend on the order.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulation.kernels import kernel
from wfm.metrics import COUNTS
from wfm.tables import WAIT_THRESHOLDS_S

__all__ = [
    "ACCEPTED",
    "CALLED_BACK",
    "CLOSED_OUTSIDE",
    "CLOSED_WITHIN",
    "FOUND_BUSY",
    "GONE",
    "GONE_15",
    "GONE_OVER_40",
    "GONE_SHORT",
    "IVR_DONE",
    "IVR_LEFT",
    "SUMS",
    "SUM_ALL",
    "SUM_ANSWERED",
    "SUM_DIALLING",
    "SUM_HANDLE",
    "THRESHOLDS",
    "WHOLE",
    "write_counts",
]

THRESHOLDS = tuple(float(threshold) for threshold in WAIT_THRESHOLDS_S)
_WITHIN_40 = WAIT_THRESHOLDS_S.index(40)
_SLOWER = len(WAIT_THRESHOLDS_S)

GONE, GONE_SHORT, GONE_15, GONE_OVER_40 = range(_SLOWER + 1, _SLOWER + 5)
"""Whole numbers of a cell behind those answered by thresholds exceeded: who gave up, and how soon or late."""
FOUND_BUSY, CLOSED_OUTSIDE, CLOSED_WITHIN, ACCEPTED, IVR_DONE, IVR_LEFT, CALLED_BACK, WHOLE = range(
    _SLOWER + 5, _SLOWER + 13
)
"""Those who never waited: found all circuits busy; found the centre closed at once, or after the IVR; accepted a
call-back; were served by the IVR, or hung up in it. Those who were called back. How many whole numbers there are."""
SUM_ANSWERED, SUM_DIALLING, SUM_ALL, SUM_HANDLE, SUMS = range(5)
"""Sums of seconds: waits of those answered, from the queue and from dialling; of all; handling. How many there are."""

_COUNT = {name: number for number, name in enumerate(COUNTS)}
_OFFERED, _BLOCKED, _CLOSED = _COUNT["offered"], _COUNT["blocked"], _COUNT["closed"]
_IVR_ANSWERED, _IVR_COMPLETED, _IVR_ABANDONED = (
    _COUNT["ivr_answered"],
    _COUNT["ivr_completed"],
    _COUNT["ivr_abandoned"],
)
_QUEUED, _ANSWERED, _ABANDONED = _COUNT["queued"], _COUNT["answered"], _COUNT["abandoned"]
_SHORT_ABANDONED, _ABANDONED_15 = _COUNT["short_abandoned"], _COUNT["abandoned_within_15_s"]
_CALLED_BACK, _OVER_40, _RANG = _COUNT["called_back"], _COUNT["waited_over_40_s"], _COUNT["rang_over_three"]
_WAIT_ANSWERED, _WAIT_DIALLING = _COUNT["wait_answered_s"], _COUNT["wait_dialling_s"]
_WAIT_ALL, _HANDLE = _COUNT["wait_all_s"], _COUNT["handle_s"]
_WITHIN = _COUNT[f"answered_within_{WAIT_THRESHOLDS_S[0]}_s"]


@kernel
def write_counts(whole: NDArray[np.int64], sums: NDArray[np.float64], rang: bool, counts: NDArray[np.float64]) -> None:
    """Fill daily counts but for ``staffed_s``.

    Args:
        whole: (L × D, :data:`WHOLE`) of each line and date.
        sums: (L × D, :data:`SUMS`) seconds.
        rang: whether every telephone rings longer than three times.
        counts: (L, D, counts), overwritten.
    """
    lines, days = counts.shape[:2]
    counts[:] = 0
    for line in range(lines):
        for date in range(days):
            cell = line * days + date
            answered = 0
            for threshold in range(_SLOWER):
                answered += whole[cell, threshold]
                counts[line, date, _WITHIN + threshold] = answered
            within_40 = counts[line, date, _WITHIN + _WITHIN_40]
            answered += whole[cell, _SLOWER]
            queued = answered + whole[cell, GONE] + whole[cell, ACCEPTED]
            through_ivr = queued + whole[cell, CLOSED_WITHIN] + whole[cell, IVR_DONE] + whole[cell, IVR_LEFT]
            counts[line, date, _BLOCKED] = whole[cell, FOUND_BUSY]
            counts[line, date, _CLOSED] = whole[cell, CLOSED_OUTSIDE] + whole[cell, CLOSED_WITHIN]
            counts[line, date, _OFFERED] = through_ivr + whole[cell, FOUND_BUSY] + whole[cell, CLOSED_OUTSIDE]
            counts[line, date, _IVR_ANSWERED] = through_ivr
            counts[line, date, _IVR_COMPLETED] = whole[cell, IVR_DONE]
            counts[line, date, _IVR_ABANDONED] = whole[cell, IVR_LEFT]
            counts[line, date, _QUEUED] = queued
            counts[line, date, _ANSWERED] = answered
            counts[line, date, _ABANDONED] = whole[cell, GONE]
            counts[line, date, _SHORT_ABANDONED] = whole[cell, GONE_SHORT]
            counts[line, date, _ABANDONED_15] = whole[cell, GONE_15]
            counts[line, date, _OVER_40] = answered - within_40 + whole[cell, GONE_OVER_40]
            counts[line, date, _RANG] = answered if rang else 0
            counts[line, date, _CALLED_BACK] = whole[cell, CALLED_BACK]
            counts[line, date, _WAIT_ANSWERED] = sums[cell, SUM_ANSWERED]
            counts[line, date, _WAIT_DIALLING] = sums[cell, SUM_DIALLING]
            counts[line, date, _WAIT_ALL] = sums[cell, SUM_ALL]
            counts[line, date, _HANDLE] = sums[cell, SUM_HANDLE]
