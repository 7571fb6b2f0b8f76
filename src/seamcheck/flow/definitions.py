"""``def``, ``class`` and decorators: how functions and classes come to be values."""

from __future__ import annotations

from seamcheck.facts.ir import FunctionFacts, Node
from seamcheck.flow import cached_calls, calls, class_hooks, commands, names, patches, records, special_names
from seamcheck.flow.bodies import callee_text
from seamcheck.flow.engine import EXECUTE, FALL, Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.labels import ASSUMPTION
from seamcheck.flow.objects import Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import call_at
from seamcheck.flow.values import PLAIN, Class, Func, Sym, Value

#: Bases and decorators that give a class an ``__init__`` from its annotations.
RECORD_DECORATORS = frozenset(
    {"dataclasses.dataclass", "attr.s", "attr.define", "attrs.define", "attr.attrs", "attrs.frozen", "attr.dataclass",
     "pydantic.dataclasses.dataclass", "chex.dataclass", "flax.struct.dataclass"}
)  # fmt: skip
RECORD_BASES = frozenset(
    {"pydantic.BaseModel", "typing.NamedTuple", "msgspec.Struct", "pydantic_settings.BaseSettings"}
)


def enclosing(frame: Frame) -> Frame | None:
    """The nearest function frame that a new function closes over."""
    here: Frame | None = frame
    while here is not None and (here.is_class or here.facts is None):
        here = here.parent
    return here


def make_function(eng: Engine, frame: Frame, index: int) -> Value:
    """The function object of a def or lambda, its defaults evaluated now."""
    facts = frame.module.facts.functions[index]
    func = Func(frame.module.name, index, enclosing(frame))
    if frame.is_class and frame.cls is not None:
        eng.owners[frame.module.name, index] = frame.cls
    defaults = {p.name: eng.evaluate(frame, p.default) for p in facts.params if p.default is not None}
    old = eng.function_defaults.get(func)
    if old:
        defaults = {k: eng.table.join(v, old.get(k, v)) for k, v in defaults.items()}
    eng.function_defaults[func] = defaults
    return eng.table.pointer(func)


def exec_def(eng: Engine, frame: Frame, node: Node) -> int:
    """Define a function and apply its decorators, innermost first."""
    facts = frame.module.facts.functions[node[3]]
    value = decorate(eng, frame, make_function(eng, frame, node[3]), facts.decorators, facts)
    if facts.decorators:
        key = (frame.module.name, node[3])
        eng.decorated[key] = eng.table.join(eng.decorated.get(key, eng.table.empty), value)
    names.store(eng, frame, facts.name, value)
    return FALL


#: Words in the names of decorators that make a function keep its results.
KEEPING = ("cache", "memo")
#: Decorators after which other functions may run in the place of the decorated one.
BY_TYPE = frozenset({"functools.singledispatch", "functools.singledispatchmethod"})


def decorate(
    eng: Engine, frame: Frame, value: Value, decorators: tuple[Node, ...], facts: FunctionFacts | None
) -> Value:
    """Pass a function or class through its decorators."""
    for decorator in reversed(decorators):
        if facts is not None and (made := _accessor(eng, frame, value, decorator, facts)) is not None:
            value = made
            continue
        wrapper = eng.evaluate(frame, decorator)
        if _is_library(wrapper):
            commands.note(eng, frame, value, decorator)
            value = _library_decorator(eng, frame, wrapper, value, decorator)
            continue
        value = calls.call(
            eng,
            frame,
            wrapper,
            calls.Args((value,)),
            call_at(decorator[1], decorator[1]),
        )
    return value


def _is_library(wrapper: Value) -> bool:
    return all(isinstance(p, Sym) or p is PLAIN for p in sorted_pointers(wrapper))


def _library_decorator(eng: Engine, frame: Frame, wrapper: Value, value: Value, decorator: Node) -> Value:
    """A decorator from a library: modelled ones do what they do, others are assumed to keep the function."""
    from seamcheck.flow import library

    for ptr in sorted_pointers(wrapper):
        if isinstance(ptr, Sym) and library.is_modelled(eng, ptr.name):
            # The decorator may run the function, but not with what the program will call it with.
            mode, eng.mode = eng.mode, "decorator"
            place = call_at(decorator[1], decorator[1])
            result = calls.call(eng, frame, wrapper, calls.Args((value,)), place)
            eng.mode = mode
            if result.ptrs == {Sym("seamcheck.identity")}:
                return value  # a decorator that may be given options, used without any
            if ptr.name in BY_TYPE:
                return eng.unknown(f"`{ptr.name}` calls one of several functions", frame, decorator[1])
            if not all(isinstance(p, Obj) and p.kind == "data" for p in sorted_pointers(result)):
                return result
    name = next((p.name for p in sorted_pointers(wrapper) if isinstance(p, Sym)), "a decorator")
    spelled = callee_text(decorator[3] if decorator[0] == "call" else decorator)
    if any(word in f"{name} {spelled}".lower() for word in KEEPING):
        cached_calls.keep(eng, value, certain=False)
    text = f"`{name}` calls the decorated function and changes neither arguments nor result"
    return eng.table.labelled(value, frozenset((eng.label(ASSUMPTION, text, frame, decorator[1]),)))


