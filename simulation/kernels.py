"""The functions of this room that Numba compiles (see :mod:`wfm.compiling`). Loaded by the compiled engine alone."""

from __future__ import annotations

from pathlib import Path

from wfm.compiling import CompiledRoom

__all__ = ["alone", "cache_folder", "compiled_before", "inlined", "kernel", "note_compiled", "part", "small"]

_room = CompiledRoom(Path(__file__).parent)

alone = _room.alone
kernel = _room.kernel
inlined = _room.inlined
part = _room.part
small = _room.small
cache_folder = _room.cache_folder
compiled_before = _room.compiled_before
note_compiled = _room.note_compiled
