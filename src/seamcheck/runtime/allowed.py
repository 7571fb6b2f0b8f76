"""Which names of a run may be read: a tree made of dotted names."""

from __future__ import annotations

from collections.abc import Iterable

from seamcheck.runtime.errors import GuardError

ANY = "*"


class Allowed:
    """The names that are open on one level; ``None`` below a name: the whole value is handed out as it is.

    Picklable. ``names`` are all dotted names, sorted, for people.
    """

    __slots__ = ("below", "names")

    def __init__(self, names: tuple[str, ...], below: dict[str, Allowed | None]) -> None:
        self.names, self.below = names, below

    def __reduce__(self) -> tuple[object, ...]:
        return Allowed, (self.names, self.below)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (name in self.below or ANY in self.below)

    def under(self, name: str) -> Allowed | None:
        """What is open below a name that is open."""
        return self.below[name] if name in self.below else self.below[ANY]


def allowed(names: Iterable[str]) -> Allowed:
    """The tree of these names: ``X`` is a whole value, ``sheet.n_rows`` one field of it, ``*.X`` X of any name.

    Raises GuardError for names that would open everything or contradict each other.
    """
    if isinstance(names, str):
        raise GuardError(f"data and open take a set of names; write {{{names!r}}}")
    found = list(names)
    for name in found:
        _check(name)
    listed = tuple(sorted(set(found)))
    for name in listed:
        parts = name.split(".")
        if parts[-1] == ANY:
            raise GuardError(f"{name!r} would open every field, those added later, too; name the fields")
        for end in range(1, len(parts)):
            if ".".join(parts[:end]) in listed:
                raise GuardError(
                    f"{'.'.join(parts[:end])!r} opens the whole value and {name!r} a part of it; keep one of them"
                )
    return _tree(listed, [name.split(".") for name in listed])


def _check(name: object) -> None:
    """Not every caller has a type checker."""
    if not isinstance(name, str) or "" in name.split("."):
        raise GuardError(f"{name!r} is no name of a field; write X, or sheet.n_rows for a field of a field")


def _tree(names: tuple[str, ...], paths: list[list[str]]) -> Allowed:
    below: dict[str, Allowed | None] = {}
    for first in dict.fromkeys(path[0] for path in paths):
        rest = [path[1:] for path in paths if path[0] == first]
        below[first] = _tree(names, rest) if rest[0] else None
    return Allowed(names, below)
