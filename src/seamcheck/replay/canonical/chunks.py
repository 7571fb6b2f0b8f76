"""Contiguous runs of a column as libraries store them: cut into pieces, and read raw for the memo.

``raw`` gives a header and the buffers whose bytes, together with it, determine the canonical leaves; None where
the bytes in memory do not (objects), so that nothing is remembered.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple, Protocol

import numpy as np

from seamcheck.replay.canonical.leaf import Array, Nulls
from seamcheck.replay.canonical.pieces import (
    CategoryPiece,
    FixedPiece,
    NestedPiece,
    NullPiece,
    Piece,
    TextPiece,
)
from seamcheck.replay.canonical.spec import data, pack

Raw = tuple[bytes, list[Any]]


class Chunk(Protocol):
    """One run of rows."""

    @property
    def rows(self) -> int:
        """How many."""

    def take(self, low: int, high: int, wide: bool = False) -> Piece:
        """Rows from ``low`` up to ``high``; ``wide``: categories as 128-bit hashes."""

    def raw(self) -> Raw | None:
        """What the memo is asked with."""


class Bitmap(NamedTuple):
    """Arrow's validity: a bit a row, 1 = valid, the first at bit ``offset``."""

    bits: Array
    offset: int

    def nulls(self, low: int, high: int) -> Nulls:
        """Which rows are null."""
        return ~unpacked(self.bits, self.offset + low, self.offset + high)

    def raw(self) -> Raw:
        """For the memo."""
        return pack("bitmap", self.offset), [self.bits]


class Mask(NamedTuple):
    """pandas' validity: a byte a row, 1 = null."""

    mask: Array

    def nulls(self, low: int, high: int) -> Nulls:
        """Which rows are null."""
        return self.mask[low:high]

    def raw(self) -> Raw:
        """For the memo."""
        return pack("mask"), [np.ascontiguousarray(self.mask).view(np.uint8)]


Validity = Bitmap | Mask | None


