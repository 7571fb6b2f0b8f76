"""Train calls: what they train on, what they are scored on, and what their results carry."""

from __future__ import annotations

from typing import Any

from seamcheck.flow.ordering import sorted_pointers
from seamcheck.facts.ir import Node
from seamcheck.flow import attributes, calls, classes, drawing, hooks
from seamcheck.flow.engine import Engine
from seamcheck.flow.events import EVALUATION_ROLES, TRAINING_ROLES, DataPart, EvalEvent, FeedEvent, TrainEvent
from seamcheck.flow.frames import Effect, Frame
from seamcheck.flow.labels import CLOCK, DYNAMIC, DYNAMICS, EXTERNAL, FEED, LAZY, ORDER, PARAM, RANDOM, TRIAL, Label
from seamcheck.flow.library import Site, short
from seamcheck.flow.objects import ANY, Obj
from seamcheck.flow.values import PLAIN, Class, Const, Func, Sym, Value, constants

#: Trainers that need their data in memory: whatever they are given is complete when they start.
EAGER_PACKAGES = frozenset({"sklearn", "lightgbm", "xgboost", "catboost", "imblearn", "tune_sklearn"})
#: Roles of constructor arguments that are not part of a data set.
NOT_DATA = frozenset({"params", "options", "seed", "callback", "space", "estimator", "model", "rows", "objective"})
#: Roles that are no hyperparameters.
NOT_PARAMS = frozenset({*TRAINING_ROLES, *EVALUATION_ROLES, "seed", "callback", "path"})
INDEXING = frozenset({"torch.tensor", "torch.as_tensor", "torch.from_numpy", "torch.Tensor", "numpy.asarray", "numpy.array", "builtins.len", "builtins.int", "builtins.float"})  # fmt: skip


def data_labels(eng: Engine, v: Value, depth: int = 5, seen: set[Obj] | None = None) -> frozenset[Label]:
    """Labels of the data that a value holds: hyperparameters packed with a data set do not count."""
    seen = set() if seen is None else seen
    labels = v.labels
    for ptr in sorted_pointers(v):
        if isinstance(ptr, Obj) and ptr not in seen and depth >= 0:
            seen.add(ptr)
            labels |= ptr.labels
            eng.heap.touched.setdefault((ptr, "<labels>"), ptr.labels)
            roles = constructor_roles(eng, ptr)
            for field in eng.heap.keys(ptr):
                inner = eng.heap.read(ptr, field)
                if inner is not None and field != drawing.SEEDED:
                    labels |= data_labels(eng, inner, depth - 1, seen)
            for name, inner in ptr.ctor.items():
                if roles.get(name) not in NOT_DATA:
                    labels |= data_labels(eng, inner, depth - 1, seen)
        elif not isinstance(ptr, Obj | Const):
            labels |= eng.labels_of(eng.table.pointer(ptr))
    return labels


def constructor_roles(eng: Engine, obj: Obj) -> dict[str, str]:
    """Roles of the constructor arguments of a library object."""
    roles: dict[str, str] = {}
    if obj.kind == "lib":
        for kind in reversed(eng.models.lineage(obj.type)):
            roles.update(kind.roles)
    return roles


def named_in(node: Node | None) -> tuple[str, ...]:
    """The variables an argument expression names, in order."""
    found: dict[str, None] = {}
    pending: list[Node] = [] if node is None else [node]
    while pending:
        here = pending.pop(0)
        if not isinstance(here, tuple) or not here:
            continue
        if here[0] == "name" and len(here) == 3 and isinstance(here[2], str):
            found[here[2]] = None
        elif here[0] == "attr" and len(here) == 4 and here[2][0] == "name":
            found[f"{here[2][2]}.{here[3]}"] = None
        elif here[0] == "call" and len(here) == 6:
            pending.extend(here[4])
            pending.extend(v for _, v in here[5])
        else:
            pending.extend(part for part in here[2:] if isinstance(part, tuple))
    return tuple(found)


def spell(node: Any) -> str:
    """An expression without its lines: equal for equal source."""
    if isinstance(node, tuple):
        inner = node[2:] if len(node) > 1 and isinstance(node[0], str) and isinstance(node[1], int) else node[1:]
        return f"{node[0] if node else ''}({','.join(spell(part) for part in inner)})"
    return repr(node)


