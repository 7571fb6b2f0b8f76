"""Canonical leaves: the values of up to a block of rows as digests (rules 5 to 12, 15).

A leaf has three parts: its values, its validity (empty where nothing is null), and what only ``strict`` looks at
(the validity of floats, where null and NaN are one missing value for every trainer, rule 11).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from seamcheck.replay.canonical.refusal import Unhashable
from seamcheck.replay.canonical.spec import BLOCK, FIXED, NESTED, SIZE, TEXT, VALIDITY, data, digest
from seamcheck.replay.canonical.types import Type

Array = np.ndarray[Any, Any]
#: For each row: is it null? None where no row is.
Nulls = Array | None

_LOWEST = np.iinfo(np.int64).min
_NOTHING = bytes(SIZE)
_minimum: Any = np.minimum.reduce
_maximum: Any = np.maximum.reduce


class Leaf(NamedTuple):
    """Digests of a block; b"" for an empty part."""

    values: bytes
    validity: bytes = b""
    exact: bytes = b""


class Leaves(NamedTuple):
    """The leaves of a column, part by part: 16 bytes a block; b"" for a part that is empty in all of them."""

    values: bytes
    validity: bytes = b""
    exact: bytes = b""


def gather(leaves: Iterable[Leaf]) -> Leaves:
    """Leaves in order as one thing."""
    values, validity, exact = [], [], []
    for leaf in leaves:
        values.append(leaf.values)
        validity.append(leaf.validity)
        exact.append(leaf.exact)
    return Leaves(b"".join(values), _aligned(validity), _aligned(exact))


def _aligned(parts: list[bytes]) -> bytes:
    return b"".join(part or _NOTHING for part in parts) if any(parts) else b""


def join(many: Iterable[Leaves]) -> Leaves:
    """The leaves of row ranges that follow each other."""
    return gather(leaf for leaves in many for leaf in split(leaves))


def split(leaves: Leaves) -> list[Leaf]:
    """One leaf a block."""
    cuts = range(0, len(leaves.values), SIZE)
    return [Leaf(*(_part(part, at) for part in leaves)) for at in cuts]


def _part(part: bytes, at: int) -> bytes:
    piece = part[at : at + SIZE]
    return b"" if piece == _NOTHING else piece


def validity(nulls: Nulls) -> bytes:
    """The digest of the packed bitmap (1 = null, least significant bit first), or b"" (rule 9)."""
    if nulls is None or not nulls.any():
        return b""
    return digest(np.packbits(nulls, bitorder="little"), seed=VALIDITY)


def fixed(of: Type, values: Array, nulls: Nulls) -> Leaf:
    """A leaf of values with a width. Neither argument is changed."""
    if of.form == "ticks":  # NaT and null are one thing (rule 10)
        nat = values == _LOWEST
        nulls = nat if nulls is None else nat | nulls
    missing = validity(nulls)
    if missing:
        values = without_nulls(of, values, nulls)
    if of.form != "float":
        clean = plain_bool(values) if of.form == "bool" else np.ascontiguousarray(values, of.dtype)
        return Leaf(digest(data(clean), seed=FIXED), missing)
    return Leaf(digest(floats(of, values), seed=FIXED), b"", missing)


def floats(of: Type, values: Array) -> Array:
    """Floats with one zero and one NaN (rule 6): the array itself where it has no others, else a copy."""
    values = np.ascontiguousarray(values, of.dtype)
    if of.dtype == "<f8":
        return values if _is_canonical(values) else _fixed_floats(values, "<u8", 52)
    if of.dtype == "<f4":
        return values if _is_plain(values) else _fixed_floats(values, "<u4", 23)
    return _fixed_floats(values, "<u2", 10 if of.dtype == "<f2" else 7)


def _is_plain(values: Array) -> bool:
    """No NaN and no -0.0, whose bits are the lowest integer. Reductions in cache cost next to nothing."""
    bits = values.view(f"i{values.itemsize}")
    if bits.size and _minimum(bits) == np.iinfo(bits.dtype).min:
        return False
    largest = _maximum(values) if bits.size else 0.0
    return bool(largest == largest)


def _is_canonical(values: Array) -> bool:
    """No -0.0, and no NaN but the canonical one (float64).

    With a NaN somewhere, three more reductions tell whether all are: as integers, positive NaNs with a payload
    are above it, negative ones the highest unsigned, and signalling ones just above infinity.
    """
    bits = values.view("<i8")
    if bits.size == 0:
        return True
    if _minimum(bits) == _LOWEST:
        return False
    largest = _maximum(values)
    if largest == largest:
        return True
    unsigned = values.view("<u8")
    if _maximum(bits) != _QUIET or _maximum(unsigned) > _MINUS_INFINITY:
        return False
    return bool(_minimum(unsigned - _SIGNALLING) == _QUIET - int(_SIGNALLING))


_QUIET = 0x7FF8_0000_0000_0000
_MINUS_INFINITY = 0xFFF0_0000_0000_0000
_SIGNALLING = np.uint64(0x7FF0_0000_0000_0001)


def _fixed_floats(values: Array, unsigned: str, mantissa: int) -> Array:
    """A copy with one zero and one NaN, by integer operations: no rounding mode touches denormals."""
    bits = values.view(unsigned).copy()
    kind = bits.dtype.type
    width = 8 * bits.dtype.itemsize
    sign = kind(1 << (width - 1))
    magnitude = bits & kind((1 << (width - 1)) - 1)
    infinity = ((1 << (width - 1)) - 1) >> mantissa << mantissa
    bits[magnitude > kind(infinity)] = kind(infinity | 1 << (mantissa - 1))
    bits[bits == sign] = kind(0)
    return bits


def without_nulls(of: Type, values: Array, nulls: Nulls) -> Array:
    """A copy with the bytes under nulls set to what rule 10 says."""
    filled = np.array(values, of.dtype)
    if of.form == "ticks":
        filled[nulls] = _LOWEST
    elif of.dtype == "<u2" and of.form == "float":
        filled[nulls] = 0x7FC0
    elif of.form == "float":
        filled[nulls] = np.nan
    elif of.form == "decimal":
        filled[nulls] = np.zeros(1, of.dtype)
    else:
        filled[nulls] = 0
    return filled


def plain_bool(values: Array) -> Array:
    """One byte a row, 0 or 1; any other byte is true (rule 7)."""
    bits = np.ascontiguousarray(values).view(np.uint8)
    return bits if bits.size == 0 or _maximum(bits) <= 1 else (bits != 0).view(np.uint8)


def text(lengths: Array, payload: Array, nulls: Nulls) -> Leaf:
    """A leaf of utf8 or binary: a digest over those of its lengths and its bytes (rule 12)."""
    missing = validity(nulls)
    if missing and nulls is not None and lengths[nulls].any():  # bytes under a null are dropped (rule 10)
        payload = payload[np.repeat(~nulls, lengths)]
        lengths = np.where(nulls, 0, lengths)
    wide = payload.size >= 2**32
    sizes = np.ascontiguousarray(lengths, "<u8" if wide else "<u4")
    parts = digest(sizes, seed=TEXT) + digest(np.ascontiguousarray(payload, np.uint8), seed=TEXT)
    return Leaf(digest(parts + struct.pack("<Q?", lengths.size, wide), seed=TEXT), missing)


def nothing(rows: int) -> Leaf:
    """A leaf of type null."""
    return Leaf(digest(struct.pack("<Q", rows), seed=NESTED), validity(np.ones(rows, bool)))


def blocks(rows: int) -> list[tuple[int, int]]:
    """First row and end of each block of a column; a column without rows has none (rule 3)."""
    return [(low, min(low + BLOCK, rows)) for low in range(0, rows, BLOCK)]


def refuse_wide(kind: str, width: int) -> Unhashable:
    """Why numbers of this numpy kind and width have no digest (rule 17)."""
    return Unhashable(f"numbers of kind {kind!r} with {8 * width} bits have no digest")