def unpacked(bits: Array, low: int, high: int) -> Array:
    """Bits from ``low`` up to ``high`` as booleans."""
    first = low // 8
    some = np.unpackbits(bits[first : (high + 7) // 8], bitorder="little")
    return some[low - 8 * first : high - 8 * first].view(bool)


def _nulls(validity: Validity, low: int, high: int) -> Nulls:
    return None if validity is None else validity.nulls(low, high)


def _with_validity(header: bytes, buffers: list[Any], validity: Validity) -> Raw:
    if validity is None:
        return header, buffers
    more, bits = validity.raw()
    return header + more, [*buffers, *bits]


class FixedChunk(NamedTuple):
    """Values with a width, in any byte order and stride."""

    values: Array
    validity: Validity = None

    @property
    def rows(self) -> int:
        """How many."""
        return len(self.values)

    def take(self, low: int, high: int, wide: bool = False) -> Piece:
        """See :class:`Chunk`."""
        return FixedPiece(self.values[low:high], _nulls(self.validity, low, high))

    def raw(self) -> Raw:
        """See :class:`Chunk`."""
        values = np.ascontiguousarray(self.values)
        values = values.view(np.uint8) if values.dtype.kind == "b" else values
        return _with_validity(pack(values.dtype.str, len(values)), [data(values)], self.validity)


class BitChunk(NamedTuple):
    """Arrow's booleans: a bit a row."""

    bits: Array
    offset: int
    rows: int
    validity: Validity = None

    def take(self, low: int, high: int, wide: bool = False) -> Piece:
        """See :class:`Chunk`."""
        values = unpacked(self.bits, self.offset + low, self.offset + high).view(np.uint8)
        return FixedPiece(values, _nulls(self.validity, low, high))

    def raw(self) -> Raw:
        """See :class:`Chunk`."""
        return _with_validity(pack("bits", self.offset, self.rows), [self.bits], self.validity)


class TextChunk(NamedTuple):
    """utf8 or binary with offsets into one buffer of bytes; ``offsets`` has one entry more than there are rows."""

    offsets: Array
    payload: Array
    validity: Validity = None

    @property
    def rows(self) -> int:
        """How many."""
        return len(self.offsets) - 1

    def take(self, low: int, high: int, wide: bool = False) -> Piece:
        """See :class:`Chunk`."""
        offsets = self.offsets[low : high + 1]
        payload = self.payload[int(offsets[0]) : int(offsets[-1])]
        return TextPiece(np.diff(offsets), payload, _nulls(self.validity, low, high))

    def raw(self) -> Raw:
        """See :class:`Chunk`."""
        used = self.payload[int(self.offsets[0]) : int(self.offsets[-1])]
        header = pack(self.offsets.dtype.str, self.rows)
        return _with_validity(header, [data(self.offsets), used], self.validity)


class RangeChunk(NamedTuple):
    """Integers that are stored nowhere: a RangeIndex, materialised block by block (rule 21)."""

    start: int
    step: int
    rows: int

    def take(self, low: int, high: int, wide: bool = False) -> Piece:
        """See :class:`Chunk`."""
        return FixedPiece(self.start + self.step * np.arange(low, high, dtype=np.int64), None)

    def raw(self) -> Raw:
        """See :class:`Chunk`."""
        return pack("range", self.start, self.step, self.rows), []


class NullChunk(NamedTuple):
    """Rows of type null."""

    rows: int

    def take(self, low: int, high: int, wide: bool = False) -> Piece:
        """See :class:`Chunk`."""
        return NullPiece(high - low)

    def raw(self) -> Raw:
        """See :class:`Chunk`."""
        return pack("null", self.rows), []


class NestedChunk(NamedTuple):
    """Lists and structs as an Arrow array; always canonicalised anew."""

    array: Any

    @property
    def rows(self) -> int:
        """How many."""
        return len(self.array)

    def take(self, low: int, high: int, wide: bool = False) -> Piece:
        """See :class:`Chunk`."""
        return NestedPiece(self.array.slice(low, high - low))

    def raw(self) -> Raw | None:
        """See :class:`Chunk`."""
        return None


class Lazy:
    """A chunk whose raw bytes are at hand and whose usable form costs a conversion (string views)."""

    def __init__(self, rows: int, raw: Any, make: Any) -> None:
        self.rows, self._raw, self._make = rows, raw, make

    @cached_property
    def _chunk(self) -> Chunk:
        chunk: Chunk = self._make()
        return chunk

    def take(self, low: int, high: int, wide: bool = False) -> Piece:
        """See :class:`Chunk`."""
        return self._chunk.take(low, high, wide)

    def raw(self) -> Raw | None:
        """See :class:`Chunk`."""
        raw: Raw | None = self._raw()
        return raw


class CategoryChunk:
    """Codes into a list of categories; code -1, like a null, is a missing category."""

    def __init__(self, codes: Array, categories: Any, validity: Validity = None) -> None:
        self.codes, self.categories, self.validity = codes, categories, validity

    @property
    def rows(self) -> int:
        """How many."""
        return len(self.codes)

    def used(self, low: int, high: int) -> Array:
        """The codes of these rows, -1 where null."""
        codes = self.codes[low:high]
        nulls = _nulls(self.validity, low, high)
        if codes.dtype.kind == "u":
            codes = codes.astype(np.int64)
        return codes if nulls is None else np.where(nulls, -1, codes)

    def take(self, low: int, high: int, wide: bool = False) -> Piece:
        """See :class:`Chunk`."""
        codes = self.used(low, high)
        table = self.categories.table(wide)
        # Index -1 is the last entry of the table: the hash of null.
        return CategoryPiece(table[codes], self.categories.missing[codes])

    def raw(self) -> Raw | None:
        """See :class:`Chunk`."""
        key = self.categories.key()
        if key is None:
            return None
        codes = np.ascontiguousarray(self.codes)
        return _with_validity(pack("codes", codes.dtype.str, len(codes), key), [data(codes)], self.validity)
