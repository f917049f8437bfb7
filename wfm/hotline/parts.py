"""What every part of a hotline's configuration is built from: kinds of values, and how a misfit is told."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Clock", "Identifier", "Misfit", "Part", "PositiveSeconds", "Seconds", "Share", "minutes_of"]

_ = str
"""Marks a description for the message catalogue; it is translated where it is shown."""

Share = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(ge=0)]
PositiveSeconds = Annotated[float, Field(gt=0)]
Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]
"""A time of day ``HH:MM``; ``24:00`` ends the day."""


class Misfit(ValueError):
    """Values that do not fit together; ``at`` is the key path to point at, relative to the part checked."""

    def __init__(self, message: str, *at: str | int) -> None:
        super().__init__(message)
        self.at = at


class Part(BaseModel):
    """A part of the hotline's configuration: immutable, and no key that is not known."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def minutes_of(clock: str) -> int:
    """Minutes since midnight of a :data:`Clock`."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
