"""JSON as the product writes it: numbers that are not defined become null, texts stand in both languages."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from wfm.i18n import Text

__all__ = ["plain_values", "to_json"]


def plain_values(value: Any) -> Any:
    """``value`` as JSON can hold it: NaN and infinity as None, :class:`Text` as ``{"en": …, "zh": …}``."""
    if isinstance(value, Text):
        return value.as_dict()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {str(key): plain_values(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_values(item) for item in value]
    return value


def to_json(value: Any) -> str:
    """``value`` as an indented JSON document without a final newline."""
    return json.dumps(plain_values(value), ensure_ascii=False, indent=2, allow_nan=False)
