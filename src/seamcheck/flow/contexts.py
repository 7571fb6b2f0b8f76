"""Functions of the project: one summary per function and context.

The context is the values of the arguments and the trial loops that run. A summary holds until a field that
the call read or wrote has changed.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from seamcheck.facts.ir import FunctionFacts, Node
from seamcheck.flow import assumed, calls, likeness, opaque
from seamcheck.flow.bodies import is_abstract
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Effect, Frame, bounded_effects
from seamcheck.flow.labels import DYNAMIC, DYNAMICS, Label
from seamcheck.flow.objects import ANY, Cell, Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.values import Bound, Const, Func, Value

#: Contexts of one function before its arguments are merged.
MAX_CONTEXTS = 8
#: The same for calls that tests make, and for symbolic ones.
FEW_CONTEXTS = 3
#: The same function active on the stack before recursion is cut.
MAX_RECURSION = 3
MAX_STACK = 48
#: Growths of merged arguments before data among them are reduced to their labels.
MAX_GROWTH = 6
#: Pointers an argument keeps from then on.
MAX_FLAT = 3
MANY = "is used in too many ways to be followed"
#: Runs of one context before its last result is taken as it is.
MAX_RUNS = 8
#: Runs of one function below one set of trial loops, in all contexts; the same for tests and symbolic calls, and of
#: these in a large program.
MAX_ENTRIES, FEW_ENTRIES, FEWEST_ENTRIES = 80, 3, 1
#: Those of a constructor: each instance has its own fields.
INIT_ENTRIES = 12
#: The same in a large program, outside and inside trials, once so many statements were run below the function: most of
#: it is a library that a few scripts use again and again.
LARGE_ENTRIES, LARGE_TRIAL_ENTRIES = 2, 6
LARGE_WORK = 60
#: Functions handed to one function that are each followed.
MAX_HANDED = 24
#: Objects that code can change after they were made.
MUTABLE = frozenset({"instance", "list", "dict", "set", "lib"})
#: Those of which is kept what they held when the call that made them returned.
KEPT = MUTABLE | {"tuple"}


class Summary(NamedTuple):
    """What a call did the last time: valid while ``touched`` still holds."""

    result: Value
    effects: tuple[Effect, ...]
    touched: dict[Any, Any]
    allocated: tuple[tuple[Obj, dict[Any, Value]], ...]
    epoch: int
    raised: frozenset[Label]
    #: What it was given, and the older objects that it changed.
    given: tuple[Value, ...]
    changed: frozenset[Cell]


def call_function(eng: Engine, frame: Frame, func: Func, args: calls.Args, node: Node) -> Value:
    """Step into a function, or use the summary of the same context; settle its result if somebody vouches for it."""
    module = eng.index.by_name[func.module]
    facts = module.facts.functions[func.index]
    by = None
    if eng.assumptions.any:
        by = eng.assumptions.of_function(str(module.path), func.index, facts, frame.path, node)
    if by is None:
        return follow(eng, frame, func, facts, args, node)
    return assumed.within(
        eng, frame, by, args, node, lambda: follow(eng, frame, func, facts, args, node, whole=True)
    )


def follow(
    eng: Engine,
    frame: Frame,
    func: Func,
    facts: FunctionFacts,
    args: calls.Args,
    node: Node,
    whole: bool = False,
) -> Value:
    """The same, as far as the source goes; ``whole``: the innermost assumption running speaks of this call."""
    bound = calls.bind_arguments(eng, frame, func, facts, args, node)
    keep = eng.relevance.leads_to_training(facts) or facts.name in ("<lambda>", "__init__", "forward")
    for name, v in bound.items():
        if v.labels:
            bound[name] = eng.table.current(v, keep)
    if is_abstract(facts):
        message = f"`{facts.name}` is abstract: what an implementation does is open"
        further = f"a further implementation of {facts.qualname}"
        return not_entered(eng, frame, args, node, message, further, open_end=True)
    if eng.over_budget or len(eng.stack) > MAX_STACK:
        why = "the call chain is too deep" if len(eng.stack) > MAX_STACK else "the bound on work is reached"
        message = f"`{facts.name}` was not entered: {why}"
        return not_entered(eng, frame, args, node, message, whole=whole, open_end=seen_otherwise(eng, func))
    handed = hands_new_function(eng, func, bound)
    key = (func, tuple(bound.values()), eng.surroundings) if handed else context_key(eng, func, bound)
    running = eng.active.get(key)
    if running is not None:
        running[1] = True
        so_far: Value = running[0]
        return so_far
    where = (func.module, func.index)
    if eng.active_count.get(where, 0) >= MAX_RECURSION:
        message = f"`{facts.name}` calls itself too deeply"
        return not_entered(eng, frame, args, node, message, whole=whole, open_end=seen_otherwise(eng, func))
    known = eng.memo.get(key)
    if known is not None and known.epoch == eng.heap.epoch and eng.heap.valid(known.touched):
        reuse(eng, known)
        replay(eng, frame, known)
        return known.result
    runs = eng.runs[key] = eng.runs.get(key, 0) + 1
    if known is not None and runs > MAX_RUNS:
        return unsettled(eng, frame, known, facts, node)
    counted = (where, eng.surroundings, eng.driving)
    entered = eng.runs[counted] = eng.runs.get(counted, 0) + 1
    if (
        entered > most_entries(eng, frame, func, facts)
        and not handed
        and not is_new_consumer(eng, where, bound)
    ):
        twin = likeness.like(eng, func, bound) if not eng.loops else None
        if twin is not None:
            return as_before(eng, frame, twin, bound)
        return once_more(eng, frame, func, facts, bound, args, node)
    return enter(eng, frame, func, facts, bound, key, node)


def unsettled(eng: Engine, frame: Frame, known: Summary, facts: FunctionFacts, node: Node) -> Value:
    """A context whose surroundings keep changing: its last result, and that it may be another by now."""
    replay(eng, frame, known)
    message = f"what `{facts.name}` reads keeps changing"
    eng.effect(frame, Effect("unresolved", frame.path, node[1], facts.name))
    return eng.table.labelled(known.result, eng.unknown(message, frame, node[1]).labels)


def most_entries(eng: Engine, frame: Frame, func: Func, facts: FunctionFacts) -> int:
    """How often a function may be run before its last result stands for all."""
    where = (func.module, func.index)
    if (eng.mode == "program" or eng.loops) and not eng.root_is_test:
        if not eng.sparing or eng.open_places is not None:
            return MAX_ENTRIES  # a call graph is to have every edge
        if eng.work[where, eng.surroundings, eng.driving] <= LARGE_WORK:
            return MAX_ENTRIES
        return LARGE_TRIAL_ENTRIES if eng.loops else LARGE_ENTRIES
    if facts.name == "__init__" and not eng.rereads:
        return INIT_ENTRIES
    if not eng.sparing:
        return FEW_ENTRIES
    watched = eng.watched and eng.watched[-1] is frame
    latest = eng.latest.get((func, eng.surroundings)) if watched else None
    if latest is not None and any(effect.kind == "train" for effect in latest.effects):
        return (
            FEWEST_ENTRIES + 1
        )  # in a loop that may be one over configurations what is trained must be seen
    return FEWEST_ENTRIES


def hands_new_function(eng: Engine, func: Func, bound: dict[str, Value]) -> bool:
    """Is a function of the project handed over that was not before? What the call does is what that one does."""
    where = (func.module, func.index)
    new = False
    for v in bound.values():
        for ptr in v.ptrs:
            called = ptr.function if isinstance(ptr, Bound) else ptr
            if isinstance(called, Func) and (called.module, called.index) not in (known := eng.handed[where]):
                new = new or len(known) < MAX_HANDED
                known.add((called.module, called.index))
    return new


def is_new_consumer(eng: Engine, where: tuple[str, int], bound: dict[str, Value]) -> bool:
    """Is this function handed results of training, and was not often before? Then what it reads matters."""
    key = (where, "trained")
    if eng.loops or eng.runs.get(key, 0) >= (FEWEST_ENTRIES if eng.large else FEW_ENTRIES):
        return False
    if not any(is_trained(eng, v) for v in bound.values()):
        return False
    eng.runs[key] = eng.runs.get(key, 0) + 1
    return True


def as_before(eng: Engine, frame: Frame, summary: Summary, bound: dict[str, Value]) -> Value:
    """A call that is like one that was followed: what that one did, with the labels and objects of this one."""
    replay(eng, frame, summary)
    labels = frozenset[Label]().union(*(eng.labels_of(v) for v in bound.values()))
    taint(eng, bound, summary, labels)
    given = frozenset[Any]().union(*(v.ptrs for v in summary.given))
    ptrs = summary.result.ptrs
    if not given.isdisjoint(ptrs):
        ptrs = ptrs.union(*(v.ptrs for v in bound.values()))
    return eng.table.value(ptrs, summary.result.labels | labels)


def once_more(
    eng: Engine,
    frame: Frame,
    func: Func,
    facts: FunctionFacts,
    bound: dict[str, Value],
    args: calls.Args,
    node: Node,
) -> Value:
    """One context too many: what the last one did, and that this one may differ."""
    message = f"`{facts.name}` {MANY}"
    if not eng.root_is_test:
        eng.left_out.add((func.module, func.index))
        if eng.mode != "generic":
            eng.left_out_in_program.add((func.module, func.index))
    latest = eng.latest.get((func, eng.surroundings))
    if latest is None:
        return not_entered(eng, frame, args, node, message)
    frame.effects.update(dict.fromkeys(latest.effects))
    frame.raised |= latest.raised
    if eng.loops:
        if any(effect.kind == "train" for effect in latest.effects):
            # What was trained on there says nothing of what is here.
            stopped = Label(DYNAMIC, message, frame.path, node[1])
            for number in eng.loops:
                eng.loop_ids[number].unresolved.append(stopped)
        open_end = not_entered(eng, frame, args, node, message, open_end=True).labels
    else:
        # What happens before all trials is the same for each of them, known or not.
        eng.effect(frame, Effect("unresolved", frame.path, node[1], message))
        open_end = eng.unknown(message, frame, node[1]).labels
    taint(eng, bound, latest, open_end)
    return eng.table.labelled(latest.result, open_end.union(*(v.labels for v in bound.values())))


def taint(eng: Engine, bound: dict[str, Value], known: Summary, labels: frozenset[Label]) -> None:
    """What a call changed of what it was given, this one, which is not followed, may have changed, too."""
    if not known.changed:
        return
    for v, before in zip(bound.values(), known.given, strict=False):
        others = [ptr for ptr in v.holders if isinstance(ptr, Obj) and ptr not in before.ptrs]
        if others and not known.changed.isdisjoint(eng.heap.reached(before)):
            for ptr in others:
                eng.heap.taint(ptr, labels)


def not_entered(
    eng: Engine,
    frame: Frame,
    args: calls.Args,
    node: Node,
    message: str,
    callee: str = "",
    whole: bool = False,
    open_end: bool = False,
) -> Value:
    """A call that a bound keeps us from following; ``callee`` names what may run, where that is known."""
    eng.effect(frame, Effect("unresolved", frame.path, node[1], callee or message))
    return opaque.opaque_result(
        eng, frame, args, node, message, DYNAMIC, frozenset(), whole=whole, open_end=open_end
    )


def seen_otherwise(eng: Engine, func: Func) -> bool:
    """Was this function followed elsewhere, and gave something that no assumption makes the same in every trial?"""
    for frame in eng.summaries.get((func.module, func.index), ()):
        summary = eng.memo.get(frame.key)
        if summary is not None:
            what = assumed.handed(eng, (summary.result,))
            if not what.plain or any(label.kind in assumed.KNOWN for label in what.labels):
                return True
    return False


def context_key(eng: Engine, func: Func, bound: dict[str, Value]) -> Any:
    """The context of a call; once there are too many, arguments are merged with those seen before."""
    key = (func, tuple(bound.values()), eng.surroundings)
    seen = eng.contexts.setdefault((func.module, func.index), [])
    limit = MAX_CONTEXTS if eng.mode == "program" and not eng.root_is_test else FEW_CONTEXTS
    recursive = eng.active_count.get((func.module, func.index), 0) > 0
    if key in eng.memo or key in eng.active or (len(seen) < limit and not recursive):
        if key not in eng.memo and key not in eng.active:
            seen.append(key)
        return key
    merged = eng.merged.setdefault((func.module, func.index, eng.surroundings), {})
    for name, v in bound.items():
        old = merged.get(name)
        bound[name] = merged[name] = v if old is None else eng.table.widen(old, v)
    key = (func, tuple(bound.values()), eng.surroundings)
    if key in eng.memo or key in eng.active:
        return key
    grown = eng.growth[func.module, func.index] = eng.growth.get((func.module, func.index), 0) + 1
    if grown <= MAX_GROWTH:
        return key
    flat = eng.flat.setdefault((func.module, func.index, eng.surroundings), {})
    for name, v in bound.items():
        bound[name] = flat[name] = flattened(eng, v, flat.get(name, eng.table.empty))
    return (func, tuple(bound.values()), eng.surroundings)


def flattened(eng: Engine, v: Value, old: Value) -> Value:
    """A coarser argument that settles soon: few pointers, one label of a kind.

    Data become their labels outside trials; inside, where an in-place change of them would matter, they stay
    while there are few. What is dropped is said to be unknown.
    """
    if v is old:
        return old
    kept = set(old.ptrs)
    labels = eng.table.widen_labels(old.labels, v.labels)
    for ptr in sorted_pointers(v):
        if isinstance(ptr, Const):
            continue
        if isinstance(ptr, Obj) and ptr.kind == "data" and not eng.loops:
            labels = eng.table.widen_labels(labels, eng.heap.object_labels(ptr, 1))
        else:
            kept.add(ptr)
    if len(kept) > MAX_FLAT or any(label.message == MANY for label in old.labels):
        kept = set()
        labels |= {Label(DYNAMIC, MANY, "", 0, eng.loops)}
    return eng.table.value(frozenset(kept), labels)


def enter(
    eng: Engine, frame: Frame, func: Func, facts: FunctionFacts, bound: dict[str, Value], key: Any, node: Node
) -> Value:
    """Run a function body in a context, until its result is stable where it is recursive."""
    where = (func.module, func.index)
    eng.coverage.followed.add(where)
    callee = eng.frames.get(key)
    if callee is None:
        callee = eng.frames[key] = Frame(
            eng.index.by_name[func.module], facts, eng.function_name(func), func.frame, key
        )
        eng.summaries.setdefault(where, []).append(callee)
        callee.loops = eng.loops
        callee.cls = eng.owners.get(where)
        callee.origin = "test" if eng.root_is_test else eng.mode
        # What `self` holds is received only where it is read.
        given = list(bound.values())[1:] if callee.cls is not None and facts.owner >= 0 else bound.values()
        callee.receives = not eng.loops and any(is_trained(eng, v) for v in given)
    state = eng.active[key] = [eng.table.empty, False]
    eng.active_count[where] = eng.active_count.get(where, 0) + 1
    eng.stack.append(callee)
    eng.trace.append((frame.path, node[1], frame.qualname))
    outer_touched, eng.heap.touched = eng.heap.touched, {}
    outer_written, eng.heap.written = eng.heap.written, set()
    outer_control, eng.control = eng.control, []
    eng.allocated.append([])
    epoch = eng.heap.epoch  # what changes while it runs makes its summary stale
    steps, counted = eng.steps, (where, eng.surroundings, eng.driving)
    try:
        for _ in range(3):
            state[1] = False
            run_body(eng, callee, facts, bound)
            result = outcome(eng, callee, facts)
            if not state[1] or result is state[0]:
                break
            state[0] = eng.table.join(state[0], result)
        else:
            result = eng.table.join(
                result, eng.unknown(f"`{facts.name}` is recursive and does not settle", callee, facts.line)
            )
    finally:
        allocated = eng.allocated.pop()
        touched, eng.heap.touched = eng.heap.touched, outer_touched
        written, eng.heap.written = eng.heap.written, outer_written
        eng.control = outer_control
        eng.trace.pop()
        eng.stack.pop()
        eng.active_count[where] -= 1
        del eng.active[key]
        eng.work[counted] += eng.steps - steps
    summary = summarise(eng, callee, result, touched, written, allocated, epoch)
    eng.memo[key] = eng.latest[func, eng.surroundings] = summary
    callee.effects = {}  # the summary has them
    callee.visited += 1
    eng.visited.setdefault(where, set()).add("test" if eng.root_is_test else eng.mode)
    if eng.allocated:
        eng.allocated[-1].extend(allocated)
    replay(eng, frame, summary)
    return result


def summarise(
    eng: Engine,
    callee: Frame,
    result: Value,
    touched: dict[Any, Any],
    written: set[Any],
    allocated: list[Obj],
    epoch: int,
) -> Summary:
    """What a call that has been run leaves for calls of the same context."""
    made = set(allocated)
    cells = eng.heap.cells
    outside = {cells.setdefault(cell, cell): old for cell, old in touched.items() if cell[0] not in made}
    kept = tuple((obj, dict(obj.fields)) for obj in dict.fromkeys(allocated) if obj.kind in KEPT)
    changed = frozenset([cell for cell in written if cell not in made])
    return Summary(
        result, bounded_effects(callee.effects), outside, kept, epoch, callee.raised, callee.key[1], changed
    )


def reuse(eng: Engine, summary: Summary) -> None:
    """The objects a call made stand for several now; what they held when it returned is possible again."""
    for obj, fields in summary.allocated:
        if obj.kind not in MUTABLE:
            continue
        obj.summary = True
        for field, v in fields.items():
            if obj.fields.get(field) is not v:
                eng.heap.write(obj, field, v, weak=True)


def is_trained(eng: Engine, v: Value) -> bool:
    """Does a value hold a result of training, or the data that a model was trained on?"""
    if eng.captured and any(
        isinstance(p, Obj) and (p in eng.captured or p.base in eng.captured) for p in sorted_pointers(v)
    ):
        return True
    if v not in eng.trained and any(label.kind == DYNAMICS for label in eng.labels_of(v)):
        eng.trained.add(v)
    return v in eng.trained


def replay(eng: Engine, frame: Frame, summary: Summary) -> None:
    """Hand the effects of a call to its caller."""
    frame.effects.update(dict.fromkeys(summary.effects))
    frame.raised |= summary.raised
    eng.heap.written |= summary.changed
    note = eng.heap.touched.setdefault
    for cell, old in summary.touched.items():
        note(cell, old)


def run_body(eng: Engine, callee: Frame, facts: FunctionFacts, bound: dict[str, Value]) -> None:
    """One run of the body with these parameters."""
    callee.reset()
    callee.fields.update(bound)
    callee.exit_labels = frozenset()
    if facts.params and callee.cls is not None:
        first = bound.get(facts.params[0].name)
        callee.receiver = next(iter(first.ptrs)) if first is not None and len(first.ptrs) == 1 else None
    eng.block(callee, facts.body)


def outcome(eng: Engine, callee: Frame, facts: FunctionFacts) -> Value:
    """What the call gives: the returned value, or a generator over what it yields."""
    if facts.is_generator:
        obj = eng.allocate(("gen", facts.line), callee, "gen", "generator", facts.line)
        obj.summary = False
        if callee.yields is not None:
            eng.heap.write(obj, ANY, callee.yields, weak=True)
        return eng.table.pointer(obj)
    return callee.result if callee.result is not None else eng.table.const(None)
