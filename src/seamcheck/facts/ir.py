"""The facts of one file: a compact tree of plain tuples that marshal can store.

``syntax.lower`` writes them, ``flow`` reads them, nothing else knows LibCST. Every node is a tuple whose
first item names it. Lines count from 1.

Expressions: ``(op, line, ...)``

==========  =====================================================================================
const       value: int, float, complex, str, bytes, bool, None or Ellipsis
name        identifier
attr        value, attribute name
sub         value, index (``slice`` for a slice, ``tuple`` for several)
slice       lower | None, upper | None, step | None
call        end_line, function, positional arguments (``star`` for ``*x``), ((keyword | None for ``**x``, value), ...)
tuple list set   elements (``star`` for ``*x``)
dict        ((key | None for ``**x``, value), ...)
bin         operator as written ("+", "@", ...), left, right
unary       operator ("-", "not", ...), operand
bool        "and" | "or", left, right
cmp         left, ((operator as written, "not in" and "is not" with one blank, right), ...)
ifexp       test, body, orelse
lambda      index of its FunctionFacts
comp        "list" | "set" | "dict" | "gen", element (a 2-tuple of key and value for dict),
            ((target, iterable, (condition, ...)), ...) in source order
fstring     parts: expressions, with ("const", line, text) for literal text
await       value
yield       value | None
yieldfrom   value
walrus      identifier, value
star        value
==========  =====================================================================================

Statements: ``(op, line, end_line, ...)``

==========  =====================================================================================
expr        value
assign      (target, ...), value         ``a = b = v`` has two targets
aug         target, operator ("+", "@", ...), value
ann         target, annotation, value | None
return      value | None
if          test, body, orelse           ``elif`` is an ``if`` alone in orelse
for         target, iterable, body, orelse
while       test, body, orelse
with        ((context, target | None), ...), body
try         body, ((type | None, name | None, body), ...), orelse, finalbody
def         index of its FunctionFacts
class       index of its ClassFacts
import      ((dotted name, alias | None), ...)
from        module | None, level, ((name, alias | None), ...) or "*"
raise       value | None, cause | None
assert      test, message | None
del         (target, ...)
global      (name, ...)
nonlocal    (name, ...)
match       subject, (((name bound by the pattern, ...), guard | None, body), ...)
pass break continue
==========  =====================================================================================

Bodies are tuples of statements. ``end_line`` of a compound statement is the last line of its last
statement. Targets are expressions (``name``, ``attr``, ``sub``, ``tuple``, ``list``, ``star``).
"""

from __future__ import annotations

import marshal
from typing import Any, NamedTuple

Node = tuple[Any, ...]
Body = tuple[Node, ...]


class Param(NamedTuple):
    """One parameter; ``kind`` is "posonly", "pos", "var" (``*args``), "kwonly" or "kw" (``**kwargs``)."""

    name: str
    kind: str
    default: Node | None
    annotation: Node | None


class FunctionFacts(NamedTuple):
    """One ``def`` or lambda. ``line`` is that of ``def`` itself, below the decorators.

    ``parent`` is the index of the enclosing function or -1, ``owner`` that of the class whose body directly
    holds the def, or -1. ``assigned`` are the names local to it (parameters included, ``global`` and
    ``nonlocal`` ones excluded). A lambda has qualname ``outer.<locals>.<lambda>`` and one ``return`` as body.

    ``mentions`` are the identifiers (``x``) and attribute names (``.x``) in its body, ``calls`` those that stand
    before the parenthesis of a call (and not among the mentions, unless they stand elsewhere too), with "" for
    a call of anything else. Both are sorted and leave out nested functions.
    """

    qualname: str
    name: str
    line: int
    end_line: int
    params: tuple[Param, ...]
    body: Body
    decorators: tuple[Node, ...]
    parent: int
    owner: int
    assigned: tuple[str, ...]
    globals: tuple[str, ...]
    nonlocals: tuple[str, ...]
    is_generator: bool
    is_async: bool
    returns: Node | None
    mentions: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()


