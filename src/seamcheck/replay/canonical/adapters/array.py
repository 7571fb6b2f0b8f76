"""numpy arrays, also those inside other containers."""

from __future__ import annotations

from typing import Any

import numpy as np

from seamcheck.replay.canonical import types
from seamcheck.replay.canonical.chunks import Chunk, FixedChunk, Mask
from seamcheck.replay.canonical.columns import Column, Matrix, Part, Source
from seamcheck.replay.canonical.leaf import Array, refuse_wide
from seamcheck.replay.canonical.names import Position
from seamcheck.replay.canonical.refusal import Unhashable
from seamcheck.replay.canonical.spec import pack
from seamcheck.replay.canonical.types import Type

_STORED = pack("numpy")
_NAT = np.iinfo(np.int64).min


def plain(values: Array) -> tuple[Type, Array] | None:
    """The type and the bits of an array whose bytes are its values; None for text, objects and calendar days."""
    dtype = values.dtype
    if dtype.kind == "b":
        return types.BOOL, values
    if dtype.kind in "iuf":
        of = types.number(dtype.kind, dtype.itemsize)
        if of is None:
            raise refuse_wide(dtype.kind, dtype.itemsize)
        return of, values
    if dtype.kind in "mM":
        unit, count = np.datetime_data(dtype)
        if dtype.kind == "M" and unit == "D" and count == 1:
            return None
        if count != 1 or unit not in ("s", "ms", "us", "ns"):
            raise Unhashable(f"dtype {dtype} has no digest")
        made = types.timestamp(unit, False) if dtype.kind == "M" else types.duration(unit)
        return made, values.view(dtype.byteorder.replace("|", "=") + "i8")
    return None


def column(values: Array, stored: bytes = _STORED) -> Column:
    """A one-dimensional array as a column; raises Unhashable."""
    known = plain(values)
    if known is not None:
        return Column(known[0], len(values), (FixedChunk(known[1]),), stored)
    kind = values.dtype.kind
    if kind == "M":
        return Column(types.DATE, len(values), (_days(values),), stored)
    if kind == "O":
        from seamcheck.replay.canonical.adapters.objects import objects_column

        return objects_column(values, stored)
    if kind in "UST":
        return _text(values, stored)
    if values.dtype.names is not None:
        raise Unhashable("structured arrays have no digest")
    raise Unhashable(f"dtype {values.dtype} has no digest")


def _days(values: Array) -> Chunk:
    days = values.astype("<M8[D]").view("<i8")
    nulls = days == _NAT
    small = np.where(nulls, 0, days)
    if small.size and (small.min() < -(2**31) or small.max() >= 2**31):
        raise Unhashable("days out of the range of date32")
    return FixedChunk(small.astype("<i4"), Mask(nulls) if nulls.any() else None)


def _text(values: Array, stored: bytes) -> Column:
    import pyarrow as pa

    from seamcheck.replay.canonical.adapters.arrow import array_column
    from seamcheck.replay.canonical.adapters.objects import objects_column

    if (
        values.dtype.kind == "T"
    ):  # numpy's strings of any length; missing ones are objects of the user's choice
        return objects_column(values.astype(object), stored)
    try:
        made = pa.array(values.tolist(), pa.large_binary() if values.dtype.kind == "S" else pa.large_string())
    except (pa.ArrowInvalid, UnicodeEncodeError) as error:
        raise Unhashable("text that is not UTF-8") from error
    return array_column(made, stored)


def parts_of(values: Array, stored: bytes = _STORED) -> tuple[Part, ...]:
    """A two-dimensional array, (rows, columns), as parts."""
    width = values.shape[1]
    known = plain(values)
    if known is not None:
        return (Part(tuple(range(width)), Matrix(known[0], known[1], stored)),) if width else ()
    return tuple(Part((at,), column(values[:, at], stored)) for at in range(width))


def source(obj: Any, kind: str = "numpy.ndarray", container: str = "numpy") -> Source:
    """An array of one, two or more dimensions; more are a matrix of their trailing axes (rule 24)."""
    if isinstance(obj, np.ma.MaskedArray):
        raise Unhashable("masked arrays have no digest")
    values = np.asarray(obj)
    if values.ndim == 0:
        raise Unhashable("an array without dimensions")

    def witness() -> object:
        now = np.asarray(obj)
        return now.shape, now.strides, now.dtype.str, now.__array_interface__["data"][0]

    if values.ndim == 1:
        return Source(
            kind, container, len(values), (None,), (Part((0,), column(values)),), vector=True, witness=witness
        )
    shape: tuple[int, ...] = ()
    if values.ndim > 2:
        shape = values.shape
        values = values.reshape(len(values), -1) if values.size else values.reshape(len(values), 0)
    names = tuple(map(Position, range(values.shape[1])))
    return Source(kind, container, len(values), names, parts_of(values), shape=shape, witness=witness)
