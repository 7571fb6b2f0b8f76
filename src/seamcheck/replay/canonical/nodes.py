"""Column nodes: the leaves of a column folded under a header, once a profile (rules 3, 11, 13, 14, 27)."""

from __future__ import annotations

from typing import NamedTuple

from seamcheck.replay.canonical import categories, leaf
from seamcheck.replay.canonical.chunks import CategoryChunk, Chunk
from seamcheck.replay.canonical.columns import Column, column_key
from seamcheck.replay.canonical.leaf import Leaf, Leaves
from seamcheck.replay.canonical.memo import Memo
from seamcheck.replay.canonical.pieces import Piece, join, own
from seamcheck.replay.canonical.refusal import Unhashable
from seamcheck.replay.canonical.spec import BLOCK, COLUMN, NARROW_CATEGORIES, SPEC, digest, pack
from seamcheck.replay.canonical.types import Type


class Node(NamedTuple):
    """A column: its leaves, what its headers say, and its digest in each profile.

    ``listed`` is the ordered list of categories as 128-bit hashes, None for other types; it lets shards be merged.
    """

    type: Type
    rows: int
    leaves: Leaves
    strict: bytes
    digests: tuple[bytes, bytes, bytes]
    listed: bytes | None = None
    ordered: bool = False
    wide: bool = False

    @property
    def nbytes(self) -> int:
        """What it takes in memory, about."""
        return sum(map(len, self.leaves)) + len(self.strict) + len(self.listed or b"")


def fold(
    of: Type,
    rows: int,
    leaves: Leaves,
    strict: bytes = b"",
    listed: bytes | None = None,
    ordered: bool = False,
    wide: bool = False,
) -> Node:
    """The node over these leaves."""
    head = pack(SPEC, "column", of.name, rows, BLOCK, int(wide))
    body = pack(leaves.values, leaves.validity)
    value = digest(head + body, seed=COLUMN)
    train, extra = value, b""
    if listed is not None:
        extra = categories.train_header([listed], ordered)
        train = digest(head + extra + body, seed=COLUMN)
    exact = digest(pack("strict") + head + extra + pack(strict) + body + pack(leaves.exact), seed=COLUMN)
    return Node(of, rows, leaves, strict, (value, train, exact), listed, ordered, wide)


class Accumulator:
    """Takes the chunks of a column one after the other and makes the leaves of aligned blocks of them.

    Holds less than a block of rows between calls; with ``copy`` these are its own (a stream lets batches go).
    """

    def __init__(self, of: Type, wide: bool = False, copy: bool = False) -> None:
        self.type, self.rows = of, 0
        self._wide, self._copy = wide, copy
        self._held: list[Piece] = []
        self._leaves: list[Leaf] = []
        self._listed: dict[bytes, None] = {}
        self._seen: object = None

    def add(self, chunk: Chunk) -> None:
        """Take a chunk."""
        if isinstance(chunk, CategoryChunk) and chunk.categories is not self._seen:
            self._seen = chunk.categories
            self._listed.update(dict.fromkeys(chunk.categories.wide))
            if self._copy and len(self._listed) > NARROW_CATEGORIES:
                raise Unhashable(f"a stream with more than {NARROW_CATEGORIES} categories")
        low = 0
        while low < chunk.rows:
            high = min(chunk.rows, low + BLOCK - self.rows % BLOCK)
            piece = chunk.take(low, high, self._wide)
            self.rows += high - low
            low = high
            if self.rows % BLOCK == 0:
                self._flush(piece)
            else:
                self._held.append(own(piece) if self._copy else piece)

    def _flush(self, *last: Piece) -> None:
        pieces = [*self._held, *last]
        self._held = []
        if pieces:
            self._leaves.append(join(pieces).leaf(self.type))

    def finish(self, strict: bytes = b"", ordered: bool = False) -> Node:
        """The node of all that was taken."""
        self._flush()
        listed = b"".join(self._listed) if self.type.form == "cat" else None
        gathered = leaf.gather(self._leaves)
        return fold(self.type, self.rows, gathered, strict, listed, ordered, self._wide)


def column_node(column: Column, memo: Memo | None) -> Node:
    """The node of a column, remembered under its raw bytes."""
    key = None if memo is None else column_key(column)
    known = None if memo is None else memo.get(key)
    if known is not None:
        return known[0]
    wide = column.type.form == "cat" and categories.is_wide(column)
    accumulator = Accumulator(column.type, wide)
    for chunk in column.chunks:
        accumulator.add(chunk)
    node = accumulator.finish(column.strict, column.ordered)
    if memo is not None:
        memo.put(key, (node,))
    return node


def blocks_of(node: Node) -> tuple[str, ...]:
    """The leaves in hex as events keep them: equal strings are equal blocks in profile train."""
    return tuple((each.values + each.validity).hex() for each in leaf.split(node.leaves))
