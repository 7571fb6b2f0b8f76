"""What is stored where a program seldom stores: in library names, functions, the environment, under open names.

Library names have no object of their own. What a program stores under one (``np.best = ...``, ``os.environ[...]``) are
fields of ``eng.patched``, which is made when the first of them is met: until then nothing here costs anything.
"""

from __future__ import annotations

from typing import Any

from seamcheck.facts.ir import Node
from seamcheck.flow import calls, classes, opaque
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.labels import DYNAMIC, DYNAMICS, IO, Label
from seamcheck.flow.objects import ANY, Obj, item
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import call_at
from seamcheck.flow.values import Bound, Class, Const, Func, Module, Sym, Value, constants

NO_LABELS: frozenset[Label] = frozenset()
#: The container of environment variables, and that of modules.
ENVIRON, MODULES = "os.environ", "sys.modules"
#: What stands for every name that is not known.
OPEN = "*"
#: What the name of a variable has in front among the names of files.
VARIABLE = "<environment>"


def store(eng: Engine, frame: Frame, name: str, value: Value, node: Node, weak: bool = False) -> None:
    """``library.name = value``."""
    _write(eng, eng.models.canonical(name), value, node, frame, weak)


def note_changed(eng: Engine, frame: Frame, name: str, node: Node) -> None:
    """A trial changes something that a library keeps under a name (``sys.path.append(...)``)."""
    text = f"`{name}` is changed in a trial and may hold that in the next"
    label = eng.label(DYNAMIC, text, frame, node[1])
    store(eng, frame, name, eng.table.pointer(Sym(name), frozenset((label,))), node)


def _write(eng: Engine, field: str, value: Value, node: Node, frame: Frame, weak: bool = False) -> None:
    if eng.patched is None:
        eng.patched, _ = eng.heap.allocate(("patched",), "patched", None, (frame.path, node[1]), ())
    eng.write_sites[eng.patched] = (frame.path, node[1])
    old = eng.patched.fields.get(field)
    eng.heap.write(eng.patched, field, value, weak)
    if old is None:
        eng.heap.epoch += 1  # summaries made before may have looked for it


def read(eng: Engine, name: str) -> Value | None:
    """What the program stored under a library name."""
    if eng.patched is None:
        return None
    found = eng.heap.read(eng.patched, name)
    owner = name.rpartition(".")[0]
    opened = eng.heap.read(eng.patched, f"{owner}.{OPEN}") if owner else None
    if found is None or opened is None:
        return opened if found is None else found
    return eng.table.join(found, opened)


def symbol(eng: Engine, name: str) -> Value:
    """A library name: itself, and what the program stored under it."""
    plain = eng.table.pointer(Sym(name))
    found = read(eng, name)
    return plain if found is None else eng.table.join(plain, found)


def of_type(eng: Engine, frame: Frame, obj: Obj, name: str, node: Node) -> Value | None:
    """An attribute that the program stored on a class of a library, looked up on something that may be of it."""
    if eng.patched is None:
        return None
    out: Value | None = None
    for field in eng.heap.keys(eng.patched):
        owner, _, last = field.rpartition(".")
        if last not in (name, OPEN) or not owner.rpartition(".")[2][:1].isupper():
            continue
        held = eng.heap.read(eng.patched, field)
        for ptr in sorted_pointers(held) if held is not None else ():
            got = _bound(eng, frame, obj, ptr, node)
            out = got if out is None else eng.table.join(out, got)
        if held is not None and (held.labels or out is None):
            bare = eng.table.value(frozenset(), held.labels)
            out = bare if out is None else eng.table.join(out, bare)
    return out


def _bound(eng: Engine, frame: Frame, obj: Obj, ptr: Any, node: Node) -> Value:
    if isinstance(ptr, Func):
        return eng.table.pointer(Bound(ptr, obj))
    if isinstance(ptr, Obj) and ptr.kind == "property":
        getter = eng.heap.read(ptr, "get")
        receiver = eng.table.pointer(obj)
        if getter is not None:
            return calls.call(eng, frame, getter, calls.Args((receiver,)), call_at(node[1], node[1]))
    return eng.table.pointer(ptr)


