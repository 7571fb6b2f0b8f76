"""What a model was made from: hyperparameters, and resamplers inside a pipeline."""

from __future__ import annotations

from seamcheck.flow import classes, drawing, own_batches, training_data
from seamcheck.flow.binding import Site, short
from seamcheck.flow.engine import Engine
from seamcheck.flow.events import DataPart, TrainEvent
from seamcheck.flow.frames import Frame
from seamcheck.flow.labels import DYNAMICS, LAZY, TRIAL, Label
from seamcheck.flow.objects import LEARNT, STATE, Obj, item
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.values import PLAIN, Const, Text, Value

#: Settings that draw anew and configure nothing.
SEEDS = frozenset({"random_state", "seed", "random_seed"})
#: What search estimators call their space.
SPACES = ("param_grid", "param_distributions", "search_spaces", "param_dists", "params")
#: Field of a resampler whose seed was set after it was made.
RESEEDED = "random_state"


def receiver_parts(eng: Engine, frame: Frame, site: Site, event: TrainEvent) -> None:
    """Hyperparameters of the receiver, without its seeds; a resampler in a pipeline changes rows."""
    fitted = [v for name, v in site.bound.items() if site.roles.get(name) in ("estimator", "model")]
    if site.receiver is not None:
        fitted.append(site.receiver)
    trained = eng.join_all(fitted)
    if made := own_batches.labels(eng, frame, trained, site.node[1]):
        event.add(DataPart("data", made, (), ()))
    for ptr in sorted_pointers(trained):
        if isinstance(ptr, Obj):
            event.params |= model_params(eng, ptr, 4, set())
            event.explicit |= explicit_params(eng, ptr, 4, set())
            for resampler in resamplers(eng, ptr, 4, set()):
                left = [ptr.fields[field] for field in (STATE, LEARNT) if field in ptr.fields]
                tuned = eng.labels_of(eng.join_all(left))
                space = next(
                    (
                        v
                        for name, v in ptr.ctor.items()
                        if training_data.constructor_roles(eng, ptr).get(name) == "space"
                    ),
                    None,
                )
                if space is not None and eng.loops and may_tune(eng, space, ptr, resampler):
                    tuned |= {
                        eng.label(
                            TRIAL, f"the search tunes `{short(str(resampler.type))}`", frame, site.node[1]
                        )
                    }
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
        keys = (
            [f[1] for f in ptr.fields if isinstance(f, tuple)]
            if isinstance(ptr, Obj) and ptr.kind == "dict"
            else [None]
        )
        if any(
            not isinstance(k, str) or k.partition("__")[0] in own or k.partition("__")[0] not in others | {k}
            for k in keys
        ):
            return True
    return PLAIN in space.ptrs or not space.ptrs


def tuned_names(site: Site) -> set[str] | None:
    """Names of the parameters that a search tunes; None where its space is not known."""
    names: set[str] = set()
    for ptr in sorted_pointers(site.receiver) if site.receiver is not None else ():
        for v in (ptr.ctor.get(name) for name in SPACES) if isinstance(ptr, Obj) else ():
            for space in sorted_pointers(v) if v is not None else ():
                keys = (
                    [f[1] for f in space.fields if isinstance(f, tuple)] if isinstance(space, Obj) else [None]
                )
                if (
                    not isinstance(space, Obj)
                    or space.kind != "dict"
                    or not all(isinstance(k, str) for k in keys)
                ):
                    return None
                names.update(str(k) for k in keys)
                if len(keys) != len(space.fields):
                    return None
    return names or None


def model_params(eng: Engine, obj: Obj, depth: int, seen: set[Obj]) -> frozenset[Label]:
    """Labels of what a model was made from, seeds left out."""
    if obj in seen or depth < 0:
        return frozenset()
    seen.add(obj)
    roles = training_data.constructor_roles(eng, obj)
    out = frozenset(label for label in obj.labels if label.kind != DYNAMICS)
    for name, v in (*obj.ctor.items(), *((k, f) for k, f in obj.fields.items() if k not in (STATE, LEARNT))):
        if roles.get(name) == "seed" or name in SEEDS:
            continue
        out |= v.labels
        for ptr in sorted_pointers(v):
            if isinstance(ptr, Obj) and ptr.kind != "data":
                out |= model_params(eng, ptr, depth - 1, seen)
    return out


def explicit_params(eng: Engine, obj: Obj, depth: int, seen: set[Obj]) -> frozenset[Label]:
    """Labels of what a model was made with, without names and seeds, and without how the model itself was chosen."""
    if obj in seen or depth < 0:
        return frozenset()
    seen.add(obj)
    roles = training_data.constructor_roles(eng, obj)
    out: frozenset[Label] = frozenset()
    for name, v in (*obj.ctor.items(), *((k, f) for k, f in obj.fields.items() if k not in (STATE, LEARNT))):
        if roles.get(name) == "seed" or name in SEEDS or is_text(v):
            continue
        inner = [p for p in sorted_pointers(v) if isinstance(p, Obj) and p.kind != "data"]
        if not any(p.kind in ("lib", "instance") for p in inner):
            out |= v.labels
        for ptr in inner:
            out |= explicit_params(eng, ptr, depth - 1, seen)
    return out


def is_preparation(eng: Engine, receiver: Value | None) -> bool:
    """Is what is fitted a transformer, or a pipeline that ends in one? It prepares data and is no model."""
    objects = [p for p in sorted_pointers(receiver) if isinstance(p, Obj)] if receiver is not None else []
    return bool(objects) and all(_prepares(eng, p, 4) for p in objects)


def _prepares(eng: Engine, obj: Obj, depth: int) -> bool:
    if obj.kind == "instance":
        return classes.category(eng, obj.type) == "transformer"
    category = eng.models.category(obj.type) if obj.kind == "lib" else ""
    if category != "pipeline" or depth == 0:
        return category == "transformer"
    steps = only_object(obj.ctor.get("steps"))
    last = only_object(eng.heap.read(steps, steps_end(steps))) if steps is not None else None
    estimator = only_object(eng.heap.read(last, item(1))) if last is not None else None
    return estimator is not None and _prepares(eng, estimator, depth - 1)


def steps_end(steps: Obj) -> object:
    """The field of the last element of a list whose elements are known."""
    known = [f[1] for f in steps.fields if isinstance(f, tuple) and isinstance(f[1], int)]
    return item(max(known)) if known and len(known) == len(steps.fields) else None


def only_object(v: Value | None) -> Obj | None:
    """The one object that a value certainly is."""
    ptr = next(iter(v.ptrs)) if v is not None and len(v.ptrs) == 1 else None
    return ptr if isinstance(ptr, Obj) else None


def is_text(v: Value) -> bool:
    """Is this certainly a string, such as the name of a model?"""
    return bool(v.ptrs) and all(
        isinstance(p, Text) or (isinstance(p, Const) and isinstance(p.value, str)) for p in v.ptrs
    )


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
    labels = drawing.draw_from_type(eng, frame, obj, line) | eng.heap.object_labels(obj, 3)
    return labels | {
        eng.label(LAZY, f"`{short(obj.type)}` resamples the rows inside the pipeline's fit", frame, line)
    }
