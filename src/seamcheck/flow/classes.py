"""Classes of the project: namespaces, method resolution order, binding of what is found on them."""

from __future__ import annotations

from typing import Any

from seamcheck.facts.ir import ClassFacts
from seamcheck.flow.bodies import stored_on
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.objects import Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import call_at
from seamcheck.flow.values import Bound, Class, Func, Sym, Value


def facts_of(eng: Engine, cls: Class) -> ClassFacts:
    """What the source says of a class."""
    return eng.index.by_name[cls.module].facts.classes[cls.index]


def namespace(eng: Engine, cls: Class) -> Frame:
    """The frame that ran the class body."""
    return eng.class_frames[cls]


def bases(eng: Engine, cls: Class) -> tuple[Any, ...]:
    """The bases as written: Class for the project's own, Sym for library ones; others are left out."""
    return eng.class_bases.get(cls, ())


def mro(eng: Engine, cls: Class) -> tuple[Any, ...]:
    """C3 linearisation over the known bases; depth first where that has no solution."""
    known = eng.mro_cache.get(cls)
    if known is None:
        eng.mro_cache[cls] = (cls,)
        known = eng.mro_cache[cls] = tuple(_linear(eng, cls))
    return known


def _linear(eng: Engine, cls: Class) -> list[Any]:
    direct = list(bases(eng, cls))
    sequences = [list(mro(eng, b)) if isinstance(b, Class) else [b] for b in direct] + [direct]
    out: list[Any] = [cls]
    while sequences := [s for s in sequences if s]:
        head = next((s[0] for s in sequences if not any(s[0] in other[1:] for other in sequences)), None)
        head = sequences[0][0] if head is None else head
        out.append(head)
        sequences = [[x for x in s if x != head] for s in sequences]
    return out


def own(eng: Engine, cls: Class, name: str) -> Value | None:
    """An attribute from the class's own body."""
    frame = eng.class_frames.get(cls)
    if frame is None:
        return None
    found = frame.fields.get(name)
    eng.heap.settle(frame, name, found)
    return found


def lookup(eng: Engine, cls: Class, name: str) -> Value | None:
    """An attribute along the method resolution order; None too where a library base comes first and may have it."""
    for kind in mro(eng, cls):
        if isinstance(kind, Class):
            found = own(eng, kind, name)
            if found is not None:
                return found
        elif eng.models.method(kind.name, name) is not None and kind.name.startswith("seamcheck.types"):
            return None
    return None


def library_base(eng: Engine, cls: Class) -> str | None:
    """The first base that is a library's (``torch.nn.Module``), by canonical name; ``object`` does not count."""
    for kind in mro(eng, cls):
        if isinstance(kind, Sym) and kind.name not in (
            "builtins.object",
            "abc.ABC",
            "typing.Generic",
            "typing.Protocol",
        ):
            return kind.name
    return None


#: Modules of bases that are read, not run.
QUIET = frozenset({"builtins", "abc", "typing", "typing_extensions", "enum", "collections"})


def outside_base(eng: Engine, cls: Class) -> str | None:
    """The library base whose methods an instance has, where the project does not define them."""
    base = library_base(eng, cls)
    return None if base is None or base.partition(".")[0] in QUIET else base


def complete(eng: Engine, cls: Class) -> bool:
    """Are all bases the project's own?"""
    return cls not in eng.open_classes and library_base(eng, cls) is None


def is_subclass(eng: Engine, cls: Class, other: Any) -> bool:
    """Is ``other`` in the method resolution order?"""
    return other in mro(eng, cls)


def category(eng: Engine, cls: Class) -> str:
    """The category of the first modelled library base."""
    for kind in mro(eng, cls):
        if isinstance(kind, Sym):
            found = eng.models.category(kind.name)
            if found != "other":
                return found
    return "other"


def is_property(found: Value) -> bool:
    """Is this a property object?"""
    return any(isinstance(p, Obj) and p.kind == "property" for p in sorted_pointers(found))


