"""Expressions: what they are by what is declared, and the calls that their syntax makes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from seamcheck.facts.ir import Node
from seamcheck.flow.declared import calls, specials, spelling
from seamcheck.flow.declared.atoms import (
    EMPTY,
    Fixed,
    Fn,
    Library,
    Map,
    Mod,
    Seq,
    Type,
    held,
    one,
    shallow,
    tabled,
    union,
)
from seamcheck.flow.declared.likely import path_of
from seamcheck.flow.declared.scope import Scope
from seamcheck.flow.special_names import DUNDERS
from seamcheck.flow.values import Func

#: Binary operators whose right side is asked last.
REFLECTED = {op: "__r" + name[2:] for op, name in DUNDERS.items()}
UNARY = {"-": "__neg__", "+": "__pos__", "~": "__invert__"}


def infer(scope: Scope, node: Node) -> Type:
    """What an expression is."""
    found = HANDLERS.get(node[0])
    return EMPTY if found is None else found(scope, node)


def _name(scope: Scope, node: Node) -> Type:
    return scope.load(node[2])


def _attr(scope: Scope, node: Node) -> Type:
    base = infer(scope, node[2])
    if not base and scope.facts is not None:
        base = _likely(scope, node)
    found = specials.get(scope, base, node[3])
    path = path_of(node)
    known = scope.env.get(path) if path is not None else None
    return found if known is None else known


def _likely(scope: Scope, node: Node) -> Type:
    """What the base of an attribute must be where nothing is said of it."""
    base = node[2]
    if base[0] == "name":
        return scope.likely(base[2]) if scope.is_local(base[2]) else EMPTY
    root = base
    while root[0] in ("attr", "sub", "call"):
        root = root[3] if root[0] == "call" else root[2]
    if root[0] != "name" or any(isinstance(a, Library | Mod) for a in scope.load(root[2])):
        return EMPTY  # what a library gives is no class of the project
    return scope.likely(path_of(base), node[3])


def _sub(scope: Scope, node: Node) -> Type:
    base, index = infer(scope, node[2]), infer(scope, node[3])
    key = node[3][2] if node[3][0] == "const" else ... if node[3][0] == "slice" else None
    if node[3][0] == "unary" and node[3][3][0] == "const" and isinstance(node[3][3][2], int):
        key = -node[3][3][2]
    return specials.item(scope, base, index, key)


def _slice(scope: Scope, node: Node) -> Type:
    for part in node[2:5]:
        if part is not None:
            infer(scope, part)
    return EMPTY


def _call(scope: Scope, node: Node) -> Type:
    return calls.call(scope, node, infer)


def _tuple(scope: Scope, node: Node) -> Type:
    if any(e[0] == "star" for e in node[2]):
        return _list(scope, node)
    return shallow(one(Fixed(tuple(infer(scope, e) for e in node[2]))))


def _list(scope: Scope, node: Node) -> Type:
    return shallow(one(Seq(tabled(union(infer(scope, e) for e in node[2])))))


def _set(scope: Scope, node: Node) -> Type:
    inside = union(infer(scope, e) for e in node[2])
    specials.hashed(scope, inside)
    return one(Seq(inside))


def _dict(scope: Scope, node: Node) -> Type:
    keys: Type = EMPTY
    values: Type = EMPTY
    for key, value in node[2]:
        found = infer(scope, value)
        if key is None:
            for atom in found:
                if isinstance(atom, Map):
                    keys, values = keys | atom.key, values | atom.value
            continue
        keys |= infer(scope, key)
        values |= found
    specials.hashed(scope, keys)
    return shallow(one(Map(keys, values)))


def operation(scope: Scope, op: str, left: Type, right: Type, *first: str) -> Type:
    """``left + right``; ``first`` names methods that are asked before (``__iadd__``)."""
    name = DUNDERS.get(op)
    if name is None:
        return EMPTY
    out = specials.special(scope, left, *first, name)
    if not out:
        out = specials.special(scope, right, REFLECTED[op])
    return out | frozenset(a for a in left | right if op == "+" and isinstance(a, Seq))


def _bin(scope: Scope, node: Node) -> Type:
    left, right = infer(scope, node[3]), infer(scope, node[4])
    if node[2] in ("+", "%"):
        pattern = spelling.operated(node[2], spelling.spelt(left, node[3]), spelling.spelt(right, node[4]))
        if pattern:
            return pattern
    return operation(scope, node[2], left, right)


def _unary(scope: Scope, node: Node) -> Type:
    found = infer(scope, node[3])
    if node[2] == "not":
        specials.truth(scope, found)
        return EMPTY
    return specials.special(scope, found, UNARY.get(node[2], ""))


def _bool(scope: Scope, node: Node) -> Type:
    left = infer(scope, node[3])
    specials.truth(scope, left)
    before = scope.env
    scope.env = scope.narrowed(node[3], node[2] == "and")
    right = infer(scope, node[4])
    scope.env = before
    return left | right


def _cmp(scope: Scope, node: Node) -> Type:
    left, out = infer(scope, node[2]), EMPTY
    for op, right_node in node[3]:
        right = infer(scope, right_node)
        out |= specials.compared(scope, op, left, right)
        left = right
    return out


def _ifexp(scope: Scope, node: Node) -> Type:
    specials.truth(scope, infer(scope, node[2]))
    before, out = scope.env, EMPTY
    for branch, outcome in ((node[3], True), (node[4], False)):
        scope.env = before
        scope.env = scope.narrowed(node[2], outcome)
        out |= infer(scope, branch)
    scope.env = before
    return out


def _lambda(scope: Scope, node: Node) -> Type:
    scope.later.append(("function", node[2]))
    return one(Fn(Func(scope.module.name, node[2], None)))


def _comp(scope: Scope, node: Node) -> Type:
    before = scope.env
    scope.env = dict(before)
    for target, iterable, conditions in node[4]:
        bind(scope, target, specials.iterated(scope, infer(scope, iterable)))
        for condition in conditions:
            specials.truth(scope, infer(scope, condition))
            scope.env = scope.narrowed(condition, True)
    if node[2] == "dict":
        key, value = infer(scope, node[3][0]), infer(scope, node[3][1])
        specials.hashed(scope, key)
        out: Type = one(Map(key, value))
    else:
        inside = infer(scope, node[3])
        if node[2] == "set":
            specials.hashed(scope, inside)
        out = one(Seq(inside))
    scope.env = before
    return shallow(out)


def _fstring(scope: Scope, node: Node) -> Type:
    for part in node[2]:
        specials.formatted(scope, infer(scope, part))
    return spelling.joined(node)


def _inner(scope: Scope, node: Node) -> Type:
    return infer(scope, node[2])


def _yield(scope: Scope, node: Node) -> Type:
    if node[2] is not None:
        scope.yields |= infer(scope, node[2])
    return EMPTY


def _yieldfrom(scope: Scope, node: Node) -> Type:
    scope.yields |= specials.iterated(scope, infer(scope, node[2]))
    return EMPTY


def _walrus(scope: Scope, node: Node) -> Type:
    found = scope.env[node[2]] = infer(scope, node[3])
    return found


def _star(scope: Scope, node: Node) -> Type:
    return specials.iterated(scope, infer(scope, node[2]))


def bind(scope: Scope, target: Node, value: Type) -> None:
    """Assign to a target."""
    op = target[0]
    if op == "name":
        # Which function a variable holds is better known to the interpreter.
        scope.env[target[2]] = frozenset(a for a in value if not isinstance(a, Fn) or a.asked)
        for path in [p for p in scope.env if p.startswith(target[2] + ".")]:
            del scope.env[path]
    elif op == "attr":
        base = infer(scope, target[2])
        specials.set_attribute(scope, base, target[3], value)
        dotted = path_of(target)
        if dotted is not None:
            scope.env.pop(dotted, None)
            if held(value):
                scope.env[dotted] = held(value)
    elif op == "sub":
        base, index = infer(scope, target[2]), infer(scope, target[3])
        specials.special(scope, base, "__setitem__")
        if any(isinstance(a, Map) for a in base):
            specials.hashed(scope, index)
    elif op in ("tuple", "list"):
        _unpack(scope, target[2], value)
    elif op == "star":
        bind(scope, target[2], one(Seq(value)))


def _unpack(scope: Scope, targets: tuple[Node, ...], value: Type) -> None:
    rest = frozenset(a for a in value if not isinstance(a, Fixed))
    known: list[Any] = [a.parts for a in value if isinstance(a, Fixed)]
    spread = specials.iterated(scope, rest)
    star = any(t[0] == "star" for t in targets)
    for position, target in enumerate(targets):
        found = spread
        for parts in known:
            found |= union(parts) if star or len(parts) != len(targets) else parts[position]
        bind(scope, target, held(found))


HANDLERS: dict[str, Callable[[Scope, Node], Type]] = {
    "name": _name, "attr": _attr, "sub": _sub, "slice": _slice, "call": _call, "tuple": _tuple, "list": _list,
    "set": _set, "dict": _dict, "bin": _bin, "unary": _unary, "bool": _bool, "cmp": _cmp, "ifexp": _ifexp,
    "lambda": _lambda, "comp": _comp, "fstring": _fstring, "await": _inner, "yield": _yield,
    "yieldfrom": _yieldfrom, "walrus": _walrus, "star": _star,
}  # fmt: skip
