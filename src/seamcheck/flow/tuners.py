"""Tuners and search estimators: what a trial runs, and with which arguments."""

from __future__ import annotations

from functools import partial
from typing import Any

from seamcheck.facts.ir import Node
from seamcheck.flow import (
    binding,
    calls,
    classes,
    drawing,
    hyperparameters,
    library_effects,
    results,
    training,
    training_data,
    trials,
)
from seamcheck.flow.binding import Site, short
from seamcheck.flow.bodies import callee_text
from seamcheck.flow.engine import Engine
from seamcheck.flow.events import DataPart, LoopRecord
from seamcheck.flow.frames import Effect, Frame
from seamcheck.flow.labels import DYNAMIC, DYNAMICS, EXTERNAL, LOOPVAR, TRIAL, Label
from seamcheck.flow.objects import Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import anchor, call_at
from seamcheck.flow.values import PLAIN, Bound, Class, Func, Method, Sym, Value, only_constant

#: Settings of tuners that say how many seeds there are: one, or that many for each configuration.
SEED_SETTINGS = frozenset({"deterministic", "max_config_calls", "n_seeds"})


def run_tuner(eng: Engine, frame: Frame, site: Site, labels: frozenset[Label]) -> Value:
    """A call that runs an objective many times."""
    record = trials.record_for(eng, frame, site.node, site.model.kind or site.api)
    objective = _objective(eng, site)
    spec = _objective_spec(eng, site)
    if objective is None or (objective.ptrs <= {PLAIN} and not objective.labels):
        record.unresolved.append(eng.label(DYNAMIC, "the objective is not given here", frame, site.node[1]))
    else:
        passes, methods = (spec.passes, spec.methods) if spec is not None else ((), ())
        trials.run_trials(
            eng, frame, record, lambda: _run_objective(eng, frame, record, site, objective, passes, methods)
        )
    dynamics = eng.label(DYNAMICS, f"result of `{short(site.api)}`", frame, site.node[1])
    library_effects.mutate(eng, frame, site, frozenset((dynamics,)))
    if site.receiver is not None:
        for ptr in sorted_pointers(site.receiver):
            if isinstance(ptr, Obj):
                eng.heap.taint(ptr, frozenset((dynamics,)))
    eng.effect(frame, Effect("read", frame.path, site.node[1], short(site.api)))
    return results.result_of(eng, frame, site, (labels - _outer(labels)) | {dynamics})


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
        return binding.by_role(site, "objective")
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


def _run_objective(
    eng: Engine,
    frame: Frame,
    record: LoopRecord,
    site: Site,
    objective: Value,
    passes: tuple[str, ...],
    methods: tuple[str, ...],
) -> None:
    """One trial."""
    args = trial_arguments(eng, frame, passes, site)
    node = call_at(site.node[1], site.node[2])
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
        got = calls.call_pointer(eng, frame, ptr, args, node)
        record.returned = (record.returned or frozenset()) | eng.labels_of(got)
        note_objective(eng, record, target)
    for name, v in site.bound.items():
        if site.roles.get(name) == "callback":
            state = eng.label(DYNAMICS, "the state of the study", frame, site.node[1])
            training.run_callback(eng, frame, v, state, node)
    if unresolved:
        stop = next(iter(sorted(eng.labels_of(objective))), None)
        message = "which function the tuner runs is not known" + (
            f": {stop.message}" if stop is not None else ""
        )
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
    if (
        facts.name == "<lambda>"
        and facts.body[0][0] == "return"
        and facts.body[0][3]
        and facts.body[0][3][0] == "call"
    ):
        wanted = callee_text(facts.body[0][3][3]).rpartition(".")[2]
        for called in eng.edges.get(eng.function_name(func), {}):
            found = eng.by_dotted().get(called)
            if found is not None and called.rpartition(".")[2] == wanted:
                note_objective(eng, record, Func(*found, None))
                return
    record.objectives[func.module, func.index] = (facts.qualname, module.path, facts.line, facts.end_line)


def trial_arguments(eng: Engine, frame: Frame, passes: tuple[str, ...], site: Site) -> calls.Args:
    """What the tuner calls an objective with: by place, or by name (``seed=seed``) if the objective takes that."""
    node = site.node
    line = node[1]
    chosen = frozenset((eng.label(TRIAL, "chosen by the tuner", frame, line),))
    positional: list[Value] = []
    named: dict[str, Value] = {}
    rest = None
    for kind in passes:
        name, by_name, what = kind.partition("=")
        if by_name:
            labels = chosen if what != "seed" else seed_labels(eng, frame, site)
            named[name] = eng.table.value(frozenset(), labels)
        elif kind == "**params":
            rest = eng.table.value(frozenset(), chosen)
        elif kind in ("params", "value", "values"):
            positional.append(eng.table.value(frozenset(), chosen))
        else:
            obj = eng.allocate((anchor(node), kind), frame, "lib", eng.models.canonical(kind), line)
            positional.append(eng.table.pointer(obj))
    return calls.Args(tuple(positional), tuple(named.items()), None, rest)


