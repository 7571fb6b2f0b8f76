"""Look-ups over all library models: canonical names, functions, types, methods, attributes, defaults."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from seamcheck.libraries.schema import Call, Default, RuleFile, Type


def _spellings(name: str) -> Iterable[str]:
    """The name itself, then with its last segment as a wildcard: ``a.b.C`` and ``a.b.*``."""
    yield name
    head, _, _ = name.rpartition(".")
    if head:
        yield head + ".*"


class Models:
    """An index over model files; later files win where two describe one name (a project's own come last)."""

    def __init__(self, files: Iterable[RuleFile]):
        self.calls: dict[str, Call] = {}
        self.types: dict[str, Type] = {}
        self.alias: dict[str, str] = {}
        self.defaults: dict[str, Default] = {}
        self.packages: dict[str, str] = {}
        for file in files:
            self._add(file)
        self.canonical = lru_cache(maxsize=None)(self._canonical)
        self.type = lru_cache(maxsize=None)(self._type)
        self.call = lru_cache(maxsize=None)(self._call)
        self.default = lru_cache(maxsize=None)(self._default)
        self.lineage = lru_cache(maxsize=None)(self._lineage)
        self.method = lru_cache(maxsize=None)(self._method)
        self.attribute = lru_cache(maxsize=None)(self._attribute)

    def _add(self, file: RuleFile) -> None:
        for package in file.library.packages:
            self.packages[package] = file.library.name
        self.alias.update(file.library.alias)
        for call in file.call:
            self.calls[call.name] = call
        for kind in file.type:
            self.types[kind.name] = kind
        for default in file.default:
            self.defaults[default.prefix] = default

    def _canonical(self, name: str) -> str:
        """Follow aliases, whole names before prefixes, until nothing changes (at most eight times)."""
        for _ in range(8):
            head, tail = name, ""
            while head:
                if head in self.alias:
                    break
                head, _, last = head.rpartition(".")
                tail = f".{last}{tail}" if last else tail
            if not head or self.alias[head] + tail == name:
                return name
            name = self.alias[head] + tail
        return name

    def _call(self, name: str) -> Call | None:
        """The function model of a canonical name. A wildcard stands for functions and types alike: types win."""
        exact = self.calls.get(name)
        if exact is not None or name in self.types:
            return exact
        for spelling in _spellings(name):
            if spelling in self.types and spelling in self.calls:
                last = name.rpartition(".")[2]
                return None if last[:1].isupper() else self.calls[spelling]
            if spelling in self.calls:
                return self.calls[spelling]
        return None

    def _type(self, name: str) -> Type | None:
        """The class model of a canonical name; wildcards describe names that look like classes only."""
        exact = self.types.get(name)
        if exact is not None or name in self.calls:
            return exact
        if name.rpartition(".")[2][:1].isupper():
            for spelling in _spellings(name):
                if spelling in self.types:
                    return self.types[spelling]
        return None

    def _default(self, name: str) -> Default | None:
        """The ``[[default]]`` with the longest prefix of this name."""
        head = name
        while head:
            if head in self.defaults:
                return self.defaults[head]
            head = head.rpartition(".")[0]
        return None

    def _lineage(self, name: str) -> tuple[Type, ...]:
        """The type and its bases, nearest first, each once."""
        seen: dict[str, Type] = {}
        queue = [name]
        while queue:
            kind = self.type(self.canonical(queue.pop(0)))
            if kind is not None and kind.name not in seen:
                seen[kind.name] = kind
                queue.extend(kind.bases)
        return tuple(seen.values())

    def _method(self, type_name: str, name: str) -> Call | None:
        for kind in self.lineage(type_name):
            for method in kind.method:
                if method.name == name:
                    return method
        return None

    def _attribute(self, type_name: str, name: str) -> str | None:
        for kind in self.lineage(type_name):
            if name in kind.attributes:
                return kind.attributes[name]
        for kind in self.lineage(type_name):
            if "*" in kind.attributes and not any(m.name == name for m in kind.method):
                return kind.attributes["*"]
        return None

    def policy(self, type_name: str) -> str:
        """What unlisted methods and attributes of a type do."""
        for kind in self.lineage(type_name):
            if kind.default is not None:
                return kind.default
        found = self.default(type_name)
        return found.policy if found is not None else "opaque"

    def category(self, type_name: str) -> str:
        """The first category other than ``other`` along the bases."""
        for kind in self.lineage(type_name):
            if kind.category != "other":
                return kind.category
        return "other"

    def elements(self, type_name: str) -> str:
        """What iterating over an instance gives."""
        for kind in self.lineage(type_name):
            if kind.elements != "data":
                return kind.elements
        return "data"

    def known_package(self, name: str) -> bool:
        """Is the package of this dotted name modelled at all?"""
        return name.partition(".")[0] in self.packages
