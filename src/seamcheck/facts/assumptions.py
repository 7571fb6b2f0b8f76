"""``# seamcheck: assume[deterministic] -- why``: what somebody says of calls that the source does not tell.

A comment speaks of a function (on the line of its ``def`` or of a decorator, or alone on the line above) or of the
calls in one statement (on any of its lines, or alone above it). What the words promise:

``deterministic``
    each of these calls, whenever it is given equal arguments, gives an equal result: equal now, and in the items,
    elements and attributes that are read from it. Calls on the result are calls of their own. It says nothing about
    what the call does to its arguments, when the result is computed, or what is read on the way.
``pure``
    the same, and the call changes nothing that it is given.

Of a ``def`` it is said of this very function: not of another one of the same name, not of one that overrides it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from seamcheck.facts.ir import Body, Directive, FileFacts, FunctionFacts, Node
from seamcheck.model.evidence import in_cell

_FORM = re.compile(r"assume\[(?P<word>[^\]]*)\]\s*(?:--\s*(?P<why>.*))?$", re.DOTALL)
WORDS = ("deterministic", "pure")
_PROMISES = {
    ("deterministic", False): "is deterministic",
    ("deterministic", True): "are deterministic",
    ("pure", False): "is deterministic and changes nothing it is given",
    ("pure", True): "are deterministic and change nothing they are given",
}
#: Statements without a body: the calls in them are those of one line of thought.
SIMPLE = frozenset({"expr", "assign", "aug", "ann", "return", "raise", "assert", "del"})
COMPOUND = frozenset({"if", "for", "while", "with", "try", "match", "def", "class"})
#: Why a comment has no effect, and the code of the finding that says so.
MALFORMED, UNUSED, NO_REASON = "SEAM905", "SEAM907", "SEAM908"


class Assumption(NamedTuple):
    """One comment that counts: where it stands, its word and the reason given.

    ``about`` is the function it speaks of; empty where it speaks of the calls of a statement.
    """

    path: str
    line: int
    about: str
    word: str
    why: str

    def promise(self, plural: bool = False) -> str:
        """``is deterministic``: what the word says."""
        return _PROMISES[self.word, plural]


class Mark(NamedTuple):
    """An assumption and what it covers: the function with this index, or (-1) the calls on these lines."""

    assumption: Assumption
    function: int
    start: int
    end: int


class Wrong(NamedTuple):
    """A comment without effect: the code of what is wrong with it, and the words."""

    directive: Directive
    code: str
    message: str


def read(facts: FileFacts, path: str) -> tuple[tuple[Mark, ...], tuple[Wrong, ...]]:
    """The assumptions of one file, and the comments that were meant to be some."""
    marks: list[Mark] = []
    wrong: list[Wrong] = []
    for directive in facts.directives:
        if not directive.text.strip().startswith("assume["):
            continue
        found = _read_one(facts, path, directive)
        if isinstance(found, Mark):
            marks.append(found)
        else:
            wrong.append(found)
    return tuple(marks), tuple(wrong)


def _read_one(facts: FileFacts, path: str, directive: Directive) -> Mark | Wrong:
    form = _FORM.match(directive.text.strip())
    if form is None:
        return Wrong(directive, MALFORMED, "write `# seamcheck: assume[deterministic] -- why`")
    word, why = form["word"].strip(), " ".join((form["why"] or "").split())
    if word not in WORDS:
        known = " and ".join(f"`{each}`" for each in WORDS)
        return Wrong(directive, MALFORMED, f"`{word}` is nothing that can be assumed: there are {known}")
    if not why:
        return Wrong(
            directive, NO_REASON, "an assumption needs a reason after `--`, and counts only with one"
        )
    line = directive.line if directive.trailing else directive.line + 1
    if in_cell(facts.cells, line)[0] != in_cell(facts.cells, directive.line)[0]:
        return Wrong(directive, UNUSED, "no statement stands below this assumption in its cell")
    index = _function_at(facts, line)
    if index is not None:
        about = facts.functions[index].qualname.replace(".<locals>", "")
        return Mark(Assumption(path, directive.line, about, word, why), index, 0, 0)
    span = _statement_at(facts, line)
    if span is None:
        message = (
            "this assumption stands neither at a `def` nor at one single statement: it counts for nothing"
        )
        return Wrong(directive, UNUSED, message)
    return Mark(Assumption(path, directive.line, "", word, why), -1, *span)


def _function_at(facts: FileFacts, line: int) -> int | None:
    """The one function whose ``def`` or decorators stand on this line."""
    found = [k for k, function in enumerate(facts.functions) if line in _head_lines(function)]
    return found[0] if len(found) == 1 else None


def _head_lines(function: FunctionFacts) -> set[int]:
    if function.name == "<lambda>":
        return set()
    lines = {function.line}
    for decorator in function.decorators:
        lines.update(range(decorator[1], _last_line(decorator) + 1))
    return lines


def _last_line(node: Node) -> int:
    return int(node[2]) if node[0] == "call" else int(node[1])


def _statement_at(facts: FileFacts, line: int) -> tuple[int, int] | None:
    """Lines of the one statement that this line belongs to, or of the head of a compound one.

    None where the line has code of several statements: which of them is meant, nobody can tell.
    """
    statements = list(_statements(facts))
    here = [node for node in statements if node[0] not in COMPOUND and node[1] <= line <= node[2]]
    heads = [
        (node, end)
        for node in statements
        if node[0] in COMPOUND and node[1] <= line <= (end := _head_end(facts, node))
    ]
    if len(here) + len(heads) != 1:
        return None
    if heads:
        node, end = heads[0]
        if node[0] in ("try", "match", "def", "class"):
            return None
        return node[1], end
    node = here[0]
    shared = [n for n in statements if n is not node and n[0] not in COMPOUND and _overlap(n, node)]
    if node[0] not in SIMPLE or shared:
        return None
    return node[1], node[2]


def _overlap(one: Node, other: Node) -> bool:
    return bool(one[1] <= other[2] and other[1] <= one[2])


def _head_end(facts: FileFacts, node: Node) -> int:
    """The last line before the body of a compound statement; where that begins on its first line, that line."""
    if node[0] == "def":
        body = facts.functions[node[3]].body
        inner = [n[1] for n in body]
    elif node[0] == "class":
        inner = [n[1] for n in facts.classes[node[3]].body]
    else:
        inner = [n[1] for n in _inner(node)]
    return max(int(node[1]), min(inner, default=int(node[2]) + 1) - 1)


def _statements(facts: FileFacts) -> Iterator[Node]:
    """All statements of a file, nested ones too; bodies of lambdas are none."""
    bodies: list[Body] = [facts.body, *(c.body for c in facts.classes)]
    bodies += [f.body for f in facts.functions if f.name != "<lambda>"]
    pending = [statement for body in bodies for statement in body]
    while pending:
        node = pending.pop()
        yield node
        if node[0] in COMPOUND and node[0] not in ("def", "class"):
            pending.extend(_inner(node))


def _inner(node: Node) -> list[Node]:
    """The statements directly inside a compound one."""
    op = node[0]
    if op == "if":
        bodies = [node[4], node[5]]
    elif op == "for":
        bodies = [node[5], node[6]]
    elif op == "while":
        bodies = [node[4], node[5]]
    elif op == "with":
        bodies = [node[4]]
    elif op == "try":
        bodies = [node[3], *(handler[2] for handler in node[4]), node[5], node[6]]
    elif op == "match":
        bodies = [case[2] for case in node[4]]
    else:
        bodies = []
    return [statement for body in bodies for statement in body or ()]


def spelled(node: Node) -> str:
    """How the source spells a callee: ``lib.load``, ``lib.load().drop``."""
    if node[0] == "name":
        return str(node[2])
    if node[0] == "attr":
        inner = spelled(node[2])
        return f"{inner}.{node[3]}" if inner else str(node[3])
    if node[0] == "call":
        inner = spelled(node[3])
        return f"{inner}()" if inner else ""
    return ""