def argument_node(site: Site, name: str) -> Node | None:
    """The expression that was passed for a parameter."""
    node = site.node
    if len(node) < 6:
        return None
    for keyword, value in node[5]:
        if keyword == name:
            return value  # type: ignore[no-any-return]
    params = [p for p in site.model.params if not p.startswith("*")]
    if name in params and params.index(name) < len(node[4]):
        return node[4][params.index(name)]  # type: ignore[no-any-return]
    return None


def sites_of(eng: Engine, v: Value, depth: int = 3, seen: set[Obj] | None = None) -> tuple[tuple[str, int], ...]:
    """Where the data that a value holds were completed."""
    seen = set() if seen is None else seen
    out: dict[tuple[str, int], None] = {}
    for ptr in sorted_pointers(v):
        if isinstance(ptr, Obj) and ptr not in seen:
            seen.add(ptr)
            if ptr.kind in ("data", "lib") and ptr.site[1]:
                out[ptr.site] = None
            if depth > 0 and ptr.kind != "data":
                for inner in (*ptr.fields.values(), *ptr.ctor.values()):
                    out.update(dict.fromkeys(sites_of(eng, inner, depth - 1, seen)))
    return tuple(out)


def part(eng: Engine, frame: Frame, role: str, v: Value, node: Node | None) -> DataPart:
    """What one argument of a train call carries; what is produced while training is asked for its samples."""
    labels = data_labels(eng, v)
    remember(eng, v)
    if role not in ("cv", "folds"):
        labels |= hooks.produced(eng, frame, v, frame.statement[0])
    return DataPart(role, labels, named_in(node), sites_of(eng, v), spell(node))


def remember(eng: Engine, v: Value) -> None:
    """The arrays and frames that a model was trained on: who receives them later reads the data of a run."""
    for ptr in sorted_pointers(v):
        if isinstance(ptr, Obj):
            if ptr.kind == "data":
                eng.captured.add(ptr)
            for inner in ptr.ctor.values():
                eng.captured.update(p for p in sorted_pointers(inner) if isinstance(p, Obj) and p.kind == "data")


def event_for(eng: Engine, frame: Frame, api: str, node: Node, eager: bool) -> TrainEvent:
    """The event of this call in this context."""
    key = (id(node) if len(node) > 3 else (frame.path, node[1]), frame, eng.loops, api)
    event = eng.trains.get(key)
    if event is None:
        event = eng.trains[key] = TrainEvent(key, api, frame.qualname, frame.path, node[1], node[2], eng.loops, eager)
        event.is_test = frame.module.is_test
    for labels in eng.control:
        event.control |= frozenset(label for label in labels if label.kind in (TRIAL, RANDOM, CLOCK) and label.loops)
    eng.effect(frame, Effect("train", frame.path, node[1], api, key))
    return event


def is_eager(eng: Engine, api: str) -> bool:
    """Does this trainer hold all its data in memory before it starts?"""
    return api.partition(".")[0] in EAGER_PACKAGES


def train(eng: Engine, frame: Frame, site: Site, labels: frozenset[Label], drawn: frozenset[Label]) -> frozenset[Label]:
    """Record a modelled train call; labels of its result. A function that draws draws its folds."""
    node, model = site.node, site.model
    event = event_for(eng, frame, site.api, node, is_eager(eng, site.api))
    event.incremental = event.incremental or site.api.endswith((".partial_fit", ".train_on_batch"))
    for name, v in site.bound.items():
        role = site.roles.get(name)
        if role in TRAINING_ROLES or role in EVALUATION_ROLES:
            event.add(with_cv(eng, frame, role, v, argument_node(site, name), node))
        elif role not in NOT_PARAMS:
            event.params |= eng.labels_of(v)
    if drawn and site.receiver is None:
        event.add(DataPart("cv", drawn, (), ()))
    hooks.look_into(eng, frame, site, event)
    held_parts(eng, frame, site, event)
    receiver_parts(eng, frame, site, event)
    hooks.run_hooks(eng, frame, site, event)
    cut_short(eng, site, event)
    if "interacts" in model.effects:
        event.add(interaction(eng, frame, site.api, node))
    dynamics = eng.label(DYNAMICS, f"result of `{short(site.api)}`", frame, node[1])
    out = frozenset(label for label in labels if label.kind != FEED) | {dynamics}
    if site.receiver is not None:
        for ptr in sorted_pointers(site.receiver):
            if isinstance(ptr, Obj) and ptr.kind in ("lib", "instance", "param"):
                eng.heap.taint(ptr, frozenset((dynamics,)))
    for name, v in site.bound.items():
        if site.roles.get(name) == "callback":
            run_callback(eng, frame, v, dynamics, node)
            for ptr in sorted_pointers(v):
                if isinstance(ptr, Obj) and ptr.kind in ("dict", "list", "lib"):
                    eng.heap.taint(ptr, frozenset((dynamics,)))
        elif site.roles.get(name) == "model":
            for ptr in sorted_pointers(v):
                if isinstance(ptr, Obj) and ptr.kind in ("lib", "instance"):
                    eng.heap.taint(ptr, frozenset((dynamics,)))
    return out


