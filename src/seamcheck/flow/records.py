"""Classes whose ``__init__`` is made from their fields: defaults, factories, converters, validators."""

from __future__ import annotations

from seamcheck.facts.ir import Node
from seamcheck.flow import calls, classes, iteration, opaque
from seamcheck.flow.bodies import callee_text
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.objects import Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import anchor, call_at
from seamcheck.flow.values import PLAIN, Bound, Class, Func, Value

#: The type of what stands for a field in the body of its class.
FIELD = "seamcheck.field"
#: Methods that run once all fields are set.
AFTERWARDS = ("__post_init__", "__attrs_post_init__", "model_post_init")
#: Class methods of libraries that make an instance from one mapping or text.
FROM_ONE = frozenset(
    {
        "model_validate",
        "model_validate_json",
        "model_construct",
        "parse_obj",
        "parse_raw",
        "parse_file",
        "from_orm",
        "construct",
    }
)
FACTORIES = ("default_factory", "factory")
#: Decorators of methods that may replace what a field is given.
VALIDATORS = frozenset(
    {
        "field_validator",
        "validator",
        "model_validator",
        "root_validator",
        "field_serializer",
        "model_serializer",
    }
)


def makes_one(eng: Engine, cls: Class, name: str) -> bool:
    """Does this class method, which a library has, make an instance whose fields are those of its class?"""
    return name in FROM_ONE and any(c in eng.record_classes for c in classes.mro(eng, cls))


def fields_of_one(eng: Engine, args: calls.Args) -> calls.Args:
    """The fields that one mapping or text gives, as keyword arguments: where it is not known, each may come from it."""
    known = dict(args.keywords)
    rest = args.keyword_rest
    for v in args.positional[:1]:
        named, more = iteration.mapping_items(eng, v)
        known.update(named)
        if more is not None:
            rest = more if rest is None else eng.table.join(rest, more)
    return calls.Args((), tuple(known.items()), None, rest)


def field(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``field(default_factory=...)`` and what other libraries call it."""
    obj = eng.allocate((anchor(node), "field"), frame, "field", FIELD, node[1])
    obj.ctor = dict(args.keywords)
    if args.positional:
        obj.ctor.setdefault("default", args.positional[0])
    if args.keyword_rest is not None:
        obj.ctor["**"] = args.keyword_rest
    return eng.table.pointer(obj)


def factory(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``attrs.Factory(f)``."""
    obj = eng.allocate((anchor(node), "field"), frame, "field", FIELD, node[1])
    obj.ctor = {"factory": args.positional[0] if args.positional else eng.table.empty, **dict(args.keywords)}
    return eng.table.pointer(obj)


def _fields(v: Value | None) -> list[Obj]:
    return (
        [p for p in sorted_pointers(v) if isinstance(p, Obj) and p.kind == "field"] if v is not None else []
    )


def default_of(eng: Engine, home: Frame, held: Value | None, node: Node) -> Value | None:
    """What a field is where nothing is given; None if no such object stands for it."""
    fields = _fields(held)
    if not fields:
        return None
    out = eng.table.empty
    for obj in fields:
        for name in FACTORIES:
            if name in obj.ctor:
                made = calls.call(eng, home, obj.ctor[name], calls.Args(), call_at(node[1], node[1]))
                out = eng.table.join(out, made)
        given = obj.ctor.get("default")
        if given is not None:
            inner = default_of(eng, home, given, node)
            out = eng.table.join(out, given if inner is None else inner)
        if "**" in obj.ctor:
            out = eng.table.join(out, eng.unknown("a field whose options are not known", home, node[1]))
    return out


def converted(eng: Engine, frame: Frame, owner: Class, name: str, v: Value, obj: Obj, node: Node) -> Value:
    """What a field holds of what it is given."""
    for held in _fields(classes.namespace(eng, owner).fields.get(name)):
        converter = held.ctor.get("converter")
        if converter is not None and converter.ptrs - {PLAIN}:
            made = calls.call(eng, frame, converter, calls.Args((v,)), call_at(node[1], node[1]))
            v = eng.table.join(v, made)
        validator = held.ctor.get("validator")
        if validator is not None and validator.ptrs - {PLAIN}:
            given = calls.Args((eng.table.pointer(obj), eng.table.empty, v))
            calls.call(eng, frame, validator, given, call_at(node[1], node[1]))
    return v


def decorated_field(eng: Engine, frame: Frame, old: Value | None, role: str, value: Value) -> Value | None:
    """``@x.default``, ``@x.validator``: a method for the field ``x``; None where ``x`` is none."""
    fields = _fields(old)
    for obj in fields:
        if role == "default":
            self = eng.unknown("the instance whose field gets its default", frame, frame.statement[0])
            bound = eng.join_all(
                eng.table.pointer(Bound(p, frame.cls)) if isinstance(p, Func) else self
                for p in sorted_pointers(value)
            )
            obj.ctor["factory"] = bound
        else:
            obj.ctor[role] = value
    return value if fields else None


def validated(eng: Engine, frame: Frame, cls: Class, obj: Obj, node: Node) -> None:
    """Methods that may replace the fields of a model (``pydantic``): what they give may be in each of them."""
    for kind in classes.mro(eng, cls):
        if not isinstance(kind, Class):
            continue
        for index, facts in _functions(eng, kind):
            texts = (callee_text(d[3] if d[0] == "call" else d) for d in facts)
            if not any(text.rpartition(".")[2] in VALIDATORS for text in texts):
                continue
            func = Func(kind.module, index, kind.frame)
            made = opaque.call_with(eng, frame, Bound(func, cls), eng.table.plain, node)
            labels = eng.labels_of(made)
            for name, _ in classes.dataclass_fields(eng, cls) if labels else ():
                held = eng.heap.read(obj, name)
                eng.heap.write(obj, name, eng.table.labelled(held or eng.table.empty, labels))


def _functions(eng: Engine, cls: Class) -> list[tuple[int, tuple[Node, ...]]]:
    functions = eng.index.by_name[cls.module].facts.functions
    return [(k, f.decorators) for k, f in enumerate(functions) if f.owner == cls.index and f.decorators]


def passed_on(eng: Engine, cls: Class, obj: Obj, hook: str) -> calls.Args:
    """What is handed to such a method: the ``InitVar`` fields of a dataclass, the context of a model."""
    if hook == "model_post_init":
        return calls.Args((eng.table.const(None),))
    given = []
    for name, (owner, _) in classes.dataclass_fields(eng, cls):
        if hook == "__post_init__" and "InitVar" in _annotation(eng, owner, name):
            given.append(eng.heap.read(obj, name) or eng.table.empty)
    return calls.Args(tuple(given))


def _annotation(eng: Engine, owner: Class, name: str) -> str:
    for node in classes.facts_of(eng, owner).body:
        if node[0] == "ann" and node[3][0] == "name" and node[3][2] == name:
            return str(node[4])
    return ""
