"""Which statement a line belongs to, and what a statement says wherever it stands and however it is laid out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from seamcheck.facts.ir import Body, ClassFacts, FileFacts, FunctionFacts, Node

_LAMBDA = "<lambda>"


class Span(NamedTuple):
    """The first and last line of a statement; of a compound one, those of its header with its decorators."""

    start: int
    end: int
    node: Node


def spans(facts: FileFacts) -> list[Span]:
    """All statements of a file in the order of their lines."""
    found: list[Span] = []
    pending: list[Body] = [
        facts.body,
        *(f.body for f in facts.functions if f.name != _LAMBDA),
        *(c.body for c in facts.classes),
    ]
    while pending:
        for node in pending.pop():
            inner = list(_bodies(node, facts))
            if node[0] not in ("def", "class"):  # the bodies of these are in the list already
                pending.extend(inner)
            start = _start(node, facts)
            below = [_start(body[0], facts) for body in inner if body]
            end = min([node[2], *(line - 1 for line in below)]) if below else node[2]
            # On one line with its body, a header cannot be told from it.
            found.append(Span(start, end if end >= start else node[2], node))
    return sorted(found, key=lambda span: span[:2])


def statement_at(known: list[Span], line: int) -> Span | None:
    """The smallest statement that the line belongs to; the first of several on one line."""
    return min(
        (span for span in known if span.start <= line <= span.end),
        key=lambda span: span.end - span.start,
        default=None,
    )


def _bodies(node: Node, facts: FileFacts) -> Iterator[Body]:
    """The blocks of a compound statement, empty ones included."""
    match node[0]:
        case "if" | "while":
            yield from node[4:6]
        case "for":
            yield from node[5:7]
        case "with":
            yield node[4]
        case "try":
            yield node[3]
            yield from (handler[2] for handler in node[4])
            yield from node[5:7]
        case "match":
            yield from (case[2] for case in node[4])
        case "def" | "class":
            yield _definition(node, facts).body


def _start(node: Node, facts: FileFacts) -> int:
    """The first line of a statement, its decorators included."""
    if node[0] not in ("def", "class"):
        return int(node[1])
    return min([int(node[1]), *(int(decorator[1]) for decorator in _definition(node, facts).decorators)])


def _definition(node: Node, facts: FileFacts) -> FunctionFacts | ClassFacts:
    return facts.functions[node[3]] if node[0] == "def" else facts.classes[node[3]]


def enclosing(facts: FileFacts, line: int) -> str:
    """The qualname of the innermost function or class around a line, its decorators included, or ``<module>``."""
    best, name = 0, "<module>"
    known: list[FunctionFacts | ClassFacts] = [*facts.functions, *facts.classes]
    for each in known:
        start = min([each.line, *(decorator[1] for decorator in each.decorators)])
        if each.name != _LAMBDA and best < start <= line <= each.end_line:
            best, name = start, each.qualname
    return name


def wording(node: Node, facts: FileFacts) -> str:
    """What a statement says, without its place, its layout and its comments; of a compound one, its header."""
    words: list[str] = []
    pending: list[Any] = [_header(node, facts)]
    while pending:
        part = pending.pop()
        if not isinstance(part, tuple):
            words.append(f"{type(part).__name__} {part!r}")
        elif part[:1] == ("lambda",) and len(part) == 3:
            function = facts.functions[part[2]]
            words.append("lambda")
            pending.extend((function.params, function.body))
        else:
            # Words are taken from the end, so a tuple is told by how many there are in it.
            kept = _without_place(part)
            words.append(f"({len(kept)}")
            pending.extend(kept)
    return "\0".join(words)


#: Nodes with two lines: statements, and calls among expressions.
_TWO_LINES = frozenset(
    "expr assign aug ann return if for while with try def class import from raise assert del global nonlocal match "
    "pass break continue call".split()
)


def _without_place(part: tuple[Any, ...]) -> tuple[Any, ...]:
    """A node without its lines; any other tuple as it is."""
    if len(part) < 2 or not isinstance(part[0], str) or type(part[1]) is not int:
        return part
    two = part[0] in _TWO_LINES and len(part) > 2 and type(part[2]) is int
    return (part[0], *part[3 if two else 2 :])


def _header(node: Node, facts: FileFacts) -> tuple[Any, ...]:
    match node[0]:
        case "if" | "while" | "with" | "match":
            return (node[0], node[3])
        case "for":
            return (node[0], node[3], node[4])
        case "try":
            return (node[0],)
        case "def":
            function = facts.functions[node[3]]
            return ("def", function.name, function.params, function.decorators, function.returns)
        case "class":
            defined = facts.classes[node[3]]
            return ("class", defined.name, defined.bases, defined.keywords, defined.decorators)
    return node
