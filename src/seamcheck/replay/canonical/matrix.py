"""A whole matrix under one raw key, and its columns' leaves where the key is new.

The bytes in memory order are read once: hashed for the key while they are canonicalised, block by block. Whether
they can have been seen at all is known from a glance at a few of them; only then is the key computed on its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import xxhash

from seamcheck.replay.canonical import leaf
from seamcheck.replay.canonical.columns import Matrix
from seamcheck.replay.canonical.leaf import Array, Leaf
from seamcheck.replay.canonical.memo import Memo
from seamcheck.replay.canonical.nodes import Node, fold
from seamcheck.replay.canonical.spec import BLOCK, RAW, data, digest, pack

#: Columns that are transposed together: 8 x 8 bytes are a cache line.
_TOGETHER = 8
#: How much of a matrix with gaps is put together at a time.
_TILE = 256 * 1024
_GLANCES, _GLANCE = 16, 1024


def matrix_nodes(matrix: Matrix, memo: Memo | None, threads: int = 1) -> tuple[Node, ...]:
    """The nodes of all columns. The same with any number of threads, and with or without a memo."""
    values = matrix.values
    if values.dtype.kind == "b":
        values = values.view(np.uint8)
    if values.shape[0] == 0 or values.shape[1] == 0 or memo is None:
        return _nodes(matrix, values, None, threads)
    header = pack(matrix.type.name, matrix.strict, values.dtype.str, _order(values), *values.shape)
    hint = _glance(header, values)
    if memo.hinted(hint):
        key = _key(header, values)
        known = memo.get(key)
        if known is not None:
            return known
        nodes = _nodes(matrix, values, None, threads)
    else:
        hasher = xxhash.xxh3_128(seed=RAW)
        nodes = _nodes(matrix, values, hasher, threads)
        key = digest(header + hasher.digest(), seed=RAW)
    memo.put(key, nodes, hint)
    return nodes


def _order(values: Array) -> str:
    """Which way memory runs: columns one after the other ("F") or rows ("C")."""
    rows, columns = (abs(stride) for stride in values.strides)
    return "F" if columns >= rows or values.shape[1] == 1 else "C"


def _in_memory_order(values: Array) -> Array:
    return values.T if _order(values) == "F" else values


def _runs(values: Array) -> Iterator[Any]:
    """The bytes in memory order, without gaps."""
    ordered = _in_memory_order(values)
    if ordered.flags.c_contiguous:
        yield data(ordered)
        return
    if ordered[0].flags.c_contiguous and ordered[0].nbytes >= _TILE:  # each column is, the block is not
        for each in ordered:
            yield data(each)
        return
    step = max(1, _TILE // (ordered.shape[1] * ordered.itemsize))
    for low in range(0, len(ordered), step):
        yield data(np.ascontiguousarray(ordered[low : low + step]))


def _key(header: bytes, values: Array) -> bytes:
    runs = _runs(values)
    first = next(runs)
    if first.nbytes == values.nbytes:
        return digest(header + digest(first, seed=RAW), seed=RAW)
    hasher = xxhash.xxh3_128(first, seed=RAW)
    for run in runs:
        hasher.update(run)
    return digest(header + hasher.digest(), seed=RAW)


def _glance(header: bytes, values: Array) -> bytes:
    """A digest of a few rows or columns' ends: different ones are certainly different matrices."""
    ordered = _in_memory_order(values)
    length = max(1, _GLANCE // values.itemsize)
    places = np.linspace(0, len(ordered) - 1, min(_GLANCES, len(ordered))).astype(np.int64).tolist()
    starts = np.linspace(0, max(0, ordered.shape[1] - length), len(places)).astype(np.int64).tolist()
    some = b"".join(
        np.ascontiguousarray(ordered[place, start : start + length]).tobytes()
        for place, start in zip(places, starts, strict=True)
    )
    return digest(header + some, seed=RAW)


def _nodes(matrix: Matrix, values: Array, hasher: Any, threads: int) -> tuple[Node, ...]:
    rows, width = values.shape
    if threads > 1 and width > 1 and rows:
        if hasher is not None:
            for run in _runs(values):
                hasher.update(run)
        step = max(_TOGETHER, -(-width // (4 * threads)))
        slices = [values[:, low : low + step] for low in range(0, width, step)]
        with ThreadPoolExecutor(threads) as pool:
            many = list(pool.map(lambda some: _columns(matrix, some, None), slices))
        columns = [each for some in many for each in some]
    else:
        columns = _columns(matrix, values, hasher)
    return tuple(fold(matrix.type, rows, leaf.gather(leaves), matrix.strict) for leaves in columns)


def _columns(matrix: Matrix, values: Array, hasher: Any) -> list[list[Leaf]]:
    """The leaves of each column."""
    make = _leaf_maker(matrix)
    with np.errstate(all="ignore"):  # a signalling NaN in a reduction
        if _order(values) == "F":
            return [_column(values[:, at], make, hasher) for at in range(values.shape[1])]
        return _by_rows(values, make, hasher)


def _column(values: Array, make: Callable[[Array], Leaf], hasher: Any) -> list[Leaf]:
    made = []
    for low, high in leaf.blocks(len(values)):
        block = np.ascontiguousarray(values[low:high])
        if hasher is not None:
            hasher.update(data(block))
        made.append(make(block))
    return made


def _by_rows(values: Array, make: Callable[[Array], Leaf], hasher: Any) -> list[list[Leaf]]:
    rows, width = values.shape
    made: list[list[Leaf]] = [[] for _ in range(width)]
    together = max(_TOGETHER, 64 // values.itemsize)
    tile = np.empty((together, min(rows, BLOCK)), values.dtype)
    for low, high in leaf.blocks(rows):
        block = values[low:high]
        if hasher is not None:
            for run in _runs(block):
                hasher.update(run)
        for first in range(0, width, together):
            count = min(together, width - first)
            some = tile[:count, : high - low]
            np.copyto(some, block[:, first : first + count].T)
            for at in range(count):
                made[first + at].append(make(some[at]))
    return made


def _leaf_maker(matrix: Matrix) -> Callable[[Array], Leaf]:
    of = matrix.type
    return lambda block: leaf.fixed(of, block, None)
