"""The program graph as networkx: for queries and for showing."""

from __future__ import annotations

import networkx

from seamcheck.flow.engine import Engine


def call_graph(eng: Engine) -> networkx.DiGraph:
    """Nodes are dotted names, those of the project with ``path`` and ``line``; edges go from caller to callee."""
    graph = networkx.DiGraph()
    for module in sorted(eng.index.by_name.values(), key=lambda m: m.name):
        graph.add_node(module.name, path=module.path, line=1)
        for index, facts in enumerate(module.facts.functions):
            graph.add_node(eng.dotted(module, index), path=module.path, line=facts.line)
    for caller, callees in sorted(eng.edges.items()):
        for callee in sorted(callees):
            graph.add_edge(caller, callee)
    return graph
