"""Objects that hold X, y and weights together: how to read what they hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from seamcheck.libraries.models import Models
from seamcheck.model.event import RoleHash
from seamcheck.replay.hooks.active import active, guarded
from seamcheck.replay.hooks.arguments import CONVENTION, bound, handed, indexed, shape
from seamcheck.replay.hooks.kept import RECORDS, Record, busy, chosen_rows, is_busy, refused, unknown
from seamcheck.replay.hooks.patches import Make
from seamcheck.replay.session import Session

#: Reads an object of some class. It may add to the list what is to be settled once the train call is over.
Reader = Callable[[Session, Any, list[Any]], tuple[RoleHash, ...]]
#: Where the fields of a dataset go: role and index by the name of the argument.
Fields = Mapping[str, tuple[str, int]]

READERS: dict[type, Reader] = {}
SETTLERS: dict[type, Callable[[Session, Any], None]] = {}
#: Arguments of datasets that hold data and have no role in the models.
_EXTRA = {"position": "group", "baseline": "base_margin", "column_description": "y"}
_HELD = frozenset({"X", "y", "weight", "group", "init_score", "base_margin", "columns"})


def contents(session: Session, thing: Any, unsettled: list[Any]) -> tuple[RoleHash, ...] | None:
    """What a dataset object holds, as hashed when it was read; None for what is no such object."""
    for kind in type(thing).__mro__:
        reader = READERS.get(kind)
        if reader is not None:
            return reader(session, thing, unsettled)
    return None


def settle(session: Session, things: list[Any]) -> None:
    """The train call that read these objects is over."""
    for thing in things:
        for kind in type(thing).__mro__:
            if kind in SETTLERS:
                guarded(session, kind.__name__, lambda t=thing, k=kind: SETTLERS[k](session, t))  # type: ignore[misc]


def fields(models: Models, name: str) -> Fields:
    """The data arguments of a dataset class: those the model of it gives a role, and those of conventional names."""
    kind = models.type(name)
    listed: dict[str, str] = dict(kind.roles) if kind is not None else {"data": "X", "label": "y"}
    for argument in kind.params if kind is not None else ():
        listed.setdefault(argument, _EXTRA.get(argument) or CONVENTION.get(argument, ""))
    held = {argument: role for argument, role in listed.items() if role in _HELD}
    return {name: (role, index) for name, role, index in indexed(held)}


def hashed(session: Session, role: str, index: int, value: Any) -> RoleHash | None:
    """One field of a dataset; None for a field that holds nothing."""
    for given in handed(role, index, value):
        return session.hash(*given)
    return None


def recorded(session: Session, thing: Any, unsettled: list[Any]) -> tuple[RoleHash, ...]:
    """Reads a dataset that holds its own copy of the data from its construction on."""
    record = RECORDS.get(thing)
    return record.roles if record is not None else unknown(thing, "it was not seen being made")


def constructor(where: Fields) -> Make:
    """Hashes what a dataset is made of before its constructor reads it."""

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        read = shape(original, None, method=True)

        def __init__(self: Any, /, *args: Any, **kwargs: Any) -> None:
            session = active()
            if session is None or session.nested() or is_busy(self):
                original(self, *args, **kwargs)
                return
            found = guarded(
                session,
                type(self).__name__,
                lambda: _fields(session, where, bound(read, (self, *args), kwargs)),
            )
            with busy(self):
                original(self, *args, **kwargs)
            if found is None or not any(role.role == "X" for role in found):
                found = unknown(self, "what it was made from could not be hashed")
            RECORDS.put(self, Record(found))

        return __init__

    return make


def _fields(session: Session, where: Fields, arguments: Mapping[str, Any]) -> tuple[RoleHash, ...]:
    found = [
        hashed(session, role, index, arguments[name])
        for name, (role, index) in where.items()
        if name in arguments
    ]
    return tuple(each for each in found if each is not None)


def setter(
    where: Fields, ready: Callable[[Any], bool] = lambda thing: True, field: str | None = None
) -> Make:
    """Hashes a field that is set on a dataset that has its content already (``ready``).

    ``field`` names it; None where arguments say which: ``set_field(name, data)``, ``set_info(label=...)``.
    """

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        read = shape(original, None, method=True)

        def wrapper(self: Any, /, *args: Any, **kwargs: Any) -> Any:
            session, record = active(), RECORDS.get(self)
            if session is None or record is None or is_busy(self) or not ready(self):
                return original(self, *args, **kwargs)
            given = bound(read, (self, *args), kwargs)
            changed = guarded(
                session, type(self).__name__, lambda: _set(session, where, record, field, given)
            )
            with busy(self):
                result = original(self, *args, **kwargs)
            RECORDS.put(self, changed or Record(unknown(self, "a field that was set could not be hashed")))
            return result

        return wrapper

    return make


def _set(session: Session, where: Fields, record: Record, field: str | None, given: dict[str, Any]) -> Record:
    values = list(given.values())[1:]  # without self
    if field is not None:
        pairs = [(field, values[0] if values else None)]
    elif "field" in given or "field_name" in given:
        pairs = [(values[0], values[1] if len(values) > 1 else None)]
    else:
        pairs = [(name, value) for name, value in given.items() if value is not None]
    for name, value in pairs:
        if name in where:
            role, index = where[name]
            record = record.having(role, index, hashed(session, role, index, value))
    return record


def slicer(argument: str) -> Make:
    """Gives what ``slice`` makes the content of its rows."""

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        read = shape(original, None, method=True)

        def wrapper(self: Any, /, *args: Any, **kwargs: Any) -> Any:
            session, record = active(), RECORDS.get(self)
            result = original(self, *args, **kwargs)
            if session is not None and record is not None and not session.nested():
                given = bound(read, (self, *args), kwargs).get(argument)
                rows = guarded(session, type(self).__name__, lambda: rows_hash(session, given))
                if rows is not None:
                    RECORDS.put(result, Record(chosen_rows(record.roles, rows)))
            return result

        return wrapper

    return make


def rows_hash(session: Session, rows: Any) -> RoleHash:
    """Row numbers, the same for a list and for an array of any width."""
    import numpy

    numbers = numpy.asarray(rows)
    if numbers.dtype.kind not in "iub":
        return refused("rows", type(rows).__name__, "row numbers that are no whole numbers")
    return session.hash("rows", 0, numbers if numbers.dtype.kind == "b" else numbers.astype("int64"))
