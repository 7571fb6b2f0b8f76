"""Data that come while training runs: what loaders, data sets, data modules and input functions produce."""

from __future__ import annotations

from seamcheck.flow import calls, classes, loaders, opaque, training_data
from seamcheck.flow.binding import Site, by_role, short
from seamcheck.flow.engine import Engine
from seamcheck.flow.events import DataPart, TrainEvent
from seamcheck.flow.frames import Frame
from seamcheck.flow.labels import DYNAMIC, LAZY, STREAM, Label
from seamcheck.flow.objects import Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import call_at
from seamcheck.flow.values import PLAIN, Bound, Func, Sym, Value

#: What tells an input function from a data set.
CALLED_OR_READ = ("__call__", "__getitem__", "__iter__", "__next__")
STREAMING = frozenset({"loader", "stream", "map_dataset", "datamodule"})
#: Calls that only index and cast: a data set that does no more lies in memory.
INDEXING = frozenset(
    {
        "torch.tensor",
        "torch.as_tensor",
        "torch.from_numpy",
        "torch.Tensor",
        "numpy.asarray",
        "numpy.array",
        "<builtin>.len",
        "<builtin>.int",
        "<builtin>.float",
        "<builtin>.slice",
    }
)
#: Hooks of data modules and models that give or prepare the training data, in the order a trainer runs them.
DATA_HOOKS = ("prepare_data", "setup", "train_dataloader")


def produced(eng: Engine, frame: Frame, v: Value, line: int, depth: int = 3) -> frozenset[Label]:
    """Labels of what a data argument produces while training: loaders, data sets, generators, input functions."""
    labels: frozenset[Label] = frozenset()
    for ptr in sorted_pointers(v):
        if isinstance(ptr, Func | Bound):
            labels |= _input_function(eng, frame, ptr, line)
        elif not isinstance(ptr, Obj):
            continue
        elif ptr.kind == "partial":
            labels |= _input_function(eng, frame, ptr, line)
        elif ptr.kind == "gen" and ptr.type == "generator":
            labels |= {eng.label(LAZY, "a generator gives its data while training runs", frame, line)}
        elif ptr.kind == "instance":
            if _is_input_function(eng, ptr):
                labels |= _input_function(eng, frame, ptr, line)
            elif classes.category(eng, ptr.type) in STREAMING:
                labels |= sample_labels(eng, frame, ptr, line)
        elif ptr.kind == "lib":
            if eng.models.category(ptr.type) in STREAMING:
                given = loaders.loader_labels(eng, frame, ptr, line)
                labels |= frozenset(x._replace(kind=LAZY) if x.kind == STREAM else x for x in given)
            if depth > 0:
                for inner in ptr.ctor.values():
                    labels |= produced(eng, frame, inner, line, depth - 1)
        elif ptr.kind in ("list", "tuple") and depth > 0:
            for inner in list(ptr.fields.values()):
                labels |= produced(eng, frame, inner, line, depth - 1)
    return labels


def _is_input_function(eng: Engine, obj: Obj) -> bool:
    """An instance that can be called, but neither indexed nor iterated."""
    here = [name for name in CALLED_OR_READ if classes.lookup(eng, obj.type, name) is not None]
    return here == ["__call__"] and classes.category(eng, obj.type) not in STREAMING


def _input_function(eng: Engine, frame: Frame, ptr: Func | Bound | Obj, line: int) -> frozenset[Label]:
    """A function given as data is called while training runs."""
    got = opaque.call_with(eng, frame, ptr, eng.table.empty, call_at(line, line))
    lazy = eng.label(LAZY, "the data come from a function that is called while training runs", frame, line)
    return eng.labels_of(got) | produced(eng, frame, got, line, 1) | {lazy}


def sample_labels(eng: Engine, frame: Frame, obj: Obj, line: int) -> frozenset[Label]:
    """Labels of the samples of a data set class of the project, and whether they are computed while training."""
    labels: frozenset[Label] = frozenset()
    for name in ("on_epoch_end", "__getitem__", "__iter__"):
        method = classes.lookup(eng, obj.type, name)
        if method is not None:
            bound = classes.bind(eng, frame, method, eng.table.pointer(obj), obj.type)
            args = calls.Args((eng.table.empty,)) if name == "__getitem__" else calls.Args()
            labels |= eng.labels_of(calls.call(eng, frame, bound, args, call_at(line, line)))
    lazy = instance_laziness(eng, frame, obj, line)
    return labels | ({lazy} if lazy is not None else frozenset())


def run_hooks(eng: Engine, frame: Frame, site: Site, event: TrainEvent) -> None:
    """A trainer runs the hooks of a data module or model of the project: what they give is trained on."""
    for role in ("data", "model", "eval"):
        v = by_role(site, role)
        for ptr in sorted_pointers(v) if v is not None else ():
            if isinstance(ptr, Obj) and ptr.kind == "instance":
                _run(eng, frame, ptr, event, site)


def _run(eng: Engine, frame: Frame, obj: Obj, event: TrainEvent, site: Site) -> None:
    line = site.node[1]
    for name in DATA_HOOKS:
        method = classes.lookup(eng, obj.type, name)
        if method is None:
            continue
        bound = classes.bind(eng, frame, method, eng.table.pointer(obj), obj.type)
        for target in sorted_pointers(bound):
            got = opaque.call_with(eng, frame, target, eng.table.empty, call_at(line, line))
            if name == "train_dataloader":
                found = training_data.part(eng, frame, "data", got, None)
                streamed = {eng.label(LAZY, f"`{name}` is called while training runs", frame, line)}
                event.add(DataPart("data", found.labels | streamed, found.names, found.sites))


