"""Row ranges hashed in different processes, put together: the digest of the whole without its data in one place.

A shard starts at a multiple of the block size; all but the last end at one. Other ranges cannot be merged, by
design: their blocks are not blocks of the whole.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, NamedTuple

from seamcheck.model.event import SPEC, RoleHash
from seamcheck.replay.canonical import leaf, names
from seamcheck.replay.canonical.adapters import adapt
from seamcheck.replay.canonical.columns import Source, Stream
from seamcheck.replay.canonical.hashing import as_role
from seamcheck.replay.canonical.memo import SHARED, Memo
from seamcheck.replay.canonical.nodes import Node, fold
from seamcheck.replay.canonical.refusal import Incomparable, Unhashable
from seamcheck.replay.canonical.spec import BLOCK, NARROW_CATEGORIES, SIZE
from seamcheck.replay.canonical.tree import Hashed, Head, hash_given, table


class Shard(NamedTuple):
    """The leaves of rows ``start`` and on. Plain data: pickle it home from a worker."""

    spec: str
    start: int
    rows: int
    head: Head
    names: tuple[Hashable, ...]
    columns: tuple[Node, ...]
    row_index: tuple[tuple[Hashable, ...], tuple[Node, ...]] | str | None


def shard(obj: Any, start: int = 0, *, consume: bool = False, memo: Memo | None = SHARED) -> Shard:
    """Hash rows that stand at ``start`` in the whole; raises Unhashable, and Incomparable for another start."""
    if start % BLOCK:
        raise Incomparable(f"a shard must start at a multiple of {BLOCK} rows, not at {start}")
    given = adapt(obj, "X", consume)
    if not isinstance(given, Source | Stream):
        raise Unhashable("only tables, vectors and streams of them can be shards")
    hashed = hash_given(given, memo)
    if hashed.head is None or hashed.rows is None:
        raise Unhashable("only tables, vectors and streams of them can be shards")
    index = _index(given, hashed, memo)
    return Shard(SPEC, start, hashed.rows, hashed.head, hashed.names, hashed.columns, index)


def _index(given: Source | Stream, hashed: Hashed, memo: Memo | None) -> Any:
    if hashed.reason is not None:
        return hashed.reason
    if isinstance(given, Stream) or not isinstance(given.row_index, Source):
        return None
    found = hash_given(given.row_index, memo)
    return found.names, found.columns


def merge(shards: Iterable[Shard], role: str = "X", index: int = 0, keep_leaves: bool = False) -> RoleHash:
    """The same RoleHash as of the whole; the order shards come in does not matter.

    Raises Incomparable where rows are missing or twice, or where shards differ in columns, types or specification.
    """
    ordered = sorted(shards, key=lambda each: (each.start, each.rows))
    if not ordered:
        raise Incomparable("there is no shard")
    first, end = ordered[0], 0
    for each in ordered:
        if each.spec != first.spec:
            raise Incomparable(f"shards of {each.spec} and {first.spec}")
        if each.start != end:
            raise Incomparable(f"rows {min(end, each.start)} to {max(end, each.start)} are missing or twice")
        if end % BLOCK:
            raise Incomparable(f"a shard ends at row {end}, which is not a multiple of {BLOCK}")
        same = (each.head, tuple(map(names.encode, each.names)))
        if same != (first.head, tuple(map(names.encode, first.names))):
            raise Incomparable("shards with different columns")
        end += each.rows
    columns = _merged([each.columns for each in ordered])
    return as_role(
        table(first.head, end, first.names, columns, _merged_index(ordered)), role, index, keep_leaves
    )


def _merged_index(ordered: list[Shard]) -> Hashed | str | None:
    found = [each.row_index for each in ordered]
    for each in found:
        if isinstance(each, str):
            return each
    levels = [each for each in found if isinstance(each, tuple)]
    if not levels:
        return None
    if len(levels) != len(found) or any(each[0] != levels[0][0] for each in levels):
        return "index: shards with different indexes"
    try:
        columns = _merged([each[1] for each in levels])
    except Incomparable:
        return "index: shards with different indexes"
    head = Head("pandas.Index", "index", False)
    return table(head, sum(each.rows for each in ordered), levels[0][0], columns, None)


def _merged(columns: list[tuple[Node, ...]]) -> tuple[Node, ...]:
    return tuple(_column(list(each)) for each in zip(*columns, strict=True))


def _column(nodes: list[Node]) -> Node:
    first = nodes[0]
    for node in nodes:
        if (node.type, node.strict, node.ordered) != (first.type, first.strict, first.ordered):
            raise Incomparable(f"a column is {first.type.name} in one shard and {node.type.name} in another")
    listed = None
    if first.listed is not None:
        lists = {node.listed or b"" for node in nodes}
        if any(node.wide for node in nodes) or max(map(len, lists)) > SIZE * NARROW_CATEGORIES:
            raise Incomparable("columns with this many categories cannot be merged")
        found: dict[bytes, None] = {}
        for node in nodes:
            each = node.listed or b""
            found.update(dict.fromkeys(each[at : at + SIZE] for at in range(0, len(each), SIZE)))
        if len(found) > NARROW_CATEGORIES:
            raise Incomparable("columns with this many categories cannot be merged")
        listed = b"".join(found)
    rows = sum(node.rows for node in nodes)
    leaves = leaf.join(node.leaves for node in nodes)
    return fold(first.type, rows, leaves, first.strict, listed, first.ordered)
