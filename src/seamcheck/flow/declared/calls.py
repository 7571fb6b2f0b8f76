"""Calls of declared things, of builtin functions and of the methods of builtin containers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from seamcheck.facts.ir import Node
from seamcheck.flow import classes
from seamcheck.flow.declared import specials, spelling
from seamcheck.flow.declared.annotations import statements_of
from seamcheck.flow.declared.atoms import (
    EMPTY,
    Above,
    Fixed,
    Fn,
    Gives,
    Inst,
    Kind,
    Library,
    Map,
    Meth,
    Part,
    Seq,
    Type,
    held,
    one,
    union,
)
from seamcheck.flow.declared.scope import Scope, elements
from seamcheck.flow.declared.specials import Given
from seamcheck.flow.values import Class, Func

Infer = Callable[[Scope, Node], Type]

#: Builtin functions and the special methods they call, of each argument: the first that there is.
ASKS = {
    "str": ("__str__", "__repr__"), "repr": ("__repr__",), "ascii": ("__repr__",), "print": ("__str__", "__repr__"),
    "format": ("__format__", "__str__", "__repr__"), "bool": ("__bool__", "__len__"), "len": ("__len__",),
    "hash": ("__hash__",), "int": ("__int__", "__index__", "__trunc__"), "float": ("__float__", "__index__"),
    "complex": ("__complex__", "__float__"), "bytes": ("__bytes__",), "abs": ("__abs__",), "round": ("__round__",),
    "dir": ("__dir__",), "oct": ("__index__",), "hex": ("__index__",), "bin": ("__index__",),
    "divmod": ("__divmod__",), "pow": ("__pow__",), "reversed": ("__reversed__", "__len__"),
    "aiter": ("__aiter__",), "anext": ("__anext__",),
    "math.floor": ("__floor__",), "math.ceil": ("__ceil__",), "math.trunc": ("__trunc__",),
    "copy.copy": ("__copy__", "__reduce_ex__"), "copy.deepcopy": ("__deepcopy__", "__reduce_ex__"),
    "os.fspath": ("__fspath__",), "operator.index": ("__index__",),
}  # fmt: skip
#: Builtins that go through an iterable and give its elements in another shape.
GATHER = frozenset(
    "list tuple set frozenset sorted reversed collections.deque itertools.chain itertools.islice".split()
)
#: Of these, those that ask how much there will be.
SIZED = frozenset({"list", "tuple", "sorted"})
#: Methods of an exit stack that enter what they are given.
ENTERS = frozenset({"enter_context", "enter_async_context"})
#: Builtins whose result is what they are given.
SAME = frozenset("copy.copy copy.deepcopy abs".split())
#: Methods of sequences that give one element, and those that give a sequence again.
TAKE = frozenset({"pop", "popleft"})
AGAIN = frozenset({"copy", "union", "intersection", "difference"})


def call(scope: Scope, node: Node, infer: Infer) -> Type:
    """A call expression."""
    outer, scope.settled = scope.settled, scope.is_settled(node)
    muted = scope.settled and node[3][0] == "attr" and scope.is_called(node[3][3])
    callee = infer(scope, node[3])
    if scope.is_known(node):
        callee = frozenset(a for a in callee if not (isinstance(a, Fn) and a.asked))
    scope.settled = outer
    found = [spelling.argument(infer(scope, a), a) for a in node[4]]
    named = {name: spelling.argument(infer(scope, value), value) for name, value in node[5]}
    out: Type = EMPTY
    for atom in callee:
        if isinstance(atom, Library):
            out |= _library(scope, atom.name.removeprefix("builtins."), found, named, node)
        elif isinstance(atom, Part):
            out |= _part(scope, atom, found)
        else:
            scope.world.muted = muted
            out |= one_call(scope, atom, Given(_until_star(node, found), named))
            scope.world.muted = False
    if (
        not callee
        and node[3][0] == "attr"
        and node[3][3] == "format"
        and node[3][2][0] in ("const", "fstring")
    ):
        for each in (*found, *named.values()):
            specials.formatted(scope, each)
    if not callee and node[3][0] == "attr" and node[3][3] in ENTERS and found:
        return specials.entered(scope, found[0])
    if not out and node[3][0] == "attr":
        receiver = node[3][2]
        return spelling.method(spelling.spelt(infer(scope, receiver), receiver), node[3][3])
    return out


def _until_star(node: Node, found: list[Type]) -> list[Type]:
    for position, argument in enumerate(node[4]):
        if argument[0] == "star":
            return found[:position]
    return found


def one_call(scope: Scope, atom: Any, given: Given | None = None) -> Type:
    """A call of one thing of the project."""
    if isinstance(atom, Fn):
        return specials.call_function(scope, atom.func, None, given)
    if isinstance(atom, Meth):
        return specials.call_function(scope, atom.func, atom.receiver, given, 1)
    if isinstance(atom, Kind):
        return construct(scope, atom, given)
    if isinstance(atom, Inst):
        return specials.special(scope, one(atom), "__call__")
    return atom.of if isinstance(atom, Gives) else EMPTY


def construct(scope: Scope, atom: Kind, given: Given | None = None) -> Type:
    """A call of a class."""
    world = scope.world
    if world.is_enum(atom.cls):
        for ptr in world.members(atom, "_missing_"):
            specials.get(scope, one(atom), "_missing_")
            _ = ptr
        return one(Inst(atom.cls, True))
    for cls in world.classes_of(atom):
        meta = world.eng.metaclasses.get(cls)
        if meta is not None and classes.lookup(world.eng, meta, "__call__") is not None:
            continue  # what it does instead is seen in its own code
        record = any(
            c in world.eng.record_classes for c in classes.mro(world.eng, cls) if isinstance(c, Class)
        )
        for name in ("__new__", "__init__", "__post_init__") if record else ("__new__", "__init__"):
            for ptr in world.members(Kind(cls, True), name):
                for func in (ptr,) if isinstance(ptr, Func) else ():
                    specials.call_function(scope, func, None, given, 1)
    return one(Inst(atom.cls, atom.exact))


def _library(scope: Scope, name: str, found: list[Type], named: dict[str | None, Type], node: Node) -> Type:
    first = found[0] if found else EMPTY
    if name == "super":
        cls = scope.cls
        return (
            EMPTY
            if cls is None
            else frozenset(Above(cls, a) for a in scope.receiver if isinstance(a, Inst | Kind))
        )
    if name in ("eval", "exec") and node[4] and node[4][0][0] == "const" and isinstance(node[4][0][2], str):
        for statement in statements_of(node[4][0][2]):
            scope.evaluate(statement)
        return EMPTY
    if name in ("typing.cast", "typing_extensions.cast") and len(found) == 2:
        return scope.annotation(node[4][0])
    if name == "type" and len(found) == 1:
        return frozenset(Kind(a.cls, a.exact) for a in first if isinstance(a, Inst))
    if name == "getattr" and len(found) >= 2:
        if node[4][1][0] == "const":
            return specials.get(scope, first, str(node[4][1][2])) | held(union(found[2:]))
        return spelling.get(scope, first, found[1]) | frozenset(
            a for a in union(found[2:]) if not isinstance(a, Fn)
        )
    if name in ("contextlib.closing", "contextlib.aclosing"):
        for atom in specials.get(scope, first, "close" if name.endswith(".closing") else "aclose"):
            one_call(scope, atom)
        return one(Seq(first))
    if name in ASKS:
        for each in found:
            specials.special(scope, each, *ASKS[name])
        return first if name in SAME else EMPTY
    if name == "isinstance" or not found:
        return one(Map(EMPTY, union(named.values()))) if name == "dict" else EMPTY
    return _through(scope, name, found, first)


def _through(scope: Scope, name: str, found: list[Type], first: Type) -> Type:
    """Builtins that iterate."""
    if name in ("next", "anext"):
        return (
            elements(first) | specials.special(scope, first, "__next__", "__anext__") | held(union(found[1:]))
        )
    if name == "iter":
        got = specials.special(scope, first, "__iter__")
        return got | one(Seq(elements(first)))
    if name in GATHER:
        inside = union(specials.iterated(scope, each) for each in found[:1])
        if name in SIZED:
            specials.special(scope, first, "__len__")
        if "set" in name:
            specials.hashed(scope, inside)
        elif name == "sorted":
            specials.special(scope, inside, "__lt__")
        return one(Seq(inside))
    if name == "enumerate":
        return one(Seq(one(Fixed((EMPTY, specials.iterated(scope, first))))))
    if name == "zip":
        return one(Seq(one(Fixed(tuple(specials.iterated(scope, each) for each in found)))))
    if name in ("max", "min"):
        inside = specials.iterated(scope, first) if len(found) == 1 else union(found)
        specials.special(scope, inside, "__gt__" if name == "max" else "__lt__")
        return inside
    if name in ("any", "all"):
        specials.truth(scope, specials.iterated(scope, first))
    elif name == "sum":
        return specials.special(scope, specials.iterated(scope, first), "__radd__", "__add__")
    elif name == "dict":
        return frozenset(a for a in first if isinstance(a, Map)) or one(Map(EMPTY, EMPTY))
    elif name in ("map", "filter"):
        inside = union(specials.iterated(scope, each) for each in found[1:])
        given = union(one_call(scope, a) for a in first)
        return one(Seq(inside if name == "filter" else given))
    return EMPTY


def _part(scope: Scope, atom: Part, found: list[Type]) -> Type:
    """A method of a container."""
    holder, name = atom.holder, atom.name
    key = found[0] if found else EMPTY
    if isinstance(holder, Map):
        if name in ("get", "pop", "setdefault"):
            specials.hashed(scope, key)
            return held(holder.value | union(found[1:]))
        if name == "items":
            return one(Seq(one(Fixed((holder.key, holder.value)))))
        if name == "popitem":
            return one(Fixed((holder.key, holder.value)))
        if name in ("keys", "values"):
            return one(Seq(holder.key if name == "keys" else holder.value))
        return one(holder) if name == "copy" else EMPTY
    inside = elements(one(holder))
    if name in TAKE:
        return inside
    if name in ("index", "remove", "count"):
        specials.special(scope, key, "__eq__")
    elif name in ("add", "discard"):
        specials.hashed(scope, key)
    elif name == "sort":
        specials.special(scope, inside, "__lt__")
    return one(holder) if name in AGAIN else EMPTY
