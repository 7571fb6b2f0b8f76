"""What runs when a class is made: its metaclass, ``__set_name__`` of what it holds, ``__init_subclass__``."""

from __future__ import annotations

from seamcheck.facts.ir import ClassFacts
from seamcheck.flow import calls, classes, iteration
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.labels import Label
from seamcheck.flow.objects import ANY, Obj, item
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import Place, call_at
from seamcheck.flow.values import Bound, Class, Func, Method, Sym, Value

#: Name of the method that makes an instance as ``type.__call__`` does, whatever the metaclass says.
PLAIN_CALL = "<type.__call__>"
#: Library classes whose subclasses make classes.
TYPES = frozenset({"builtins.type", "abc.ABCMeta", "enum.EnumMeta", "enum.EnumType"})
Keywords = tuple[tuple[str, Value], ...]


def metaclass_of(eng: Engine, cls: Class, given: Value | None) -> Value | None:
    """What makes this class: the metaclass that it names, else that of a base; None for plain ``type``."""
    if given is not None:
        own = [p for p in sorted_pointers(given) if not isinstance(p, Sym)]
        return given if own else None
    for base in eng.class_bases[cls] if eng.metaclasses else ():
        if (found := eng.metaclasses.get(base)) is not None:
            return eng.table.pointer(found)
    return None


def prepare(eng: Engine, frame: Frame, body: Frame, meta: Value | None, facts: ClassFacts) -> None:
    """``__prepare__`` of a metaclass: names that the body of the class begins with."""
    for ptr in sorted_pointers(meta) if meta is not None else ():
        found = classes.lookup(eng, ptr, "__prepare__") if isinstance(ptr, Class) else None
        if found is None:
            continue
        args = calls.Args((eng.table.const(facts.name), eng.table.empty))
        bound = classes.bind_class(eng, _as_classmethod(eng, found, ptr), ptr)
        known, rest = iteration.mapping_items(eng, calls.call(eng, frame, bound, args, _at(facts)))
        body.fields.update(known)
        if rest is not None and rest.labels:
            body.fields.setdefault(ANY, rest)


def made(eng: Engine, frame: Frame, cls: Class, body: Frame, meta: Value | None, keywords: Keywords) -> Value:
    """Run what Python runs once the body of a class has; the value is what its name is bound to."""
    facts = classes.facts_of(eng, cls)
    value = eng.table.pointer(cls)
    if meta is not None:
        value = _by_metaclass(eng, frame, cls, body, meta, keywords, facts)
    if "__set_name__" in eng.special:
        for name, held in list(body.fields.items()):
            for ptr in sorted_pointers(held):
                hook = classes.lookup(eng, ptr.type, "__set_name__") if _is_instance(ptr) else None
                if hook is not None:
                    bound = classes.bind(eng, frame, hook, eng.table.pointer(ptr), ptr.type)
                    args = calls.Args((eng.table.pointer(cls), eng.table.const(name)))
                    calls.call(eng, frame, bound, args, _at(facts))
    if "__init_subclass__" in eng.special:
        for base in classes.mro(eng, cls)[1:]:
            found = classes.own(eng, base, "__init_subclass__") if isinstance(base, Class) else None
            if found is not None:
                bound = classes.bind_class(eng, _as_classmethod(eng, found, cls), cls)
                calls.call(eng, frame, bound, calls.Args((), keywords), _at(facts))
                break
    return value


def _by_metaclass(
    eng: Engine, frame: Frame, cls: Class, body: Frame, meta: Value, keywords: Keywords, facts: ClassFacts
) -> Value:
    out = eng.table.empty
    names = eng.allocate((facts.line, "namespace", cls), frame, "dict", None, facts.line)
    before = dict(body.fields)
    eng.making.append(cls)
    for name, held in before.items():
        eng.heap.write(names, item(name), held)
    given = (eng.table.const(facts.name), eng.table.empty, eng.table.pointer(names))
    for ptr in sorted_pointers(meta):
        if not isinstance(ptr, Class):
            out = eng.table.join(out, eng.table.pointer(cls))
            got = calls.call(eng, frame, eng.table.pointer(ptr), calls.Args(given, keywords), _at(facts))
            if not _gives(got, cls):
                out = eng.table.labelled(out, eng.labels_of(got))
            continue
        eng.metaclasses[cls] = ptr
        new, init = (classes.lookup(eng, ptr, name) for name in ("__new__", "__init__"))
        got = eng.table.pointer(cls)
        if new is not None:
            got = calls.call(
                eng, frame, new, calls.Args((eng.table.pointer(ptr), *given), keywords), _at(facts)
            )
        if init is not None:
            bound = classes.bind(eng, frame, init, eng.table.pointer(cls), ptr)
            calls.call(eng, frame, bound, calls.Args(given, keywords), _at(facts))
        out = eng.table.join(out, got if _gives(got, cls) else eng.table.pointer(cls, eng.labels_of(got)))
    eng.making.pop()
    _changed(eng, names, body, before)
    return out


def _gives(v: Value, cls: Class) -> bool:
    return cls in v.ptrs


def _changed(eng: Engine, names: Obj, body: Frame, before: dict[str, Value]) -> None:
    """What a metaclass wrote into the namespace may be in the class."""
    for field in eng.heap.keys(names):
        held = names.fields[field]
        if field == ANY:
            labels: frozenset[Label] = eng.labels_of(held)
            for name in before if labels else ():
                eng.heap.write(body, name, eng.table.labelled(held, labels), weak=True)
        elif isinstance(field, tuple) and isinstance(field[1], str) and before.get(field[1]) is not held:
            eng.heap.write(body, field[1], held, weak=True)


def _as_classmethod(eng: Engine, found: Value, cls: Class) -> Value:
    """Methods that Python takes for class methods although nothing says so."""
    return eng.join_all(
        eng.table.pointer(Bound(p, cls) if isinstance(p, Func) else p) for p in sorted_pointers(found)
    )


def _is_instance(ptr: object) -> bool:
    return isinstance(ptr, Obj) and ptr.kind == "instance"


def _at(facts: ClassFacts) -> Place:
    return call_at(facts.line, facts.line)


def of_type(eng: Engine, cls: Class, name: str) -> Value | None:
    """A method that a metaclass has from ``type``, called on a class: ``__new__`` gives the one that is being made."""
    if (
        name == "__new__"
        and eng.making
        and any(isinstance(base, Sym) and base.name in TYPES for base in classes.mro(eng, cls))
    ):
        return eng.table.pointer(eng.making[-1])
    return None


def plain_call(eng: Engine, receiver: Value) -> Value:
    """``super().__call__`` in a metaclass: what makes an instance and runs its constructor."""
    return eng.table.pointer(Method(receiver, PLAIN_CALL))