def seed_labels(eng: Engine, frame: Frame, site: Site) -> frozenset[Label]:
    """Labels of the seed that a tuner passes: one for all trials, several, or only its defaults know."""
    given = [p for p in sorted_pointers(site.receiver) if isinstance(p, Obj)] if site.receiver else []
    made = [p for obj in given for v in obj.ctor.values() for p in sorted_pointers(v) if isinstance(p, Obj)]
    for obj in (*given, *made):
        known = {name: only_constant(v) for name, v in obj.ctor.items() if name in SEED_SETTINGS}
        if (one := known.get("deterministic")) is not None and one.value is True:
            return frozenset()
        if any(c is not None and isinstance(c.value, int) and c.value > 1 for c in known.values()):
            return frozenset((eng.label(TRIAL, "the tuner uses several seeds", frame, site.node[1]),))
    text = "whether the tuner uses more than one seed is decided by settings that are not given"
    return frozenset((eng.label(DYNAMIC, text, frame, site.node[1]),))


def _run_methods(
    eng: Engine,
    frame: Frame,
    record: LoopRecord,
    ptr: Any,
    args: calls.Args,
    methods: tuple[str, ...],
    node: Node,
    named: tuple[tuple[str, Value], ...] = (),
) -> None:
    """A trial of a class-based trainable: construct it, then run its methods in order; ``setup`` gets ``named``."""
    if isinstance(ptr, Class):
        instance = calls.call_pointer(
            eng, frame, ptr, args if classes.lookup(eng, ptr, "__init__") is not None else calls.Args(), node
        )
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


def run_search(eng: Engine, frame: Frame, site: Site, labels: frozenset[Label]) -> Value:
    """``.fit`` of a search estimator. Folds are drawn once for all candidates, unless the model says otherwise."""
    name = (
        site.api.split(".")[-2]
        if "." in site.api and site.receiver is not None
        else site.api.rpartition(".")[2]
    )
    kind = site.model.kind if site.model.kind not in (None, "search") else name
    record = trials.record_for(eng, frame, site.node, str(kind))
    record.is_search = True
    event = training.event_for(eng, frame, site.api, site.node, training.is_eager(eng, site.api))
    record.trains[event.key] = None
    for param, v in site.bound.items():
        role = site.roles.get(param)
        if role in ("X", "y", "weight", "group", "data"):
            event.add(training_data.part(eng, frame, role, v, training_data.argument_node(site, param)))
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
        event.add(DataPart("data", drawn, (), ()))
    hyperparameters.receiver_parts(eng, frame, site, event)
    eng.loops = eng.loops[:-1]
    if "external" in site.model.effects:
        record.external.append(
            eng.label(EXTERNAL, f"`{short(site.api)}` chooses its own rows and folds", frame, site.node[1])
        )
    _search_objective(eng, frame, record, site)
    _search_estimators(eng, frame, record, site)
    dynamics = eng.label(DYNAMICS, f"result of `{short(site.api)}`", frame, site.node[1])
    for ptr in sorted_pointers(site.receiver) if site.receiver is not None else ():
        if isinstance(ptr, Obj):
            eng.heap.taint(ptr, frozenset((dynamics,)))
    return results.result_of(eng, frame, site, labels | {dynamics})


def _search_objective(eng: Engine, frame: Frame, record: LoopRecord, site: Site) -> None:
    """A tuner whose search runs methods of an object of the project (``HyperModel.build`` and ``fit``)."""
    spec = _objective_spec(eng, site)
    objective = _objective(eng, site) if spec is not None else None
    if spec is None or objective is None or not objective.ptrs:
        return
    trials.run_trials(
        eng,
        frame,
        record,
        lambda: _run_objective(eng, frame, record, site, objective, spec.passes, spec.methods),
    )


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
        trials.run_trials(eng, frame, record, partial(_candidate, eng, frame, site, ptr, bound, passed))


def _candidate(
    eng: Engine, frame: Frame, site: Site, estimator: Obj, fit: Value, passed: tuple[Value, ...]
) -> None:
    """One candidate: the search sets what it tunes of the estimator, and fits it."""
    tuned = hyperparameters.tuned_names(site)
    chosen = frozenset((eng.label(TRIAL, "set by the search", frame, site.node[1]),))
    for name in [f for f in estimator.fields if isinstance(f, str) and f.isidentifier()]:
        held = eng.heap.read(estimator, name)
        if held is not None and (tuned is None or name in tuned):
            eng.heap.write(estimator, name, eng.table.labelled(held, chosen))
    calls.call(eng, frame, fit, calls.Args(passed), call_at(site.node[1], site.node[2]))
