"""What is known of the content of dataset objects, held as long as these live: digests, never data."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import xxhash

from seamcheck.model.event import SPEC, ColumnHash, Digests, RoleHash

_CHUNK = 1 << 20


class Record(NamedTuple):
    """The content of one dataset object.

    ``pending``: hashed because a train call is about to read it, which then need not hash again. ``converted`` are
    hashes of the arrays that the library put in the place of the user's, which stand for the same content.
    """

    roles: tuple[RoleHash, ...]
    pending: bool = False
    converted: tuple[RoleHash, ...] = ()

    def role(self, role: str, index: int) -> RoleHash | None:
        """The hash of one role."""
        return next((r for r in self.roles if (r.role, r.index) == (role, index)), None)

    def having(self, role: str, index: int, given: RoleHash | None) -> Record:
        """With one role set anew, in its old place (None: without it)."""
        found = {(r.role, r.index): r for r in self.roles}
        if given is None:
            found.pop((role, index), None)
        else:
            found[role, index] = given
        return self._replace(roles=tuple(found.values()))


class Kept:
    """Values for objects, by identity and weakly: never by ``==``, which data objects define in their own way."""

    def __init__(self) -> None:
        self._held: dict[int, tuple[weakref.ref[Any], Any]] = {}

    def get(self, thing: Any) -> Any:
        """What is kept for this object; None if nothing."""
        held = self._held.get(id(thing))
        return held[1] if held is not None and held[0]() is thing else None

    def put(self, thing: Any, value: Any) -> None:
        """Keep it; objects that cannot be referred to weakly are forgotten at once."""
        key, held = id(thing), self._held

        def gone(reference: weakref.ref[Any]) -> None:
            found = held.get(key)
            if found is not None and found[0] is reference:
                del held[key]

        try:
            held[key] = (weakref.ref(thing, gone), value)
        except TypeError:
            held.pop(key, None)

    def drop(self, thing: Any) -> None:
        """Forget it."""
        self._held.pop(id(thing), None)

    def __len__(self) -> int:
        return len(self._held)


#: Records of datasets.
RECORDS = Kept()

_BUSY = threading.local()


@contextmanager
def busy(thing: Any) -> Iterator[None]:
    """While one of its methods runs: what that calls on the same object is not the user's doing."""
    ours: set[int] = _BUSY.__dict__.setdefault("ids", set())
    new = id(thing) not in ours
    ours.add(id(thing))
    try:
        yield
    finally:
        if new:
            ours.discard(id(thing))


def is_busy(thing: Any) -> bool:
    """Does a method of this object run in this thread?"""
    return id(thing) in _BUSY.__dict__.get("ids", ())


def refused(role: str, kind: str, reason: str, index: int = 0) -> RoleHash:
    """A role of which nothing is known, and why."""
    return RoleHash(role, kind, None, None, None, index=index, reason=reason)


def unknown(thing: Any, reason: str) -> tuple[RoleHash, ...]:
    """The content of a dataset of which nothing is known."""
    kind = type(thing).__name__
    return (refused("X", kind, reason), refused("y", kind, reason))


def chosen_rows(roles: Iterable[RoleHash], rows: RoleHash) -> tuple[RoleHash, ...]:
    """The content of a subset: each digest joined with that of the row numbers.

    Never a hash of the rows themselves: the parent's data may be gone by then, and digests must not depend on that.
    """
    return tuple(role if role.role == "columns" else _choose(role, rows) for role in roles)


def _choose(role: RoleHash, rows: RoleHash) -> RoleHash:
    if role.digests is None:
        return role
    if rows.digests is None:
        return refused(role.role, role.kind, f"row numbers: {rows.reason}", role.index)
    pairs = zip(msgspec.structs.astuple(role.digests), msgspec.structs.astuple(rows.digests), strict=True)
    return msgspec.structs.replace(
        role,
        kind=f"rows of {role.kind}",
        rows=rows.rows,
        digests=Digests(*(_join(*pair) for pair in pairs)),
        columns=tuple(ColumnHash(c.name, _join(c.digest, rows.digests.train)) for c in role.columns),
    )


def _join(content: str, rows: str) -> str:
    if not content or not rows:  # a profile that has no digest of one has none of both
        return ""
    return xxhash.xxh3_128_hexdigest(f"{SPEC}\0rows\0{content}\0{rows}".encode())


def file_hash(role: str, index: int, name: str | os.PathLike[str]) -> RoleHash:
    """The bytes of a file, typed as file. Options may stand around its path: ``dsv://a.tsv``, ``a?format=csv``."""
    text = os.fspath(name)
    for path in (text, text.partition("://")[2] or text, text.partition("#")[0].partition("?")[0]):
        if Path(path).is_file():
            break
    else:
        return refused(role, "file", f"no file {Path(text).name!r} to hash", index)
    state = xxhash.xxh3_128(f"{SPEC}\0file\0".encode())
    try:
        with open(path, "rb") as file:
            while chunk := file.read(_CHUNK):
                state.update(chunk)
    except OSError as error:
        return refused(role, "file", f"cannot be read: {error.strerror}", index)
    digest = state.hexdigest()
    return RoleHash(role, "file", None, None, Digests(digest, digest, digest), index=index)
