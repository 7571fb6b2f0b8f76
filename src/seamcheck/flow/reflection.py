"""Intrinsics that look at the program itself: attributes by name, types, copies, imports, namespaces."""

from __future__ import annotations

from seamcheck.facts.ir import Node
from seamcheck.flow import attributes, calls, classes, handlers, patches
from seamcheck.flow.bodies import callee_text
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Effect, Frame
from seamcheck.flow.handlers import Handler
from seamcheck.flow.labels import DYNAMICS
from seamcheck.flow.objects import ANY, Obj, item
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import anchor
from seamcheck.flow.values import Class, Const, Func, Module, Super, Sym, Value, only_constant


def getattr_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``getattr(x, name)``: an attribute if the name is known, else anything the object has."""
    if len(args.positional) < 2:
        return eng.table.empty
    base, name = args.positional[0], args.positional[1]
    known = [p.value for p in sorted_pointers(name) if isinstance(p, Const) and isinstance(p.value, str)]
    eng.coverage.looked_up.update(known)
    if known and len(known) == len(name.ptrs):
        out = eng.join_all(attributes.get(eng, frame, base, k, node) for k in sorted(known))
        out = eng.table.labelled(out, name.labels)
    else:
        out = eng.unknown("an attribute is looked up by a name that is not known", frame, node[1])
        # What is read may be a result of training or not: that it is unknown says so, no label of the rest may.
        rest = frozenset(
            label for label in eng.labels_of(base) | eng.labels_of(name) if label.kind != DYNAMICS
        )
        out = eng.table.labelled(out, rest)
    return eng.table.join(out, args.positional[2]) if len(args.positional) > 2 else out


def plain_getattribute(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``object.__getattribute__(x, name)``: what was stored, past the class's own look-up."""
    if len(args.positional) < 2:
        return eng.table.empty
    base, name = args.positional[0], only_constant(args.positional[1])
    out = eng.table.empty
    for ptr in sorted_pointers(base):
        stored = isinstance(ptr, Obj) and ptr.kind == "instance" and name is not None
        found = eng.heap.read(ptr, name.value) if stored and isinstance(ptr, Obj) and name else None
        if found is None:
            found = eng.unknown("an attribute is read past its class's look-up", frame, node[1])
        out = eng.table.join(out, found)
    return eng.table.labelled(out, base.labels | args.positional[1].labels)