def held_parts(eng: Engine, frame: Frame, site: Site, event: TrainEvent) -> None:
    """Data that the receiver was made with: ``LightGBMTunerCV(params, data).run()``, a learner with its loaders."""
    for ptr in sorted_pointers(site.receiver) if site.receiver is not None else ():
        if isinstance(ptr, Obj) and ptr.kind == "lib":
            roles = constructor_roles(eng, ptr)
            for name, v in ptr.ctor.items():
                role = roles.get(name)
                if role in (*TRAINING_ROLES, *EVALUATION_ROLES) and role not in event.parts and (role != "cv" or "cv" not in site.roles.values()):
                    event.add(with_cv(eng, frame, role, v, None, site.node))


def cut_short(eng: Engine, site: Site, event: TrainEvent) -> None:
    """An argument that limits the rows of an epoch turns a random order into a random subset."""
    limits = [name for name, v in site.bound.items() if site.roles.get(name) == "rows" and not is_none_constant(v)]
    if not limits:
        return
    for role, found in list(event.parts.items()):
        subset = frozenset(
            label._replace(kind=RANDOM, message=f"`{limits[0]}` cuts a shuffled epoch short: a random subset is used")
            for label in found.labels if label.kind == ORDER
        )  # fmt: skip
        event.parts[role] = found._replace(labels=found.labels | subset)


def interaction(eng: Engine, frame: Frame, api: str, node: Node) -> DataPart:
    """The data of a learner that makes its own by acting."""
    made = (eng.label(RANDOM, f"`{short(api)}` makes its data by acting in an environment while it learns", frame, node[1]),
            eng.label(LAZY, f"`{short(api)}` makes its data while it learns", frame, node[1]))  # fmt: skip
    return DataPart("data", frozenset(made), (), ())


def run_callback(eng: Engine, frame: Frame, v: Value, dynamics: Label, node: Node) -> None:
    """A callback runs during training and is handed its state."""
    from seamcheck.flow import library

    passed = eng.table.value(frozenset(), frozenset((dynamics,)))
    for ptr in sorted_pointers(v):
        if isinstance(ptr, Obj) and ptr.kind in ("list", "tuple"):
            for field in eng.heap.keys(ptr):
                run_callback(eng, frame, ptr.fields[field], dynamics, node)
        elif isinstance(ptr, Func) or getattr(ptr, "function", None) is not None or (isinstance(ptr, Obj) and ptr.kind == "partial"):
            library.call_with(eng, frame, ptr, passed, node)
        elif isinstance(ptr, Obj) and ptr.kind == "instance":
            _run_hooks(eng, frame, ptr, passed, node)


def _run_hooks(eng: Engine, frame: Frame, obj: Obj, passed: Value, node: Node) -> None:
    """The ``on_...`` hooks and ``__call__`` of a callback object."""
    from seamcheck.flow import library

    for kind in classes.mro(eng, obj.type):
        if not isinstance(kind, Class):
            continue
        for name, found in list(classes.namespace(eng, kind).fields.items()):
            if name == "__call__" or name.startswith(("on_", "_on_", "after_", "before_")):
                bound = classes.bind(eng, frame, found, eng.table.pointer(obj), kind)
                for ptr in sorted_pointers(bound):
                    library.call_with(eng, frame, ptr, passed, node)


def with_cv(eng: Engine, frame: Frame, role: str, v: Value, arg: Node | None, node: Node) -> DataPart:
    """The part of an argument; a splitter draws now, an unknown one is unknown."""
    found = part(eng, frame, role, v, arg)
    if role not in ("cv", "folds"):
        return found
    labels = found.labels
    for ptr in sorted_pointers(v):
        if isinstance(ptr, Obj) and ptr.kind == "lib":
            labels |= drawing.draw_from_type(eng, frame, ptr, node[1])
        elif isinstance(ptr, Obj) and ptr.kind == "param":
            labels |= {eng.label(DYNAMIC, f"only the caller knows how `{ptr.type}` splits the rows", frame, node[1])}
        elif isinstance(ptr, Obj) and ptr.kind == "instance":
            method = classes.lookup(eng, ptr.type, "split")
            if method is not None:
                bound = classes.bind(eng, frame, method, eng.table.pointer(ptr), ptr.type)
                passed = calls.Args((eng.table.empty, eng.table.empty))
                labels |= eng.labels_of(calls.call(eng, frame, bound, passed, ("call", node[1], node[1])))
    return found._replace(labels=labels)