def accessor(eng: Engine, frame: Frame, symbols: list[str], decorator: Node, cls: Class) -> None:
    """``@pd.api.extensions.register_dataframe_accessor(name)``: an attribute of every frame."""
    if not any(name.endswith("_accessor") and ".register_" in name for name in symbols):
        return
    for arg in decorator[4][:1]:
        for ptr in sorted_pointers(eng.evaluate(frame, arg)):
            key = ptr.value if isinstance(ptr, Const) and isinstance(ptr.value, str) else OPEN
            obj = eng.allocate((decorator[1], "accessor", key), frame, "property", key, decorator[1])
            eng.heap.write(obj, "get", eng.table.pointer(cls))
            store(eng, frame, f"pandas.DataFrame.{key}", eng.table.pointer(obj), decorator)


# -- containers of libraries -----------------------------------------------------------------------------


def store_item(
    eng: Engine, frame: Frame, name: str, index: Value, value: Value, node: Node, weak: bool = False
) -> None:
    """``library.container[index] = value``; also with no value at all, where an item goes."""
    name = ENVIRON if name == f"{ENVIRON}b" else name
    known = constants(index)
    value = eng.table.labelled(value, eng.labels_of(index))
    if known is None or not all(isinstance(k, str) for k in known):
        known = [OPEN]
    if eng.loops:
        note_changed(eng, frame, name, node)
        stored = eng.label(IO, "stored in a trial and read again", frame, node[1])
        value = eng.table.labelled(value, frozenset((stored,)))
    for key in known:
        if name == MODULES and key != OPEN:
            store(eng, frame, str(key), value, node)
        else:
            _write(eng, f"{name}[{key}]", value, node, frame, weak or key == OPEN)
            told = eng.labels_of(value) if name == ENVIRON else NO_LABELS
            if any(label.kind == DYNAMICS for label in told):
                # As with files: who asked before it was set may ask again, in another run of the function.
                eng.files.write([f"{VARIABLE}{key}"], told)


def item_labels(eng: Engine, frame: Frame, name: str, index: Value | None, line: int) -> frozenset[Label]:
    """Labels of results of training that may have been stored in such a container under this key; None: any.

    What a trial stored is as good as one: who asks for it when all trials are over gets what the last of them left.
    """
    known = constants(index) if index is not None else None
    found: set[Label] = set()
    if name == ENVIRON:
        names = [f"{VARIABLE}{key}" for key in known or (OPEN,)]
        found.update(label for label in eng.files.read(names)[0] if label.kind == DYNAMICS)
    if eng.patched is None:
        return frozenset(found)
    wanted = None if known is None else {f"{name}[{key}]" for key in (*known, OPEN)}
    labels = NO_LABELS
    for field in eng.heap.keys(eng.patched):
        if field in wanted if wanted is not None else field.startswith(f"{name}["):
            held = eng.heap.read(eng.patched, field)
            labels |= eng.labels_of(held) if held is not None else NO_LABELS
    found.update(label for label in labels if label.kind == DYNAMICS)
    if not eng.loops and any(label.kind == IO for label in labels):
        found.add(eng.label(DYNAMIC, f"what a trial stored in `{name}` is read", frame, line))
    return frozenset(found)


