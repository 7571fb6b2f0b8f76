"""How the fields of a run are found and read, whatever holds them. Nothing here decides what may be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import FunctionType, MemberDescriptorType
from typing import Any

_METHODS = (FunctionType, classmethod, staticmethod)


class Source:
    """The fields of one run. ``cls`` is its type; ``target`` the run itself, or None where only parts are left."""

    __slots__ = ("cls", "target")

    def __init__(self, target: Any, cls: type | None = None) -> None:
        self.target, self.cls = target, type(target) if cls is None else cls

    def names(self) -> tuple[Any, ...]:
        """All fields in their order: what a loop over them would meet."""
        raise NotImplementedError

    def has(self, name: Any) -> bool:
        """Is there such a field, method or property? Runs none of them."""
        raise NotImplementedError

    def read(self, name: Any) -> Any:
        """The value, as it is; raises what the run itself would raise."""
        raise NotImplementedError

    def item(self, name: Any) -> Any:
        """The value as ``[...]`` gives it, also of an object with attributes."""
        return self.read(name)

    def is_method(self, name: Any) -> bool:
        """Is it something that the class brings along?"""
        return False


class Attributes(Source):
    """Dataclasses, plain objects, slots, namedtuples, structs."""

    __slots__ = ()

    def names(self) -> tuple[str, ...]:
        """Declared fields first, then slots, then whatever else the instance holds."""
        declared: Iterable[str] = (
            getattr(self.cls, "__dataclass_fields__", None) or getattr(self.cls, "_fields", None) or ()
        )
        slots = [
            name
            for each in reversed(self.cls.__mro__)
            for name, value in vars(each).items()
            if type(value) is MemberDescriptorType and name[:2] != "__" and _is_set(value, self.target)
        ]
        return tuple(dict.fromkeys([*declared, *slots, *_instance(self.target)]))

    def has(self, name: str) -> bool:
        """Looks at the instance and its classes."""
        return name in _instance(self.target) or _inherited(self.cls, name) is not None

    def read(self, name: str) -> Any:
        """As ``getattr``."""
        return getattr(self.target, name)

    def item(self, name: str) -> Any:
        """As ``[...]``."""
        return self.target[name]

    def is_method(self, name: str) -> bool:
        """Is it a function of the class?"""
        return name not in _instance(self.target) and isinstance(_inherited(self.cls, name), _METHODS)


class Items(Source):
    """Mappings whose keys are fields."""

    __slots__ = ()

    def names(self) -> tuple[Any, ...]:
        """The keys."""
        return tuple(self.target)

    def has(self, name: Any) -> bool:
        """As ``in``."""
        return name in self.target

    def read(self, name: Any) -> Any:
        """As ``[...]``."""
        return self.target[name]


class Parts(Items):
    """Containers of runs; the names are keys or positions."""

    __slots__ = ()

    def names(self) -> tuple[Any, ...]:
        """Keys, or positions from 0."""
        return tuple(self.target) if isinstance(self.target, Mapping) else tuple(range(len(self.target)))


class Carried(Source):
    """The open part of a run that was pickled or copied. What was closed is not here; its names are."""

    __slots__ = ("_hidden", "_values")

    def __init__(self, values: dict[Any, Any], hidden: tuple[Any, ...], cls: type) -> None:
        super().__init__(None, cls)
        self._values, self._hidden = values, hidden

    def names(self) -> tuple[Any, ...]:
        """The open ones first."""
        return (*self._values, *self._hidden)

    def has(self, name: Any) -> bool:
        """Methods, too: they come with the class."""
        return name in self._values or name in self._hidden or self.is_method(name)

    def read(self, name: Any) -> Any:
        """The value that came along, or a method without its object."""
        if name in self._values:
            return self._values[name]
        if self.is_method(name):
            return getattr(self.cls, name)
        raise KeyError(name) if issubclass(self.cls, Mapping) else AttributeError(name)

    def is_method(self, name: Any) -> bool:
        """Is it a function of the class?"""
        named = isinstance(name, str) and not issubclass(self.cls, Mapping)
        return named and isinstance(_inherited(self.cls, name), _METHODS)


class Inner(Source):
    """A view as the source of another one: what the first denies stays denied."""

    __slots__ = ("_by_item", "_source", "_view")

    def __init__(self, view: Any, source: Source, by_item: bool) -> None:
        super().__init__(source.target, source.cls)
        self._view, self._source, self._by_item = view, source, by_item

    def names(self) -> tuple[Any, ...]:
        """Those of the run."""
        return self._source.names()

    def has(self, name: Any) -> bool:
        """As the run."""
        return self._source.has(name)

    def read(self, name: Any) -> Any:
        """What the first view gives."""
        return self._view[name] if self._by_item else getattr(self._view, name)

    def item(self, name: Any) -> Any:
        """What the first view gives."""
        return self._view[name]

    def is_method(self, name: Any) -> bool:
        """As the run."""
        return self._source.is_method(name)


def source_of(value: Any) -> Source:
    """How the fields of any object are read."""
    if isinstance(value, Mapping):
        return Items(value) if not value or any(isinstance(key, str) for key in value) else Parts(value)
    if isinstance(value, list) or (isinstance(value, tuple) and not hasattr(value, "_fields")):
        return Parts(value)
    return Attributes(value)


def _instance(target: Any) -> Mapping[str, Any]:
    found = getattr(target, "__dict__", None)
    return found if isinstance(found, Mapping) else {}


def _inherited(cls: type, name: str) -> Any:
    return next((vars(each)[name] for each in cls.__mro__ if name in vars(each)), None)


def _is_set(descriptor: MemberDescriptorType, target: Any) -> bool:
    try:
        descriptor.__get__(target, type(target))
    except AttributeError:
        return False
    return True
