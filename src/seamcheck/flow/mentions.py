"""What one file says by bare names: which it mentions, calls and defines, and which lead to which.

Nodes are names: ``x`` for an identifier, ``.x`` for an attribute, :data:`VALUES` for a call of a value. The slice
(:mod:`seamcheck.flow.relevance`) joins those of all files; a later scan compares those of one file with what they
were (:mod:`seamcheck.incremental.sliced`).
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any, NamedTuple

from seamcheck.facts.ir import FileFacts, FunctionFacts, Node
from seamcheck.flow.builtin_names import BUILTIN_NAMES

#: Methods of built-in containers and strings: so many calls bear these names that they say nothing by themselves.
COMMON = frozenset(
    f".{name}" for kind in (list, dict, set, str, tuple) for name in dir(kind) if not name.startswith("__")
)
#: The callee of every call of a value.
VALUES = "()"


class FileNames(NamedTuple):
    """The names of one file.

    ``own`` are its functions and classes (``x`` and ``.x``), ``aliases`` what its imports bind, ``nested`` what is
    no variable although a function binds it (inner functions, imports), ``handed`` what it mentions other than to
    call it, ``called`` what it calls.
    """

    own: frozenset[str]
    aliases: frozenset[str]
    nested: frozenset[str]
    handed: frozenset[str]
    called: frozenset[str]

    @property
    def defined(self) -> frozenset[str]:
        """Names that a call may mean as they stand."""
        return self.own | self.aliases


def file_names(facts: FileFacts) -> FileNames:
    """The names of a file."""
    plain = [f.name for f in facts.functions] + [c.name for c in facts.classes]
    aliases = frozenset(alias for name in facts.imports if (alias := name.partition("=")[2]))
    return FileNames(
        own=frozenset(name for each in plain for name in (each, "." + each)),
        aliases=aliases,
        nested=aliases.union(f.name for f in facts.functions if f.parent != -1),
        handed=frozenset(facts.mentions).union(*(f.mentions for f in facts.functions)),
        called=frozenset(facts.calls).union(*(f.calls for f in facts.functions)),
    )


def is_value(name: str, defined: Container[str]) -> bool:
    """Is a call of this name a call of a variable?"""
    return not name or not (name.startswith(".") or name in defined or name in BUILTIN_NAMES)


def nodes_of(facts: FileFacts, function: FunctionFacts) -> tuple[str, ...]:
    """Names that stand for a function; special methods belong to the construction of their class."""
    name = function.name
    if function.owner != -1 and name.startswith("__") and name != "__call__":
        name = facts.classes[function.owner].name
    return (name,) if "." + name in COMMON else (name, "." + name)


def reached(
    facts: FileFacts, function: FunctionFacts, nested: frozenset[str], defined: Container[str]
) -> set[str]:
    """Names that a function leads to; ``defined`` are those of the whole project."""
    local = _locals(facts, function, nested)
    found = {*function.mentions, *function.calls} - local
    for decorator in function.decorators:
        found.update(mentioned(decorator))
    if any(name in local or is_value(name, defined) for name in function.calls):
        found.add(VALUES)
    return found


def _locals(facts: FileFacts, function: FunctionFacts, nested: frozenset[str]) -> set[str]:
    """Variables of a function and of those around it; what a nested ``def`` or import binds is none."""
    names = set(function.assigned)
    if function.parent != -1:
        names |= _locals(facts, facts.functions[function.parent], nested)
    return names - nested


def edges(
    facts: FileFacts, nested: frozenset[str], defined: Container[str]
) -> Iterator[tuple[str, set[str]]]:
    """Pairs of a node and nodes that it leads to, by what this file says; one node may come several times."""
    for name in facts.imports:
        original, _, alias = name.partition(":")[2].partition("=")
        if alias and alias != original:
            yield alias, {original}
    for cls in facts.classes:
        yield cls.name, {name for base in cls.bases for name in mentioned(base)}.union(cls.mentions)
    for function in facts.functions:
        found = reached(facts, function, nested, defined)
        for name in nodes_of(facts, function):
            yield name, found
        if function.parent != -1:
            for name in nodes_of(facts, facts.functions[function.parent]):
                yield name, found


def _nodes_in(node: Any, facts: FileFacts | None) -> Iterator[Node]:
    """Every tuple inside a piece of code and, with ``facts`` of its file, inside the functions it defines."""
    pending: list[Any] = [node]
    while pending:
        item = pending.pop()
        if not isinstance(item, tuple) or not item:
            continue
        # A tuple of names (``global name, call``) looks like a node but for its line.
        if len(item) > 2 and item[1].__class__ is int and item[0].__class__ is str:
            yield item
            if facts is not None and item[0] in ("def", "lambda"):
                pending.append(facts.functions[item[-1]].body)
        pending.extend(item)


def mentioned(node: Any, facts: FileFacts | None = None) -> set[str]:
    """Identifiers and attribute names in a piece of code."""
    nodes = _nodes_in(node, facts)
    return {n[2] if n[0] == "name" else "." + n[3] for n in nodes if n[0] in ("name", "attr")}


def called(node: Any, facts: FileFacts | None = None) -> Iterator[str]:
    """Identifiers that are called in a piece of code, and "" for a call of anything else but an attribute."""
    for item in _nodes_in(node, facts):
        if item[0] == "call" and item[3][0] != "attr":
            yield item[3][2] if item[3][0] == "name" else ""
