"""Code compared up to its line numbers, and which new line stands for which old one."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

#: Operators whose nodes hold a last line behind the first one: all statements, and calls.
SPANS = frozenset(
    "expr assign aug ann return if for while with try def class import from raise assert del global nonlocal "
    "match pass break continue call".split()
)
#: Nodes that end in the index of a function or class of their file.
DEFINING = frozenset({"def", "lambda", "class"})


class LineMap:
    """Pairs of an old and a new line: one to one and in the same order, or ``consistent`` is False."""

    def __init__(self) -> None:
        self._new: dict[int, int] = {}
        self._old: dict[int, int] = {}
        self._clashes = False

    def pair(self, old: int, new: int) -> None:
        """What stood on ``old`` stands on ``new``."""
        if self._new.setdefault(old, new) != new or self._old.setdefault(new, old) != old:
            self._clashes = True

    def get(self, line: int) -> int | None:
        """The new line, or None where nothing is known of the old one."""
        return self._new.get(line)

    @property
    def consistent(self) -> bool:
        """Can one text be the other with lines inserted and removed between those that were paired?"""
        lines = [self._new[old] for old in sorted(self._new)]
        return not self._clashes and all(one < two for one, two in pairwise(lines))

    @property
    def moved(self) -> dict[int, int]:
        """The pairs that differ."""
        return {old: new for old, new in self._new.items() if old != new}


class Comparison:
    """Collects the line pairs and the pairs of definitions of code that is otherwise the same."""

    def __init__(self) -> None:
        self.lines = LineMap()
        self.defined: set[tuple[bool, int, int]] = set()  # (is a class, old index, new index)

    def same(self, old: Any, new: Any) -> bool:
        """Are two pieces of facts the same but for lines and indexes?"""
        pending = [(old, new)]
        while pending:
            one, two = pending.pop()
            if not (isinstance(one, tuple) and isinstance(two, tuple)):
                if type(one) is not type(two) or repr(one) != repr(two):
                    return False
                continue
            start = self._head(one, two)
            if start < 0 or len(one) != len(two):
                return False
            pending.extend(zip(one[start:], two[start:], strict=True))
        return True

    def _head(self, one: tuple[Any, ...], two: tuple[Any, ...]) -> int:
        """Take in the operator and the lines of two nodes; where their other parts start, -1 if they differ."""
        if not (_is_node(one) and _is_node(two)):
            return 0
        op = one[0]
        if op != two[0]:
            return -1
        self.lines.pair(one[1], two[1])
        if op == "expr" and _is_text(one) and _is_text(two):
            return len(one)  # a docstring: whatever it says, and wherever it ends, nothing is done
        start = 2
        if op in SPANS:
            self.lines.pair(one[2], two[2])
            start = 3
        if op in DEFINING:
            self.defined.add((op == "class", one[-1], two[-1]))
            return len(one)
        return start


def _is_node(item: tuple[Any, ...]) -> bool:
    return len(item) > 2 and item[0].__class__ is str and item[1].__class__ is int


def _is_text(node: tuple[Any, ...]) -> bool:
    return bool(node[3][0] == "const" and node[3][2].__class__ is str)