def lazy_source(eng: Engine, frame: Frame, v: Value, line: int) -> Label | None:
    """The reason why a data set is lazy, or None if it certainly lies in memory."""
    for ptr in sorted_pointers(v):
        found = _lazy_pointer(eng, frame, ptr, line)
        if found is not None:
            return found
    if not v.ptrs:
        return eng.label(DYNAMIC, "whether the data set lies in memory is not known", frame, line)
    return None


def _lazy_pointer(eng: Engine, frame: Frame, ptr: object, line: int) -> Label | None:
    if ptr is PLAIN:
        return eng.label(DYNAMIC, "whether the data set lies in memory is not known", frame, line)
    if not isinstance(ptr, Obj):
        name = ptr.name if isinstance(ptr, Sym) else "unknown"
        return eng.label(LAZY, f"samples are read while training ({name})", frame, line)
    if ptr.kind in ("data", "list", "tuple"):
        return None
    if ptr.kind == "instance":
        return instance_laziness(eng, frame, ptr, line)
    if ptr.kind == "param":
        return eng.label(DYNAMIC, f"only the caller knows whether `{ptr.type}` lies in memory", frame, line)
    if ptr.kind == "lib":
        category = eng.models.category(ptr.type)
        if category == "dataset":
            for inner in ptr.ctor.values():
                found = lazy_source(eng, frame, inner, line)
                if found is not None and found.kind == LAZY:
                    return found
            return None
        if category == "loader":
            return laziness(eng, frame, ptr, line)
    return eng.label(LAZY, f"samples are read while training ({short(str(ptr.type))})", frame, line)


def laziness(eng: Engine, frame: Frame, obj: Obj, line: int) -> Label | None:
    """Is a loader's data set produced while training? None if it lies in memory."""
    from seamcheck.flow.training_data import constructor_roles

    category = eng.models.category(obj.type) if obj.kind == "lib" else ""
    roles = constructor_roles(eng, obj)
    source = next((v for name, v in obj.ctor.items() if roles.get(name) in ("data", "X")), None)
    if category == "loader" and source is not None:
        return lazy_source(eng, frame, source, line)
    return eng.label(LAZY, f"`{short(str(obj.type))}` gives its samples while training runs", frame, line)


def instance_laziness(eng: Engine, frame: Frame, obj: Obj, line: int) -> Label | None:
    """A data set class of the project: in memory only if ``__getitem__`` does no more than index and cast."""
    method = classes.lookup(eng, obj.type, "__getitem__") or classes.lookup(eng, obj.type, "__iter__")
    name = classes.facts_of(eng, obj.type).name
    if classes.lookup(eng, obj.type, "on_epoch_end") is not None:
        return eng.label(LAZY, f"`{name}.on_epoch_end` prepares samples between the epochs", frame, line)
    if method is None:
        return eng.label(LAZY, f"`{name}` gives its samples while training runs", frame, line)
    for ptr in sorted_pointers(method):
        if isinstance(ptr, Func):
            facts = eng.index.by_name[ptr.module].facts.functions[ptr.index]
            bound = classes.bind(eng, frame, eng.table.pointer(ptr), eng.table.pointer(obj), obj.type)
            calls.call(eng, frame, bound, calls.Args((eng.table.empty,)), call_at(line, line))
            called = eng.edges.get(eng.function_name(ptr), {})
            if facts.is_generator or any(c not in INDEXING for c in called):
                return eng.label(
                    LAZY, f"`{name}.{facts.name}` computes samples while training runs", frame, line
                )
    return None


def look_into(eng: Engine, frame: Frame, site: Site, event: TrainEvent) -> None:
    """Estimators and transformers of the project inside the estimator that is fitted: their code runs on the data."""
    fitted = [v for name, v in site.bound.items() if site.roles.get(name) in ("estimator", "model")]
    if site.receiver is not None:
        fitted.append(site.receiver)
    given = tuple(v for name, v in site.bound.items() if site.roles.get(name) in ("X", "y"))
    seen: set[Obj] = set()
    pending = [(p, 0) for v in fitted for p in sorted_pointers(v) if isinstance(p, Obj)]
    while pending and given:
        obj, depth = pending.pop(0)
        if obj in seen or depth > 4:
            continue
        seen.add(obj)
        if obj.kind == "instance" and (depth > 0 or site.receiver is None):
            event.add(DataPart("data", _run_steps(eng, frame, obj, given, site.node[1]), (), ()))
        if obj.kind == "lib" and obj.type.endswith("FunctionTransformer"):
            func = obj.ctor.get("func")
            if func is not None:
                got = calls.call(eng, frame, func, calls.Args(given[:1]), call_at(site.node[1], site.node[1]))
                event.add(DataPart("data", eng.labels_of(got), (), ()))
        if obj.kind in ("lib", "list", "tuple", "dict"):
            for v in (*obj.ctor.values(), *obj.fields.values()):
                pending.extend((p, depth + 1) for p in sorted_pointers(v) if isinstance(p, Obj))


def _run_steps(eng: Engine, frame: Frame, obj: Obj, given: tuple[Value, ...], line: int) -> frozenset[Label]:
    """Labels of what the transforming methods of an object make of the data; its ``fit`` runs as well."""
    labels: frozenset[Label] = frozenset()
    for name in ("fit", "fit_resample", "fit_transform", "transform"):
        method = classes.lookup(eng, obj.type, name)
        if method is None:
            continue
        bound = classes.bind(eng, frame, method, eng.table.pointer(obj), obj.type)
        got = calls.call(
            eng, frame, bound, calls.Args(given[:1] if name == "transform" else given), call_at(line, line)
        )
        if name != "fit":
            labels |= frozenset(label for label in eng.labels_of(got) if label.kind != "dynamics")
    return labels
