"""scipy.sparse as canonical CSR (rule 23), block by block; the user's matrix is neither sorted nor summed in place."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from seamcheck.replay.canonical import types
from seamcheck.replay.canonical.adapters.array import plain
from seamcheck.replay.canonical.chunks import Raw
from seamcheck.replay.canonical.columns import Column, Part, Source
from seamcheck.replay.canonical.leaf import Array
from seamcheck.replay.canonical.pieces import Piece, SparsePiece
from seamcheck.replay.canonical.refusal import Unhashable
from seamcheck.replay.canonical.spec import data, pack

#: What reports call the columns of a sparse matrix, which has one node for all of them.
ALL = "*"


class SparseChunk(NamedTuple):
    """CSR in stored order: indices may be unsorted and occur twice."""

    ends: Array
    indices: Array
    values: Array

    @property
    def rows(self) -> int:
        """How many."""
        return len(self.ends) - 1

    def take(self, low: int, high: int, wide: bool = False) -> Piece:
        """See :class:`seamcheck.replay.canonical.chunks.Chunk`."""
        ends = self.ends[low : high + 1].astype(np.int64)
        first, last = int(ends[0]), int(ends[-1])
        lengths = np.diff(ends)
        indices = self.indices[first:last].astype(np.int64)
        values = self.values[first:last]
        rows = np.repeat(np.arange(high - low), lengths)
        if _ascending(rows, indices):
            return SparsePiece(lengths, indices, values)
        return _summed(rows, indices, values, high - low)

    def raw(self) -> Raw:
        """See :class:`seamcheck.replay.canonical.chunks.Chunk`."""
        parts = [np.ascontiguousarray(part) for part in self]
        header = pack(*(part.dtype.str for part in parts))
        return header, [data(part.view(np.uint8) if part.dtype.kind == "b" else part) for part in parts]


def _ascending(rows: Array, indices: Array) -> bool:
    return bool(np.all((np.diff(indices) > 0) | (np.diff(rows) > 0)))


def _summed(rows: Array, indices: Array, values: Array, count: int) -> SparsePiece:
    """Sorted by row and column; entries of one place summed one after the other, in stored order."""
    order = np.lexsort((indices, rows))  # stable
    rows, indices, values = rows[order], indices[order], values[order]
    new = np.ones(len(rows), bool)
    new[1:] = (np.diff(indices) != 0) | (np.diff(rows) != 0)
    target = np.cumsum(new) - 1
    sums = values[new].copy()
    with np.errstate(all="ignore"):
        np.add.at(sums, target[~new], values[~new])
    lengths = np.bincount(rows[new], minlength=count)
    return SparsePiece(lengths, indices[new], sums)


def source(obj: Any) -> Source:
    """A scipy.sparse matrix or array of any format."""
    if len(obj.shape) != 2:
        raise Unhashable("a sparse array that is not two-dimensional")
    rows, width = obj.shape
    if obj.format == "coo":  # its conversion would sum in an order of its own
        order = np.argsort(obj.row, kind="stable")
        counts = np.bincount(obj.row, minlength=rows)
        ends = np.concatenate([[0], np.cumsum(counts)])
        chunk = SparseChunk(ends, obj.col[order], obj.data[order])
    else:
        csr = obj if obj.format == "csr" else obj.tocsr(copy=True)
        chunk = SparseChunk(csr.indptr, csr.indices, csr.data)
    known = plain(chunk.values)
    if known is None or known[0].form not in ("int", "float", "bool"):
        raise Unhashable(f"sparse entries of dtype {chunk.values.dtype} have no digest")
    of = types.Type(f"sparse[{known[0].name}]", "sparse", known[0].dtype)
    column = Column(of, rows, (chunk,) if rows else (), pack("scipy"))
    kind = f"scipy.sparse.{type(obj).__name__}"

    def witness() -> object:
        held = getattr(obj, "data", None)
        return (
            obj.shape,
            (held.__array_interface__["data"][0] if isinstance(held, np.ndarray) else 0),
            obj.nnz,
        )

    return Source(kind, "scipy", rows, (ALL,), (Part((0,), column),), shape=(width,), witness=witness)
