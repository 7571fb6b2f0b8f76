"""Lowering of ``match``: of the patterns only the names they bind matter."""

from __future__ import annotations

import libcst as cst

from seamcheck.facts.ir import Body, Node
from seamcheck.syntax.lower_def import Suite
from seamcheck.syntax.state import State


def _captures(pattern: cst.CSTNode) -> tuple[str, ...]:
    """Names that a pattern binds, in source order; those of an alternative once."""
    names: dict[str, None] = {}
    stack: list[tuple[cst.CSTNode | None, str | None]] = [(pattern, None)]
    while stack:
        node, name = stack.pop()
        if name is not None:
            names[name] = None
        if node is None:
            continue
        bound = None
        if isinstance(node, (cst.MatchAs, cst.MatchStar)):
            bound = node.name
        elif isinstance(node, cst.MatchMapping):
            bound = node.rest
        if bound is not None:
            stack.append((None, bound.value))
        if not isinstance(node, cst.MatchValue):
            stack.extend([(child, None) for child in reversed(node.children)])
    return tuple(names)


def _with_reads(line: int, subject: Node, pattern: cst.MatchPattern, guard: Node | None) -> Node | None:
    """The guard with the attributes that ``case C(name=...)`` asks of a subject that is a name."""
    if not isinstance(pattern, cst.MatchClass) or subject[0] != "name":
        return guard
    read = tuple(("attr", line, subject, part.key.value) for part in pattern.kwds)
    if not read:
        return guard
    return ("tuple", line, read if guard is None else (*read, guard))


def lower_match(s: State, node: cst.Match, suite: Suite) -> Node:
    """A ``match`` statement; ``suite`` lowers the bodies of its cases."""
    s.leading(node.leading_lines)
    line = s.line
    s.skip(node.whitespace_after_match)
    subject = s.expr(s, node.subject)
    s.skip(node.whitespace_before_colon)
    s.trailing(node.whitespace_after_colon)
    cases: list[tuple[tuple[str, ...], Node | None, Body]] = []
    end = line
    for case in node.cases:
        s.leading(case.leading_lines)
        s.skip(case.whitespace_after_case)
        s.whole(case.pattern)
        names = _captures(case.pattern)
        s.names.update(dict.fromkeys(names))
        s.skip(case.whitespace_before_if)
        s.skip(case.whitespace_after_if)
        guard = None if case.guard is None else s.expr(s, case.guard)
        s.skip(case.whitespace_before_colon)
        guard = _with_reads(line, subject, case.pattern, guard)
        body, end = suite(s, case.body)
        cases.append((names, guard, body))
    s.leading(node.footer)
    return ("match", line, end, subject, tuple(cases))
