"""The program graph in four notations."""

import json

import networkx
import pytest
from syrupy.assertion import SnapshotAssertion

from seamcheck.report.graph_text import FORMATS, render


@pytest.fixture
def graph() -> networkx.DiGraph:
    program = networkx.DiGraph()
    program.add_node("main.func", path="main.py", line=3)
    program.add_node("main", path="main.py", line=1)
    program.add_node("<builtin>.print")
    program.add_edge("main.func", "<builtin>.print")
    program.add_edge("main", "main.func")
    return program


@pytest.mark.parametrize("form", FORMATS)
def test_formats(form: str, graph: networkx.DiGraph, snapshot: SnapshotAssertion) -> None:
    assert render(graph, form) == snapshot


def test_pycg_is_callees_by_caller(graph: networkx.DiGraph) -> None:
    assert json.loads(render(graph, "pycg")) == {
        "<builtin>.print": [],
        "main": ["main.func"],
        "main.func": ["<builtin>.print"],
    }
