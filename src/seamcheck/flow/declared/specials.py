"""Members of declared things: attributes, properties, and the methods that syntax calls."""

from __future__ import annotations

from typing import Any, NamedTuple

from seamcheck.flow import classes
from seamcheck.flow.declared.atoms import (
    EMPTY,
    Above,
    Fixed,
    Fn,
    Inst,
    Kind,
    Library,
    Map,
    Meth,
    Mod,
    Part,
    Seq,
    Type,
    held,
    one,
    union,
)
from seamcheck.flow.declared.scope import Scope, elements
from seamcheck.flow.objects import Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.values import Class, Const, Func

#: What a comparison asks of its right side where the left one has no answer.
COMPARED = {
    "==": ("__eq__", "__eq__"), "!=": ("__ne__", "__ne__"), "<": ("__lt__", "__gt__"), ">": ("__gt__", "__lt__"),
    "<=": ("__le__", "__ge__"), ">=": ("__ge__", "__le__"),
}  # fmt: skip


class Given(NamedTuple):
    """The arguments of a call as far as they are known one by one."""

    positional: list[Type]
    named: dict[str | None, Type]


def call_function(
    scope: Scope, func: Func, receiver: Any = None, given: Given | None = None, skip: int = 0
) -> Type:
    """A call of a known function; ``given`` goes to the parameters behind the first ``skip``."""
    if given is not None:
        scope.world.hand_over(func, skip, *given)
    scope.world.edge(scope.name, func)
    if receiver is not None and not receiver.exact:
        scope.world.open.add((func.module, func.index))
    return scope.world.result(func, receiver)


def special(scope: Scope, types: Type, *wanted: str) -> Type:
    """Call the first of these methods that the class of an instance has; what it gives."""
    out: Type = EMPTY
    for atom in types:
        if not isinstance(atom, Inst):
            continue
        for cls in scope.world.classes_of(atom):
            exact = Inst(cls, True)
            for name in wanted:
                found = [p for p in scope.world.members(exact, name) if isinstance(p, Func)]
                out |= union(call_function(scope, func, atom) for func in found)
                if found:
                    break
    return out


def entered(scope: Scope, context: Type) -> Type:
    """``with context as ...``."""
    out = special(scope, context, "__enter__", "__aenter__")
    special(scope, context, "__exit__", "__aexit__")
    return out | union(atom.of for atom in context if isinstance(atom, Seq))


def truth(scope: Scope, types: Type) -> None:
    """A test of a value."""
    special(scope, types, "__bool__", "__len__")


def text(scope: Scope, types: Type) -> None:
    """``str(x)``, and what formats like it."""
    special(scope, types, "__str__", "__repr__")


def formatted(scope: Scope, types: Type) -> None:
    """A value in an f-string."""
    special(scope, types, "__format__", "__str__", "__repr__")


def hashed(scope: Scope, key: Type) -> None:
    """A key of a dict or an element of a set."""
    special(scope, key, "__hash__")
    special(scope, key, "__eq__")


def compared(scope: Scope, op: str, left: Type, right: Type) -> Type:
    """``left < right``."""
    pair = COMPARED.get(op)
    if pair is not None:
        mine, other = ((pair[0], "__eq__"), (pair[1], "__eq__")) if op == "!=" else ((pair[0],), (pair[1],))
        return special(scope, left, *mine) | (EMPTY if left else special(scope, right, *other))
    if op in ("in", "not in"):
        special(scope, right, "__contains__", "__iter__", "__getitem__")
        for atom in right:
            if isinstance(atom, Map) or (isinstance(atom, Seq) and left):
                hashed(scope, left)
            elif isinstance(atom, Fixed):
                special(scope, left, "__eq__")
    return EMPTY


def iterated(scope: Scope, types: Type) -> Type:
    """What a loop over a value gives."""
    out = elements(types)
    for atom in types:
        if isinstance(atom, Kind):
            out |= one(Inst(atom.cls, atom.exact)) if scope.world.is_enum(atom.cls) else EMPTY
        elif isinstance(atom, Inst):
            iterator = special(scope, one(atom), "__iter__", "__aiter__", "__getitem__")
            out |= elements(iterator) | special(scope, iterator, "__next__", "__anext__")
    return out


def item(scope: Scope, base: Type, index: Type, key: Any) -> Type:
    """``base[index]``; ``key`` is the constant index where there is one, ``...`` for a slice."""
    out: Type = EMPTY
    for atom in base:
        if isinstance(atom, Inst):
            out |= special(scope, one(atom), "__getitem__")
        elif isinstance(atom, Kind):
            for ptr in scope.world.members(Kind(atom.cls, True), "__class_getitem__"):
                for func in _functions(scope, ptr):
                    call_function(scope, func, atom)
            out |= one(atom)
        elif isinstance(atom, Map):
            hashed(scope, index)
            out |= held(atom.value)
        elif isinstance(atom, Seq):
            out |= one(atom) if key is ... else held(atom.of)
        elif isinstance(atom, Fixed):
            if isinstance(key, int) and -len(atom.parts) <= key < len(atom.parts):
                out |= held(atom.parts[key])
            else:
                out |= one(Seq(union(atom.parts))) if key is ... else held(union(atom.parts))
    return out


def get(scope: Scope, base: Type, name: str) -> Type:
    """``base.name``."""
    return union(_get(scope, atom, name) for atom in base)


