"""Bodies that may be left anywhere: ``try``, ``with``, ``raise``, ``assert``."""

from __future__ import annotations

from seamcheck.facts.ir import Node
from seamcheck.flow import assignment, branches, calls, classes, expressions, hidden_reads, iteration, names
from seamcheck.flow.bodies import callee_text
from seamcheck.flow.engine import EXIT, FALL, Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.labels import CLOCK, RANDOM, TRIAL, Label
from seamcheck.flow.objects import Cell, Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import anchor, call_at
from seamcheck.flow.values import Class, Value


def exec_with(eng: Engine, frame: Frame, node: Node) -> int:
    """Enter each context, run the body, leave."""
    exits: list[tuple[Obj, Value]] = []
    for context, target in node[3]:
        eng.heap.partials.append({})
        v = eng.evaluate(frame, context)
        cells = eng.heap.partials.pop()
        if any(isinstance(p, Obj) and p.kind == "gen" for p in sorted_pointers(v)):
            # The body of a context manager function has run to its end: its yield stood somewhere in between.
            for (obj, field), between in cells.items():
                eng.heap.write(obj, field, between, weak=True)
        entered = enter_context(eng, frame, v, context, exits)
        if target is not None:
            assignment.assign(eng, frame, target, entered, context)
    before = dict(frame.fields)
    status, states, cells, raised = attempt(eng, frame, node[4])
    swallows = any("suppress" in callee_text(context[3]) for context, _ in node[3] if context[0] == "call")
    for obj, method in reversed(exits):
        bound = classes.bind(eng, frame, method, eng.table.pointer(obj), obj.type)
        none = eng.table.const(None)
        answer = calls.call(eng, frame, bound, calls.Args((none, none, none)), call_at(node[1], node[1]))
        swallows = swallows or expressions.truth_of(answer) is not False
    if swallows:
        for (obj, field), v in cells.items():
            eng.heap.write(obj, field, eng.table.labelled(v, raised), weak=True)
        frame.fields = branches.join_environments(eng, [before, states, frame.fields], raised)
        return FALL
    return status


def enter_context(
    eng: Engine, frame: Frame, v: Value, context: Node, exits: list[tuple[Obj, Value]]
) -> Value:
    """What ``as`` binds: the result of ``__enter__``, the yield of a context manager function, else itself."""
    out = eng.table.empty
    for ptr in sorted_pointers(v):
        if isinstance(ptr, Obj) and ptr.kind == "instance":
            enter = classes.lookup(eng, ptr.type, "__enter__") or classes.lookup(eng, ptr.type, "__aenter__")
            leave = classes.lookup(eng, ptr.type, "__exit__") or classes.lookup(eng, ptr.type, "__aexit__")
            if leave is not None:
                exits.append((ptr, leave))
            if enter is not None:
                bound = classes.bind(eng, frame, enter, eng.table.pointer(ptr), ptr.type)
                out = eng.table.join(
                    out, calls.call(eng, frame, bound, calls.Args(), call_at(context[1], context[1]))
                )
                continue
        if isinstance(ptr, Obj) and ptr.kind == "gen":
            out = eng.table.join(out, iteration.elements(eng, frame, eng.table.pointer(ptr), context))
            continue
        out = eng.table.join(out, eng.table.pointer(ptr))
    return eng.table.labelled(out, v.labels) if v.ptrs else v


def exec_try(eng: Engine, frame: Frame, node: Node) -> int:
    """The body, then each handler from a state in which the body ran in part."""
    _, _, _, body, handlers, orelse, final = node
    before = dict(frame.fields)
    status, states, cells, raised = attempt(eng, frame, body)
    if status == FALL and orelse:
        status = eng.block(frame, orelse)
    ends = [frame.fields] if status == FALL else []
    partial = branches.join_environments(eng, [before, states], raised)
    for kind, name, handler in handlers:
        frame.fields = dict(partial)
        if kind is not None:
            caught = eng.evaluate(frame, kind)
            if name is not None:
                names.store(eng, frame, name, exception_value(eng, frame, caught, kind))
        eng.heap.enter()
        for (obj, field), v in cells.items():
            eng.heap.write(obj, field, eng.table.labelled(v, raised), weak=True)
        eng.control.append(raised)
        if eng.block(frame, handler) == FALL:
            ends.append(frame.fields)
        eng.control.pop()
        eng.heap.leave(raised)
    frame.fields = branches.join_environments(eng, ends, raised) if ends else partial
    if final and eng.block(frame, final) == EXIT:
        return EXIT
    return FALL if ends else EXIT


def attempt(
    eng: Engine, frame: Frame, body: tuple[Node, ...]
) -> tuple[int, dict[str, Value], dict[tuple[Cell, object], Value], frozenset[Label]]:
    """Run a body that may be left anywhere: its end, every state on the way, and what decides about leaving it."""
    before = dict(frame.fields)
    frame.partials.append(dict(before))
    eng.heap.partials.append({})
    outer, frame.raised = frame.raised, frozenset()
    status = eng.block(frame, body)
    raised, frame.raised = frame.raised, outer
    for name, v in frame.partials[-1].items():
        # What was computed on the way may have raised: whether it did depends on what it was computed from.
        if v.labels and v is not before.get(name):
            raised |= frozenset(x for x in v.labels if x.kind in (TRIAL, RANDOM, CLOCK) and x.loops)
    return status, frame.partials.pop(), eng.heap.partials.pop(), raised


def exception_value(eng: Engine, frame: Frame, caught: Value, node: Node) -> Value:
    """The exception that a handler names: an instance of what it catches."""
    out = eng.table.empty
    for ptr in sorted_pointers(caught):
        if isinstance(ptr, Class):
            obj = eng.allocate((anchor(node), "exception"), frame, "instance", ptr, node[1])
            out = eng.table.join(out, eng.table.pointer(obj))
    return out


def exec_raise(eng: Engine, frame: Frame, node: Node) -> int:
    """Evaluate what is raised; a class is instantiated."""
    if node[3] is not None:
        v = eng.evaluate(frame, node[3])
        for given in node[3][4] if node[3][0] == "call" else ():
            # What an exception carries is not followed to its handlers: raising it is a read of all of it.
            if isinstance(given, tuple) and given and given[0] in ("name", "attr"):
                hidden_reads.shows_all(eng, frame, eng.evaluate(frame, given), "raise", node)
        for ptr in sorted_pointers(v):
            if isinstance(ptr, Class):
                calls.call_pointer(eng, frame, ptr, calls.Args(), call_at(node[1], node[1]))
    if node[4] is not None:
        eng.evaluate(frame, node[4])
    return EXIT


def exec_assert(eng: Engine, frame: Frame, node: Node) -> int:
    """Evaluate both parts."""
    hidden_reads.asks_truth(eng, frame, eng.evaluate(frame, node[3]), node)
    if node[4] is not None:
        eng.evaluate(frame, node[4])
    return FALL
