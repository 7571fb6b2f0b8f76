"""Names that targets bind."""

from __future__ import annotations

from seamcheck.facts.ir import Node
from seamcheck.syntax.state import State


def bind(s: State, target: Node) -> None:
    """Record the names that a lowered target binds; attributes and items bind none."""
    op = target[0]
    if op == "name":
        s.names[target[2]] = None
    elif op == "tuple" or op == "list":
        for element in target[2]:
            bind(s, element)
    elif op == "star":
        bind(s, target[2])
