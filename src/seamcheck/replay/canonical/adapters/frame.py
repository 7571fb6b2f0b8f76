"""pandas: frames, series, indexes. Blocks are read where they lie; without them, columns come one by one.

Nothing here makes pandas cache anything on the user's objects (rule 28).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from seamcheck.replay.canonical import types
from seamcheck.replay.canonical.adapters import array as arrays
from seamcheck.replay.canonical.categories import Categories
from seamcheck.replay.canonical.chunks import CategoryChunk, FixedChunk, Mask, RangeChunk
from seamcheck.replay.canonical.columns import Column, Matrix, Part, Source
from seamcheck.replay.canonical.names import shown
from seamcheck.replay.canonical.refusal import Unhashable
from seamcheck.replay.canonical.spec import pack

CONTAINER = "pandas"
_TICKS = ("DatetimeArray", "TimedeltaArray")


def frame(obj: Any) -> Source:
    """A pandas.DataFrame."""
    names = tuple(obj.columns[:])  # a view: to list a header of several levels is to cache it
    blocks = _blocks(obj)
    parts: list[Part] = []
    for positions, values in blocks if blocks is not None else _one_by_one(obj):
        try:
            parts.extend(_parts(positions, values))
        except Unhashable as refused:
            which = ", ".join(repr(shown(names[at])) for at in positions[:3])
            raise Unhashable(f"column {which}: {refused.message}") from refused
    return Source(
        "pandas.DataFrame",
        CONTAINER,
        len(obj.index),
        names,
        tuple(parts),
        row_index=_index(obj.index),
        witness=lambda: (obj.shape, [_place(values) for _, values in _blocks(obj) or ()]),
    )


def series(obj: Any) -> Source:
    """A pandas.Series."""
    part = Part((0,), extension(_array_of(obj)))
    return Source(
        "pandas.Series",
        CONTAINER,
        len(obj),
        (obj.name,),
        (part,),
        vector=True,
        row_index=_index(obj.index),
        witness=lambda: (len(obj), _place(_array_of(obj))),
    )


def index(obj: Any) -> Source:
    """A pandas.Index as data of its own: a vector, or a table of its levels."""
    found = _levels(obj)
    return found._replace(kind=f"pandas.{type(obj).__name__}", container=CONTAINER, vector=obj.nlevels == 1)


def _blocks(obj: Any) -> list[tuple[tuple[int, ...], Any]] | None:
    """Positions and values of each block, or None where this pandas keeps them otherwise."""
    blocks = getattr(getattr(obj, "_mgr", None), "blocks", None)
    if blocks is None:
        return None
    try:
        found = [(tuple(block.mgr_locs.as_array.tolist()), block.values) for block in blocks]
    except AttributeError:
        return None
    places = sorted(at for positions, _ in found for at in positions)
    return found if places == list(range(obj.shape[1])) else None


def _one_by_one(obj: Any) -> Iterator[tuple[tuple[int, ...], Any]]:
    """The public way; a shallow copy keeps what pandas caches."""
    for at, (_, column) in enumerate(obj.copy(deep=False).items()):
        yield (at,), column.array


def _array_of(obj: Any) -> Any:
    array = obj.array
    return np.asarray(array) if type(array).__name__ in ("NumpyExtensionArray", "PandasArray") else array


def _place(values: Any) -> object:
    """Where values lie in memory, as far as they say so."""
    bare = values if isinstance(values, np.ndarray) else getattr(values, "_ndarray", None)
    if not isinstance(bare, np.ndarray):
        bare = getattr(values, "_data", None)
    if isinstance(bare, np.ndarray):
        return bare.__array_interface__["data"][0], bare.shape, bare.strides
    chunked = getattr(values, "_pa_array", None)
    return len(values) if chunked is None else (len(values), id(chunked))


def _parts(positions: tuple[int, ...], values: Any) -> Iterator[Part]:
    """A block as parts. Blocks of several columns have shape (columns, rows)."""
    if isinstance(values, np.ndarray) and values.ndim == 2:
        for part in arrays.parts_of(values.T):
            yield Part(tuple(positions[at] for at in part.positions), part.content)
        return
    if getattr(values, "ndim", 1) == 2:
        of, bits, stored = _ticks(values)
        yield Part(positions, Matrix(of, bits.T, stored))
        return
    yield Part((positions[0],), extension(values))


def _ticks(values: Any) -> tuple[types.Type, Any, bytes]:
    """Datetimes and durations: type, ticks (UTC where aware), and what strict folds."""
    if (
        type(values).__name__ not in _TICKS
    ):  # a PeriodArray has integers below as well, which mean other things
        raise Unhashable(f"dtype {values.dtype} has no digest")
    zone = getattr(values.dtype, "tz", None)
    bare = getattr(values, "_ndarray", None)
    if not isinstance(bare, np.ndarray):
        bare = np.asarray(values if zone is None else values.tz_convert("UTC").tz_localize(None))
    known = arrays.plain(bare)
    if known is None:
        raise Unhashable(f"dtype {values.dtype} has no digest")
    of, bits = known
    if zone is None:
        return of, bits, pack("numpy")
    unit, _ = np.datetime_data(bare.dtype)
    return types.timestamp(unit, True), bits, pack("numpy") + pack("zone", types.zone(zone))


def extension(values: Any) -> Column:
    """One column of any of pandas' arrays; raises Unhashable for those without a digest."""
    if isinstance(values, np.ndarray):
        return arrays.column(values)
    name = type(values).__name__
    if name in ("NumpyExtensionArray", "PandasArray"):
        return arrays.column(np.asarray(values))
    if name == "Categorical":
        return _categorical(values)
    if name in _TICKS:
        of, bits, stored = _ticks(values)
        return Column(of, len(values), (FixedChunk(bits),), stored)
    if hasattr(values, "__arrow_array__") and name.startswith("Arrow"):
        from seamcheck.replay.canonical.adapters.arrow import array_column

        return array_column(_arrow(values), pack("arrow" if name == "ArrowExtensionArray" else "str"))
    if name in ("StringArray", "StringArrayNumpySemantics"):
        return arrays.column(np.asarray(values, object), pack("str"))
    if name in ("IntegerArray", "FloatingArray", "BooleanArray"):
        return _masked(values)
    raise Unhashable(f"dtype {values.dtype} has no digest")


