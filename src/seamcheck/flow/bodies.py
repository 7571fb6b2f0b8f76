"""What a function says at a glance, without running it: pure questions about facts."""

from __future__ import annotations

from typing import Any

from seamcheck.facts.ir import Body, FunctionFacts, Node


def callee_text(node: Node) -> str:
    """How the source spells a callee: ``model.fit``."""
    if node[0] == "name":
        return str(node[2])
    if node[0] == "attr":
        inner = callee_text(node[2])
        return f"{inner}.{node[3]}" if inner else str(node[3])
    return ""


def is_abstract(facts: FunctionFacts) -> bool:
    """A method that only says it must be overridden."""
    if facts.owner == -1:
        return False
    rest = [n for n in facts.body if not (n[0] == "pass" or (n[0] == "expr" and n[3][0] == "const"))]
    if not rest:
        return is_declared_abstract(facts)
    if len(rest) != 1 or rest[0][0] != "raise" or rest[0][3] is None:
        return False
    raised = rest[0][3][3] if rest[0][3][0] == "call" else rest[0][3]
    return callee_text(raised) == "NotImplementedError"


def is_declared_abstract(facts: FunctionFacts) -> bool:
    """Must a class override this method before it can be instantiated?"""
    names = (callee_text(d).rpartition(".")[2] for d in facts.decorators)
    return any(name in ("abstractmethod", "abstractproperty") for name in names)


def stored_on(receiver: str, body: Body) -> set[str]:
    """Names ``n`` of ``receiver.n`` anywhere in these statements."""
    found: set[str] = set()
    pending: list[Any] = list(body)
    while pending:
        node = pending.pop()
        if not isinstance(node, tuple):
            continue
        if len(node) == 4 and node[0] == "attr" and node[2][:1] == ("name",) and node[2][2] == receiver:
            found.add(node[3])
        pending.extend(node)
    return found
