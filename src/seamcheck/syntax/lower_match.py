"""Lowering of ``match``: of the patterns only the names they bind matter, and what of the subject those are."""

from __future__ import annotations

from collections.abc import Iterator

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


def _with_reads(
    line: int, subject: Node, pattern: cst.MatchPattern, guard: Node | None
) -> tuple[frozenset[str], Node | None]:
    """The guard with what a pattern reads of a subject that is a name, and the names it binds to that."""
    if subject[0] != "name":
        return frozenset(), guard
    read = tuple(_reads(line, subject, pattern))
    if not read:
        return frozenset(), guard
    names = frozenset(node[2] for node in read if node[0] == "walrus")
    return names, ("tuple", line, read if guard is None else (*read, guard))


def _reads(line: int, place: Node, pattern: cst.MatchPattern | cst.MatchStar | None) -> Iterator[Node]:
    """``case C(name=x)`` binds ``x`` to ``place.name``, ``{"k": x}`` to ``place["k"]``, ``[x, *_]`` to ``place[0]``."""
    if isinstance(pattern, cst.MatchClass):
        for part in pattern.kwds:
            yield from _read(line, ("attr", line, place, part.key.value), part.pattern)
    elif isinstance(pattern, cst.MatchMapping):
        for element in pattern.elements:
            if isinstance(element.key, cst.SimpleString) and isinstance(element.key.evaluated_value, str):
                key = ("const", line, element.key.evaluated_value)
                yield from _read(line, ("sub", line, place, key), element.pattern, asks=False)
    elif isinstance(pattern, (cst.MatchList, cst.MatchTuple)):
        for position, item in enumerate(pattern.patterns):
            if isinstance(item, cst.MatchStar):
                break
            where = ("sub", line, place, ("const", line, position))
            yield from _read(line, where, item.value, asks=False)


def _read(line: int, place: Node, pattern: cst.MatchPattern, asks: bool = True) -> Iterator[Node]:
    if isinstance(pattern, cst.MatchAs) and pattern.pattern is None and pattern.name is not None:
        yield ("walrus", line, pattern.name.value, place)
        return
    if asks:
        yield place
    yield from _reads(line, place, pattern)


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
        read, guard = _with_reads(line, subject, case.pattern, guard)
        names = tuple(name for name in names if name not in read)
        body, end = suite(s, case.body)
        cases.append((names, guard, body))
    s.leading(node.footer)
    return ("match", line, end, subject, tuple(cases))