def receiver_parts(eng: Engine, frame: Frame, site: Site, event: TrainEvent) -> None:
    """Hyperparameters of the receiver, without its seeds; a resampler in a pipeline changes rows."""
    fitted = [v for name, v in site.bound.items() if site.roles.get(name) in ("estimator", "model")]
    if site.receiver is not None:
        fitted.append(site.receiver)
    trained = eng.join_all(fitted)
    for ptr in sorted_pointers(trained):
        if isinstance(ptr, Obj):
            event.params |= model_params(eng, ptr, 4, set())
            for resampler in resamplers(eng, ptr, 4, set()):
                state = ptr.fields.get("<state>")
                tuned = eng.labels_of(state) if state is not None else frozenset()
                space = next((v for name, v in ptr.ctor.items() if constructor_roles(eng, ptr).get(name) == "space"), None)
                if space is not None and eng.loops and may_tune(eng, space, ptr, resampler):
                    tuned |= {eng.label(TRIAL, f"the search tunes `{short(str(resampler.type))}`", frame, site.node[1])}
                labels = tuned | resampler.labels | resampling_labels(eng, frame, resampler, site.node[1])
                event.add(DataPart("data", labels, (), ()))
    event.params |= trained.labels


def may_tune(eng: Engine, space: Value, search: Obj, resampler: Obj) -> bool:
    """May a search space (``{"step__parameter": ...}``) set parameters of a resampler inside the estimator?"""
    others: set[str] = set()
    own: set[str] = set()
    pending = [p for v in search.ctor.values() for p in sorted_pointers(v) if isinstance(p, Obj)]
    seen: set[Obj] = set()
    while pending:
        obj = pending.pop()
        if obj in seen:
            continue
        seen.add(obj)
        inside = [p for v in (*obj.fields.values(), *obj.ctor.values()) for p in sorted_pointers(v)]
        names = [p.value for p in inside if isinstance(p, Const) and isinstance(p.value, str)]
        if obj.kind == "tuple" and len(names) == 1:
            (own if resampler in inside else others).add(names[0])
        pending.extend(p for p in inside if isinstance(p, Obj))
    for ptr in sorted_pointers(space):
        keys = [f[1] for f in ptr.fields if isinstance(f, tuple)] if isinstance(ptr, Obj) and ptr.kind == "dict" else [None]
        if any(not isinstance(k, str) or k.partition("__")[0] in own or k.partition("__")[0] not in others | {k} for k in keys):
            return True
    return PLAIN in space.ptrs or not space.ptrs


def model_params(eng: Engine, obj: Obj, depth: int, seen: set[Obj]) -> frozenset[Label]:
    """Labels of what a model was made from, seeds left out."""
    if obj in seen or depth < 0:
        return frozenset()
    seen.add(obj)
    roles = constructor_roles(eng, obj)
    out = frozenset(label for label in obj.labels if label.kind != DYNAMICS)
    for name, v in (*obj.ctor.items(), *((k, f) for k, f in obj.fields.items() if k != "<state>")):
        if roles.get(name) == "seed" or name in ("random_state", "seed", "random_seed"):
            continue
        out |= v.labels
        for ptr in sorted_pointers(v):
            if isinstance(ptr, Obj) and ptr.kind != "data":
                out |= model_params(eng, ptr, depth - 1, seen)
    return out


def resamplers(eng: Engine, obj: Obj, depth: int, seen: set[Obj]) -> list[Obj]:
    """Resamplers inside an estimator: the steps of a pipeline."""
    if obj in seen or depth < 0:
        return []
    seen.add(obj)
    if obj.kind == "lib" and eng.models.category(obj.type) == "resampler":
        return [obj]
    out: list[Obj] = []
    for v in (*obj.ctor.values(), *obj.fields.values()):
        for ptr in sorted_pointers(v):
            if isinstance(ptr, Obj) and ptr.kind in ("lib", "list", "tuple", "dict"):
                out.extend(resamplers(eng, ptr, depth - 1, seen))
    return out


