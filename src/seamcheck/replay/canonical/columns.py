"""What an adapter makes of an object: columns, whole matrices of one type, and the table they belong to."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import NamedTuple

from seamcheck.replay.canonical.chunks import Chunk
from seamcheck.replay.canonical.leaf import Array
from seamcheck.replay.canonical.spec import pack, raw_digest
from seamcheck.replay.canonical.types import Type


class Column(NamedTuple):
    """One column. ``strict`` is what only that profile folds: zone name, how the library stores it."""

    type: Type
    rows: int
    chunks: tuple[Chunk, ...]
    strict: bytes = b""
    ordered: bool = False


class Matrix(NamedTuple):
    """Columns of one type in one array of shape (rows, columns), of any strides."""

    type: Type
    values: Array
    strict: bytes = b""


class Part(NamedTuple):
    """A column, or several at once, and where they stand in the table."""

    positions: tuple[int, ...]
    content: Column | Matrix


class Source(NamedTuple):
    """A table or vector as an adapter sees it.

    ``kind`` is for people, ``container`` for strict. ``row_index`` holds the levels of an index, or says why it has no
    digest. ``shape`` is that of an array with more than two dimensions, or the width of a sparse matrix. ``witness``
    is asked before and after: its answer changes when somebody else changes the object meanwhile (rule 28).
    """

    kind: str
    container: str
    rows: int
    names: tuple[Hashable, ...]
    parts: tuple[Part, ...]
    vector: bool = False
    row_index: Source | str | None = None
    shape: tuple[int, ...] = ()
    witness: Callable[[], object] = lambda: None


class Bundle(NamedTuple):
    """Several objects in order: a list of arrays, a dict of them. Each member has a name."""

    kind: str
    members: tuple[tuple[Hashable, Source | Bundle | Constant | Stream], ...]


class Constant(NamedTuple):
    """A plain value (a parameter that stands where data could), or the bytes of a file."""

    kind: str
    content: bytes


class Stream(NamedTuple):
    """Tables that follow each other; each is let go before the next is asked for."""

    kind: str
    batches: Iterator[Source]


Given = Source | Bundle | Constant | Stream


def column_key(column: Column) -> bytes | None:
    """The raw key of a column over all its buffers, or None where its bytes say too little."""
    head = pack(column.type.name, column.strict, int(column.ordered), column.rows, len(column.chunks))
    headers, buffers = [head], []
    for chunk in column.chunks:
        raw = chunk.raw()
        if raw is None:
            return None
        headers.append(pack(raw[0], chunk.rows, *(buffer.nbytes for buffer in raw[1])))
        buffers.extend(raw[1])
    return raw_digest(b"".join(headers), *buffers)
