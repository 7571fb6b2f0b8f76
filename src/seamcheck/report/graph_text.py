"""The program graph in the formats that other tools read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import networkx

FORMATS = ("pycg", "json", "dot", "mermaid")
SCHEMA = "seamcheck.graph/1"


def render(graph: networkx.DiGraph, form: str) -> str:
    """The graph in one of FORMATS, nodes and edges sorted."""
    return {"pycg": _pycg, "json": _json, "dot": _dot, "mermaid": _mermaid}[form](graph)


def _edges(graph: networkx.DiGraph) -> list[tuple[str, str]]:
    return sorted((str(a), str(b)) for a, b in graph.edges)


def _nodes(graph: networkx.DiGraph) -> list[tuple[str, dict[str, Any]]]:
    return sorted(
        ((str(name), dict(data)) for name, data in graph.nodes(data=True)), key=lambda node: node[0]
    )


def _pycg(graph: networkx.DiGraph) -> str:
    callees: dict[str, list[str]] = {name: [] for name, _ in _nodes(graph)}
    for caller, callee in _edges(graph):
        callees[caller].append(callee)
    return json.dumps(callees) + "\n"


def _json(graph: networkx.DiGraph) -> str:
    nodes = [
        {"name": name, "path": data.get("path"), "line": data.get("line")} for name, data in _nodes(graph)
    ]
    edges = [{"caller": caller, "callee": callee} for caller, callee in _edges(graph)]
    return json.dumps({"schema": SCHEMA, "nodes": nodes, "edges": edges}, indent=2) + "\n"


def _dot(graph: networkx.DiGraph) -> str:
    rows = ["digraph program {", "  rankdir=LR;", "  node [shape=box];"]
    for name, data in _nodes(graph):
        where = f' tooltip="{_quote(data["path"])}:{data.get("line", 0)}"' if data.get("path") else ""
        rows.append(f'  "{_quote(name)}"' + (f" [{where.strip()}]" if where else "") + ";")
    rows += [f'  "{_quote(caller)}" -> "{_quote(callee)}";' for caller, callee in _edges(graph)]
    return "\n".join([*rows, "}"]) + "\n"


def _quote(text: object) -> str:
    return str(text).replace("\\", "\\\\").replace('"', '\\"')


def _mermaid(graph: networkx.DiGraph) -> str:
    """Mermaid wants plain ids, so nodes are numbered and named by their label."""
    ids = {name: f"n{index}" for index, (name, _) in enumerate(_nodes(graph))}
    rows = ["flowchart LR"]
    rows += [f'  {ids[name]}["{name.replace(chr(34), "#quot;")}"]' for name in ids]
    rows += [f"  {ids[caller]} --> {ids[callee]}" for caller, callee in _edges(graph)]
    return "\n".join(rows) + "\n"
