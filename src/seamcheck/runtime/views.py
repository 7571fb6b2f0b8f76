"""Views: a run of which only the allowed fields can be read, by any ordinary way of reading.

What is closed raises, whichever way it is asked for, also by ``hasattr``, ``in``, ``.get`` and by going through all
fields (``items()``, ``dict(run)``, ``**run``, unpacking, ``asdict``, ``==``): a shorter list would be a silent
difference between a full run and this one. Only ``repr`` and ``dir``, which are for people, show just what is open.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, Mapping, Sequence, ValuesView
from types import FunctionType, MethodType
from typing import Any, NoReturn
from weakref import WeakKeyDictionary

from seamcheck.runtime.allowed import Allowed
from seamcheck.runtime.errors import GuardError
from seamcheck.runtime.sources import Carried, Inner, Parts, Source, source_of
from seamcheck.runtime.state import Rights, State

_SLOT = "_seamcheck_state"
#: What changes a dict; a view has none of it.
_MUTATORS = frozenset({"clear", "pop", "popitem", "setdefault", "update"})


class View:
    """Base of all views. Read-only; ``isinstance`` sees the type of the run."""

    __slots__ = ("__weakref__", "_seamcheck_state")
    _seamcheck_state: State

    def __init__(self, state: State) -> None:
        object.__setattr__(self, _SLOT, state)

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return self._seamcheck_state.source.cls

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_seamcheck"):
            raise AttributeError(name)
        state = self._seamcheck_state
        if name not in state.allowed.below:
            if name == "__dict__":
                return self._seamcheck_all("vars")
            if name.startswith("_") and not state.source.has(name):
                raise AttributeError(f"{state.source.cls.__name__} has no attribute {name!r}")
        return _read(self, name)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"`{name}` cannot be set: this is a read-only view; work on a copy of the data")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"`{name}` cannot be deleted: this is a read-only view")

    def __repr__(self) -> str:
        state = self._seamcheck_state
        shown = ", ".join(map(str, state.readable())) or "nothing"
        return f"<xy_only view of {state.source.cls.__name__} for {state.rights.consumer}: {shown}>"

    def __dir__(self) -> list[str]:
        return sorted(name for name in self._seamcheck_state.readable() if isinstance(name, str))

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        source = self._seamcheck_state.source
        theirs = other._seamcheck_state.source if isinstance(other, View) else source_of(other)
        if source.target is theirs.target and source.target is not None:
            return True
        if source.cls is not theirs.cls:
            return False
        # Whether two runs are equal, only all of their fields can tell.
        return self._seamcheck_all("==") == _content(other, theirs)

    def __hash__(self) -> int:
        source = self._seamcheck_state.source
        return hash(source.cls if source.target is None else source.target)

    def __copy__(self) -> View:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> View:
        from copy import deepcopy

        values, *rest = self.__reduce__()[1]
        return _rebuilt(deepcopy(values, memo), *rest)

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        """What is closed is not pickled; the names of it are."""
        state = self._seamcheck_state
        rights = (state.rights.consumer, state.rights.declared, state.rights.listed)
        values, hidden = self._seamcheck_open(), self._seamcheck_closed()
        return _rebuilt, (values, hidden, state.source.cls, isinstance(self, RunsView), state.allowed, rights)

    def __getstate__(self) -> NoReturn:
        self._seamcheck_state.deny("the state")

    def _seamcheck_open(self) -> dict[Any, Any]:
        """What can be read, methods aside: these come with the class."""
        state = self._seamcheck_state
        return {name: _read(self, name) for name in state.readable() if not state.source.is_method(name)}

    def _seamcheck_closed(self) -> tuple[Any, ...]:
        return self._seamcheck_state.hidden()

    def _seamcheck_all(self, how: str) -> dict[Any, Any]:
        """All fields; raises DynamicsDenied where one is closed."""
        return {name: _read(self, name) for name in self._seamcheck_state.whole(how)}

    def __reduce_ex__(self, protocol: object) -> tuple[Any, tuple[Any, ...]]:
        return self.__reduce__()


class ObjectView(View):
    """A view of an object with attributes."""

    __slots__ = ()

    def __bool__(self) -> bool:
        state = self._seamcheck_state
        if state.source.has("__bool__") or state.source.has("__len__"):
            state.deny("the truth value")
        return True


class ObjectWithItemsView(ObjectView):
    """A view of an object that has items besides its attributes."""

    __slots__ = ()

    def __getitem__(self, key: Any) -> Any:
        state = self._seamcheck_state
        if not isinstance(key, str) or key not in state.allowed:
            state.deny(f"`[{key!r}]`")
        below = state.allowed.under(key)
        value = state.source.item(key)
        return value if below is None else view_of(value, below, state.rights)

    def __iter__(self) -> Iterator[Any]:
        self._seamcheck_state.deny("all items")


class MappingView(View, Mapping[Any, Any]):
    """A view of a mapping whose keys are the fields."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        if name in _MUTATORS:
            raise AttributeError(f"`{name}` would change the run: this is a read-only view")
        return View.__getattr__(self, name)

    def __getitem__(self, key: Any) -> Any:
        return _read(self, key)

    def __contains__(self, key: object) -> bool:
        state = self._seamcheck_state
        if key not in state.allowed:
            state.deny(f"whether there is {key!r}")
        return state.source.has(key)

    def get(self, key: Any, default: Any = None) -> Any:
        """The value of an open key, or the default; a closed key is denied whether it is there or not."""
        return _read(self, key) if key in self else default

    def __iter__(self) -> Iterator[Any]:
        return iter(self._seamcheck_state.whole("iteration"))

    def __reversed__(self) -> Iterator[Any]:
        yield from reversed(self._seamcheck_state.whole("reversed"))

    def __len__(self) -> int:
        return len(self._seamcheck_state.whole("len"))

    def __bool__(self) -> bool:
        # With an open field the run is certainly not empty; without one, only the closed ones could tell.
        return bool(self._seamcheck_state.readable()) or len(self) > 0

    def keys(self) -> KeysView[Any]:
        """All keys, if all are open; so are `**run` and `dict(run)`."""
        return self._seamcheck_all("keys").keys()

    def values(self) -> ValuesView[Any]:
        """All values, if all are open."""
        return self._seamcheck_all("values").values()

    def items(self) -> ItemsView[Any, Any]:
        """All items, if all are open."""
        return self._seamcheck_all("items").items()

    def copy(self) -> dict[Any, Any]:
        """A dict of all items, if all are open."""
        return self._seamcheck_all("copy")

    def __or__(self, other: Mapping[Any, Any]) -> dict[Any, Any]:
        return self._seamcheck_all("|") | dict(other)

    def __ror__(self, other: Mapping[Any, Any]) -> dict[Any, Any]:
        return dict(other) | self._seamcheck_all("|")