class ClassFacts(NamedTuple):
    """One class: ``bases`` are expressions, ``keywords`` ((name | None, expression), ...).

    ``mentions`` are the names in its body outside its methods, called ones included, sorted.
    """

    qualname: str
    name: str
    line: int
    end_line: int
    bases: tuple[Node, ...]
    keywords: tuple[tuple[str | None, Node], ...]
    body: Body
    decorators: tuple[Node, ...]
    parent: int
    mentions: tuple[str, ...] = ()


class Directive(NamedTuple):
    """A ``# seamcheck: ...`` comment: the line it stands on, its text after the colon, whether code precedes it."""

    line: int
    text: str
    trailing: bool


class FileFacts(NamedTuple):
    """All that one file says. ``lines`` counts its lines; ``exports`` is ``__all__`` where it is a literal.

    ``mentions`` and ``calls`` are those of its module-level statements, as for a function. ``imports`` are the
    dotted modules that it imports anywhere (relative ones without their dots) with, behind a colon, each name
    taken from them and the name it gets here: ``optuna:create_study=make``, ``:x=x`` for ``from . import x``,
    ``numpy:*``. All are sorted.

    ``cells`` is empty but for notebooks, whose code cells are joined: (first line, number among all cells) of each.
    ``caveats`` are places whose code was not read as it stands: (line, message, whether it is listed as a problem).
    No good verdict can rest on a file with any.
    """

    lines: int
    body: Body
    functions: tuple[FunctionFacts, ...]
    classes: tuple[ClassFacts, ...]
    directives: tuple[Directive, ...]
    exports: tuple[str, ...] | None
    mentions: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    cells: tuple[tuple[int, int], ...] = ()
    caveats: tuple[tuple[int, str, bool], ...] = ()


def pack(facts: FileFacts) -> tuple[Any, ...]:
    """Plain nested tuples that marshal can write."""
    return (
        facts.lines,
        facts.body,
        tuple((*f[:4], tuple(tuple(p) for p in f.params), *f[5:]) for f in facts.functions),
        tuple(tuple(c) for c in facts.classes),
        tuple(tuple(d) for d in facts.directives),
        facts.exports,
        facts.mentions,
        facts.calls,
        facts.imports,
        facts.cells,
        facts.caveats,
    )


def unpack(data: tuple[Any, ...]) -> FileFacts:
    """The inverse of :func:`pack`."""
    lines, body, functions, classes, directives, exports, mentions, calls, imports, cells, caveats = data
    return FileFacts(
        lines,
        body,
        tuple(FunctionFacts._make((*f[:4], tuple(Param(*p) for p in f[4]), *f[5:])) for f in functions),
        tuple(ClassFacts(*c) for c in classes),
        tuple(Directive(*d) for d in directives),
        exports,
        mentions,
        calls,
        imports,
        cells,
        caveats,
    )


def encode(facts: FileFacts) -> bytes | None:
    """Bytes for the cache and for other processes; None where facts nest too deeply for marshal."""
    try:
        return marshal.dumps(pack(facts))
    except ValueError:
        return None


def decode(payload: bytes) -> FileFacts | None:
    """The inverse of :func:`encode`; None for bytes of another shape. Only for bytes that we wrote."""
    try:
        packed = marshal.loads(payload)
        return unpack(packed) if _is_facts(packed) else None
    except (EOFError, ValueError, TypeError, IndexError):
        return None


def _is_facts(packed: object) -> bool:
    return (
        isinstance(packed, tuple)
        and [type(part) for part in packed[:5]] == [int, tuple, tuple, tuple, tuple]
        and len(packed) == 11
        and all(isinstance(name, str) for group in packed[6:9] for name in group)
        and all(isinstance(part, tuple) for group in packed[9:] for part in group)
        and (packed[5] is None or isinstance(packed[5], tuple))
        and all(isinstance(part, tuple) for group in packed[1:5] for part in group)
    )
