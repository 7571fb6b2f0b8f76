"""Making instances of the project's classes."""

from __future__ import annotations

from seamcheck.facts.ir import Node
from seamcheck.flow import calls, classes, records, specials
from seamcheck.flow.bodies import callee_text
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.objects import ANY, Obj, item
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import anchor
from seamcheck.flow.values import Class, Sym, Value

ENUMS = ("enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag", "enum.IntFlag")


def instantiate(
    eng: Engine, frame: Frame, cls: Class, args: calls.Args, node: Node, plain: bool = False
) -> Value:
    """The instance of a call to a class: ``__new__`` where the project has one, then ``__init__``.

    ``plain``: as ``type.__call__`` does, which a metaclass may replace.
    """
    order = classes.mro(eng, cls)
    if any(isinstance(b, Sym) and b.name in ENUMS for b in order):
        members = classes.namespace(eng, cls).fields.values()
        return eng.join_all(members)
    if not plain and eng.metaclasses and (meta := eng.metaclasses.get(cls)) is not None:
        by_meta = classes.lookup(eng, meta, "__call__")
        if by_meta is not None:
            bound = classes.bind(eng, frame, by_meta, eng.table.pointer(cls), meta)
            return calls.call(eng, frame, bound, args, node)
    key = anchor(node)
    obj = eng.allocate((key, cls), frame, "instance", cls, node[1])
    instance = eng.table.pointer(obj)
    new = classes.lookup(eng, cls, "__new__")
    if new is not None:
        made = calls.call(
            eng, frame, new, args._replace(positional=(eng.table.pointer(cls), *args.positional)), node
        )
        own = [p for p in sorted_pointers(made) if isinstance(p, Obj) and p.kind == "instance"]
        if own and own != [obj]:
            instance = made
            obj = own[0]
    init = classes.lookup(eng, cls, "__init__")
    if init is not None:
        bound = classes.bind(eng, frame, init, eng.table.pointer(obj), cls)
        calls.call(eng, frame, bound, args, node)
    elif any(c in eng.record_classes for c in order if isinstance(c, Class)):
        _record(eng, frame, cls, obj, args, node)
    else:
        if (base := classes.outside_base(eng, cls)) is not None:
            eng.edge(frame, f"{base}.__init__")
        _library_constructor(eng, obj, args)
    if "__del__" in eng.special:
        # It goes at some time; what it was made with is what it has then.
        specials.ask(eng, frame, instance, ("__del__",), node)
    return instance


def _record(eng: Engine, frame: Frame, cls: Class, obj: Obj, args: calls.Args, node: Node) -> None:
    """A dataclass: fields from the arguments, else their defaults; then ``__post_init__``."""
    queue = list(args.positional)
    keywords = dict(args.keywords)
    for name, (owner, default) in classes.dataclass_fields(eng, cls):
        if queue:
            v = queue.pop(0)
        elif name in keywords:
            v = keywords[name]
        else:
            v = _default(eng, owner, default, name)
            for more in (args.rest, args.keyword_rest):
                v = v if more is None else eng.table.join(v, more)
        eng.heap.write(obj, name, records.converted(eng, frame, owner, name, v, obj, node))
    records.validated(eng, frame, cls, obj, node)
    for hook in records.AFTERWARDS:
        post = classes.lookup(eng, cls, hook)
        if post is not None:
            bound = classes.bind(eng, frame, post, eng.table.pointer(obj), cls)
            calls.call(eng, frame, bound, records.passed_on(eng, cls, obj, hook), node)


def _default(eng: Engine, owner: Class, default: Node | None, name: str) -> Value:
    """A field's default: the class attribute, or what its factory makes."""
    home = classes.namespace(eng, owner)
    if default is None:
        return eng.table.empty
    made = records.default_of(eng, home, home.fields.get(name), default)
    if made is not None:
        return made
    if default[0] == "call" and callee_text(default[3]).rpartition(".")[2] in (
        "field",
        "ib",
        "Field",
        "attrib",
    ):
        for keyword, value in default[5]:
            if keyword in ("default", None):
                return eng.evaluate(home, value)
            if keyword in ("default_factory", "factory"):
                return calls.call(eng, home, eng.evaluate(home, value), calls.Args(), default)
        return eng.table.empty
    return home.fields.get(name, eng.table.empty)


def _library_constructor(eng: Engine, obj: Obj, args: calls.Args) -> None:
    """A class whose constructor a library has: it remembers its arguments."""
    for position, v in enumerate(args.positional):
        obj.ctor[str(position)] = v
    for name, v in args.keywords:
        obj.ctor[name] = v
    for more in (args.rest, args.keyword_rest):
        if more is not None:
            obj.ctor["**"] = more


def fill_mapping(eng: Engine, obj: Obj, args: calls.Args) -> None:
    """Keyword arguments as items (``dict(a=1)``)."""
    for name, v in args.keywords:
        eng.heap.write(obj, item(name), v)
    if args.keyword_rest is not None:
        eng.heap.write(obj, ANY, args.keyword_rest, weak=True)
