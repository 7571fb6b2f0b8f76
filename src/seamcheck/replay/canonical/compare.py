"""Where two datasets differ: columns, row blocks, and in the blocks that differ the first rows."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, NamedTuple

from seamcheck.model.event import PROFILES, Profile
from seamcheck.replay.canonical import categories, leaf, names
from seamcheck.replay.canonical.adapters import adapt
from seamcheck.replay.canonical.chunks import CategoryChunk
from seamcheck.replay.canonical.columns import Bundle, Column, Constant, Given, Source, Stream
from seamcheck.replay.canonical.hashing import checked
from seamcheck.replay.canonical.leaf import Leaf
from seamcheck.replay.canonical.memo import SHARED
from seamcheck.replay.canonical.nodes import Node
from seamcheck.replay.canonical.pieces import join
from seamcheck.replay.canonical.refusal import Unhashable
from seamcheck.replay.canonical.spec import BLOCK
from seamcheck.replay.canonical.stream import columns_of
from seamcheck.replay.canonical.tree import Hashed, hash_given

#: How many differing rows are named.
FIRST = 10


class ColumnDifference(NamedTuple):
    """A column that differs: its type in each, the row blocks, and the first rows (from 0) that differ.

    Without blocks, its values are equal and what stands beside them differs: type, categories, null against NaN.
    """

    name: str
    types: tuple[str, str]
    blocks: tuple[int, ...] = ()
    rows: tuple[int, ...] = ()


class Difference(NamedTuple):
    """What ``diff`` found. ``columns``, ``blocks`` and ``rows`` sum up ``details``.

    ``only_in``: names of columns that one of both has. ``reordered``: the same columns in another order.
    ``index_differs`` can be true in profile strict only.
    """

    equal: bool
    columns: tuple[str, ...] = ()
    blocks: tuple[int, ...] = ()
    rows: tuple[int, ...] = ()
    shape_differs: bool = False
    shapes: tuple[tuple[int | None, int | None], tuple[int | None, int | None]] = ((None, None), (None, None))
    details: tuple[ColumnDifference, ...] = ()
    only_in: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    reordered: bool = False
    index_differs: bool = False


def diff(a: Any, b: Any, profile: Profile = "train") -> Difference:
    """Compare two datasets in a profile; raises Unhashable where one has no digest.

    Blocks are found by digests; only those that differ are read again.
    """
    at = PROFILES.index(checked(profile))
    given = adapt(a), adapt(b)
    hashed = hash_given(given[0], SHARED), hash_given(given[1], SHARED)
    for each in hashed:
        if not each.digests[at]:
            raise Unhashable(each.reason or "no strict digest")
    shapes = ((hashed[0].rows, hashed[0].cols), (hashed[1].rows, hashed[1].cols))
    if hashed[0].digests[at] == hashed[1].digests[at]:
        return Difference(True, shapes=shapes)
    found = _details(given, hashed, at)
    keys = [dict(_keys(each)) for each in hashed]
    only_in = tuple(
        tuple(names.shown(name) for key, name in one.items() if key not in other)
        for one, other in ((keys[0], keys[1]), (keys[1], keys[0]))
    )
    return Difference(
        False,
        tuple(each.name for each in found),
        tuple(sorted({block for each in found for block in each.blocks})),
        tuple(sorted({row for each in found for row in each.rows})[:FIRST]),
        shapes[0] != shapes[1] or _shape(hashed[0]) != _shape(hashed[1]),
        shapes,
        found,
        (only_in[0], only_in[1]),
        hashed[0].unordered == hashed[1].unordered and not found and list(keys[0]) != list(keys[1]),
        at == 2 and _index_differs(given),
    )


def _shape(hashed: Hashed) -> tuple[int, ...]:
    return () if hashed.head is None else hashed.head.shape


def _keys(hashed: Hashed) -> list[tuple[tuple[bytes, int], Hashable]]:
    """Columns by name; columns of one name by their count among these. A vector's only column has one key."""
    if hashed.head is not None and hashed.head.vector:
        return [((b"", 0), hashed.names[0])]
    seen: dict[bytes, int] = {}
    keys: list[tuple[tuple[bytes, int], Hashable]] = []
    for name in hashed.names:
        code = names.encode(name)
        seen[code] = seen.get(code, 0) + 1
        keys.append(((code, seen[code]), name))
    return keys