def _accessor(eng: Engine, frame: Frame, value: Value, decorator: Node, facts: FunctionFacts) -> Value | None:
    """``@property`` and its like, ``@x.setter``, ``@staticmethod``, ``@classmethod``."""
    if decorator[0] == "attr" and decorator[3] in ("setter", "deleter") and decorator[2][0] == "name":
        old = frame.fields.get(decorator[2][2])
        for ptr in sorted_pointers(old) if old is not None else ():
            if getattr(ptr, "kind", "") == "property":
                eng.heap.write(ptr, "set" if decorator[3] == "setter" else "delete", value)
        if decorator[3] == "deleter":
            eng.special.add("__delete__")
        return old
    if decorator[0] == "attr" and decorator[3] in ("default", "validator") and decorator[2][0] == "name":
        for_field = records.decorated_field(
            eng, frame, frame.fields.get(decorator[2][2]), decorator[3], value
        )
        if for_field is not None:
            return for_field
    names_of = {"property": "property", "staticmethod": "static", "classmethod": "classmethod"}
    name = decorator[2] if decorator[0] == "name" else decorator[3] if decorator[0] == "attr" else ""
    kind = names_of.get(name) or (
        "property"
        if name in ("cached_property", "abstractproperty", "lazy_property", "reify", "hybrid_property")
        else None
    )
    if kind is None:
        return None
    if name in ("cached_property", "lazy_property", "reify"):
        cached_calls.keep(eng, value)
    obj = eng.allocate((frame.module.name, facts.line, kind), frame, kind, facts.name, facts.line)
    obj.fields.clear()
    obj.summary = False
    eng.heap.write(obj, "get" if kind == "property" else "function", value)
    return eng.table.pointer(obj)


def exec_class(eng: Engine, frame: Frame, node: Node) -> int:
    """Run a class body in a frame of its own and bind the class."""
    index = node[3]
    facts = frame.module.facts.classes[index]
    cls = Class(frame.module.name, index, enclosing(frame))
    found = []
    for base in facts.bases:
        v = eng.evaluate(frame, base)
        usable = [p for p in sorted_pointers(v) if isinstance(p, Class | Sym) and p != cls]
        if not usable and base[0] == "sub" and eng.open_places is not None:
            # A class that says itself what subscripting gives: for the call graph it gives the class.
            named = sorted_pointers(eng.evaluate(frame, base[2]))
            usable = [p for p in named if isinstance(p, Class) and p != cls]
        found.extend(sorted(usable, key=repr)[:1] if len(usable) > 1 else usable)
        if not usable or len(usable) < len(v.ptrs):
            eng.open_classes.add(cls)
    keywords = tuple((name, eng.evaluate(frame, keyword)) for name, keyword in facts.keywords)
    eng.class_bases[cls] = tuple(dict.fromkeys(found))
    eng.mro_cache.pop(cls, None)
    for base_ptr in found:
        if isinstance(base_ptr, Class):
            eng.subclasses.setdefault(base_ptr, {})[cls] = None
    body = Frame(frame.module, None, f"{frame.name}.{facts.name}", frame, ("class", cls))
    body.is_class, body.cls, body.loops = True, cls, eng.loops
    eng.class_frames[cls] = body
    meta = None
    if keywords or eng.metaclasses:
        meta = class_hooks.metaclass_of(eng, cls, dict(keywords).get("metaclass"))
        class_hooks.prepare(eng, frame, body, meta, facts)
    eng.stack.append(body)
    eng.block(body, facts.body)
    eng.stack.pop()
    for effect in body.effects:
        frame.effects[effect] = None
    eng.special |= special_names.NAMES & body.fields.keys()
    value = eng.table.pointer(cls)
    if eng.special or meta is not None:
        rest = tuple((name, v) for name, v in keywords if name is not None and name != "metaclass")
        value = class_hooks.made(eng, frame, cls, body, meta, rest)
    value = decorate_class(eng, frame, cls, facts.decorators, value)
    names.store(eng, frame, facts.name, value)
    return FALL


def decorate_class(
    eng: Engine, frame: Frame, cls: Class, decorators: tuple[Node, ...], value: Value
) -> Value:
    """Class decorators: record makers are known, project functions are called, others keep the class."""
    for decorator in reversed(decorators):
        wrapper = eng.evaluate(frame, decorator[3] if decorator[0] == "call" else decorator)
        symbols = [p.name for p in sorted_pointers(wrapper) if isinstance(p, Sym)]
        for name in symbols:
            eng.edge(frame, name)
        if decorator[0] == "call" and symbols:
            patches.accessor(eng, frame, symbols, decorator, cls)
        if any(name in RECORD_DECORATORS for name in symbols):
            eng.record_classes.add(cls)
        elif wrapper.ptrs and not symbols:
            made = calls.call(
                eng,
                frame,
                eng.evaluate(frame, decorator),
                calls.Args((value,)),
                call_at(decorator[1], decorator[1]),
            )
            value = made if made.ptrs else value
    if any(isinstance(b, Sym) and b.name in RECORD_BASES for b in eng.class_bases[cls]):
        eng.record_classes.add(cls)
    return value


EXECUTE["def"] = exec_def
EXECUTE["class"] = exec_class
