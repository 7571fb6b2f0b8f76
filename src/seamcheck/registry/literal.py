"""Reads a registry that is a dict in a Python file, from its facts: nothing is imported, nothing is evaluated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seamcheck.config.complaint import shown as printable
from seamcheck.config.consumers import LiteralSource, name_problem, requires_problem
from seamcheck.config.load import MAX_TOLD
from seamcheck.facts.ir import FileFacts, Node
from seamcheck.model.errors import RegistryError
from seamcheck.registry.model import Entry

#: Methods of a dict that change it.
CHANGES = frozenset(
    {"clear", "pop", "popitem", "setdefault", "update", "__setitem__", "__delitem__", "__ior__"}
)

Key = tuple[str, str, int]


def literal_entries(facts: FileFacts, source: LiteralSource, file: str, shown: str) -> list[Entry]:
    """The entries of a literal; raises RegistryError that names every place where it is none."""
    variable = source.variable
    return [
        Entry(
            name,
            None if source.entry is None else source.entry.replace("{name}", name),
            requires,  # type: ignore[arg-type]
            file,
            shown,
            line,
            index,
            variable=variable,
        )
        for index, (name, requires, line) in enumerate(read_literal(facts, variable, shown))
    ]


def read_literal(facts: FileFacts, variable: str, shown: str) -> list[Key]:
    """Key, value and line of each item of the dict that is assigned to a module-level variable."""
    found = [node for node in facts.body if _assigns(node, variable)]
    if not found:
        hint = "assign the dict at module level, or correct `registry-literal`"
        raise RegistryError(f"`{variable}` is not assigned here", shown, None, hint)
    definition = found[0]
    elsewhere = sorted({*_changes(facts, variable, definition), *_definitions(facts, variable)})
    if len(found) > 1 or elsewhere:
        line = found[1][1] if len(found) > 1 else elsewhere[0]
        hint = f"write all of it into one dict literal (line {definition[1]})"
        raise RegistryError(f"`{variable}` is changed here, so it is no literal", shown, line, hint)
    value = definition[4] if definition[0] == "assign" else definition[5]
    if value[0] != "dict":
        hint = 'write {"name": "xy_only", ...}'
        raise RegistryError(f"`{variable}` is not a dict literal", shown, value[1], hint)
    items, wrong = _items(value[2])
    if wrong:
        rows = [f"{shown}:{line}: {message}" for line, message in wrong]
        if len(rows) == 1:
            raise RegistryError(wrong[0][1], shown, wrong[0][0])
        told = rows[:MAX_TOLD] + ([f"and {len(rows) - MAX_TOLD} more"] if len(rows) > MAX_TOLD else [])
        text = "\n".join(f"  {row}" for row in told)
        raise RegistryError(f"{len(rows)} problems of `{variable}`\n{text}", shown)
    return items


def _items(pairs: Any) -> tuple[list[Key], list[tuple[int, str]]]:
    items: list[Key] = []
    wrong: list[tuple[int, str]] = []
    seen: dict[str, int] = {}
    for key, value in pairs:
        line = (key if key is not None else value)[1]
        if key is None:
            wrong.append((line, "`**` is no literal: write its items out"))
        elif key[0] != "const" or not isinstance(key[2], str):
            wrong.append((line, "a key is not a string literal: write the name of the consumer"))
        elif value[0] != "const" or not isinstance(value[2], str):
            wrong.append((line, f"the value of {printable(key[2])} is not a string literal"))
        else:
            for what, problem in (("name", name_problem(key[2])), ("value", requires_problem(value[2]))):
                if problem is not None:
                    hint = f" ({problem[1]})" if problem[1] else ""
                    wrong.append((line, f"the {what} of {printable(key[2])} {problem[0]}{hint}"))
            if key[2] in seen:
                wrong.append((line, f"{printable(key[2])} stands in line {seen[key[2]]} already"))
            seen.setdefault(key[2], line)
            items.append((key[2], value[2], line))
    return items, wrong


def _assigns(node: Node, variable: str) -> bool:
    """Is this statement ``VARIABLE = ...`` or ``VARIABLE: T = ...``?"""
    if node[0] == "assign":
        return any(target[0] == "name" and target[2] == variable for target in node[3])
    return bool(node[0] == "ann" and node[3][0] == "name" and node[3][2] == variable and node[5] is not None)


def _changes(facts: FileFacts, variable: str, definition: Node) -> Iterator[int]:
    """Lines of the file that bind or change the variable besides its definition, as far as the file shows."""
    bodies = [facts.body, *(cls.body for cls in facts.classes)]
    bodies += [f.body for f in facts.functions if variable not in f.assigned]
    pending: list[Any] = [node for body in bodies for node in body if node is not definition]
    while pending:
        node = pending.pop()
        if not isinstance(node, tuple) or not node:
            continue
        if isinstance(node[0], str) and len(node) > 2 and isinstance(node[1], int):
            if any(_about(target, variable) for target in _targets(node)):
                yield node[1]
        pending.extend(part for part in node if isinstance(part, tuple))


def _definitions(facts: FileFacts, variable: str) -> Iterator[int]:
    """Lines of module-level functions and classes of this name."""
    yield from (f.line for f in facts.functions if f.qualname == variable)
    yield from (cls.line for cls in facts.classes if cls.qualname == variable)


def _targets(node: Node) -> list[Any]:
    """What a statement or expression binds, changes or deletes."""
    kind = node[0]
    if kind in ("assign", "del") and isinstance(node[3], tuple):
        return [each for target in node[3] for each in _flat(target)]
    if kind in ("aug", "ann", "for"):
        return list(_flat(node[3])) if kind != "ann" or node[5] is not None else []
    if kind == "with":
        return [each for _, target in node[3] if target is not None for each in _flat(target)]
    if kind in ("import", "from") and isinstance(node[-1], tuple):
        return [("name", node[1], alias or name.partition(".")[0]) for name, alias in node[-1]]
    if kind == "walrus":
        return [("name", node[1], node[2])]
    if kind == "call" and len(node) == 6 and node[3][0] == "attr" and node[3][3] in CHANGES:
        return [node[3][2]]
    return []


def _flat(target: Any) -> Iterator[Any]:
    if target[0] in ("tuple", "list"):
        for each in target[2]:
            yield from _flat(each)
    elif target[0] == "star":
        yield from _flat(target[2])
    else:
        yield target


def _about(target: Any, variable: str) -> bool:
    """Is this the variable, or an item of it?"""
    while target[0] == "sub":
        target = target[2]
    return bool(target[0] == "name" and target[2] == variable)