def _arrow(values: Any) -> Any:
    held = getattr(values, "_pa_array", None)
    return held if held is not None else values.__arrow_array__()


def _masked(values: Any) -> Column:
    bare, mask = getattr(values, "_data", None), getattr(values, "_mask", None)
    if not (isinstance(bare, np.ndarray) and isinstance(mask, np.ndarray)):
        mask = np.asarray(values.isna())
        dtype = getattr(values.dtype, "numpy_dtype", np.dtype(bool))
        bare = values.to_numpy(dtype=dtype, na_value=dtype.type(0))
    known = arrays.plain(bare)
    if known is None:
        raise Unhashable(f"dtype {values.dtype} has no digest")
    return Column(known[0], len(bare), (FixedChunk(known[1], Mask(mask)),), pack("masked"))


def _categorical(values: Any) -> Column:
    listed = _values_of(values.categories)
    chunk = CategoryChunk(np.asarray(values.codes), Categories(listed))
    return Column(types.category(listed.type), len(chunk.codes), (chunk,), pack("category"), values.ordered)


def _values_of(labels: Any) -> Column:
    """The values of an index with one level."""
    if type(labels).__name__ == "RangeIndex":
        chunk = RangeChunk(labels.start, labels.step, len(labels))
        return Column(types.I64, len(labels), (chunk,), pack("numpy"))
    return extension(_array_of(labels))


def _levels(labels: Any) -> Source:
    if labels.nlevels == 1:
        columns = [_values_of(labels)]
    else:
        columns = [extension(_array_of(labels.get_level_values(at))) for at in range(labels.nlevels)]
    parts = tuple(Part((at,), column) for at, column in enumerate(columns))
    return Source("pandas.Index", "index", len(labels), tuple(labels.names), parts)


def _index(labels: Any) -> Source | str:
    """The index for profile strict, or why it has no digest; the other profiles do not need one (rule 21)."""
    try:
        return _levels(labels)
    except Unhashable as refused:
        return f"index: {refused.message}"
