"""The functions of this room that Numba compiles (see :mod:`wfm.compiling`)."""

from __future__ import annotations

from pathlib import Path

from wfm.compiling import CompiledRoom

__all__ = ["compiled_before", "kernel", "note_compiled"]

_room = CompiledRoom(Path(__file__).parent)

kernel = _room.kernel
compiled_before = _room.compiled_before
note_compiled = _room.note_compiled