def set_variable(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value | None:
    """``os.putenv(name, value)``."""
    _set(eng, frame, args, node, weak=False)
    return None


def perhaps_set_variable(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value | None:
    """``os.environ.setdefault(...)``, and what gives a variable and takes it away."""
    _set(eng, frame, args, node, weak=True)
    return None


def _set(eng: Engine, frame: Frame, args: calls.Args, node: Node, weak: bool) -> None:
    given = [*args.positional, *(v for _, v in args.keywords)]
    if args.rest is not None or args.keyword_rest is not None or not given:
        index = eng.table.empty
        given = [index, *given, *(v for v in (args.rest, args.keyword_rest) if v is not None)]
    store_item(eng, frame, ENVIRON, given[0], eng.join_all(given[1:]), node, weak)


def set_variables(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value | None:
    """``os.environ.update(...)``."""
    from seamcheck.flow import iteration

    for v in (*args.positional, *(more for more in (args.rest, args.keyword_rest) if more is not None)):
        known, rest = iteration.mapping_items(eng, v)
        for name, held in known.items():
            store_item(eng, frame, ENVIRON, eng.table.const(name), held, node)
        if rest is not None:
            store_item(eng, frame, ENVIRON, eng.table.empty, rest, node)
    for name, held in args.keywords:
        store_item(eng, frame, ENVIRON, eng.table.const(name), held, node)
    return None


def expanded(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value | None:
    """``os.path.expandvars(text)``: of any variables."""
    labels = item_labels(eng, frame, ENVIRON, None, node[1])
    return eng.table.value(frozenset(), labels | calls.labels_of_args(eng, args)) if labels else None


def module_by_name(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value | None:
    """``sys.modules.get(name)``."""
    from seamcheck.flow import names

    known = constants(args.positional[0]) if args.positional else None
    if known is None or not all(isinstance(k, str) for k in known):
        return eng.unknown("a module is looked up by a name that is not known", frame, node[1])
    return eng.join_all(names.module_value(eng, frame.module, str(k)) for k in known)


def is_there(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``hasattr(x, name)``: a result of training, or an earlier trial, may have decided whether it is set."""
    # That ``x`` holds results of training says nothing of which attributes it has.
    labels = frozenset(label for label in calls.labels_of_args(eng, args) if label.kind != DYNAMICS)
    labels |= frozenset(label for v in args.positional for label in v.labels)
    known = constants(args.positional[1]) if len(args.positional) == 2 else None
    for ptr in sorted_pointers(args.positional[0]) if args.positional else ():
        if isinstance(ptr, Func):
            labels |= eng.heap.object_labels(function_fields(eng, ptr), 3)
    for name in known or ():
        eng.coverage.looked_up.add(str(name))
        for ptr in sorted_pointers(args.positional[0]):
            held = read(eng, f"{ptr.name}.{name}") if isinstance(ptr, Sym) else None
            if isinstance(ptr, Obj) and ptr.kind == "instance":
                held = eng.heap.read(ptr, name)
                # A constant derives from nothing: what it is labelled with decided whether it was stored.
                held = held if held is not None and any(isinstance(p, Const) for p in held.ptrs) else None
            labels |= held.labels if held is not None else NO_LABELS
    return eng.table.value(frozenset(), labels)


def asks(eng: Engine, frame: Frame, container: Value, index: Value, node: Node) -> frozenset[Label]:
    """Labels of ``index in container``, where that is one of a library."""
    labels = NO_LABELS
    for ptr in container.ptrs:
        if isinstance(ptr, Sym):
            labels |= item_labels(eng, frame, ptr.name, index, node[1])
    if labels:
        opaque.note_handed_over(eng, frame, labels, "in", node)
    return labels


# -- by name ---------------------------------------------------------------------------------------------


def set_by_name(eng: Engine, frame: Frame, base: Value, name: Value, value: Value, node: Node) -> None:
    """``setattr(base, name, value)`` and ``vars(base)[name] = value``; a name that is not known may be any."""
    from seamcheck.flow import assignment

    known = constants(name)
    if known is not None and len(known) == 1 and isinstance(known[0], str):
        assignment.assign_attribute(eng, frame, base, known[0], value, node)
        return
    for ptr in sorted_pointers(base):
        if isinstance(ptr, Sym):
            store(eng, frame, f"{ptr.name}.{OPEN}", eng.table.labelled(value, eng.labels_of(name)), node)
        elif isinstance(ptr, Obj):
            set_field(eng, frame, ptr, name, value, node, weak=True)
        elif isinstance(ptr, Func):
            assignment.assign_item(
                eng, frame, eng.table.pointer(function_fields(eng, ptr)), name, value, node, node
            )
        elif isinstance(ptr, Class):
            _set_fields(eng, classes.namespace(eng, ptr), name, value, weak=True)
        elif isinstance(ptr, Module) and (home := eng.modules.get(ptr.name)) is not None:
            _set_fields(eng, home, name, value, weak=True)


def set_field(
    eng: Engine, frame: Frame, obj: Obj, name: Value, value: Value, node: Node, weak: bool = False
) -> None:
    """``x.__dict__[name] = value``: an attribute; any of them if the name is not known."""
    eng.write_sites[obj] = (frame.path, node[1])
    _set_fields(eng, obj, name, value, weak)


def _set_fields(eng: Engine, home: Obj | Frame, name: Value, value: Value, weak: bool) -> None:
    known = constants(name)
    stored = eng.table.labelled(value, eng.labels_of(name))
    if known is not None and all(isinstance(k, str) for k in known):
        for field in known:
            eng.heap.write(home, field, stored, weak or len(known) > 1)
        return
    if isinstance(home, Obj):
        eng.heap.write(home, ANY, stored, weak=True)
    for field in eng.heap.keys(home):
        if isinstance(field, str) and not field.startswith(("<", "[")):
            eng.heap.write(home, field, stored, weak=True)


def function_fields(eng: Engine, func: Func) -> Obj:
    """The dictionary of a function's own attributes."""
    outer = func.frame.loops if func.frame is not None else ()
    return eng.heap.allocate(("attributes", func), "dict", None, ("", 0), outer)[0]


def of_function(eng: Engine, func: Func, name: str) -> Value | None:
    """An attribute that the program stored on a function."""
    fields = function_fields(eng, func)
    found, opened = eng.heap.read(fields, item(name)), eng.heap.read(fields, ANY)
    if found is None or opened is None:
        return opened if found is None else found
    return eng.table.join(found, opened)


def set_on_function(
    eng: Engine, frame: Frame, func: Func, name: str, value: Value, node: Node, weak: bool
) -> None:
    """``function.name = value``; defaults are attributes, too."""
    fields = function_fields(eng, func)
    eng.write_sites[fields] = (frame.path, node[1])
    eng.heap.write(fields, item(name), value, weak)
    if name in ("__defaults__", "__kwdefaults__"):
        defaults = eng.function_defaults.get(func, {})
        inner = eng.labels_of(value)
        if eng.loops:
            text = "defaults of a function are changed in a trial and may hold that in the next"
            inner |= {eng.label(DYNAMIC, text, frame, node[1])}
        changed = {
            key: eng.table.labelled(eng.table.join(v, eng.table.plain), inner) for key, v in defaults.items()
        }
        if changed != defaults:
            eng.function_defaults[func] = changed
            eng.heap.epoch += 1  # summaries made before may have used the old ones


def change_class(eng: Engine, frame: Frame, obj: Obj, value: Value) -> None:
    """``instance.__class__ = C``: what C has is what the instance may give from now on."""
    for cls in sorted_pointers(value):
        for kind in classes.mro(eng, cls) if isinstance(cls, Class) else ():
            for name, held in list(
                classes.namespace(eng, kind).fields.items() if isinstance(kind, Class) else ()
            ):
                if not name.startswith("__"):
                    bound = classes.bind(eng, frame, held, eng.table.pointer(obj), kind)
                    eng.heap.write(obj, name, bound, weak=True)


def change_bases(eng: Engine, cls: Class, value: Value) -> None:
    """``C.__bases__ = (...)``: what comes first from now on; what was there before stays possible."""
    from seamcheck.flow import iteration

    given = [p for v in iteration.known_items(eng, value) or () for p in sorted_pointers(v)]
    found = [p for p in given if isinstance(p, Class | Sym) and p != cls]
    if not given or len(found) < len(given):
        eng.open_classes.add(cls)
    eng.class_bases[cls] = tuple(dict.fromkeys((*found, *eng.class_bases.get(cls, ()))))
    eng.mro_cache.clear()
    eng.heap.epoch += 1


def decided(eng: Engine, obj: Obj) -> None:
    """Something goes out of a container where a result of training may have decided that it does."""
    labels = frozenset(label for control in eng.control for label in control if label.kind == DYNAMICS)
    if labels:
        eng.heap.taint(obj, labels)
