"""Library functions whose meaning no table can express: containers, reflection, paths, higher-order helpers."""

from __future__ import annotations

from collections.abc import Callable

from seamcheck.flow.ordering import sorted_pointers
from seamcheck.facts.ir import Node
from seamcheck.flow import attributes, calls, classes, iteration
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Effect, Frame
from seamcheck.flow.labels import DYNAMIC, DYNAMICS, ORDER, RANDOM, Label
from seamcheck.flow.objects import ANY, Obj, item
from seamcheck.flow.values import Bound, Class, Const, Func, Module, Super, Sym, Text, Value, only_constant

Handler = Callable[[Engine, Frame, "calls.Args", Node], "Value | None"]


#: Objects that ``next`` moves on.
STATEFUL = frozenset({"gen", "lib", "instance", "data"})


def first(eng: Engine, args: calls.Args) -> Value:
    """The first positional argument, or nothing."""
    return args.positional[0] if args.positional else eng.table.empty


def sequence(kind: str) -> Handler:
    """``list``, ``tuple``, ``set``, ``sorted``, ``reversed``: a new sequence of the same elements."""

    def handler(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
        if not args.positional:
            obj = eng.allocate((id(node), kind), frame, kind, None, node[1])
            obj.fields.clear()
            return eng.table.pointer(obj)
        key = dict(args.keywords).get("key")
        if key is not None:
            element = iteration.elements(eng, frame, args.positional[0], node)
            calls.call(eng, frame, key, calls.Args((element,)), ("call", node[1], node[1]))
        return iteration.as_sequence(eng, frame, args.positional[0], node, kind)

    return handler


def sorted_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``sorted``: any element may come first."""
    element = iteration.elements(eng, frame, first(eng, args), node)
    key = dict(args.keywords).get("key")
    if key is not None:
        calls.call(eng, frame, key, calls.Args((element,)), ("call", node[1], node[1]))
    out = eng.allocate((id(node), "sorted"), frame, "list", None, node[1])
    eng.heap.write(out, ANY, element, weak=True)
    return eng.table.pointer(out)


def pick(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value | None:
    """``max`` and ``min``: an element, chosen by all of them."""
    source = args.positional
    key = dict(args.keywords).get("key")
    element = iteration.elements(eng, frame, source[0], node) if len(source) == 1 else eng.join_all(source)
    if key is not None:
        calls.call(eng, frame, key, calls.Args((element,)), ("call", node[1], node[1]))
    return eng.table.labelled(element, calls.labels_of_args(eng, args))


def dict_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``dict(mapping, **kw)``."""
    from seamcheck.flow import instances

    obj = eng.allocate((id(node), "dict"), frame, "dict", None, node[1])
    obj.fields.clear()
    for v in args.positional:
        pairs = iteration.known_items(eng, v)
        if pairs is not None:
            for pair in pairs:
                parts = iteration.known_items(eng, pair)
                if parts is not None and len(parts) == 2:
                    from seamcheck.flow.expressions import store_item

                    store_item(eng, frame, obj, parts[0], parts[1])
                else:
                    eng.heap.write(obj, ANY, pair, weak=True)
        elif any(isinstance(p, Obj) and p.kind == "dict" for p in sorted_pointers(v)):
            iteration.merge_mapping(eng, frame, obj, v, node)
        else:
            inner = iteration.elements(eng, frame, v, node)
            eng.heap.write(obj, ANY, iteration.elements(eng, frame, inner, node), weak=True)
    instances.fill_mapping(eng, obj, args)
    return eng.table.pointer(obj)


def empty_dict(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``defaultdict(factory)``: a dict whose missing keys are what the factory makes."""
    obj = eng.allocate((id(node), "dict"), frame, "dict", None, node[1])
    obj.fields.clear()
    if args.positional:
        factory = args.positional[0]
        made = calls.call(eng, frame, factory, calls.Args(), ("call", node[1], node[1]))
        if made.ptrs:
            eng.heap.write(obj, ANY, made, weak=True)
    return eng.table.pointer(obj)


def pairs(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``zip`` and ``itertools.product``: tuples of elements."""
    columns = [iteration.known_items(eng, v) for v in args.positional]
    out = eng.allocate((id(node), "zip"), frame, "list", "zip", node[1])
    out.fields.clear()
    if columns and all(c is not None and len(c) <= iteration.MAX_SPREAD for c in columns) and args.rest is None:
        for position, row in enumerate(zip(*[c for c in columns if c is not None], strict=False)):
            eng.heap.write(out, item(position), _tuple(eng, frame, node, position, list(row)))
        return eng.table.pointer(out)
    row = [iteration.elements(eng, frame, v, (node[0], node[1], position)) for position, v in enumerate(args.positional)]
    pair = _tuple(eng, frame, node, -1, row)
    if args.rest is not None:
        for ptr in sorted_pointers(pair):
            eng.heap.write(ptr, ANY, iteration.elements(eng, frame, args.rest, node), weak=True)
    labels = frozenset(label for v in args.positional for label in v.labels)
    eng.heap.write(out, ANY, pair, weak=True)
    return eng.table.pointer(out, labels)


def _tuple(eng: Engine, frame: Frame, node: Node, position: int, row: list[Value]) -> Value:
    pair = eng.allocate((id(node), "row", position), frame, "tuple", None, node[1])
    pair.fields.clear()
    pair.summary = False
    for k, v in enumerate(row):
        eng.heap.write(pair, item(k), v)
    return eng.table.pointer(pair)


def enumerate_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``enumerate``: (index, element)."""
    items = iteration.known_items(eng, first(eng, args))
    out = eng.allocate((id(node), "enumerate"), frame, "list", "zip", node[1])
    out.fields.clear()
    if items is not None and len(items) <= iteration.MAX_SPREAD:
        for position, v in enumerate(items):
            eng.heap.write(out, item(position), _tuple(eng, frame, node, position, [eng.table.const(position), v]))
        return eng.table.pointer(out)
    element = iteration.elements(eng, frame, first(eng, args), node)
    counter = eng.table.value(frozenset(), frozenset(label for label in element.labels if label.kind == "loopvar"))
    eng.heap.write(out, ANY, _tuple(eng, frame, node, -1, [counter, element]), weak=True)
    return eng.table.pointer(out)


def map_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``map(f, xs, ...)``: results of calling f on elements."""
    from seamcheck.flow import trials

    def run(marker: object) -> Value:
        elements = tuple(iteration.elements(eng, frame, v, (node[0], node[1], k)) for k, v in enumerate(args.positional[1:]))
        if callable(marker):
            elements = tuple(marker(v) for v in elements)
        return calls.call(eng, frame, first(eng, args), calls.Args(elements), ("call", node[1], node[2]))

    made = trials.watch_loop(eng, frame, ("comp", node[1], "map", (), ((("name", node[1], "map"), (), ()),), id(node)), run)
    out = eng.allocate((id(node), "map"), frame, "gen", "map", node[1])
    eng.heap.write(out, ANY, made, weak=True)
    return eng.table.pointer(out)


def filter_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``filter(f, xs)``: some of the elements."""
    if len(args.positional) < 2:
        return eng.table.empty
    element = iteration.elements(eng, frame, args.positional[1], node)
    test = calls.call(eng, frame, args.positional[0], calls.Args((element,)), ("call", node[1], node[1])) if args.positional[0].ptrs else eng.table.empty
    out = eng.allocate((id(node), "filter"), frame, "gen", "filter", node[1])
    eng.heap.write(out, ANY, eng.table.labelled(element, eng.labels_of(test)), weak=True)
    return eng.table.pointer(out)


def reduce_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``functools.reduce(f, xs, start)``."""
    if len(args.positional) < 2:
        return eng.table.empty
    element = iteration.elements(eng, frame, args.positional[1], node)
    start = args.positional[2] if len(args.positional) > 2 else element
    once = calls.call(eng, frame, args.positional[0], calls.Args((start, element)), ("call", node[1], node[1]))
    again = calls.call(eng, frame, args.positional[0], calls.Args((once, element)), ("call", node[1], node[1]))
    return eng.table.join(once, again)


def partial_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``functools.partial(f, ...)``; one object per distinct content, so that contexts stay apart."""
    identity = ("partial", id(node), frame, args)
    obj, new = eng.heap.allocate(identity, "partial", None, (frame.path, node[1]), eng.loops)
    if new:
        obj.fields["function"] = first(eng, args)
        obj.ctor = {str(k): v for k, v in enumerate(args.positional[1:])}
        obj.ctor.update(dict(args.keywords))
    return eng.table.pointer(obj)


def identity(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """Something that gives back what it is given."""
    return first(eng, args)


def second(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``typing.cast(T, x)``."""
    return args.positional[1] if len(args.positional) > 1 else eng.table.empty


def next_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``next(it)``: an element."""
    got = iteration.elements(eng, frame, first(eng, args), node)
    got = eng.table.labelled(got, iteration.advanced(eng, frame, first(eng, args), node[1], STATEFUL))
    got = eng.table.labelled(got, cut_order(eng, got, "taking single batches"))
    return eng.table.join(got, args.positional[1]) if len(args.positional) > 1 else got


def cut_order(eng: Engine, v: Value, what: str) -> frozenset[Label]:
    """A shuffled order of which only a part is used is a random subset."""
    text = f"{what} of a shuffled epoch uses a random subset"
    return frozenset(label._replace(kind=RANDOM, message=text) for label in eng.labels_of(v) if label.kind == ORDER)


def islice(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``itertools.islice(it, n)``: some of the elements."""
    got = iteration.elements(eng, frame, first(eng, args), node)
    labels = cut_order(eng, got, "a slice") | iteration.advanced(eng, frame, first(eng, args), node[1], frozenset({"gen"}))
    for v in args.positional[1:]:
        labels |= eng.labels_of(v)
    out = eng.allocate((id(node), "islice"), frame, "gen", "islice", node[1])
    eng.heap.write(out, ANY, eng.table.labelled(got, labels), weak=True)
    return eng.table.pointer(out)


def iter_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``iter(x)``: a cursor over the same elements."""
    source = first(eng, args)
    for ptr in sorted_pointers(source):
        if isinstance(ptr, Obj) and ptr.kind in ("data", "lib"):
            return source
    out = eng.allocate((id(node), "iter"), frame, "gen", "iter", node[1])
    eng.heap.write(out, ANY, iteration.elements(eng, frame, source, node), weak=True)
    return eng.table.pointer(out)


def getattr_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``getattr(x, name)``: an attribute if the name is known, else anything the object has."""
    if len(args.positional) < 2:
        return eng.table.empty
    base, name = args.positional[0], args.positional[1]
    known = [p.value for p in sorted_pointers(name) if isinstance(p, Const) and isinstance(p.value, str)]
    if known and len(known) == len(name.ptrs):
        out = eng.join_all(attributes.get(eng, frame, base, k, node) for k in sorted(known))
        out = eng.table.labelled(out, name.labels)
    else:
        out = eng.unknown("an attribute is looked up by a name that is not known", frame, node[1])
        # What is read may be a result of training or not: that it is unknown says so, no label of the rest may.
        rest = frozenset(label for label in eng.labels_of(base) | eng.labels_of(name) if label.kind != DYNAMICS)
        out = eng.table.labelled(out, rest)
    return eng.table.join(out, args.positional[2]) if len(args.positional) > 2 else out


def setattr_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``setattr(x, name, v)``."""
    from seamcheck.flow import statements

    if len(args.positional) == 3:
        name = only_constant(args.positional[1])
        if name is not None and isinstance(name.value, str):
            statements.assign_attribute(eng, frame, args.positional[0], name.value, args.positional[2], node)
        else:
            for ptr in args.positional[0].ptrs:
                if isinstance(ptr, Obj):
                    eng.heap.write(ptr, ANY, args.positional[2], weak=True)
    return eng.table.const(None)


def super_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``super()`` and ``super(C, self)``."""
    here: Frame | None = frame
    while here is not None and here.cls is None:
        here = here.parent
    if len(args.positional) == 2:
        owner = next((p for p in args.positional[0].ptrs if isinstance(p, Class)), None)
        receivers = list(args.positional[1].ptrs)
        if owner is not None and receivers:
            return eng.join_all(eng.table.pointer(Super(owner, r)) for r in receivers)
    if here is None or here.cls is None:
        return eng.table.empty
    receiver = here.fields.get(here.facts.params[0].name) if here.facts is not None and here.facts.params else None
    if receiver is None:
        return eng.table.empty
    return eng.join_all(eng.table.pointer(Super(here.cls, r)) for r in sorted_pointers(receiver))


def type_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``type(x)``: the class of an instance."""
    out = eng.table.empty
    for ptr in first(eng, args).ptrs:
        if isinstance(ptr, Obj) and ptr.kind == "instance":
            out = eng.table.join(out, eng.table.pointer(ptr.type))
        elif isinstance(ptr, Const):
            out = eng.table.join(out, eng.table.pointer(Sym("builtins." + ptr.tag)))
        elif isinstance(ptr, Obj) and ptr.kind == "lib":
            out = eng.table.join(out, eng.table.pointer(Sym(ptr.type)))
        elif isinstance(ptr, Obj) and ptr.kind in ("list", "dict", "tuple", "set"):
            out = eng.table.join(out, eng.table.pointer(Sym("builtins." + ptr.kind)))
    return eng.table.labelled(out, first(eng, args).labels)


def isinstance_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``isinstance(x, C)``: certain for instances of the project's classes."""
    if len(args.positional) == 2:
        answers = set()
        wanted = args.positional[1].ptrs
        for ptr in args.positional[0].ptrs:
            if isinstance(ptr, Obj) and ptr.kind == "instance" and len(wanted) == 1 and isinstance(next(iter(wanted)), Class):
                answers.add(classes.is_subclass(eng, ptr.type, next(iter(wanted))))
            else:
                answers.add(None)
        if len(answers) == 1 and None not in answers:
            return eng.table.const(answers.pop())
    return eng.table.empty


def copy_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``copy.copy`` and ``copy.deepcopy``: new objects with the same content."""
    return clone(eng, frame, first(eng, args), node, 3)


def clone(eng: Engine, frame: Frame, v: Value, node: Node, depth: int) -> Value:
    """A copy of a value, objects included down to a depth."""
    out = eng.table.value(frozenset(p for p in sorted_pointers(v) if not isinstance(p, Obj)), v.labels)
    for ptr in sorted_pointers(v):
        if not isinstance(ptr, Obj):
            continue
        if ptr.kind == "data" or depth == 0:
            made = eng.data((id(node), "copy", ptr.serial), frame, node[1], eng.heap.object_labels(ptr, 3, set()), ptr.type if ptr.kind == "data" else attributes.DATA)
            if depth == 0 and ptr.kind != "data":
                made = eng.table.pointer(ptr)
            out = eng.table.join(out, eng.table.labelled(made, v.labels))
            continue
        twin = eng.allocate((id(node), "copy", ptr.serial), frame, ptr.kind, ptr.type, node[1])
        twin.site = ptr.site
        for field in eng.heap.keys(ptr):
            eng.heap.write(twin, field, clone(eng, frame, ptr.fields[field], node, depth - 1))
        twin.ctor = dict(ptr.ctor)
        eng.heap.taint(twin, ptr.labels)
        out = eng.table.join(out, eng.table.pointer(twin))
    return out


def join_path(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``os.path.join`` and ``Path(...)``: a path known in part."""
    from seamcheck.flow.expressions import make_text, text_pattern

    parts = []
    labels = calls.labels_of_args(eng, args)
    for v in args.positional:
        text = text_pattern(v)
        parts.append("*" if text is None else text)
    if args.rest is not None:
        parts.append("*")
    return make_text(eng, "/".join(parts) or ".", labels)


def text_of(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``str(x)``: text known in part."""
    from seamcheck.flow.expressions import make_text, text_pattern

    known = text_pattern(first(eng, args))
    labels = calls.labels_of_args(eng, args)
    return make_text(eng, "*" if known is None else known, labels)


def dynamic_import(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``importlib.import_module(name)``: a module if the name is known."""
    from seamcheck.flow import names

    name = only_constant(first(eng, args))
    if name is not None and isinstance(name.value, str) and not name.value.startswith("."):
        return names.module_value(eng, frame.module, name.value)
    return eng.unknown("a module is imported by a name that is not known", frame, node[1])


def dynamic_code(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``eval`` and ``exec``: nothing is known."""
    eng.effect(frame, Effect("code", frame.path, node[1], "eval or exec"))
    return eng.table.labelled(eng.unknown("code is run from a string", frame, node[1]), calls.labels_of_args(eng, args))


def namespace(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``globals()``, ``locals()``, ``vars()``: the variables by name."""
    if args.positional:
        return args.positional[0]
    obj = eng.allocate((id(node), "namespace"), frame, "dict", "namespace", node[1])
    home = eng.modules[frame.module.name] if len(node) > 3 and calls.callee_text(node[3]) == "globals" else frame
    for name, v in list(home.fields.items()):
        eng.heap.write(obj, item(name), v, weak=True)
    return eng.table.pointer(obj)


def make_property(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``property(get, set)`` called as a function."""
    obj = eng.allocate((id(node), "property"), frame, "property", "property", node[1])
    for name, v in zip(("get", "set"), args.positional, strict=False):
        eng.heap.write(obj, name, v)
    return eng.table.pointer(obj)


def wrapped(kind: str) -> Handler:
    """``staticmethod(f)`` and ``classmethod(f)`` called as functions."""

    def handler(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
        obj = eng.allocate((id(node), kind), frame, kind, kind, node[1])
        eng.heap.write(obj, "function", first(eng, args))
        return eng.table.pointer(obj)

    return handler


def decorator_factory(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``functools.lru_cache`` with or without arguments: gives the function itself."""
    v = first(eng, args)
    if any(isinstance(p, Func | Class | Bound) or (isinstance(p, Obj) and p.kind in ("partial", "static", "classmethod")) for p in sorted_pointers(v)):
        return v
    return eng.table.pointer(Sym("seamcheck.identity"))


def wraps(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``functools.wraps(f)``: a decorator that keeps the wrapper."""
    return eng.table.pointer(Sym("seamcheck.identity"))


def parallel(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``joblib.Parallel(...)``: calling it gives the list of results."""
    return eng.table.pointer(Sym("seamcheck.as_list"))


def nothing(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """Something without a value of interest, derived from its arguments."""
    return eng.table.value(frozenset(), calls.labels_of_args(eng, args))


def none(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """Gives None and changes nothing."""
    from seamcheck.flow import library

    library.run_callables(eng, frame, args, node)
    return eng.table.const(None)


def chain(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``itertools.chain(a, b)``: elements of all."""
    out = eng.allocate((id(node), "chain"), frame, "gen", "chain", node[1])
    for k, v in enumerate(args.positional):
        eng.heap.write(out, ANY, iteration.elements(eng, frame, v, (node[0], node[1], k)), weak=True)
    return eng.table.pointer(out)


def range_(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``range``: numbers that depend on the bounds."""
    out = eng.allocate((id(node), "range"), frame, "gen", "range", node[1])
    eng.heap.write(out, ANY, eng.table.value(frozenset(), calls.labels_of_args(eng, args)), weak=False)
    return eng.table.pointer(out, calls.labels_of_args(eng, args))


def namedtuple(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``collections.namedtuple``: a maker of records whose fields are not followed by name."""
    return eng.table.pointer(Sym("seamcheck.record"))


def record(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """An instance of such a record."""
    obj = eng.allocate((id(node), "record"), frame, "tuple", None, node[1])
    obj.fields.clear()
    for position, v in enumerate(args.positional):
        eng.heap.write(obj, item(position), v)
    for name, v in args.keywords:
        eng.heap.write(obj, name, v)
    return eng.table.pointer(obj)


def named_arguments(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``skopt.utils.use_named_args(space)``: a decorator whose function gets every parameter from the tuner."""
    return eng.table.pointer(Sym("seamcheck.named_arguments"))


def by_name(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """A function that the tuner calls by parameter name."""
    out = eng.table.empty
    for ptr in first(eng, args).ptrs:
        if not isinstance(ptr, Func):
            continue
        obj, new = eng.heap.allocate(("named", ptr), "partial", "by name", (frame.path, node[1]), eng.loops)
        if new:
            obj.fields["function"] = eng.table.pointer(ptr)
            params = eng.index.by_name[ptr.module].facts.functions[ptr.index].params
            obj.ctor = {p.name: eng.table.empty for p in params if p.kind in ("pos", "kwonly") and p.default is None}
        out = eng.table.join(out, eng.table.pointer(obj))
    return out if out.ptrs else first(eng, args)


def unknown_callable(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """Something callable that a table gave up on."""
    return eng.unknown("a call that is not followed", frame, node[1], DYNAMIC)


def open_text(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """A string of which nothing is known."""
    return eng.table.pointer(Text("*"), calls.labels_of_args(eng, args))


def is_module(ptr: object) -> bool:
    """Is this a module of the project?"""
    return isinstance(ptr, Module)


#: Functions that look at an object without reading what it holds, or whose reads are noted where they happen.
LOOKING = frozenset(
    """builtins.isinstance builtins.hasattr builtins.type builtins.id builtins.getattr builtins.setattr builtins.super
    builtins.property builtins.staticmethod builtins.classmethod builtins.map builtins.filter functools.reduce
    functools.partial functools.wraps functools.lru_cache functools.cache builtins.list builtins.tuple builtins.dict
    builtins.enumerate builtins.zip builtins.iter builtins.next builtins.reversed typing.cast seamcheck.identity
    seamcheck.as_list joblib.delayed joblib.Parallel contextlib.contextmanager seamcheck.record seamcheck.named_arguments
    ray.tune.with_parameters""".split()
)

TABLE: dict[str, Handler] = {
    "builtins.list": sequence("list"), "builtins.tuple": sequence("tuple"), "builtins.set": sequence("set"),
    "builtins.frozenset": sequence("set"), "collections.deque": sequence("list"), "builtins.reversed": sequence("list"),
    "builtins.sorted": sorted_, "builtins.dict": dict_, "collections.OrderedDict": dict_, "collections.defaultdict": empty_dict,
    "types.SimpleNamespace": record, "builtins.zip": pairs, "itertools.product": pairs, "itertools.zip_longest": pairs, "itertools.islice": islice,
    "builtins.enumerate": enumerate_, "builtins.map": map_, "builtins.filter": filter_, "functools.reduce": reduce_,
    "functools.partial": partial_, "ray.tune.with_parameters": partial_, "functools.partialmethod": partial_, "builtins.next": next_, "builtins.iter": iter_,
    "builtins.getattr": getattr_, "builtins.setattr": setattr_, "builtins.super": super_, "builtins.type": type_,
    "builtins.isinstance": isinstance_, "copy.copy": copy_, "copy.deepcopy": copy_, "os.path.join": join_path,
    "pathlib.Path": join_path, "pathlib.PurePath": join_path, "builtins.str": text_of, "os.fspath": text_of,
    "os.path.abspath": text_of, "os.path.expanduser": text_of, "os.path.normpath": text_of,
    "importlib.import_module": dynamic_import, "builtins.__import__": dynamic_import,
    "builtins.eval": dynamic_code, "builtins.exec": dynamic_code, "builtins.globals": namespace, "builtins.locals": namespace,
    "builtins.vars": namespace, "builtins.property": make_property, "builtins.staticmethod": wrapped("static"),
    "builtins.classmethod": wrapped("classmethod"), "functools.lru_cache": decorator_factory, "functools.cache": decorator_factory,
    "functools.wraps": wraps, "contextlib.contextmanager": decorator_factory, "abc.abstractmethod": identity,
    "typing.overload": identity, "typing.final": identity, "typing.cast": second, "typing.override": identity,
    "joblib.Parallel": parallel, "joblib.delayed": identity, "seamcheck.identity": identity, "seamcheck.as_list": sequence("list"),
    "seamcheck.record": record, "collections.namedtuple": namedtuple, "itertools.chain": chain, "itertools.chain.from_iterable": chain,
    "builtins.range": range_, "builtins.max": pick, "builtins.min": pick, "tqdm.tqdm": identity, "tqdm.auto.tqdm": identity,
    "tqdm.notebook.tqdm": identity, "tqdm.trange": range_, "builtins.print": none, "builtins.hasattr": nothing,
    "skopt.utils.use_named_args": named_arguments, "skopt.use_named_args": named_arguments, "seamcheck.named_arguments": by_name,
    "builtins.object": nothing, "builtins.setdefault": nothing, "builtins.id": nothing, "dataclasses.field": nothing,
}  # fmt: skip