def _get(scope: Scope, atom: Any, name: str) -> Type:
    world = scope.world
    if isinstance(atom, Inst):
        return _of_instance(scope, atom, name)
    if isinstance(atom, Kind):
        return _of_class(scope, atom, name)
    if isinstance(atom, Mod):
        return _of_module(scope, atom, name)
    if isinstance(atom, Library):
        return one(Library(f"{atom.name}.{name}"))
    if isinstance(atom, Seq | Map | Fixed):
        return one(Part(atom, name))
    if isinstance(atom, Above):
        return union(_above(scope, atom, cls, name) for cls in world.classes_of(atom.receiver))
    return EMPTY


def _of_module(scope: Scope, atom: Mod, name: str) -> Type:
    """``module.name``: a variable, else a submodule, else what ``__getattr__`` gives."""
    eng = scope.world.eng
    module = eng.index.by_name[atom.name]
    frame = eng.modules.get(module.name)
    if frame is None or name in frame.fields:
        return EMPTY if frame is None else scope.world.of_value(frame.fields[name])
    inner = eng.index.submodule(module, name)
    if inner is not None:
        return one(Mod(inner.name))
    hook = frame.fields.get("__getattr__")
    found = scope.world.of_value(hook) if hook is not None else EMPTY
    return union(call_function(scope, each.func) for each in found if isinstance(each, Fn))


def _above(scope: Scope, atom: Above, receiver: Class, name: str) -> Type:
    """``super().name`` where the receiver is of this class."""
    eng = scope.world.eng
    order = classes.mro(eng, receiver)
    for cls in order[order.index(atom.cls) + 1 :] if atom.cls in order else ():
        if not isinstance(cls, Class):
            break
        found = classes.own(eng, cls, name)
        if found is not None:
            return union(_bound(scope, p, atom.receiver) for p in sorted_pointers(found))
    return EMPTY


def _of_instance(scope: Scope, atom: Inst, name: str) -> Type:
    world = scope.world
    if name == "__class__":
        return one(Kind(atom.cls, atom.exact))
    found = world.members(atom, name)
    stored = world.attribute(atom.cls, name)
    # Which function this very object holds is better known to the interpreter.
    out = union(_bound(scope, ptr, atom) for ptr in found) | (held(stored) if scope.settled else stored)
    if world.is_enum(atom.cls) and name not in ("value", "name"):
        out |= _of_class(scope, Kind(atom.cls, True), name) if not found else EMPTY
    if not found and not out and not name.startswith("__"):
        if not any(classes.written_anywhere(world.eng, c, name) for c in world.classes_of(atom)):
            if classes.library_base(world.eng, atom.cls) is None:
                special(scope, one(atom), "__getattr__")
    return out


def _of_class(scope: Scope, atom: Kind, name: str) -> Type:
    world = scope.world
    out: Type = EMPTY
    enum = world.is_enum(atom.cls)
    for ptr in world.members(atom, name):
        if isinstance(ptr, Obj) and ptr.kind == "classmethod":
            out |= frozenset(Meth(f, atom) for f in _functions(scope, ptr))
        elif isinstance(ptr, Obj) and ptr.kind == "static":
            out |= frozenset(Fn(f) for f in _functions(scope, ptr))
        elif enum and not isinstance(ptr, Func | Class) and not _is(ptr, "property"):
            return one(Inst(atom.cls, True))
        elif not _is(ptr, "property"):
            out |= world.of_pointer(ptr)
    return out | (EMPTY if out else world.attribute(atom.cls, name))


def _is(ptr: Any, kind: str) -> bool:
    return isinstance(ptr, Obj) and ptr.kind == kind


def _functions(scope: Scope, ptr: Any, part: str = "function") -> list[Func]:
    """The functions behind a class or static method, or behind a property."""
    if isinstance(ptr, Func):
        return [ptr]
    found = ptr.fields.get(part) if isinstance(ptr, Obj) else None
    return [] if found is None else [p for p in sorted_pointers(found) if isinstance(p, Func)]


def _bound(scope: Scope, ptr: Any, receiver: Any) -> Type:
    """What a class attribute is when it is read through an instance."""
    if isinstance(ptr, Func):
        facts = scope.world.facts(ptr)
        # A function of the module that is kept in the class may be a field's default.
        return one(Meth(ptr, receiver)) if facts.owner != -1 or facts.parent != -1 else EMPTY
    if isinstance(ptr, Const):
        return EMPTY
    if _is(ptr, "property"):
        return union(call_function(scope, func, receiver) for func in _functions(scope, ptr, "get"))
    if _is(ptr, "static"):
        return frozenset(Fn(f) for f in _functions(scope, ptr))
    if _is(ptr, "classmethod"):
        kind = Kind(receiver.cls, receiver.exact)
        return frozenset(Meth(f, kind) for f in _functions(scope, ptr))
    if _is(ptr, "instance"):
        owner = Inst(ptr.type, True)
        if scope.world.members(owner, "__get__"):
            return special(scope, one(owner), "__get__")
    return scope.world.of_pointer(ptr)


def set_attribute(scope: Scope, base: Type, name: str, value: Type) -> None:
    """``base.name = value``: a setter, or a field of the class."""
    world = scope.world
    for atom in base:
        if not isinstance(atom, Inst):
            continue
        setters = [
            f for p in world.members(atom, name) if _is(p, "property") for f in _functions(scope, p, "set")
        ]
        for func in setters:
            call_function(scope, func, atom)
        if not setters:
            special(scope, one(atom), "__setattr__")
            # A function given to one instance from outside is not what all instances have.
            kept = value if atom in scope.receiver else held(value)
            if kept:
                key = (atom.cls, name)
                world.assigned[key] = world.assigned.get(key, EMPTY) | kept
