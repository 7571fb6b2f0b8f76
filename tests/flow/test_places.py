"""Nodes that the analysis makes up are told apart by what they are, never by where they lie in memory."""

from __future__ import annotations

import ast
from pathlib import Path

from seamcheck.flow.places import Place, anchor, call_at, part_of

FLOW = Path(__file__).parents[2] / "src" / "seamcheck" / "flow"


def test_the_same_content_is_the_same_place() -> None:
    assert anchor(call_at(3, 4)) == anchor(call_at(3, 4)) != anchor(call_at(3, 5))
    source = ("name", 3, "x")
    assert anchor(part_of(source, 0)) == anchor(part_of(source, 0)) != anchor(part_of(source, 1))


def test_nodes_of_the_source_are_told_apart_although_they_look_alike() -> None:
    first, second = ("name", 3, *["x"]), ("name", 3, *["x"])
    assert first == second
    assert anchor(first) != anchor(second)


def test_calls_that_nobody_wrote_are_places() -> None:
    """A plain tuple made on the spot may get the address of one that is gone, and with it its objects."""
    assert isinstance(call_at(1, 1), Place)
    bad = []
    for path in FLOW.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            for argument in node.args:
                if isinstance(argument, ast.Tuple) and argument.elts:
                    first = argument.elts[0]
                    name = (
                        node.func.attr
                        if isinstance(node.func, ast.Attribute)
                        else getattr(node.func, "id", "")
                    )
                    if name in ("call", "call_pointer", "call_symbol", "call_with", "elements", "evaluate"):
                        bad.append(f"{path.name}:{first.lineno}")
    assert not bad, "wrap these in Place"
