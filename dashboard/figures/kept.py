"""Figures are drawn once of what they show: making one takes plotly longer than all else on a page."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

import plotly.graph_objects as go

from wfm.i18n import language

__all__ = ["kept_figure"]

_MOST = 48

_lock = threading.Lock()
_kept: OrderedDict[tuple[Hashable, ...], tuple[Any, go.Figure]] = OrderedDict()


def kept_figure(shown: object, key: tuple[Hashable, ...], draw: Callable[[], go.Figure]) -> go.Figure:
    """The figure that was drawn of ``shown`` before, else what ``draw`` gives. It is shared: nobody may change it.

    Args:
        shown: what the figure shows, the same object as long as it is the same; it is held as long as the figure.
        key: whatever else decides the figure; the language is added.
        draw: draws it.
    """
    whole = (id(shown), language(), *key)
    with _lock:
        if whole in _kept:
            _kept.move_to_end(whole)
            return _kept[whole][1]
    figure = draw()
    with _lock:
        _kept[whole] = (shown, figure)
        while len(_kept) > _MOST:
            _kept.popitem(last=False)
    return figure
