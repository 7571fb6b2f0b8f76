"""Data that never is in memory as a whole: batches in order give the digest of their concatenation (rule 26)."""

from __future__ import annotations

from collections.abc import Iterable

from seamcheck.replay.canonical import names
from seamcheck.replay.canonical.chunks import FixedChunk
from seamcheck.replay.canonical.columns import Column, Matrix, Source
from seamcheck.replay.canonical.nodes import Accumulator
from seamcheck.replay.canonical.refusal import Unhashable
from seamcheck.replay.canonical.tree import Hashed, Head, table


class StreamHasher:
    """Takes tables one after the other; holds less than a block of rows of them."""

    def __init__(self, kind: str | None = None) -> None:
        self._kind = kind
        self._first: Source | None = None
        self._looks: tuple[object, ...] = ()
        self._columns: list[tuple[Accumulator, bytes, bool]] = []
        self._rows = 0

    def add(self, source: Source) -> None:
        """Take a batch. Raises Unhashable where it does not continue the batches before it."""
        columns = _columns(source)
        kept = tuple((each.type, each.strict, each.ordered) for each in columns)
        labels = tuple(map(names.encode, source.names))
        looks = (source.container, source.vector, source.shape, labels, kept)
        if self._first is None:
            # The data of the first batch is let go with it.
            self._first = source._replace(parts=(), row_index=None, witness=lambda: None)
            self._looks = looks
            self._columns = [
                (Accumulator(each.type, copy=True), each.strict, each.ordered) for each in columns
            ]
        elif looks != self._looks:
            raise Unhashable("batches of different columns or types follow each other")
        for (accumulator, _, _), column in zip(self._columns, columns, strict=True):
            for chunk in column.chunks:
                accumulator.add(chunk)
        self._rows += source.rows

    def finish(self) -> Hashed:
        """The digest of all batches as one table. Raises Unhashable where there was none."""
        if self._first is None:
            raise Unhashable("a stream without batches")
        nodes = tuple(accumulator.finish(strict, ordered) for accumulator, strict, ordered in self._columns)
        first = self._first
        head = Head(self._kind or first.kind, first.container, first.vector, first.shape)
        return table(
            head, self._rows, first.names, nodes, "a stream has no index" if _has_index(first) else None
        )


def _has_index(source: Source) -> bool:
    return source.container == "pandas"


def _columns(source: Source) -> list[Column]:
    found: list[Column | None] = [None] * len(source.names)
    for position, column in columns_of(source):
        found[position] = column
    return [each for each in found if each is not None]


def columns_of(source: Source) -> Iterable[tuple[int, Column]]:
    """Every column with its position, those of a matrix one by one."""
    for part in source.parts:
        if isinstance(part.content, Matrix):
            matrix = part.content
            for at, position in enumerate(part.positions):
                chunk = FixedChunk(matrix.values[:, at])
                yield position, Column(matrix.type, len(matrix.values), (chunk,), matrix.strict)
        else:
            yield part.positions[0], part.content


def hash_stream(kind: str, batches: Iterable[Source]) -> Hashed:
    """The digest of batches, each let go before the next is asked for."""
    hasher = StreamHasher(kind)
    for batch in batches:
        hasher.add(batch)
    return hasher.finish()
