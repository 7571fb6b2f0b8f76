"""What a loader gives: the samples of its data set, lazy or not, ordered and augmented at random or not."""

from __future__ import annotations

from seamcheck.flow import calls, drawing, opaque
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.labels import DYNAMIC, LAZY, STREAM, Label
from seamcheck.flow.objects import Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import call_at
from seamcheck.flow.values import Value


def loader_labels(eng: Engine, frame: Frame, obj: Obj, line: int) -> frozenset[Label]:
    """Labels of what a loader gives: lazy unless its data set is in memory, ordered at random if it shuffles."""
    from seamcheck.flow import hooks

    labels = drawing.draw_from_type(eng, frame, obj, line) | source_labels(eng, frame, obj, line)
    lazy = hooks.laziness(eng, frame, obj, line)
    return labels | (
        {lazy._replace(kind=STREAM if lazy.kind == LAZY else lazy.kind)} if lazy is not None else frozenset()
    )


def source_labels(eng: Engine, frame: Frame, obj: Obj, line: int) -> frozenset[Label]:
    """Labels of the samples that the data set of a loader computes."""
    from seamcheck.flow import classes, hooks

    labels: frozenset[Label] = frozenset()
    for name in ("sampler", "batch_sampler"):
        given = obj.ctor.get(name)
        for ptr in sorted_pointers(given) if given is not None else ():
            if isinstance(ptr, Obj) and ptr.kind == "lib":
                labels |= drawing.draw_from_type(eng, frame, ptr, line)
            elif isinstance(ptr, Obj):
                labels |= {eng.label(DYNAMIC, "which rows the sampler chooses is not known", frame, line)}
    labels |= opaque.run_callables(eng, frame, calls.Args(tuple(obj.ctor.values())), call_at(line, line))
    for v in obj.ctor.values():
        for ptr in sorted_pointers(v):
            if (
                isinstance(ptr, Obj)
                and ptr.kind == "instance"
                and classes.category(eng, ptr.type) in hooks.STREAMING
            ):
                labels |= hooks.sample_labels(eng, frame, ptr, line)
            elif (
                isinstance(ptr, Obj)
                and ptr.kind == "lib"
                and ptr is not obj
                and eng.models.category(ptr.type) in ("dataset", "map_dataset")
            ):
                labels |= source_labels(eng, frame, ptr, line)
        labels |= augmentations(eng, frame, v, line, 4)
    return frozenset(label._replace(kind=STREAM) if label.kind == LAZY else label for label in labels)


def augmentations(eng: Engine, frame: Frame, v: Value, line: int, depth: int) -> frozenset[Label]:
    """What random transforms do to the samples, however they are composed."""
    labels: frozenset[Label] = frozenset()
    for ptr in sorted_pointers(v):
        if isinstance(ptr, Obj) and ptr.kind in ("lib", "list", "tuple") and depth > 0:
            if ptr.kind == "lib" and any("augments" in kind.effects for kind in eng.models.lineage(ptr.type)):
                labels |= drawing.draw_from_type(eng, frame, ptr, line)
            for inner in (*ptr.ctor.values(), *ptr.fields.values()):
                labels |= augmentations(eng, frame, inner, line, depth - 1)
    return labels