def resampling_labels(eng: Engine, frame: Frame, obj: Obj, line: int) -> frozenset[Label]:
    """A resampler in a fitted pipeline: rows are made while training, at random unless seeded, by what is tuned."""
    labels = drawing.draw_from_type(eng, frame, obj, line) | eng.heap.object_labels(obj, 3, set())
    return labels | {eng.label(LAZY, f"`{short(obj.type)}` resamples the rows inside the pipeline's fit", frame, line)}


def train_unknown(eng: Engine, frame: Frame, receiver: Value, name: str, args: calls.Args, node: Node) -> Value:
    """``.fit(X, y)`` of something unknown: taken for a train call, its result is a result of training."""
    event = event_for(eng, frame, f"?.{name}", node, False)
    event.incremental = name != "fit"
    event.params |= receiver.labels
    for ptr in sorted_pointers(receiver):
        if isinstance(ptr, Obj):
            event.params |= model_params(eng, ptr, 4, set())
    arg_nodes = node[4] if len(node) > 5 else ()
    for position, v in enumerate(args.positional[:3]):
        role = ("X", "y", "weight")[position]
        event.add(part(eng, frame, role, v, arg_nodes[position] if position < len(arg_nodes) else None))
    keyword_nodes = dict(node[5]) if len(node) > 5 else {}
    for key, v in args.keywords:
        lowered = key.lower()
        role = {"x": "X", "y": "y", "sample_weight": "weight", "groups": "group", "group": "group"}.get(lowered)
        if lowered.startswith(("eval", "valid")):
            role = "eval"
        elif role is None and lowered in ("data", "dataset", "train_dataset", "train_data", "train_loader", "train_dataloaders", "dataloader", "datamodule", "series"):
            role = "data"
        if role is not None:
            event.add(part(eng, frame, role, v, keyword_nodes.get(key)))
        else:
            event.params |= eng.labels_of(v)
    if args.rest is not None or args.keyword_rest is not None:
        extra = eng.join_all(v for v in (args.rest, args.keyword_rest) if v is not None)
        event.add(part(eng, frame, "data", extra, None))
    dynamics = eng.label(DYNAMICS, f"result of `.{name}(...)`", frame, node[1])
    for ptr in sorted_pointers(receiver):
        if isinstance(ptr, Obj):
            eng.heap.taint(ptr, frozenset((dynamics,)))
    labels = eng.labels_of(receiver) | calls.labels_of_args(eng, args) | {dynamics}
    return eng.table.value(receiver.ptrs, labels)


def search(eng: Engine, frame: Frame, site: Site, labels: frozenset[Label]) -> Value:
    """``.fit`` of a search estimator: a loop over candidates and a train call in one."""
    from seamcheck.flow import trials

    return trials.run_search(eng, frame, site, labels)


# -- hand-written training ------------------------------------------------------------------------------------------


def call_model(eng: Engine, frame: Frame, obj: Obj, args: calls.Args, node: Node) -> Value:
    """A model is run on data: remembered, so that a later gradient step knows what it trained on."""
    if obj.kind == "instance":
        for name in ("forward", "call", "__call__"):
            method = classes.lookup(eng, obj.type, name)
            if method is not None:
                bound = classes.bind(eng, frame, method, eng.table.pointer(obj), obj.type)
                calls.call(eng, frame, bound, args, node)
                break
    name = classes.facts_of(eng, obj.type).name if obj.kind == "instance" else short(str(obj.type))
    index = feed_index(eng, frame, node, name)
    fed = eng.feeds[index]
    arg_nodes = node[4] if len(node) > 5 else ()
    for position, v in enumerate(args.all()):
        found = part(eng, frame, "X", v, arg_nodes[position] if position < len(arg_nodes) else None)
        _feed(fed, found)
    fed.params |= model_params(eng, obj, 4, set())
    labels = frozenset((eng.label(DYNAMICS, f"output of `{name}`", frame, node[1]), Label(FEED, "", frame.path, node[1], (), str(index))))
    eng.heap.taint(obj, frozenset())
    return eng.data((id(node), "output"), frame, node[1], labels)


def feed_index(eng: Engine, frame: Frame, node: Node, name: str) -> int:
    """The number of the feed event of this call in this context."""
    key = (id(node) if len(node) > 3 else node[1], frame, eng.loops)
    index = eng.feed_keys.get(key)
    if index is None:
        index = eng.feed_keys[key] = len(eng.feeds)
        eng.feeds.append(FeedEvent(frame.path, node[1], name))
    return index


