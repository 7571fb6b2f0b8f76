"""A run of rows of one column as plain arrays: cut from chunks, joined where a block spans several, made to a leaf."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from seamcheck.replay.canonical import leaf as leaves
from seamcheck.replay.canonical.leaf import Array, Leaf, Nulls
from seamcheck.replay.canonical.spec import CATEGORY, NESTED, digest
from seamcheck.replay.canonical.types import BOOL, NUMBERS, Type


class FixedPiece(NamedTuple):
    """Values with a width."""

    values: Array
    nulls: Nulls

    def leaf(self, of: Type) -> Leaf:
        """The canonical leaf."""
        with np.errstate(all="ignore"):  # a signalling NaN in a reduction
            return leaves.fixed(of, self.values, self.nulls)


class TextPiece(NamedTuple):
    """utf8 or binary: the length of each row in bytes, and the bytes of all rows."""

    lengths: Array
    payload: Array
    nulls: Nulls

    def leaf(self, of: Type) -> Leaf:
        """The canonical leaf."""
        return leaves.text(self.lengths, self.payload, self.nulls)


class CategoryPiece(NamedTuple):
    """The hash of each row's category: 64 bits, or two columns of 64 (rule 14)."""

    hashes: Array
    nulls: Nulls

    def leaf(self, of: Type) -> Leaf:
        """The canonical leaf."""
        stream = np.ascontiguousarray(self.hashes, "<u8")
        return Leaf(digest(stream, seed=CATEGORY), leaves.validity(self.nulls))


class NullPiece(NamedTuple):
    """Rows of type null."""

    rows: int

    def leaf(self, of: Type) -> Leaf:
        """The canonical leaf."""
        return leaves.nothing(self.rows)


class NestedPiece(NamedTuple):
    """Lists and structs as an Arrow array."""

    array: Any

    def leaf(self, of: Type) -> Leaf:
        """The canonical leaf."""
        from seamcheck.replay.canonical.nested import nested_leaf

        return nested_leaf(self.array)


class SparsePiece(NamedTuple):
    """Rows of a canonical CSR matrix: entries a row, their columns, their values (rule 23)."""

    lengths: Array
    indices: Array
    values: Array

    def leaf(self, of: Type) -> Leaf:
        """The canonical leaf."""
        values = FixedPiece(self.values, None).leaf(element(of)).values
        lengths = digest(np.ascontiguousarray(self.lengths, "<u8"), seed=NESTED)
        indices = digest(np.ascontiguousarray(self.indices, "<i8"), seed=NESTED)
        count = struct.pack("<QQ", self.lengths.size, self.indices.size)
        return Leaf(digest(lengths + indices + values + count, seed=NESTED))


Piece = FixedPiece | TextPiece | CategoryPiece | NullPiece | NestedPiece | SparsePiece


def element(of: Type) -> Type:
    """The type of the entries of a sparse matrix."""
    return BOOL if of.name == f"sparse[{BOOL.name}]" else NUMBERS[of.name[len("sparse[") : -1]]


def join(pieces: Sequence[Any]) -> Piece:
    """Pieces of one column, one after the other."""
    first: Piece = pieces[0]
    if len(pieces) == 1:
        return first
    if isinstance(first, NullPiece):
        return NullPiece(sum(piece.rows for piece in pieces))
    if isinstance(first, NestedPiece):
        import pyarrow as pa

        return NestedPiece(pa.concat_arrays([piece.array for piece in pieces]))
    joined = [np.concatenate([piece[at] for piece in pieces]) for at in range(_values(first))]
    if isinstance(first, SparsePiece):
        return SparsePiece(*joined)
    nulls = _joined_nulls(pieces)
    if isinstance(first, TextPiece):
        return TextPiece(joined[0], joined[1], nulls)
    return FixedPiece(joined[0], nulls) if isinstance(first, FixedPiece) else CategoryPiece(joined[0], nulls)


def _values(piece: Piece) -> int:
    return 3 if isinstance(piece, SparsePiece) else len(piece) - 1


def _joined_nulls(pieces: Sequence[Any]) -> Nulls:
    if all(piece.nulls is None for piece in pieces):
        return None
    return np.concatenate(
        [np.zeros(len(piece[0]), bool) if piece.nulls is None else piece.nulls for piece in pieces]
    )


def own(piece: Piece) -> Piece:
    """A copy that does not change when the batch it came from does. Arrow arrays never change."""
    if isinstance(piece, NullPiece | NestedPiece):
        return piece
    copied: list[Any] = [np.array(part) if isinstance(part, np.ndarray) else part for part in piece]
    make: Any = type(piece)
    made: Piece = make(*copied)
    return made
