"""Table nodes: columns and their names under a header, once a profile (rules 19 to 22, 27)."""

from __future__ import annotations

import contextlib
from collections.abc import Hashable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from seamcheck.replay.canonical import names
from seamcheck.replay.canonical.columns import Bundle, Column, Constant, Given, Part, Source, Stream
from seamcheck.replay.canonical.matrix import matrix_nodes
from seamcheck.replay.canonical.memo import Memo
from seamcheck.replay.canonical.nodes import Node, column_node
from seamcheck.replay.canonical.refusal import Unhashable
from seamcheck.replay.canonical.spec import FILE, SPEC, TABLE, digest, pack

PROFILES = ("value", "train", "strict")
#: For profile strict: the index has no digest, so neither has the table. The other profiles do not look at it.
NONE = b""


class Hashed(NamedTuple):
    """What an object gave: a digest a profile (strict: b"" where the index has none) and its columns.

    ``unordered`` is over sorted names, only to say that columns were reordered (rule 20). ``members`` are the
    objects of a list or dict, whose columns are then also in ``columns``.
    """

    kind: str
    rows: int | None
    cols: int | None
    digests: tuple[bytes, bytes, bytes]
    names: tuple[Hashable, ...] = ()
    columns: tuple[Node, ...] = ()
    unordered: bytes = b""
    head: Head | None = None
    members: tuple[tuple[str, Hashed], ...] = ()
    reason: str | None = None


class Head(NamedTuple):
    """What a table node says besides its columns."""

    kind: str
    container: str
    vector: bool
    shape: tuple[int, ...] = ()


def table(
    head: Head, rows: int, labels: tuple[Hashable, ...], columns: tuple[Node, ...], index: Hashed | str | None
) -> Hashed:
    """The node of a table or vector. A vector's name is not part of its value (rule 22)."""
    encoded = [names.encode(name) for name in labels]
    digests = []
    for at, profile in enumerate(PROFILES):
        parts: list[bytes | str | int] = [SPEC, "vector" if head.vector else "table", profile, rows]
        parts += [len(columns), len(head.shape), *head.shape]
        if profile == "strict":
            parts += [head.container, index.digests[2] if isinstance(index, Hashed) else b""]
        nameless = head.vector and profile == "value"
        for name, node in zip(encoded, columns, strict=True):
            parts += [b"" if nameless else name, node.digests[at]]
        digests.append(digest(pack(*parts), seed=TABLE))
    if isinstance(index, str):
        digests[2] = NONE
    pairs = sorted(zip(encoded, (node.digests[1] for node in columns), strict=True))
    unordered = digest(pack(SPEC, "unordered", rows, *(part for pair in pairs for part in pair)), seed=TABLE)
    value, train, strict = digests
    # A sparse matrix has one node for all of its columns.
    width = head.shape[0] if len(head.shape) == 1 else len(columns)
    reason = f"no strict digest: {index}" if isinstance(index, str) else None
    return Hashed(
        head.kind, rows, width, (value, train, strict), labels, columns, unordered, head, reason=reason
    )


def hash_given(given: Given, memo: Memo | None, threads: int = 1) -> Hashed:
    """The digest of whatever an adapter made of an object; raises Unhashable."""
    if isinstance(given, Source):
        return hash_source(given, memo, threads)
    if isinstance(given, Stream):
        from seamcheck.replay.canonical.stream import hash_stream

        return hash_stream(given.kind, given.batches)
    if isinstance(given, Constant):
        each = tuple(
            digest(pack(SPEC, "constant", profile, given.kind, given.content), seed=FILE)
            for profile in PROFILES
        )
        return Hashed(given.kind, None, None, (each[0], each[1], each[2]))
    return _bundle(given, memo, threads)


def hash_source(source: Source, memo: Memo | None, threads: int = 1) -> Hashed:
    """The digest of a table or vector; raises Unhashable, also where it changed meanwhile (rule 28)."""
    before = source.witness()
    if threads > 1 and len(source.parts) > 1:
        with ThreadPoolExecutor(threads) as pool:
            made = list(pool.map(lambda part: _part(part, source, memo, 1), source.parts))
    else:
        made = [_part(part, source, memo, threads) for part in source.parts]
    nodes: list[Node | None] = [None] * len(source.names)
    for part, some in zip(source.parts, made, strict=True):
        for position, node in zip(part.positions, some, strict=True):
            nodes[position] = node
    columns = tuple(node for node in nodes if node is not None)
    index: Hashed | str | None = None
    if isinstance(source.row_index, Source):
        try:
            index = hash_source(source.row_index, memo)
        except Unhashable as refused:
            index = f"index: {refused.message}"
    else:
        index = source.row_index
    head = Head(source.kind, source.container, source.vector, source.shape)
    hashed = table(head, source.rows, source.names, columns, index)
    if source.witness() != before:
        raise Unhashable("it was changed while it was hashed")
    return hashed


def _part(part: Part, source: Source, memo: Memo | None, threads: int) -> tuple[Node, ...]:
    if not isinstance(part.content, Column):
        return matrix_nodes(part.content, memo, threads)
    with refusals_named(source, part.positions[0]):
        return (column_node(part.content, memo),)


@contextlib.contextmanager
def refusals_named(source: Source, position: int) -> Iterator[None]:
    """Say in which column something was refused."""
    try:
        yield
    except Unhashable as refused:
        if source.vector:
            raise
        raise Unhashable(f"column {names.shown(source.names[position])!r}: {refused.message}") from refused


def _bundle(bundle: Bundle, memo: Memo | None, threads: int) -> Hashed:
    members: list[tuple[str, Hashed]] = []
    encoded: list[bytes] = []
    for name, given in bundle.members:
        label = f"[{names.shown(name)}]"
        try:
            members.append((label, hash_given(given, memo, threads)))
        except Unhashable as refused:
            raise Unhashable(f"{label}: {refused.message}") from refused
        encoded.append(names.encode(name))
    digests = []
    for at, profile in enumerate(PROFILES):
        own = [
            part
            for name, (_, each) in zip(encoded, members, strict=True)
            for part in (name, each.digests[at])
        ]
        whole = digest(pack(SPEC, "bundle", profile, len(members), *own), seed=TABLE)
        digests.append(NONE if any(each.digests[at] == NONE for _, each in members) else whole)
    rows = {each.rows for _, each in members}
    cols = [each.cols for _, each in members]
    return Hashed(
        bundle.kind,
        rows.pop() if len(rows) == 1 else None,
        None if any(each is None for each in cols) else sum(each or 0 for each in cols),
        (digests[0], digests[1], digests[2]),
        tuple(_member(label, each, name) for label, each in members for name in each.names),
        tuple(node for _, each in members for node in each.columns),
        members=tuple(members),
        reason=next((each.reason for _, each in members if each.reason), None),
    )


def _member(label: str, member: Hashed, name: Hashable) -> str:
    alone = member.head is not None and member.head.vector
    return label if alone else f"{label}.{names.shown(name)}"
