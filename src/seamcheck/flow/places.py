"""Identity of nodes: objects, contexts and events are told apart by the piece of code that makes them.

A node of the source lives as long as its facts, so that its ``id`` names it. What the analysis makes up (a call that
a library makes, say) is a :class:`Place`: the same content is the same place, however often it is made.
"""

from __future__ import annotations

from typing import Any

from seamcheck.facts.ir import Node


class Place(tuple[Any, ...]):
    """A node that stands in no source."""

    __slots__ = ()


def call_at(line: int, end_line: int) -> Place:
    """A call that these lines cause and nobody wrote."""
    return Place(("call", line, end_line))


def anchor(node: Node) -> Any:
    """What tells this node from all others, equal for equal places."""
    return node if node.__class__ is Place else id(node)


def part_of(node: Node, position: int) -> Place:
    """One of several things that a node takes or gives."""
    return Place((node[0], node[1], position, anchor(node)))