class NamedTupleView(View):
    """A view of a namedtuple: by name and by position."""

    __slots__ = ()

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return tuple(_read(self, name) for name in self._fields[at])
        if not hasattr(at, "__index__"):
            raise TypeError("indices of a namedtuple are integers or slices")
        return _read(self, self._fields[at])

    def __iter__(self) -> Iterator[Any]:
        return iter(self._seamcheck_all("iteration").values())

    def __contains__(self, value: object) -> bool:
        return value in tuple(self)

    def __len__(self) -> int:
        return len(self._fields)

    @property
    def _fields(self) -> tuple[str, ...]:
        names: tuple[str, ...] = self._seamcheck_state.source.cls._fields  # type: ignore[attr-defined]
        return names

    def _asdict(self) -> dict[str, Any]:
        return self._seamcheck_all("_asdict")

    def _replace(self, **changes: Any) -> Any:
        """A whole new tuple, if what is closed is replaced."""
        kept = {name: _read(self, name) for name in self._fields if name not in changes}
        return self._seamcheck_state.source.cls(**{**kept, **changes})


# For sequence patterns in `match`. Not a base: `index` and `count` may be fields.
Sequence.register(NamedTupleView)


class RunsView(View):
    """Base of views of containers of runs: each run in it is viewed as a run itself would be, at any depth."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def __iter__(self) -> Iterator[Any]:
        state = self._seamcheck_state
        for name in state.source.names():
            keyed = isinstance(self, RunsByKeyView)
            yield name if keyed else view_of(state.source.read(name), state.allowed, state.rights)

    def __getitem__(self, at: Any) -> Any:
        state = self._seamcheck_state
        found = state.source.read(at)
        if isinstance(at, slice):
            return [view_of(each, state.allowed, state.rights) for each in found]
        return view_of(found, state.allowed, state.rights)

    def __len__(self) -> int:
        return len(self._seamcheck_state.source.names())

    def __repr__(self) -> str:
        state = self._seamcheck_state
        return f"<xy_only view of {len(self)} runs for {state.rights.consumer}>"

    def _seamcheck_open(self) -> dict[Any, Any]:
        return self._seamcheck_all("")

    def _seamcheck_closed(self) -> tuple[Any, ...]:
        return ()

    def _seamcheck_all(self, how: str) -> dict[Any, Any]:
        return {name: self[name] for name in self._seamcheck_state.source.names()}


class RunsInOrderView(RunsView, Sequence[Any]):
    """A view of a list or tuple of runs."""

    __slots__ = ()


class RunsByKeyView(RunsView, Mapping[Any, Any]):
    """A view of a mapping of runs. None of its keys is a string: they name folds or cells, not fields."""

    __slots__ = ()


#: Objects have a class of views for each class: `fields` and `asdict` look for the fields of a dataclass there.
_CLASSES: WeakKeyDictionary[type, type[View]] = WeakKeyDictionary()


def view_of(value: Any, allowed: Allowed, rights: Rights) -> Any:
    """The value with only these names open. None stays None: there is nothing to read."""
    if value is None:
        return None
    if isinstance(value, View):
        state = value._seamcheck_state
        if state.rights.consumer == rights.consumer and state.allowed.names == allowed.names:
            return value
        # Rights never grow: what the inner view denies stays denied.
        inner = Inner(value, state.source, isinstance(value, RunsView | MappingView))
        return type(value)(State(inner, allowed, rights))
    source = source_of(value)
    return _view_class(source)(State(source, allowed, rights))


def readable(view: Any) -> tuple[str, ...]:
    """The fields of a run that this view opens, in their order; of a container of runs there are none.

    Raises GuardError for what is no view: all of it can be read.
    """
    if not isinstance(view, View):
        raise GuardError(f"{type(view).__name__} is no view; all of it can be read")
    return () if isinstance(view, RunsView) else view._seamcheck_state.readable()


def closed(view: Any) -> tuple[str, ...]:
    """The fields of a run that this view denies, also in the runs of a container and in fields that are open in part.

    Each is a dotted name. Empty for what is no view.
    """
    if not isinstance(view, View):
        return ()
    if isinstance(view, RunsView):
        parts = view._seamcheck_all("closed").values()
        return tuple(dict.fromkeys(name for each in parts for name in closed(each)))
    state = view._seamcheck_state
    found = [str(name) for name in state.hidden()]
    for name in state.readable():
        if state.allowed.under(name) is not None:
            found += [f"{name}.{each}" for each in closed(_read(view, name))]
    return tuple(dict.fromkeys(found))


def _read(view: View, name: Any) -> Any:
    """One field; raises DynamicsDenied, or what the run raises where an open field is not there."""
    state = view._seamcheck_state
    allowed, source = state.allowed, state.source
    if name not in allowed:
        state.deny(f"`{name}`")
    value, below = source.read(name), allowed.under(name)
    if below is not None:
        return view_of(value, below, state.rights)
    # A method that is open runs on the view, so that it reads no more than its caller may.
    if type(value) is MethodType and value.__self__ is source.target:
        return MethodType(value.__func__, view)
    if type(value) is FunctionType and source.target is None and isinstance(source, Carried):
        return MethodType(value, view) if source.is_method(name) else value
    return value


def _content(value: Any, source: Source) -> dict[Any, Any]:
    if isinstance(value, View):
        return value._seamcheck_all("==")
    return {name: source.read(name) for name in source.names()}


def _view_class(source: Source) -> type[View]:
    cls = source.cls
    if isinstance(source, Parts):
        return RunsByKeyView if issubclass(cls, Mapping) else RunsInOrderView
    if issubclass(cls, Mapping):
        return MappingView
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        return NamedTupleView
    found = _CLASSES.get(cls)
    if found is None:
        items = hasattr(cls, "__getitem__") or hasattr(cls, "__iter__")
        base = ObjectWithItemsView if items else ObjectView
        members: dict[str, Any] = {"__slots__": (), "__module__": __name__}
        if hasattr(cls, "__dataclass_fields__"):
            members["__dataclass_fields__"] = cls.__dataclass_fields__
        found = _CLASSES[cls] = type(base.__name__, (base,), members)
    return found


def _rebuilt(
    values: dict[Any, Any],
    hidden: tuple[Any, ...],
    cls: type,
    runs: bool,
    allowed: Allowed,
    rights: tuple[str, str, tuple[str, ...]],
) -> View:
    """A view from what :meth:`View.__reduce__` gave; its denials are counted anew."""
    source: Source = Carried(values, hidden, cls)
    if runs:
        source = Parts(values if issubclass(cls, Mapping) else list(values.values()), cls)
    return _view_class(source)(State(source, allowed, Rights(*rights)))