def _feed(fed: FeedEvent, found: DataPart) -> None:
    old = fed.parts.get(found.role)
    if old is not None:
        found = DataPart(found.role, old.labels | found.labels, tuple(dict.fromkeys((*old.names, *found.names))), tuple(dict.fromkeys((*old.sites, *found.sites))))
    fed.parts[found.role] = found


def feed(eng: Engine, frame: Frame, site: Site, labels: frozenset[Label]) -> Value:
    """A modelled loss (or model) call: its data and targets are what a gradient step trains on."""
    index = feed_index(eng, frame, site.node, short(site.api))
    for name, v in site.bound.items():
        if not any(label.kind == FEED for label in v.labels) and site.roles.get(name) not in ("options", "params"):
            _feed(eng.feeds[index], part(eng, frame, "y" if "loss" in site.api.lower() or name in ("target", "labels", "y_true") else "X", v, argument_node(site, name)))
    feeds = frozenset(label for label in labels if label.kind == FEED)
    out = feeds | {Label(FEED, "", frame.path, site.node[1], (), str(index)), eng.label(DYNAMICS, f"`{short(site.api)}` while training", frame, site.node[1])}
    kind = eng.models.canonical(site.model.returns)
    type_name = kind if eng.models.category(kind) in ("array", "frame") else attributes.DATA
    return eng.data((id(site.node), "loss"), frame, site.node[1], out, type_name)


def step(eng: Engine, frame: Frame, site: Site) -> None:
    """A modelled gradient step."""
    if site.receiver is not None:
        _step(eng, frame, site.receiver, eng.join_all(site.bound.values()), site.api, site.node)
    else:
        _step(eng, frame, eng.join_all(site.bound.values()), eng.table.empty, site.api, site.node)


def step_on(eng: Engine, frame: Frame, receiver: Value, name: str, node: Node) -> Value:
    """``loss.backward()`` on a loss known by what it was computed from."""
    _step(eng, frame, receiver, eng.table.empty, f"?.{name}", node)
    return eng.table.const(None)


def _step(eng: Engine, frame: Frame, receiver: Value, passed: Value, api: str, node: Node) -> None:
    event = event_for(eng, frame, api, node, False)
    event.incremental = True
    labels = eng.labels_of(receiver) | eng.labels_of(passed)
    indices = {int(label.detail) for label in labels if label.kind == FEED}
    if indices:
        eng.recent_feeds[frame] = frozenset(indices)
    else:
        indices = set(eng.recent_feeds.get(frame, frozenset()))
    event.feeds |= frozenset(indices)
    for index in sorted(indices):
        for found in eng.feeds[index].parts.values():
            event.add(found)
        event.params |= eng.feeds[index].params
    for ptr in sorted_pointers(receiver):
        if isinstance(ptr, Obj) and ptr.kind == "lib":
            event.params |= model_params(eng, ptr, 4, set())
    if not indices:
        unknown = frozenset(label for label in labels if label.kind in (DYNAMIC, EXTERNAL, PARAM))
        stop = eng.label(DYNAMIC, f"what `{short(api)}` trains on is not known", frame, node[1])
        event.add(DataPart("data", unknown | {stop}, (), ()))


# -- scoring ----------------------------------------------------------------------------------------------------------


def note_evaluation(eng: Engine, frame: Frame, site: Site) -> None:
    """A trained model is scored on data."""
    for name, v in site.bound.items():
        if site.roles.get(name) in EVALUATION_ROLES:
            _evaluated(eng, frame, v, site.node, short(site.api))


def note_evaluation_args(eng: Engine, frame: Frame, args: calls.Args, node: Node, name: str) -> None:
    """The same for a method known by its name only."""
    if name in ("predict", "predict_proba", "score", "evaluate", "decision_function"):
        for v in args.positional[:2]:
            _evaluated(eng, frame, v, node, name)


def _evaluated(eng: Engine, frame: Frame, v: Value, node: Node, what: str) -> None:
    key = (id(node) if len(node) > 3 else (frame.path, node[1]), frame, eng.loops)
    event = eng.evals.get(key)
    if event is None:
        event = eng.evals[key] = EvalEvent(key, frame.path, node[1], eng.loops, what)
    event.labels |= data_labels(eng, v)
    eng.effect(frame, Effect("eval", frame.path, node[1], what, key))


def is_none_constant(v: Value) -> bool:
    """Is this the constant None?"""
    return constants(v) == [None]