def bind(eng: Engine, frame: Frame, found: Value, receiver: Value, owner: Class) -> Value:
    """What reading a class attribute through an instance gives."""
    from seamcheck.flow import calls

    out = eng.table.empty
    (self_ptr,) = receiver.ptrs
    for ptr in sorted_pointers(found):
        if isinstance(ptr, Func):
            out = eng.table.join(out, eng.table.pointer(Bound(ptr, self_ptr)))
        elif isinstance(ptr, Obj) and ptr.kind == "property":
            getter = eng.heap.read(ptr, "get")
            if getter is not None:
                line = frame.statement[0]
                got = calls.call(eng, frame, getter, calls.Args((receiver,)), call_at(line, line))
                out = eng.table.join(out, got)
        elif isinstance(ptr, Obj) and ptr.kind == "static":
            inner = eng.heap.read(ptr, "function")
            out = eng.table.join(out, inner) if inner is not None else out
        elif isinstance(ptr, Obj) and ptr.kind == "classmethod":
            out = eng.table.join(out, _class_bound(eng, ptr, owner))
        elif (
            isinstance(ptr, Obj)
            and ptr.kind == "instance"
            and (getter_method := lookup(eng, ptr.type, "__get__"))
        ):
            line = frame.statement[0]
            bound = bind(eng, frame, getter_method, eng.table.pointer(ptr), ptr.type)
            args = calls.Args((receiver, eng.table.pointer(owner)))
            out = eng.table.join(out, calls.call(eng, frame, bound, args, call_at(line, line)))
        else:
            out = eng.table.join(out, eng.table.pointer(ptr))
    return eng.table.labelled(out, found.labels)


def _class_bound(eng: Engine, ptr: Obj, owner: Class) -> Value:
    inner = eng.heap.read(ptr, "function")
    if inner is None:
        return eng.table.empty
    return eng.join_all(eng.table.pointer(Bound(f, owner)) for f in sorted_pointers(inner))


def bind_class(eng: Engine, found: Value, owner: Class) -> Value:
    """What reading an attribute on the class itself gives."""
    out = eng.table.empty
    for ptr in sorted_pointers(found):
        if isinstance(ptr, Obj) and ptr.kind == "static":
            inner = eng.heap.read(ptr, "function")
            out = eng.table.join(out, inner) if inner is not None else out
        elif isinstance(ptr, Obj) and ptr.kind == "classmethod":
            out = eng.table.join(out, _class_bound(eng, ptr, owner))
        else:
            out = eng.table.join(out, eng.table.pointer(ptr))
    return eng.table.labelled(out, found.labels)


def written_anywhere(eng: Engine, cls: Class, name: str) -> bool:
    """Does any method of the class or its bases assign ``self.name`` (whatever ``self`` is called)?"""
    for kind in mro(eng, cls):
        if isinstance(kind, Class):
            stored = eng.stored_attributes.get((kind.module, kind.index))
            if stored is None:
                stored = eng.stored_attributes[kind.module, kind.index] = _stored(eng, kind)
            if name in stored:
                return True
    return False


def _stored(eng: Engine, cls: Class) -> frozenset[str]:
    facts = eng.index.by_name[cls.module].facts
    found: set[str] = set()
    for function in facts.functions:
        if function.owner == cls.index and function.params:
            found |= stored_on(function.params[0].name, function.body)
    return frozenset(found)


def dataclass_fields(eng: Engine, cls: Class) -> list[tuple[str, Any]]:
    """Annotated names of the class and its bases in order, with their default expressions."""
    fields: dict[str, Any] = {}
    for kind in reversed(mro(eng, cls)):
        if isinstance(kind, Class):
            for node in facts_of(eng, kind).body:
                if node[0] == "ann" and node[3][0] == "name" and "ClassVar" not in str(node[4]):
                    fields[node[3][2]] = (kind, node[5])
                elif node[0] == "assign" and node[3][0][0] == "name" and _is_field(eng, kind, node[3][0][2]):
                    fields[node[3][0][2]] = (kind, node[4])
    return list(fields.items())


def _is_field(eng: Engine, cls: Class, name: str) -> bool:
    """Does the body of a class bind this name to what stands for a field (``x = attr.ib()``)?"""
    held = namespace(eng, cls).fields.get(name)
    return held is not None and any(isinstance(p, Obj) and p.kind == "field" for p in held.ptrs)
