"""Two versions of a file: is all that a scan followed the same, and where does it stand now?

Functions that were not followed may have another body; what is read of them without running them may not change.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from seamcheck.facts.ir import ClassFacts, FileFacts, FunctionFacts
from seamcheck.flow.bodies import is_abstract, stored_on
from seamcheck.incremental.lines import Comparison, LineMap

#: Statements and expressions whose nested functions are read when it is asked whether the loop may train.
LOOPS = frozenset({"for", "while", "comp"})


class Alignment(NamedTuple):
    """Where code stands now, and names that a module defines in addition, by statements that do nothing else."""

    lines: LineMap
    added: frozenset[str] = frozenset()


def align(old: FileFacts, new: FileFacts, followed: Collection[int] | None) -> Alignment | None:
    """The new lines of what a scan read of a file, or None if it may read something else now.

    ``followed`` are the indexes of the functions whose bodies it ran; None: nothing may differ but lines.
    """
    if old.caveats or new.caveats or old.cells != new.cells:
        return None
    added: frozenset[str] = frozenset()
    if followed is not None:
        new, added = _without_additions(old, new)
    heads = _Heads(old, new, followed)
    comparison = Comparison()
    if not heads.matched or (old.imports, old.exports) != (new.imports, new.exports):
        return None
    if not comparison.same(old.body, new.body):
        return None
    for one, two in heads.functions.items():
        rigid = one not in heads.loose
        if not _function(old, new, one, two, heads, comparison, rigid):
            return None
    for one, two in heads.classes.items():
        if not _class(old.classes[one], new.classes[two], heads, comparison):
            return None
    told = all(
        (heads.classes if is_class else heads.functions).get(one) == two
        for is_class, one, two in comparison.defined
    )
    if not told or not _directives(old, new, heads, comparison.lines):
        return None
    return Alignment(comparison.lines, added) if comparison.lines.consistent else None


def _without_additions(old: FileFacts, new: FileFacts) -> tuple[FileFacts, frozenset[str]]:
    """The new version without plain functions and constants behind all that the old one has, and their names."""
    rest, heads = new.body[len(old.body) :], [f for f in old.functions if f.parent == -1]
    kept = [i for i, f in enumerate(new.functions) if f.parent == -1][: len(heads)]
    names: set[str] = set()
    for node in rest:
        if node[0] == "def" and node[3] not in kept and _is_plain(new.functions[node[3]]):
            names.add(new.functions[node[3]].name)
        elif node[0] == "assign" and node[4][0] == "const" and all(t[0] == "name" for t in node[3]):
            names.update(t[2] for t in node[3])
        else:
            return new, frozenset()
    if not names:
        return new, frozenset()
    # Their functions stand last, and inside one another: what is left keeps its indexes.
    last = max((i for i, f in enumerate(new.functions) if _outermost(new, i) in kept), default=-1)
    if any(_outermost(new, i) not in kept for i in range(last + 1)):
        return new, frozenset()
    body = new.body[: len(old.body)]
    return new._replace(body=body, functions=new.functions[: last + 1]), frozenset(names)


def _is_plain(function: FunctionFacts) -> bool:
    """Does defining this function run nothing?"""
    defaults = [p.default for p in function.params if p.default is not None]
    annotations = [p.annotation for p in function.params] + [function.returns]
    names_only = all(a is None or a[0] in ("name", "const") for a in annotations)
    return not function.decorators and all(d[0] == "const" for d in defaults) and names_only


def _outermost(facts: FileFacts, index: int) -> int:
    while facts.functions[index].parent != -1:
        index = facts.functions[index].parent
    return index


class _Heads:
    """Which function and class of the new version stands for which of the old one.

    ``loose`` are outermost functions that the scan did not follow; what is inside them is in neither mapping.
    """

    def __init__(self, old: FileFacts, new: FileFacts, followed: Collection[int] | None) -> None:
        self.functions: dict[int, int] = {}
        self.classes: dict[int, int] = {}
        self.loose: set[int] = set()
        inner_old, inner_new = _by_outermost(old), _by_outermost(new)
        heads_old = [i for i, f in enumerate(old.functions) if f.parent == -1]
        heads_new = [i for i, f in enumerate(new.functions) if f.parent == -1]
        self.matched = len(heads_old) == len(heads_new) and len(inner_old[-1][1]) == len(inner_new[-1][1])
        if not self.matched:
            return
        self.classes.update(zip(inner_old[-1][1], inner_new[-1][1], strict=True))
        pinned = _in_loops(old)
        for one, two in zip(heads_old, heads_new, strict=True):
            self.functions[one] = two
            (functions, classes), (functions_new, classes_new) = inner_old[one], inner_new[two]
            ran = followed is None or not {one, *functions}.isdisjoint(followed)
            if not ran and one not in pinned and old.functions[one].name != "<lambda>":
                self.loose.add(one)
            elif len(functions) == len(functions_new) and len(classes) == len(classes_new):
                self.functions.update(zip(functions, functions_new, strict=True))
                self.classes.update(zip(classes, classes_new, strict=True))
            else:
                self.matched = False


def _by_outermost(facts: FileFacts) -> dict[int, tuple[list[int], list[int]]]:
    """Inner functions and classes by the outermost function around them; those in none are classes under -1."""
    roots: list[int] = []
    found: dict[int, tuple[list[int], list[int]]] = {-1: ([], [])}
    for index, function in enumerate(facts.functions):
        if function.parent == -1:
            found[index] = ([], [])
    for index in range(len(facts.functions)):
        root = _outermost(facts, index)
        roots.append(root)
        if root != index:
            found[root][0].append(index)
    for index, cls in enumerate(facts.classes):
        found[roots[cls.parent] if cls.parent != -1 else -1][1].append(index)
    return found


def _in_loops(facts: FileFacts) -> set[int]:
    """Functions defined inside a loop of the module or of a class body."""
    found: set[int] = set()
    pending: list[tuple[Any, bool]] = [(facts.body, False), *((c.body, False) for c in facts.classes)]
    while pending:
        node, inside = pending.pop()
        if not isinstance(node, tuple) or not node:
            continue
        if isinstance(node[0], str):
            inside = inside or node[0] in LOOPS
            if inside and node[0] in ("def", "lambda") and isinstance(node[-1], int):
                found.add(node[-1])
        pending.extend((part, inside) for part in node)
    return found


def _function(
    old: FileFacts, new: FileFacts, one: int, two: int, heads: _Heads, comparison: Comparison, rigid: bool
) -> bool:
    first, second = old.functions[one], new.functions[two]
    comparison.lines.pair(first.line, second.line)
    comparison.lines.pair(first.end_line, second.end_line)
    if not _in_same_place(first.parent, second.parent, heads.functions):
        return False
    if not _in_same_place(first.owner, second.owner, heads.classes):
        return False
    if not comparison.same(_header(first), _header(second)):
        return False
    if rigid:
        return comparison.same(_inside(first), _inside(second))
    receiver = first.params[0].name if first.owner != -1 and first.params else None
    return is_abstract(first) == is_abstract(second) and (
        receiver is None or stored_on(receiver, first.body) == stored_on(receiver, second.body)
    )


def _header(function: FunctionFacts) -> tuple[Any, ...]:
    """What is read of a function whether or not it is run."""
    params = tuple((p.name, p.kind, p.default, p.annotation) for p in function.params)
    flags = (function.is_generator, function.is_async)
    return (function.qualname, function.name, params, function.decorators, flags, function.returns)


def _inside(function: FunctionFacts) -> tuple[Any, ...]:
    names = (function.assigned, function.globals, function.nonlocals, function.mentions, function.calls)
    return (function.body, names)


def _class(first: ClassFacts, second: ClassFacts, heads: _Heads, comparison: Comparison) -> bool:
    comparison.lines.pair(first.line, second.line)
    comparison.lines.pair(first.end_line, second.end_line)
    return _in_same_place(first.parent, second.parent, heads.functions) and comparison.same(
        (
            first.qualname,
            first.name,
            first.bases,
            first.keywords,
            first.body,
            first.decorators,
            first.mentions,
        ),
        (
            second.qualname,
            second.name,
            second.bases,
            second.keywords,
            second.body,
            second.decorators,
            second.mentions,
        ),
    )


def _in_same_place(one: int, two: int, known: dict[int, int]) -> bool:
    return known.get(one) == two if one != -1 else two == -1


def _directives(old: FileFacts, new: FileFacts, heads: _Heads, lines: LineMap) -> bool:
    """Are the comments for us the same, at the same places, and none inside code that may have changed?"""
    if len(old.directives) != len(new.directives):
        return False
    for one, two in zip(old.directives, new.directives, strict=True):
        if (one.text, one.trailing) != (two.text, two.trailing):
            return False
        for loose in heads.loose:
            if old.functions[loose].line <= one.line <= old.functions[loose].end_line:
                return False
        below = 0 if one.trailing else 1
        if lines.get(one.line + below) != two.line + below:
            return False
        lines.pair(one.line, two.line)
    return True
