"""Trial loops: running an objective as the tuner would, twice, so that what one trial leaves to the next is seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from seamcheck.flow.ordering import sorted_pointers
from seamcheck.facts.ir import Node
from seamcheck.flow import attributes, calls, classes, drawing, library, training
from seamcheck.flow.engine import Engine
from seamcheck.flow.events import LoopRecord
from seamcheck.flow.frames import Effect, Frame
from seamcheck.flow.labels import CLOCK, DYNAMIC, DYNAMICS, EXTERNAL, LOOPVAR, MUTATION, RANDOM, TRIAL, Label
from seamcheck.flow.library import Site, short
from seamcheck.flow.objects import LABELS, Obj
from seamcheck.flow.values import PLAIN, Bound, Class, Func, Method, Sym, Value

Marker = Callable[[Value], Value]


def record_for(eng: Engine, frame: Frame, node: Node, kind: str) -> LoopRecord:
    """The record of the trial loop at this node; one for all contexts of a function."""
    key = (frame.path, id(node) if len(node) > 3 else node[1], kind)
    record = eng.loop_records.get(key)
    if record is None:
        line, end = (node[1], node[2]) if node[0] != "comp" else (node[1], frame.statement[1])
        record = LoopRecord(eng.next_loop, kind, frame.path, frame.qualname, line, end)
        record.is_test = frame.module.is_test
        eng.next_loop += 1
        eng.loop_records[key] = eng.loop_ids[record.id] = record
    return record


def run_trials(eng: Engine, frame: Frame, record: LoopRecord, body: Callable[[], Any]) -> None:
    """Run the body of a trial twice. Before the second run everything older that the first one changed is marked."""
    if record.id in eng.loops:
        return
    outer_loops, outer_effects, outer_pass = eng.loops, frame.effects, eng.pass_serial
    eng.loops = (*eng.loops, record.id)
    eng.loop_base.append(len(eng.trace))
    frame.effects = {}
    try:
        for attempt in (1, 2):
            eng.next_pass += 1
            eng.pass_serial = eng.next_pass
            variables = dict(frame.fields)
            eng.heap.enter()
            body()
            log = eng.heap.leave()
            if attempt == 1:
                mark_stale(eng, frame, record, log)
                _mark_variables(eng, frame, record, variables)
    finally:
        eng.loops, eng.pass_serial = outer_loops, outer_pass
        eng.loop_base.pop()
        inner, frame.effects = frame.effects, outer_effects
    collect(eng, record, inner)
    frame.effects.update(inner)


def collect(eng: Engine, record: LoopRecord, effects: dict[Effect, None]) -> None:
    """What a trial did, from the effects of its code."""
    for effect in effects:
        if effect.kind == "train":
            record.trains[effect.key] = None
        elif effect.kind == "eval":
            record.evals[effect.key] = None
        elif effect.kind == "unresolved":
            record.unresolved_calls[effect] = None
        elif effect.kind == "code":
            record.unresolved.append(Label(DYNAMIC, f"`{effect.detail}` may change anything", effect.path, effect.line))
        elif effect.kind == "external":
            record.external.append(Label(EXTERNAL, f"`{effect.detail}` runs outside what can be seen", effect.path, effect.line))


def mutation(eng: Engine, frame: Frame, record: LoopRecord, what: str, path: str, line: int) -> Label:
    """The label of a value that an earlier trial left behind."""
    return Label(MUTATION, f"{what} still holds what an earlier trial left in it", path, line, (*eng.loops,))


def mark_stale(eng: Engine, frame: Frame, record: LoopRecord, log: dict[tuple[Obj, Any], Any]) -> None:
    """Older fields that a trial changed hold, at the start of the next trial, what it left."""
    for (obj, field), old in log.items():
        if record.id in obj.loops or field in (drawing.SEEDED,):
            if field == drawing.SEEDED and record.id not in obj.loops:
                pass
            else:
                continue
        if isinstance(obj, Frame) and _belongs(obj, record):
            continue
        if field == LABELS:
            continue
        now = obj.fields.get(field)
        if now is None or now is old:
            continue
        name = field if isinstance(field, str) else str(field[1])
        path, line = (obj.path, frame.statement[0]) if isinstance(obj, Frame) else eng.write_sites.get(obj, obj.site)
        label = mutation(eng, frame, record, f"`{name}`", path, line)
        obj.fields[field] = eng.table.labelled(now, frozenset((label,)))


def _belongs(frame: Frame, record: LoopRecord) -> bool:
    return record.id in frame.loops


def _mark_variables(eng: Engine, frame: Frame, record: LoopRecord, before: dict[str, Value]) -> None:
    """The same for variables of the function around a plain loop."""
    for name, old in before.items():
        now = frame.fields.get(name)
        if now is not None and now is not old:
            line = frame.defs.get(name, frame.statement)[0]
            label = mutation(eng, frame, record, f"`{name}`", frame.path, line)
            frame.fields[name] = eng.table.labelled(now, frozenset((label,)))


def changed_in_place(eng: Engine, frame: Frame, obj: Obj, line: int, definite: bool) -> None:
    """An array or frame is changed in place: if it is older than the trial, the next trial meets it changed."""
    for target in (obj, *_bases(obj)):
        older = tuple(loop for loop in eng.loops if loop not in target.loops)
        if not older:
            continue
        certain = definite and target is obj
        kind = MUTATION if certain else DYNAMIC
        text = "is changed in place, so that the next trial meets it changed" if certain else "may be changed in place, and whether the next trial meets it changed is not known"
        where = f" (made at line {target.site[1]})" if target.site[1] else ""
        label = Label(kind, f"data made before the trial{where} {text}", frame.path, line, older, "", tuple(eng.trace[-3:]))
        eng.heap.taint(target, frozenset((label,)))


def _bases(obj: Obj) -> list[Obj]:
    """The objects whose memory an object may share."""
    out: list[Obj] = []
    while obj.base is not None and obj.base not in out and len(out) < 4:
        obj = obj.base
        if obj.kind == "data":
            out.append(obj)
    return out


def view_written(eng: Engine, frame: Frame, obj: Obj, labels: frozenset[Label], line: int) -> None:
    """A column of a part of a frame was replaced: parts are copies for frames, so the whole keeps its columns."""


# -- tuners ------------------------------------------------------------------------------------------------------


def run_tuner(eng: Engine, frame: Frame, site: Site, labels: frozenset[Label]) -> Value:
    """A call that runs an objective many times."""
    record = record_for(eng, frame, site.node, site.model.kind or site.api)
    objective = _objective(eng, site)
    spec = _objective_spec(eng, site)
    if objective is None or (objective.ptrs <= {PLAIN} and not objective.labels):
        record.unresolved.append(eng.label(DYNAMIC, "the objective is not given here", frame, site.node[1]))
    else:
        passes, methods = (spec.passes, spec.methods) if spec is not None else ((), ())
        run_trials(eng, frame, record, lambda: _run_objective(eng, frame, record, site, objective, passes, methods))
    dynamics = eng.label(DYNAMICS, f"result of `{short(site.api)}`", frame, site.node[1])
    library.mutate(eng, frame, site, frozenset((dynamics,)))
    if site.receiver is not None:
        for ptr in sorted_pointers(site.receiver):
            if isinstance(ptr, Obj):
                eng.heap.taint(ptr, frozenset((dynamics,)))
    eng.effect(frame, Effect("read", frame.path, site.node[1], short(site.api)))
    return library.result_of(eng, frame, site, (labels - _outer(labels)) | {dynamics})


def _outer(labels: frozenset[Label]) -> frozenset[Label]:
    return frozenset(label for label in labels if label.kind in (TRIAL, LOOPVAR))


def _objective_spec(eng: Engine, site: Site) -> Any:
    if site.model.objective is not None:
        return site.model.objective
    if site.receiver is not None:
        for ptr in sorted_pointers(site.receiver):
            if isinstance(ptr, Obj) and ptr.kind == "lib":
                for kind in eng.models.lineage(ptr.type):
                    if kind.objective is not None:
                        return kind.objective
    return None


def _objective(eng: Engine, site: Site) -> Value | None:
    """The objective: an argument of the call, or of the constructor of its receiver."""
    spec = _objective_spec(eng, site)
    if spec is None:
        return library.by_role(site, "objective")
    if spec.param in site.bound:
        return site.bound[spec.param]
    if site.receiver is not None:
        for ptr in sorted_pointers(site.receiver):
            if isinstance(ptr, Obj):
                for home in (ptr.ctor, ptr.fields):
                    if spec.param in home:
                        return home[spec.param]
                if "<objective>" in ptr.fields:
                    return ptr.fields["<objective>"]
    return None


def _run_objective(eng: Engine, frame: Frame, record: LoopRecord, site: Site, objective: Value, passes: tuple[str, ...], methods: tuple[str, ...]) -> None:
    """One trial."""
    args = trial_arguments(eng, frame, passes, site.node)
    node = ("call", site.node[1], site.node[2])
    unresolved = objective.ptrs <= {PLAIN}
    for ptr in sorted_pointers(objective):
        target = resolve_callable(eng, ptr)
        bound_class = partial_class(eng, ptr)
        if bound_class is not None and methods:
            named = tuple((k, v) for k, v in ptr.ctor.items() if not k.isdigit())
            _run_methods(eng, frame, record, bound_class, args, methods, node, named)
            continue
        if target is None:
            if isinstance(ptr, Class) and methods:
                _run_methods(eng, frame, record, ptr, args, methods, node)
                continue
            if isinstance(ptr, Sym | Method) or (isinstance(ptr, Obj) and ptr.kind in ("lib", "param")):
                unresolved = True
                continue
            if isinstance(ptr, Obj) and ptr.kind == "instance" and methods:
                _run_methods(eng, frame, record, ptr, args, methods, node)
            continue
        calls.call_pointer(eng, frame, ptr, args, node)
        note_objective(eng, record, target)
    for name, v in site.bound.items():
        if site.roles.get(name) == "callback":
            state = eng.label(DYNAMICS, "the state of the study", frame, site.node[1])
            training.run_callback(eng, frame, v, state, node)
    if unresolved:
        stop = next(iter(sorted(eng.labels_of(objective))), None)
        message = "which function the tuner runs is not known" + (f": {stop.message}" if stop is not None else "")
        record.unresolved.append(eng.label(DYNAMIC, message, frame, site.node[1]))


def resolve_callable(eng: Engine, ptr: Any) -> Func | None:
    """The function of the project that calling this runs first: through partials, bound methods and instances."""
    if isinstance(ptr, Func):
        return ptr
    if isinstance(ptr, Bound):
        return resolve_callable(eng, ptr.function)
    if isinstance(ptr, Obj):
        if ptr.kind == "partial":
            inner = eng.heap.read(ptr, "function")
            for candidate in sorted_pointers(inner) if inner is not None else ():
                found = resolve_callable(eng, candidate)
                if found is not None:
                    return found
        if ptr.kind == "instance":
            method = classes.lookup(eng, ptr.type, "__call__")
            for candidate in sorted_pointers(method) if method is not None else ():
                return resolve_callable(eng, candidate)
    return None


def partial_class(eng: Engine, ptr: Any) -> Class | None:
    """The class that a partial (``with_parameters``) binds arguments of."""
    if isinstance(ptr, Obj) and ptr.kind == "partial":
        inner = eng.heap.read(ptr, "function")
        for candidate in sorted_pointers(inner) if inner is not None else ():
            if isinstance(candidate, Class):
                return candidate
    return None


def note_objective(eng: Engine, record: LoopRecord, func: Func) -> None:
    """Name the objective; a lambda that only forwards stands for what it calls."""
    module = eng.index.by_name[func.module]
    facts = module.facts.functions[func.index]
    if facts.name == "<lambda>" and facts.body[0][0] == "return" and facts.body[0][3] and facts.body[0][3][0] == "call":
        wanted = calls.callee_text(facts.body[0][3][3]).rpartition(".")[2]
        for called in eng.edges.get(eng.function_name(func), {}):
            found = eng.by_dotted().get(called)
            if found is not None and called.rpartition(".")[2] == wanted:
                note_objective(eng, record, Func(*found, None))
                return
    record.objectives[func.module, func.index] = (facts.qualname, module.path, facts.line, facts.end_line)


def trial_arguments(eng: Engine, frame: Frame, passes: tuple[str, ...], node: Node) -> calls.Args:
    """What the tuner calls an objective with."""
    line = node[1]
    chosen = frozenset((eng.label(TRIAL, "chosen by the tuner", frame, line),))
    positional: list[Value] = []
    rest = None
    for kind in passes:
        if kind == "**params":
            rest = eng.table.value(frozenset(), chosen)
        elif kind in ("params", "value", "values"):
            positional.append(eng.table.value(frozenset(), chosen))
        else:
            obj = eng.allocate((id(node), kind), frame, "lib", eng.models.canonical(kind), line)
            positional.append(eng.table.pointer(obj))
    return calls.Args(tuple(positional), (), None, rest)


def _run_methods(eng: Engine, frame: Frame, record: LoopRecord, ptr: Any, args: calls.Args, methods: tuple[str, ...], node: Node, named: tuple[tuple[str, Value], ...] = ()) -> None:
    """A trial of a class-based trainable: construct it, then run its methods in the listed order; ``setup`` gets ``named``."""
    if isinstance(ptr, Class):
        instance = calls.call_pointer(eng, frame, ptr, args if classes.lookup(eng, ptr, "__init__") is not None else calls.Args(), node)
        cls = ptr
    else:
        instance, cls = eng.table.pointer(ptr), ptr.type
    for name in methods:
        method = classes.lookup(eng, cls, name)
        if method is None:
            continue
        for receiver in sorted_pointers(instance):
            bound = classes.bind(eng, frame, method, eng.table.pointer(receiver), cls)
            for target in sorted_pointers(bound):
                found = resolve_callable(eng, target)
                if found is not None:
                    facts = eng.index.by_name[found.module].facts.functions[found.index]
                    if not name.startswith(("setup", "_setup", "__")):
                        note_objective(eng, record, found)
                    wants = sum(1 for p in facts.params[1:] if p.kind in ("pos", "posonly"))
                    passed = args if wants else calls.Args()
                    if named and name.endswith("setup"):
                        passed = passed._replace(keywords=named)
                    calls.call_pointer(eng, frame, target, passed, node)


# -- searches ------------------------------------------------------------------------------------------------------


def run_search(eng: Engine, frame: Frame, site: Site, labels: frozenset[Label]) -> Value:
    """``.fit`` of a search estimator. Folds are drawn once for all candidates, unless the model says otherwise."""
    name = site.api.split(".")[-2] if "." in site.api and site.receiver is not None else site.api.rpartition(".")[2]
    kind = site.model.kind if site.model.kind not in (None, "search") else name
    record = record_for(eng, frame, site.node, str(kind))
    record.is_search = True
    event = training.event_for(eng, frame, site.api, site.node, training.is_eager(eng, site.api))
    record.trains[event.key] = None
    for param, v in site.bound.items():
        role = site.roles.get(param)
        if role in ("X", "y", "weight", "group", "data"):
            event.add(training.part(eng, frame, role, v, training.argument_node(site, param)))
    training.held_parts(eng, frame, site, event)
    cv = drawing.argument(eng, site, "cv")
    if cv is not None and "cv" not in site.model.redraws:
        event.add(training.with_cv(eng, frame, "cv", cv, None, site.node))
    eng.loops = (*eng.loops, record.id)
    if cv is not None and "cv" in site.model.redraws:
        event.add(training.with_cv(eng, frame, "cv", cv, None, site.node))
    if site.model.random is not None:
        drawn = drawing.draw(eng, frame, site.model.random, site)
        note = site.model.note or "rows are drawn anew for each candidate"
        drawn = frozenset(label._replace(message=f"`{name}`: {note}") for label in drawn)
        event.add(training.DataPart("data", drawn, (), ()))
    training.receiver_parts(eng, frame, site, event)
    eng.loops = eng.loops[:-1]
    if "external" in site.model.effects:
        record.external.append(eng.label(EXTERNAL, f"`{short(site.api)}` chooses its own rows and folds", frame, site.node[1]))
    _search_objective(eng, frame, record, site)
    _search_estimators(eng, frame, record, site)
    dynamics = eng.label(DYNAMICS, f"result of `{short(site.api)}`", frame, site.node[1])
    for ptr in sorted_pointers(site.receiver) if site.receiver is not None else ():
        if isinstance(ptr, Obj):
            eng.heap.taint(ptr, frozenset((dynamics,)))
    return library.result_of(eng, frame, site, labels | {dynamics})


def _search_objective(eng: Engine, frame: Frame, record: LoopRecord, site: Site) -> None:
    """A tuner whose search runs methods of an object of the project (``HyperModel.build`` and ``fit``)."""
    spec = _objective_spec(eng, site)
    objective = _objective(eng, site) if spec is not None else None
    if spec is None or objective is None or not objective.ptrs:
        return
    run_trials(eng, frame, record, lambda: _run_objective(eng, frame, record, site, objective, spec.passes, spec.methods))


def _search_estimators(eng: Engine, frame: Frame, record: LoopRecord, site: Site) -> None:
    """An estimator class of the project is looked into: its ``fit`` runs as a trial."""
    estimator = drawing.argument(eng, site, "estimator")
    for ptr in sorted_pointers(estimator) if estimator is not None else ():
        if not (isinstance(ptr, Obj) and ptr.kind == "instance"):
            continue
        method = classes.lookup(eng, ptr.type, "fit")
        if method is None or classes.category(eng, ptr.type) == "transformer":
            continue
        bound = classes.bind(eng, frame, method, eng.table.pointer(ptr), ptr.type)
        passed = tuple(v for name, v in site.bound.items() if site.roles.get(name) in ("X", "y"))
        run_trials(eng, frame, record, lambda bound=bound, passed=passed: calls.call(eng, frame, bound, calls.Args(passed), ("call", site.node[1], site.node[2])))


# -- plain loops ------------------------------------------------------------------------------------------------------


def watch_loop(eng: Engine, frame: Frame, node: Node, run: Callable[[Marker | None], Any]) -> Any:
    """Run a loop; if it turns out to be one over configurations, or one that asks a tuner, run it again as trials."""
    if not eng.training_names.may_train(node):
        return run(None)
    key = (id(node), frame)
    number = eng.plain_loops.setdefault(key, len(eng.plain_loops) + 1)
    marked = Label(LOOPVAR, "the loop variable", frame.path, node[1], (), str(number))
    before = dict(frame.fields)
    outer, frame.effects = frame.effects, {}
    running = eng.table.running
    running[str(number)] = running.get(str(number), 0) + 1
    outer_decided, frame.decided = frame.decided, frozenset()
    result = run(lambda v: eng.table.labelled(v, frozenset((marked,))))
    _cut_by_trial(eng, frame.effects, frame.decided, str(number))
    frame.decided |= outer_decided
    running[str(number)] -= 1
    if not running[str(number)]:
        del running[str(number)]
    inner, frame.effects = frame.effects, outer
    kind = _loop_kind(eng, frame, node, inner, str(number))
    if kind is not None and not eng.over_budget:
        record = record_for(eng, frame, node, kind)
        after = frame.fields
        chosen = Label(TRIAL, f"the configuration of this pass ({_spell(node)})", frame.path, node[1], (*eng.loops, record.id))

        def again() -> None:
            run(lambda v: eng.table.labelled(v, frozenset((chosen,))))

        frame.fields = before
        inner = {e: None for e in inner if e.kind != "ask"}
        run_trials(eng, frame, record, again)
        merged = {name: eng.table.join(v, after.get(name, v)) for name, v in frame.fields.items()}
        frame.fields = {**after, **merged}
    frame.effects.update(inner)
    return result


def _cut_by_trial(eng: Engine, effects: dict[Effect, None], decided: frozenset[Label], number: str) -> None:
    """How many folds or batches a loop trains on is decided by the trial: so are the data of its train calls."""
    chosen = frozenset(label for label in decided if label.kind in (TRIAL, RANDOM, CLOCK) and label.loops)
    if not chosen:
        return
    for effect in effects:
        event = eng.trains.get(effect.key) if effect.kind == "train" else None
        for role, found in list(event.parts.items()) if event is not None else ():
            if any(label.kind == "fold" or (label.kind == LOOPVAR and label.detail == number) for label in found.labels):
                event.parts[role] = found._replace(labels=found.labels | chosen)


def _spell(node: Node) -> str:
    """The targets of a loop as written."""
    if node[0] == "while":
        return "while"
    target = node[3] if node[0] == "for" else node[4][0][0]
    return ", ".join(training.named_in(target)) or "loop variable"


def _loop_kind(eng: Engine, frame: Frame, node: Node, effects: dict[Effect, None], number: str) -> str | None:
    """ "loop" for configurations, the tuner's kind where trials are asked for, None for any other loop."""
    if node[0] in ("for", "while"):
        for effect in effects:
            if effect.kind == "ask":
                return effect.detail if effect.detail.endswith("ask_tell") else "ask_tell"
    for effect in effects:
        if effect.kind != "train":
            continue
        event = eng.trains.get(effect.key)
        if event is None or event.loops != eng.loops or event.api.startswith("seamcheck."):
            continue
        if any(label.kind == LOOPVAR and label.detail == number for label in event.params):
            return None if _selects_rows(event, node, number) else "loop"
    return None


def _selects_rows(event: Any, node: Node, number: str) -> bool:
    """Does the loop variable choose rows or data sets: the rows of a fold, or a counter that data depend on?"""
    counter = node[0] == "for" and node[4][0] == "call" and calls.callee_text(node[4][3]) in ("range", "trange", "enumerate")
    for role, found in event.parts.items():
        if not any(label.kind == LOOPVAR and label.detail == number for label in found.labels):
            continue
        if counter and role in ("X", "y", "data"):
            return True
        if any(label.kind == "fold" for label in found.labels):
            return True
    return False