def _details(
    given: tuple[Given, Given], hashed: tuple[Hashed, Hashed], at: int
) -> tuple[ColumnDifference, ...]:
    left = {key: (place, name) for place, (key, name) in enumerate(_keys(hashed[0]))}
    found = []
    columns: tuple[list[Column], list[Column]] | None = None
    for place, (key, _) in enumerate(_keys(hashed[1])):
        if key not in left:
            continue
        other, name = left[key]
        one, two = hashed[0].columns[other], hashed[1].columns[place]
        if one.digests[at] == two.digests[at]:
            continue
        blocks = _blocks(one, two, at)
        rows: tuple[int, ...] = ()
        if blocks and one.type == two.type:
            if columns is None:
                columns = _columns(given[0]), _columns(given[1])
            if columns[0] and columns[1]:
                rows = _rows(columns[0][other], columns[1][place], blocks, at)
        found.append(ColumnDifference(names.shown(name), (one.type.name, two.type.name), blocks, rows))
    return tuple(found)


def _blocks(one: Node, two: Node, at: int) -> tuple[int, ...]:
    """Which blocks differ, all that only one of both has among them. Leaves of two types are not comparable."""
    if one.type != two.type or one.wide != two.wide:
        return ()
    pair = [[_seen(each, at) for each in leaf.split(node.leaves)] for node in (one, two)]
    most, least = max(map(len, pair)), min(map(len, pair))
    return tuple(block for block in range(most) if block >= least or pair[0][block] != pair[1][block])


def _seen(each: Leaf, at: int) -> Leaf:
    return each if at == 2 else each._replace(exact=b"")


def _columns(given: Given) -> list[Column]:
    """The columns in order; nothing for a stream, which cannot be read twice."""
    if isinstance(given, Source):
        return [column for _, column in sorted(columns_of(given), key=lambda each: each[0])]
    if isinstance(given, Bundle):
        members = [_columns(member) for _, member in given.members]
        return [] if any(not each for each in members) else [column for each in members for column in each]
    assert isinstance(given, Constant | Stream)
    return []


def _rows(one: Column, two: Column, blocks: tuple[int, ...], at: int) -> tuple[int, ...]:
    wide = one.type.form == "cat" and any(map(categories.is_wide, (one, two)))
    found: list[int] = []
    for block in blocks:
        low = block * BLOCK
        shared = min(one.rows, two.rows, low + BLOCK)
        _search(one, two, low, shared, at, wide, found)
        longest = min(max(one.rows, two.rows), low + BLOCK)
        found.extend(range(max(low, shared), longest))
        if len(found) >= FIRST:
            break
    return tuple(found[:FIRST])


def _search(one: Column, two: Column, low: int, high: int, at: int, wide: bool, found: list[int]) -> None:
    """Halve a range of rows that differs until single rows are left, the first ones first."""
    if low >= high or len(found) >= FIRST:
        return
    if _leaf(one, low, high, at, wide) == _leaf(two, low, high, at, wide):
        return
    if high - low == 1:
        found.append(low)
        return
    middle = (low + high) // 2
    _search(one, two, low, middle, at, wide, found)
    _search(one, two, middle, high, at, wide, found)


def _leaf(column: Column, low: int, high: int, at: int, wide: bool) -> Leaf:
    pieces, start = [], 0
    for chunk in column.chunks:
        first, last = max(low, start) - start, min(high, start + chunk.rows) - start
        if first < last:
            pieces.append(chunk.take(first, last, wide and isinstance(chunk, CategoryChunk)))
        start += chunk.rows
    return _seen(join(pieces).leaf(column.type), at)


def _index_differs(given: tuple[Given, Given]) -> bool:
    digests = []
    for each in given:
        index = each.row_index if isinstance(each, Source) else None
        digests.append(hash_given(index, SHARED).digests[2] if isinstance(index, Source) else None)
    return digests[0] != digests[1]
