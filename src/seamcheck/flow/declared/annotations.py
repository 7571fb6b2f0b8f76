"""Annotations to types."""

from __future__ import annotations

import ast

from seamcheck.facts.ir import Node
from seamcheck.flow.declared.atoms import EMPTY, Fixed, Gives, Inst, Kind, Map, Seq, Type, one, union

#: Generic types by the last part of their name.
SEQUENCES = frozenset(
    """list List Sequence Iterable Iterator Collection MutableSequence set Set FrozenSet frozenset AbstractSet
    MutableSet deque Deque Generator AsyncIterator AsyncIterable AsyncGenerator KeysView ValuesView Reversible
    ContextManager AbstractContextManager AsyncContextManager AbstractAsyncContextManager""".split()
)
MAPPINGS = frozenset(
    "dict Dict Mapping MutableMapping DefaultDict defaultdict OrderedDict ChainMap WeakValueDictionary".split()
)
FIRST = frozenset(
    {"Annotated", "Final", "ClassVar", "Required", "NotRequired", "InitVar", "ReadOnly", "Awaitable"}
)
#: Types whose last argument is what comes of them.
LAST = frozenset({"Coroutine"})
ANY_OF = frozenset({"Optional", "Union"})
#: How far aliases and strings in strings are followed.
MAX_DEPTH = 8


def instances(kinds: Type) -> Type:
    """What an annotation that names these classes stands for."""
    return frozenset(Inst(k.cls) for k in kinds if isinstance(k, Kind))


def parsed(text: str) -> Node | None:
    """The expression in a string annotation; only what types are written with."""
    try:
        return _lowered(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def statements_of(text: str) -> list[Node]:
    """The expressions that run where a text is: of plain names, attributes and calls."""
    try:
        body = ast.parse(text.strip()).body
        values = [each.value for each in body if isinstance(each, (ast.Expr, ast.Assign))]
        return [_lowered(value) for value in values]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _lowered(node: ast.expr) -> Node:
    if isinstance(node, ast.Name):
        return ("name", 0, node.id)
    if isinstance(node, ast.Attribute):
        return ("attr", 0, _lowered(node.value), node.attr)
    if isinstance(node, ast.Subscript):
        return ("sub", 0, _lowered(node.value), _lowered(node.slice))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return ("bin", 0, "|", _lowered(node.left), _lowered(node.right))
    if isinstance(node, ast.Tuple | ast.List):
        return ("tuple", 0, tuple(_lowered(e) for e in node.elts))
    if isinstance(node, ast.Call):
        named = tuple((word.arg, _lowered(word.value)) for word in node.keywords)
        return ("call", 0, 0, _lowered(node.func), tuple(_lowered(a) for a in node.args), named)
    return ("const", 0, node.value if isinstance(node, ast.Constant) else None)


def last_name(node: Node) -> str:
    """``Optional`` of ``t.Optional``."""
    return str(node[2]) if node[0] == "name" else str(node[3]) if node[0] == "attr" else ""


class Reader:
    """Reads annotations; subclasses say what names mean."""

    def named(self, node: Node, depth: int) -> Type:
        """The classes (or, of an alias, the instances) that a name or dotted name stands for."""
        raise NotImplementedError

    def itself(self) -> Type:
        """What ``Self`` stands for."""
        raise NotImplementedError

    def read(self, node: Node | None, depth: int = 0) -> Type:
        """What a value annotated so is declared to be."""
        if node is None or depth > MAX_DEPTH:
            return EMPTY
        op = node[0]
        if op == "const":
            return self.read(parsed(node[2]), depth + 1) if isinstance(node[2], str) else EMPTY
        if op in ("name", "attr"):
            found = self.named(node, depth + 1)
            if found:
                return found
            name = last_name(node)
            if name in SEQUENCES:
                return one(Seq(EMPTY))
            if name in MAPPINGS:
                return one(Map(EMPTY, EMPTY))
            return self.itself() if name == "Self" else EMPTY
        if op == "bin" and node[2] == "|":
            return self.read(node[3], depth + 1) | self.read(node[4], depth + 1)
        return self._generic(node, depth + 1) if op == "sub" else EMPTY

    def _generic(self, node: Node, depth: int) -> Type:
        name = last_name(node[2])
        inner: tuple[Node, ...] = node[3][2] if node[3][0] in ("tuple", "list") else (node[3],)
        if name in ANY_OF:
            return union(self.read(each, depth) for each in inner)
        if not inner:
            return EMPTY
        if name in FIRST:
            return self.read(inner[0], depth)
        if name in LAST:
            return self.read(inner[-1], depth)
        if name in ("type", "Type"):
            return frozenset(Kind(a.cls) for a in self.read(inner[0], depth) if isinstance(a, Inst))
        if name == "Callable":
            return one(Gives(self.read(inner[-1], depth)))
        if name in ("tuple", "Tuple"):
            if len(inner) == 2 and inner[1][0] == "const" and inner[1][2] is ...:
                return one(Seq(self.read(inner[0], depth)))
            return one(Fixed(tuple(self.read(each, depth) for each in inner)))
        if name == "ItemsView" and len(inner) == 2:
            return one(Seq(one(Fixed(tuple(self.read(each, depth) for each in inner)))))
        found = self.named(node[2], depth)
        if found:
            return found
        if name in MAPPINGS:
            return one(Map(self.read(inner[0], depth), self.read(inner[-1], depth)))
        return one(Seq(self.read(inner[0], depth))) if name in SEQUENCES else EMPTY