def plain_setattr(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``object.__setattr__(x, name, v)``: stored as it is, past the class's own ``__setattr__``."""
    if len(args.positional) == 3:
        name = only_constant(args.positional[1])
        for ptr in sorted_pointers(args.positional[0]):
            if isinstance(ptr, Obj):
                field = name.value if name is not None and isinstance(name.value, str) else ANY
                eng.heap.write(ptr, field, args.positional[2], weak=field == ANY)
            elif isinstance(ptr, Class | Module):
                patches.set_by_name(
                    eng, frame, eng.table.pointer(ptr), args.positional[1], args.positional[2], node
                )
    return eng.table.const(None)


def setattr_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``setattr(x, name, v)``."""
    if len(args.positional) == 3:
        patches.set_by_name(eng, frame, args.positional[0], args.positional[1], args.positional[2], node)
    return eng.table.const(None)


def super_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``super()`` and ``super(C, self)``."""
    here: Frame | None = frame
    while here is not None and here.cls is None:
        here = here.parent
    if len(args.positional) == 2:
        owner = next((p for p in sorted_pointers(args.positional[0]) if isinstance(p, Class)), None)
        receivers = list(sorted_pointers(args.positional[1]))
        if owner is not None and receivers:
            return eng.join_all(eng.table.pointer(Super(owner, r)) for r in receivers)
    if here is None or here.cls is None:
        return eng.table.empty
    receiver = (
        here.fields.get(here.facts.params[0].name) if here.facts is not None and here.facts.params else None
    )
    if receiver is None:
        return eng.table.empty
    return eng.join_all(eng.table.pointer(Super(here.cls, r)) for r in sorted_pointers(receiver))


def type_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``type(x)``: the class of an instance; ``type(name, bases, namespace)`` makes one that is not followed."""
    if len(args.positional) > 1:
        if eng.making:
            return eng.table.pointer(eng.making[-1], calls.labels_of_args(eng, args))
        stop = eng.unknown("a class that `type` makes", frame, node[1])
        return eng.table.labelled(stop, calls.labels_of_args(eng, args))
    out = eng.table.empty
    for ptr in sorted_pointers(handlers.first(eng, args)):
        if isinstance(ptr, Obj) and ptr.kind == "instance":
            out = eng.table.join(out, eng.table.pointer(ptr.type))
        elif isinstance(ptr, Const):
            out = eng.table.join(out, eng.table.pointer(Sym("builtins." + ptr.tag)))
        elif isinstance(ptr, Obj) and ptr.kind == "lib":
            out = eng.table.join(out, eng.table.pointer(Sym(ptr.type)))
        elif isinstance(ptr, Obj) and ptr.kind in ("list", "dict", "tuple", "set"):
            out = eng.table.join(out, eng.table.pointer(Sym("builtins." + ptr.kind)))
    return eng.table.labelled(out, handlers.first(eng, args).labels)


def isinstance_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``isinstance(x, C)``: certain for instances of the project's classes."""
    if "__instancecheck__" in eng.special:
        return eng.table.empty
    if len(args.positional) == 2:
        answers: set[bool | None] = set()
        wanted = args.positional[1].ptrs
        for ptr in sorted_pointers(args.positional[0]):
            if (
                isinstance(ptr, Obj)
                and ptr.kind == "instance"
                and len(wanted) == 1
                and isinstance(next(iter(wanted)), Class)
            ):
                answers.add(classes.is_subclass(eng, ptr.type, next(iter(wanted))))
            else:
                answers.add(None)
        if len(answers) == 1 and None not in answers:
            return eng.table.const(answers.pop())
    return eng.table.empty


def copy_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``copy.deepcopy``: new objects with the same content."""
    return clone(eng, frame, handlers.first(eng, args), node, 3)


def shallow_copy(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``copy.copy``: a new object that holds the very same objects."""
    return clone(eng, frame, handlers.first(eng, args), node, 3, shallow=True)


def clone(eng: Engine, frame: Frame, v: Value, node: Node, depth: int, shallow: bool = False) -> Value:
    """A copy of a value, objects included down to a depth; ``shallow``: but for what it holds."""
    out = eng.table.value(frozenset(p for p in sorted_pointers(v) if not isinstance(p, Obj)), v.labels)
    for ptr in sorted_pointers(v):
        if not isinstance(ptr, Obj):
            continue
        if ptr.kind == "data" or depth == 0:
            made = eng.data(
                (anchor(node), "copy", ptr.serial),
                frame,
                node[1],
                eng.heap.object_labels(ptr, 3),
                ptr.type if ptr.kind == "data" else attributes.DATA,
            )
            if depth == 0 and ptr.kind != "data":
                made = eng.table.pointer(ptr)
            out = eng.table.join(out, eng.table.labelled(made, v.labels))
            continue
        twin = eng.allocate((anchor(node), "copy", ptr.serial), frame, ptr.kind, ptr.type, node[1])
        twin.site = ptr.site
        for field in eng.heap.keys(ptr):
            held = ptr.fields[field]
            eng.heap.write(twin, field, held if shallow else clone(eng, frame, held, node, depth - 1))
        twin.ctor = dict(ptr.ctor)
        eng.heap.taint(twin, ptr.labels)
        out = eng.table.join(out, eng.table.pointer(twin))
    return out


def dynamic_import(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``importlib.import_module(name)``: a module if the name is known."""
    from seamcheck.flow import names

    name = only_constant(handlers.first(eng, args))
    if name is not None and isinstance(name.value, str) and not name.value.startswith("."):
        return names.module_value(eng, frame.module, name.value)
    return eng.unknown("a module is imported by a name that is not known", frame, node[1])


def dynamic_code(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``eval`` and ``exec``: nothing is known."""
    eng.effect(frame, Effect("code", frame.path, node[1], "eval or exec"))
    return eng.table.labelled(
        eng.unknown("code is run from a string", frame, node[1]), calls.labels_of_args(eng, args)
    )


def namespace(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``globals()``, ``locals()``, ``vars()``: the variables by name."""
    if args.positional:
        functions = [p for p in args.positional[0].ptrs if isinstance(p, Func)]
        if functions:
            return eng.join_all(eng.table.pointer(patches.function_fields(eng, p)) for p in functions)
        return args.positional[0]
    eng.coverage.enumerated.add(frame.module.name)
    obj = eng.allocate((anchor(node), "namespace"), frame, "dict", "namespace", node[1])
    home = eng.modules[frame.module.name] if len(node) > 3 and callee_text(node[3]) == "globals" else frame
    for name, v in list(home.fields.items()):
        eng.heap.write(obj, item(name), v, weak=True)
    return eng.table.pointer(obj)


def make_property(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``property(get, set)`` called as a function."""
    obj = eng.allocate((anchor(node), "property"), frame, "property", "property", node[1])
    for name, v in zip(("get", "set"), args.positional, strict=False):
        eng.heap.write(obj, name, v)
    return eng.table.pointer(obj)


def wrapped(kind: str) -> Handler:
    """``staticmethod(f)`` and ``classmethod(f)`` called as functions."""

    def handler(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
        obj = eng.allocate((anchor(node), kind), frame, kind, kind, node[1])
        eng.heap.write(obj, "function", handlers.first(eng, args))
        return eng.table.pointer(obj)

    return handler
