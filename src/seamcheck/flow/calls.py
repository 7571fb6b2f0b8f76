"""Calls: their arguments, and dispatch on what the callee may be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from seamcheck.facts.ir import FunctionFacts, Node
from seamcheck.flow import attributes, classes, commands, contexts, gradient_steps, opaque, receivers
from seamcheck.flow.bodies import callee_text
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Effect, Frame
from seamcheck.flow.labels import CLOCK, DYNAMIC, EXTERNAL, LOOPVAR, MUTATION, RANDOM, TRIAL, Label
from seamcheck.flow.objects import ANY, Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.values import (
    MAX_POINTERS,
    PLAIN,
    Bound,
    Class,
    Const,
    Func,
    Method,
    Module,
    Super,
    Sym,
    Value,
)

#: What the choice of a callee brings to its result: which function ran depends on it.
CARRIED = frozenset({DYNAMIC, EXTERNAL, TRIAL, RANDOM, CLOCK, MUTATION, LOOPVAR})

#: Partials within each other: ``f = partial(f, ...)`` in a loop nests without end.
MAX_NESTED = 2


class Args(NamedTuple):
    """Arguments of a call: positional, by keyword, and what an open ``*args`` or ``**kwargs`` may add."""

    positional: tuple[Value, ...] = ()
    keywords: tuple[tuple[str, Value], ...] = ()
    rest: Value | None = None
    keyword_rest: Value | None = None

    def all(self) -> tuple[Value, ...]:
        """Every value that is passed."""
        extra = tuple(v for v in (self.rest, self.keyword_rest) if v is not None)
        return (*self.positional, *(v for _, v in self.keywords), *extra)


def eval_call(eng: Engine, frame: Frame, node: Node) -> Value:
    """Evaluate a call expression."""
    callee = eng.evaluate(frame, node[3])
    args = arguments(eng, frame, node)
    result = call(eng, frame, callee, args, node)
    attributes.note_read(eng, frame, result, callee_text(node[3]), node[1])
    return result


def arguments(eng: Engine, frame: Frame, node: Node) -> Args:
    """Evaluate the arguments of a call node, spreading starred ones where their length is known."""
    from seamcheck.flow import iteration

    positional: list[Value] = []
    rest: Value | None = None
    for arg in node[4]:
        if arg[0] == "star":
            v = eng.evaluate(frame, arg[2])
            items = iteration.known_items(eng, v)
            if items is not None and rest is None:
                positional.extend(items)
            else:
                more = iteration.elements(eng, frame, v, arg)
                rest = more if rest is None else eng.table.join(rest, more)
        else:
            v = eng.evaluate(frame, arg)
            if rest is None:
                positional.append(v)
            else:
                rest = eng.table.join(rest, v)
    keywords: dict[str, Value] = {}
    open_rest: Value | None = None
    for name, value_node in node[5]:
        v = eng.evaluate(frame, value_node)
        if name is not None:
            keywords[name] = v
            continue
        known, more_kw = iteration.mapping_items(eng, v)
        keywords.update(known)
        if more_kw is not None:
            open_rest = more_kw if open_rest is None else eng.table.join(open_rest, more_kw)
    return Args(tuple(positional), tuple(keywords.items()), rest, open_rest)


def call(eng: Engine, frame: Frame, callee: Value, args: Args, node: Node) -> Value:
    """The result of calling whatever ``callee`` may be. ``node`` gives the place: also one made up (`call_at`)."""
    if not callee.ptrs:
        return unresolved(eng, frame, callee, args, node)
    if len(callee.ptrs) >= MAX_POINTERS and eng.open_places is not None:
        eng.open_places.add((frame.path, node[1]))  # there may be more of them
    out = eng.table.empty
    pointers: Iterable[Any] = sorted_pointers(callee)
    if len(callee.ptrs) > receivers.MAX_RECEIVERS:
        pointers, shared = receivers.alone(sorted_pointers(callee))
        for function, objects in shared.items():
            several = eng.table.value(objects, _of_loops(callee))
            joined = args._replace(positional=(several, *args.positional))
            out = eng.table.join(out, call_pointer(eng, frame, function, joined, node))
    for ptr in pointers:
        if ptr is PLAIN:
            if len(callee.ptrs) == 1:
                return unresolved(eng, frame, callee, args, node)
            continue
        if isinstance(ptr, Method) and callee.labels:
            ptr = Method(eng.table.labelled(ptr.receiver, callee.labels), ptr.name)
        if isinstance(ptr, Bound) and isinstance(ptr.function, Func) and LOOPVAR in callee.kinds:
            # Which instance it is depends on a loop: so does what its method makes of itself.
            receiver = eng.table.pointer(ptr.receiver, _of_loops(callee))
            got = call_pointer(
                eng, frame, ptr.function, args._replace(positional=(receiver, *args.positional)), node
            )
        else:
            got = call_pointer(eng, frame, ptr, args, node)
        if isinstance(ptr, Obj) and ptr.kind in ("data", "param"):
            got = eng.table.labelled(got, callee.labels)
        out = eng.table.join(out, got)
    carried = frozenset(label for label in callee.labels if label.kind in CARRIED)
    return eng.table.labelled(out, carried) if carried else out


def _of_loops(callee: Value) -> frozenset[Label]:
    """Labels of the loops that decide which callee it is."""
    return frozenset(label for label in callee.labels if label.kind == LOOPVAR)


def call_pointer(eng: Engine, frame: Frame, ptr: Any, args: Args, node: Node) -> Value:
    """Call one thing."""
    if isinstance(ptr, Func):
        eng.edge(frame, eng.function_name(ptr))
        if eng.kept_functions and (ptr.module, ptr.index) in eng.kept_functions:
            from seamcheck.flow import cached_calls

            return cached_calls.call(eng, frame, ptr, args, node)
        return contexts.call_function(eng, frame, ptr, args, node)
    if isinstance(ptr, Bound):
        if isinstance(ptr.function, Func):
            receiver = eng.table.pointer(ptr.receiver)
            return call_pointer(
                eng, frame, ptr.function, args._replace(positional=(receiver, *args.positional)), node
            )
        return call_pointer(eng, frame, ptr.function, args, node)
    if isinstance(ptr, Class):
        return instantiate(eng, frame, ptr, args, node)
    if isinstance(ptr, Sym):
        from seamcheck.flow import library

        return library.call_symbol(eng, frame, ptr.name, args, node)
    if isinstance(ptr, Method):
        from seamcheck.flow import methods

        return methods.call_method(eng, frame, ptr.receiver, ptr.name, args, node)
    if isinstance(ptr, Obj):
        return call_object(eng, frame, ptr, args, node)
    if isinstance(ptr, Const) and ptr.value is None:
        return eng.table.empty
    if isinstance(ptr, Super | Module):
        return eng.table.empty
    return unresolved(eng, frame, eng.table.pointer(ptr), args, node)


def call_object(eng: Engine, frame: Frame, obj: Obj, args: Args, node: Node) -> Value:
    """Call an object: its ``__call__``, a partial, a library object, or something a caller handed in."""
    if obj.kind == "instance":
        if classes.category(eng, obj.type) == "model":
            return gradient_steps.call_model(eng, frame, obj, args, node)
        method = classes.lookup(eng, obj.type, "__call__")
        if method is not None:
            bound = classes.bind(eng, frame, method, eng.table.pointer(obj), obj.type)
            return call(eng, frame, bound, args, node)
        if classes.library_base(eng, obj.type) is not None:
            from seamcheck.flow import methods

            return methods.call_method(eng, frame, eng.table.pointer(obj), "__call__", args, node)
    if obj.kind == "partial":
        if tangled(eng, obj):
            stopped = eng.label(DYNAMIC, "partials hold each other without end", frame, node[1])
            for number in eng.loops:  # what is trained there is not seen
                eng.loop_ids[number].unresolved.append(stopped)
            return unresolved(eng, frame, eng.table.pointer(obj), args, node)
        eng.running_partials.append(obj)
        made = call_partial(eng, frame, obj, args, node)
        eng.running_partials.pop()
        return made
    if obj.kind in ("lib", "data"):
        from seamcheck.flow import methods

        return methods.call_method(eng, frame, eng.table.pointer(obj), "__call__", args, node)
    if obj.kind == "param" and obj.base is not None and obj.base.kind == "param":
        from seamcheck.flow import methods

        return methods.on_given(eng, frame, obj, obj.base, args, node)
    if obj.kind in ("static", "classmethod"):
        return call(eng, frame, eng.heap.read(obj, "function") or eng.table.empty, args, node)
    return unresolved(eng, frame, eng.table.pointer(obj), args, node)


def tangled(eng: Engine, obj: Obj) -> bool:
    """Does this partial run within itself, or hold several that hold each other? Their calls would have no end."""
    running = eng.running_partials
    if len(running) < MAX_NESTED:
        return False
    inner = eng.heap.read(obj, "function") or eng.table.empty
    several = sum(isinstance(ptr, Obj) and ptr.kind == "partial" for ptr in inner.holders) > 1
    return several or running.count(obj) >= MAX_NESTED


def call_partial(eng: Engine, frame: Frame, obj: Obj, args: Args, node: Node) -> Value:
    """Call what a partial holds, with what it was given as well."""
    inner = eng.heap.read(obj, "function") or eng.table.empty
    bound_args = obj.ctor
    head = tuple(bound_args[k] for k in sorted((k for k in bound_args if k.isdigit()), key=int))
    named = {k: v for k, v in bound_args.items() if not k.isdigit()}
    named.update(args.keywords)
    if obj.type == "by name":
        chosen = frozenset((eng.label(TRIAL, "chosen by the tuner", frame, node[1]),))
        each = eng.table.value(frozenset(), chosen)
        more = each if obj.fields.get("rest") is not None else None
        named, args = dict.fromkeys(named, each), Args(keyword_rest=more)
    joined = Args((*head, *args.positional), tuple(named.items()), args.rest, args.keyword_rest)
    return call(eng, frame, inner, joined, node)


def unresolved(eng: Engine, frame: Frame, callee: Value, args: Args, node: Node) -> Value:
    """A call whose target is not known: its result is unknown and it may have changed what it was given."""
    name = callee_text(node[3]) if len(node) > 3 else "a call"
    message = f"what `{name or 'this'}(...)` calls is not known"

    eng.effect(frame, Effect("unresolved", frame.path, node[1], name))
    return opaque.opaque_result(eng, frame, args, node, message, DYNAMIC, eng.labels_of(callee), callee)


def bind_arguments(
    eng: Engine, frame: Frame, func: Func, facts: FunctionFacts, args: Args, node: Node
) -> dict[str, Value]:
    """Parameter names to values, in the order of the parameters."""
    defaults = eng.function_defaults.get(func, {})
    keywords = dict(args.keywords)
    queue = list(args.positional)
    bound: dict[str, Value] = {}
    for param in facts.params:
        if param.kind == "var":
            bound[param.name] = _collect(
                eng, frame, queue, args.rest, (id(facts), param.name), facts.line, func
            )
            queue = []
        elif param.kind == "kw":
            bound[param.name] = _collect_keywords(
                eng, frame, keywords, args.keyword_rest, (id(facts), param.name), facts.line, func
            )
        elif queue and param.kind in ("pos", "posonly"):
            v = queue.pop(0)
            twice = keywords.pop(param.name, None) if param.kind == "pos" else None
            bound[param.name] = v if twice is None else eng.table.join(v, twice)
        elif param.name in keywords and param.kind != "posonly":
            bound[param.name] = keywords.pop(param.name)
        else:
            v = defaults.get(param.name, eng.table.empty)
            if param.name not in defaults and args.rest is None and args.keyword_rest is None:
                v = commands.settings(eng, frame, func, param.name, node[1]) or eng.unknown(
                    f"`{param.name}` of `{facts.name}` is not given by this call", frame, node[1]
                )
            open_positional = args.rest if param.kind in ("pos", "posonly") else None
            for more in (open_positional, args.keyword_rest):
                v = v if more is None else eng.table.join(v, more)
            bound[param.name] = v
    if queue:
        # More than it takes by place: something between the call and the function gives them other places.
        left = eng.labels_of(eng.join_all(queue))
        bound = {name: eng.table.labelled(v, left) for name, v in bound.items()}
    return bound


def _collect(
    eng: Engine, frame: Frame, values: list[Value], rest: Value | None, key: Any, line: int, func: Func
) -> Value:
    """The tuple of ``*args``: one object per distinct content, so that contexts stay apart."""
    from seamcheck.flow.objects import item

    obj, new = eng.heap.allocate(
        (key, func, tuple(values), rest), "tuple", None, (frame.path, line), eng.loops
    )
    if new:
        for position, v in enumerate(values):
            obj.fields[item(position)] = v
        if rest is not None:
            obj.fields[ANY] = rest
    return eng.table.pointer(obj)


def _collect_keywords(
    eng: Engine, frame: Frame, values: dict[str, Value], rest: Value | None, key: Any, line: int, func: Func
) -> Value:
    from seamcheck.flow.objects import item

    identity = (key, func, tuple(sorted((k, id(v)) for k, v in values.items())), rest)
    obj, new = eng.heap.allocate(identity, "dict", None, (frame.path, line), eng.loops)
    if new:
        for name, v in values.items():
            obj.fields[item(name)] = v
        if rest is not None:
            obj.fields[ANY] = rest
    return eng.table.pointer(obj)


def instantiate(eng: Engine, frame: Frame, cls: Class, args: Args, node: Node) -> Value:
    """Make an instance and run its constructor."""
    from seamcheck.flow import instances

    return instances.instantiate(eng, frame, cls, args, node)


def labels_of_args(eng: Engine, args: Args) -> frozenset[Label]:
    """All labels of what is passed."""
    out: frozenset[Label] = frozenset()
    for v in args.all():
        out |= eng.labels_of(v)
    return out
