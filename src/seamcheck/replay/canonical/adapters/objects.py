"""Python objects in arrays and lists, typed by what they all are (rule 16); a mixture is refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from seamcheck.replay.canonical import types
from seamcheck.replay.canonical.chunks import FixedChunk, Mask
from seamcheck.replay.canonical.columns import Column
from seamcheck.replay.canonical.refusal import Unhashable
from seamcheck.replay.canonical.spec import pack
from seamcheck.replay.canonical.types import Type

_MISSING = {("builtins", "NoneType"), ("pandas", "NAType"), ("pandas", "NaTType")}
#: An integer beyond this may not be a float exactly.
_EXACT = 2**53


def _kind(of: type) -> tuple[str, Type | None]:
    """What a class of objects counts as: a kind for people and its type, or a missing value."""
    name = of.__name__
    if _stands_for_nothing(of):
        return "missing", None
    if issubclass(of, str):
        return "str", types.UTF8
    if issubclass(of, bytes):
        return "bytes", types.BINARY
    if issubclass(of, bool | np.bool_):
        return "bool", types.BOOL
    if issubclass(of, int):
        return "int", types.I64
    if issubclass(of, float):  # numpy.float64 is one
        return "float", types.F64
    if issubclass(of, np.integer | np.floating):
        dtype = np.dtype(of)
        made = types.number(dtype.kind, dtype.itemsize)
        if made is not None:
            return made.name, made
    raise Unhashable(f"objects of type {name} have no digest")


def objects_column(
    values: Iterable[Any], stored: bytes, numeric: bool = False, empty: Type = types.UTF8
) -> Column:
    """Objects as a column. Nothing but missing ones is text: the first of the rules that fits.

    NaN counts as missing among text, bytes, booleans and integers. ``numeric``: integers among floats are floats, as
    for a list of numbers.
    """
    found = list(values)
    kinds = {cls: _kind(cls) for cls in set(map(type, found))}
    present = {of for _, of in kinds.values() if of is not None}
    if types.F64 in present and len(present) > 1:
        number = present == {types.F64, types.I64}
        floats = [value for value in found if isinstance(value, float)]
        if not (numeric and number) and all(value != value for value in floats):
            present.discard(types.F64)
            found = [None if isinstance(value, float) else value for value in found]
        elif numeric and number:
            present = {types.F64}
            found = _as_floats(found)
    if len(present) > 1:
        raise Unhashable("objects of mixed types: " + ", ".join(sorted({name for name, _ in kinds.values()})))
    missing = [_is_missing(value) for value in found]
    return _typed(present.pop() if present else empty, found, np.array(missing, bool), stored)


def _is_missing(value: Any) -> bool:
    return value is None or _stands_for_nothing(type(value))


def _stands_for_nothing(of: type) -> bool:
    """Is this the class of None or of pandas' missing values? Another class of that name is not."""
    return (of.__module__.partition(".")[0], of.__name__) in _MISSING


def _as_floats(found: list[Any]) -> list[Any]:
    for value in found:
        if isinstance(value, int | np.integer) and not -_EXACT <= int(value) <= _EXACT:
            raise Unhashable(f"the integer {value} among floats is not one exactly")
    return [value if _is_missing(value) else float(value) for value in found]


def _typed(of: Type, found: list[Any], missing: Any, stored: bytes) -> Column:
    if of in (types.UTF8, types.BINARY):
        import pyarrow as pa

        from seamcheck.replay.canonical.adapters.arrow import array_column

        whole = [None if gone else value for value, gone in zip(found, missing.tolist(), strict=True)]
        try:
            made = pa.array(whole, pa.large_string() if of is types.UTF8 else pa.large_binary())
        except (pa.ArrowInvalid, UnicodeEncodeError) as error:
            raise Unhashable("text that is not UTF-8") from error
        return array_column(made, stored + pack("object"))
    filled = [0 if gone else value for value, gone in zip(found, missing.tolist(), strict=True)]
    try:
        array = np.array(filled, of.dtype)
    except OverflowError as error:
        raise Unhashable("integers beyond 64 bits") from error
    mask = Mask(missing) if missing.any() else None
    return Column(of, len(found), (FixedChunk(array, mask),), stored + pack("object"))
