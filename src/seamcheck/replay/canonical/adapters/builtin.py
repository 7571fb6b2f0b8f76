"""Python's own containers and values: lists of numbers and text, lists of rows, lists and dicts of other objects."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import xxhash

from seamcheck.replay.canonical import types
from seamcheck.replay.canonical.adapters.objects import objects_column
from seamcheck.replay.canonical.columns import Bundle, Constant, Given, Part, Source
from seamcheck.replay.canonical.names import Position, encode, shown
from seamcheck.replay.canonical.refusal import Unhashable
from seamcheck.replay.canonical.spec import FILE, pack

_STORED = pack("numpy")
_SCALARS = (str, bytes, bool, int, float, np.generic, type(None))


def sequence(obj: Sequence[Any], inner: Callable[[Any], Given]) -> Given:
    """A list or tuple: of plain values a vector, of rows of plain values a matrix, else a bundle."""
    kind = type(obj).__name__ if type(obj) in (list, tuple) else "list"
    if all(isinstance(each, _SCALARS) for each in obj):
        column = objects_column(obj, _STORED, numeric=True, empty=types.F64)
        return Source(
            "list", "list", len(obj), (None,), (Part((0,), column),), vector=True, witness=lambda: len(obj)
        )
    rows = all(
        isinstance(each, list | tuple) and all(isinstance(value, _SCALARS) for value in each) for each in obj
    )
    if rows:
        return _matrix(obj)
    return Bundle(kind, tuple(_member(Position(at), each, inner) for at, each in enumerate(obj)))


def _matrix(obj: Sequence[Sequence[Any]]) -> Source:
    """Rows of plain values: one type for all, as a trainer would make of them."""
    widths = {len(row) for row in obj}
    if len(widths) != 1:
        raise Unhashable("rows of different lengths")
    width = widths.pop()
    whole = objects_column([value for row in obj for value in row], _STORED, numeric=True, empty=types.F64)
    flat = [value for row in obj for value in row]
    parts = []
    for at in range(width):
        column = objects_column(flat[at::width], _STORED, numeric=True, empty=whole.type)
        if column.type != whole.type:  # integers in this column, floats in others
            column = objects_column([_float(value) for value in flat[at::width]], _STORED, empty=whole.type)
        parts.append(Part((at,), column))
    names = tuple(map(Position, range(width)))
    return Source("list", "list", len(obj), names, tuple(parts), witness=lambda: len(obj))


def _float(value: Any) -> Any:
    return float(value) if isinstance(value, int | np.integer) else value


def mapping(obj: Mapping[Any, Any], inner: Callable[[Any], Given]) -> Bundle:
    """A dict of objects, in its order."""
    for name in obj:
        encode(name)
    return Bundle("dict", tuple(_member(name, value, inner) for name, value in obj.items()))


def _member(name: Hashable, obj: Any, inner: Callable[[Any], Given]) -> tuple[Hashable, Given]:
    try:
        return name, inner(obj)
    except Unhashable as refused:
        raise Unhashable(f"[{shown(name)}]: {refused.message}") from refused


def scalar(obj: Any) -> Constant:
    """A plain value that stands where data could: ``cv=5``, ``categorical_feature="auto"``."""
    return Constant(type(obj).__name__, encode(obj))


def file(path: str) -> Constant:
    """The bytes of a file (rule 25); raises Unhashable where it cannot be read."""
    hasher = xxhash.xxh3_128(seed=FILE)
    try:
        with open(path, "rb") as handle:
            before = os.fstat(handle.fileno())
            while block := handle.read(1 << 20):
                hasher.update(block)
            after = os.fstat(handle.fileno())
    except OSError as error:
        raise Unhashable(f"a file that cannot be read ({error.strerror})") from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise Unhashable("a file that was changed while it was hashed")
    return Constant("file", hasher.digest())
