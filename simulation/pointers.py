"""Records and numbers at an address, for compiled functions that share many arrays.

A compiled function that takes an array takes seven words, and one that takes twenty arrays spends its time on handing them
on. The compiled engine therefore shares one record that holds the addresses of all its arrays. Nothing here checks an
index, and whoever owns the arrays must keep them alive.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import from_dtype, types
from numba.extending import intrinsic
from numpy.typing import NDArray

__all__ = ["address_of", "as_pointer", "number_at", "pointer_to", "whole_at", "word_at"]


def address_of(array: NDArray[Any]) -> int:
    """Where the array's first element is; the array must be contiguous."""
    assert array.flags.c_contiguous
    address: int = array.ctypes.data  # the array interface would describe every field of a record first
    return address


def pointer_to(dtype: np.dtype[np.void]) -> Callable[[int, int], Any]:
    """A function for compiled code: the record ``number`` of an array of this type at an address."""
    record = from_dtype(dtype)

    @intrinsic
    def at(context: Any, address: Any, number: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            place = _place(builder, arguments, dtype.itemsize)
            return builder.inttoptr(place, context.get_value_type(record))

        return record(types.int64, types.int64), generate

    function: Any = at
    return function  # type: ignore[no-any-return]


def _place(builder: Any, arguments: Any, itemsize: int) -> Any:
    address, number = arguments
    return builder.add(address, builder.mul(number, ir.Constant(ir.IntType(64), itemsize)))


def _value_at(kind: Any) -> Callable[[int, int], Any]:
    @intrinsic
    def at(context: Any, address: Any, number: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            place = _place(builder, arguments, 8)
            return builder.load(builder.inttoptr(place, context.get_value_type(kind).as_pointer()))

        return kind(types.int64, types.int64), generate

    function: Any = at
    return function  # type: ignore[no-any-return]


number_at: Callable[[int, int], float] = _value_at(types.float64)
"""For compiled code: element ``number`` of an array of ``float64`` at an address."""

word_at: Callable[[int, int], np.uint64] = _value_at(types.uint64)
"""For compiled code: element ``number`` of an array of ``uint64`` at an address."""

whole_at: Callable[[int, int], int] = _value_at(types.int64)
"""For compiled code: element ``number`` of an array of ``int64`` at an address."""


@intrinsic
def _as_pointer(context: Any, address: Any) -> Any:
    pointer: Any = types.CPointer(types.float64)  # type: ignore[no-untyped-call]

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(pointer))

    return pointer(types.int64), generate


as_pointer: Any = _as_pointer
"""For compiled code: an address of numbers as a pointer that ``numba.carray`` takes."""
