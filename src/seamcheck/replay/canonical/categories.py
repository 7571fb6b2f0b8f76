"""Categories by value: each a 64-bit hash for the rows and a 128-bit one for the ordered list (rule 14)."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import xxhash

from seamcheck.replay.canonical import leaf as leaves
from seamcheck.replay.canonical.chunks import CategoryChunk
from seamcheck.replay.canonical.columns import Column, column_key
from seamcheck.replay.canonical.leaf import Array
from seamcheck.replay.canonical.pieces import FixedPiece, Piece, TextPiece, join
from seamcheck.replay.canonical.refusal import Unhashable
from seamcheck.replay.canonical.spec import CATEGORY, NARROW_CATEGORIES, NULL_CATEGORY, pack
from seamcheck.replay.canonical.types import Type

_NARROW_NULL = xxhash.xxh3_64_intdigest(b"null", seed=CATEGORY)


class Categories:
    """A list of categories. Nothing is computed before it is needed: a warm trial asks for ``key`` only."""

    def __init__(self, column: Column) -> None:
        self._column = column

    def __len__(self) -> int:
        return self._column.rows

    def key(self) -> bytes | None:
        """The raw key of the list."""
        return column_key(self._column)

    @cached_property
    def _values(self) -> list[bytes | None]:
        """Each category as bytes, its type before it; None for a null in the list."""
        of, chunks = self._column.type, self._column.chunks
        pieces = [chunk.take(0, chunk.rows) for chunk in chunks if chunk.rows]
        return [] if not pieces else _bytes(of, join(pieces))

    @cached_property
    def wide(self) -> list[bytes]:
        """The 128-bit hash of each category, in order, nulls left out."""
        digest = xxhash.xxh3_128_digest
        return [digest(value, seed=CATEGORY) for value in self._values if value is not None]

    @cached_property
    def missing(self) -> Array:
        """Which entries are null; the last, which is that of code -1, is."""
        return np.array([value is None for value in self._values] + [True])

    def table(self, wide: bool) -> Array:
        """The hash of each code; the last entry is that of null."""
        return self._wide_table if wide else self._narrow_table

    @cached_property
    def _narrow_table(self) -> Array:
        hash64 = xxhash.xxh3_64_intdigest
        hashes = [_NARROW_NULL if value is None else hash64(value, seed=CATEGORY) for value in self._values]
        return np.array([*hashes, _NARROW_NULL], dtype="<u8")

    @cached_property
    def _wide_table(self) -> Array:
        digest = xxhash.xxh3_128_digest
        hashes = [NULL_CATEGORY if value is None else digest(value, seed=CATEGORY) for value in self._values]
        return np.frombuffer(b"".join([*hashes, NULL_CATEGORY]), dtype="<u8").reshape(-1, 2)


def _bytes(of: Type, piece: Piece) -> list[bytes | None]:
    head = pack(of.name)
    nulls = getattr(piece, "nulls", None)
    missing = np.zeros(0, bool) if nulls is None else nulls
    if isinstance(piece, TextPiece):
        ends, payload = np.cumsum(piece.lengths, dtype=np.int64).tolist(), piece.payload.tobytes()
        cut = [head + payload[low:high] for low, high in zip([0, *ends], ends, strict=False)]
    elif isinstance(piece, FixedPiece):
        whole = _canonical(of, piece)
        width = whole.dtype.itemsize
        raw = whole.tobytes()
        cut = [head + raw[at : at + width] for at in range(0, len(raw), width)]
        if of.form == "ticks":
            missing = (
                missing | (whole == np.iinfo(np.int64).min) if missing.size else whole == np.iinfo("i8").min
            )
    else:
        raise Unhashable(f"categories of type {of.name}")
    if not missing.any():
        return list(cut)
    return [None if gone else value for value, gone in zip(cut, missing.tolist(), strict=True)]


def _canonical(of: Type, piece: FixedPiece) -> Array:
    if of.form == "float":
        return leaves.floats(of, piece.values)
    if of.form == "bool":
        return leaves.plain_bool(piece.values)
    return np.ascontiguousarray(piece.values, of.dtype)


def lists(column: Column) -> list[Categories]:
    """The lists of a category column, each once, in the order of its chunks."""
    found: dict[int, Categories] = {}
    for chunk in column.chunks:
        if isinstance(chunk, CategoryChunk):
            found.setdefault(id(chunk.categories), chunk.categories)
    return list(found.values())


def is_wide(column: Column) -> bool:
    """Are more categories than a 64-bit hash is good for in use? Unused ones never matter."""
    if sum(map(len, lists(column))) <= NARROW_CATEGORIES:
        return False
    used: set[bytes] = set()
    for chunk in column.chunks:
        assert isinstance(chunk, CategoryChunk)
        codes = np.unique(chunk.used(0, chunk.rows))
        codes = codes[codes >= 0]
        codes = codes[~chunk.categories.missing[codes]]
        used.update(map(bytes, np.ascontiguousarray(chunk.categories.table(True)[codes])))
    return len(used) > NARROW_CATEGORIES


def listed(many: list[Categories]) -> dict[bytes, None]:
    """The hashes of all lists in order of first appearance: what unifying the dictionaries of chunks gives."""
    found: dict[bytes, None] = {}
    for each in many:
        found.update(dict.fromkeys(each.wide))
    return found


def train_header(hashes: Any, ordered: bool) -> bytes:
    """What ``train`` folds of a category column: boosters train on codes, which follow the list."""
    return pack("categories", int(ordered), len(hashes), b"".join(hashes))
