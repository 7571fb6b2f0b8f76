"""Calls nobody can see into: what is handed over may be called and changed, what comes back is unknown."""

from __future__ import annotations

from typing import Any

from seamcheck.facts.ir import Node
from seamcheck.flow import assumed, calls, files
from seamcheck.flow.binding import short
from seamcheck.flow.engine import Engine
from seamcheck.flow.events import OpaqueCall
from seamcheck.flow.frames import Effect, Frame
from seamcheck.flow.labels import DYNAMIC, DYNAMICS, EXTERNAL, TRIAL, Label
from seamcheck.flow.objects import Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import anchor, call_at
from seamcheck.flow.values import Bound, Func, Value

#: Libraries that show or keep what they are given.
SHOWING = frozenset({"plotting", "tracking", "wandb"})
#: Methods of axes and figures that draw what they are given.
SHOWS = frozenset(
    {"plot", "scatter", "bar", "barh", "hist", "imshow", "set_title", "annotate", "text", "suptitle"}
)
#: What is said of a library name that nothing is known about.
NO_MODEL = "` has no model"


def opaque_call(eng: Engine, frame: Frame, name: str, args: calls.Args, node: Node) -> None:
    """Remember a call into a library without a model, and whether it was handed something that trains."""
    before = len(eng.trains)
    run_callables(eng, frame, args, node, unknown=True)
    trains = len(eng.trains) > before
    key = (frame.path, node[1], name)
    old = eng.opaque_calls.get(key)
    eng.opaque_calls[key] = OpaqueCall(
        frame.path, node[1], name, frame.qualname, trains or (old is not None and old.takes_training)
    )


def opaque_result(
    eng: Engine,
    frame: Frame,
    args: calls.Args,
    node: Node,
    message: str,
    kind: str,
    extra: frozenset[Label],
    of: Value | None = None,
    whole: bool = False,
    open_end: bool = False,
) -> Value:
    """The unknown result of a call nobody can see into; in a trial it may have changed what it was given.

    ``of`` is what is called, or whose method is. ``whole``: the call is the one that the innermost assumption running
    speaks of. ``open_end``: what runs is one of several things, so that no assumption can speak of it.
    """
    label = eng.label(kind, message, frame, node[1])
    labels = calls.labels_of_args(eng, args) | extra
    eng.effect(frame, Effect("opaque", frame.path, node[1], message))
    may_store(eng, args, labels)
    if eng.loops or eng.assumptions.any:
        what = assumed.handed(eng, args.all())
        owner = assumed.handed(eng, assumed.owners(of))
        every = assumed.together(what, owner)
        said = () if open_end else assumed.settles(eng, frame, node, every)
        if said:
            label = label._replace(assumed=said)
            labels |= every.labels | assumed.from_files(eng, args.all())
        passing = assumed.passing(eng, node, args, of)
        assumed.touch(eng, frame, node, what, owner, message, kind, whole, passing)
    return eng.table.value(frozenset(), labels | {label})


def may_store(eng: Engine, args: calls.Args, labels: frozenset[Label]) -> None:
    """A call that nobody can see into may store the results that it is given in a file that it is given, too."""
    from seamcheck.flow.library_effects import resolve_path

    results = frozenset(label for label in labels if label.kind == DYNAMICS)
    if not results:
        return
    names: list[str] = []
    for v in args.all():
        names += files.spelled(v)
        path = resolve_path(eng, v)
        if path is not v:
            names += files.patterns(path)
        elif not v.ptrs and not v.kinds.isdisjoint(files.RESULTS) and DYNAMICS not in v.kinds:
            names.append("*")
    if names and eng.files.write(names, results):
        eng.heap.epoch += 1  # summaries made before may have read the file


def made_by(v: Value) -> str | None:
    """The library callable without a model that a value is the result of, if it is of exactly one."""
    unknown = [label for label in v.labels if label.kind in (DYNAMIC, EXTERNAL)]
    if v.ptrs or len(unknown) != 1 or not unknown[0].message.endswith(NO_MODEL):
        return None
    return unknown[0].message.removesuffix(NO_MODEL)[1:]


def run_callables(
    eng: Engine, frame: Frame, args: calls.Args, node: Node, unknown: bool = False
) -> frozenset[Label]:
    """Call every function that is handed over, since the library may; labels of what they give.

    For pure functions their arguments derive from the other arguments, for opaque ones they are unknown.
    """
    labels: frozenset[Label] = frozenset()
    for v in args.all():
        for ptr in sorted_pointers(v):
            if (
                isinstance(ptr, Func)
                or (isinstance(ptr, Bound) and isinstance(ptr.function, Func))
                or (isinstance(ptr, Obj) and ptr.kind == "partial")
            ):
                if unknown:
                    passed = eng.unknown("called by a library without a model", frame, node[1])
                else:
                    passed = eng.data(
                        (anchor(node), "element"), frame, node[1], calls.labels_of_args(eng, args)
                    )
                labels |= eng.labels_of(call_with(eng, frame, ptr, passed, node))
    return labels


def call_with(
    eng: Engine, frame: Frame, ptr: Any, passed: Value, node: Node, receiver: Value | None = None
) -> Value:
    """Call a function of the project with the same value for each parameter without default, but for its receiver."""
    head = () if receiver is None else (receiver,)
    rest = (passed,) * max(0, required_parameters(eng, ptr) - len(head))
    return calls.call_pointer(eng, frame, ptr, calls.Args((*head, *rest)), call_at(node[1], node[2]))


def required_parameters(eng: Engine, ptr: Any) -> int:
    """How many positional arguments a function needs."""
    skip = 0
    if isinstance(ptr, Bound):
        ptr, skip = ptr.function, 1
    if isinstance(ptr, Func):
        params = eng.index.by_name[ptr.module].facts.functions[ptr.index].params
        return max(0, sum(1 for p in params if p.kind in ("pos", "posonly") and p.default is None) - skip)
    if isinstance(ptr, Obj) and ptr.kind == "partial":
        inner = eng.heap.read(ptr, "function")
        for target in sorted_pointers(inner) if inner is not None else ():
            return max(0, required_parameters(eng, target) - len(ptr.ctor))
    return 1


def note_handed_over(eng: Engine, frame: Frame, labels: frozenset[Label], api: str, node: Node) -> None:
    """Handing a result of training to a library is reading it; what a trial chose is shown by some."""
    kinds = {label.kind for label in labels}
    if DYNAMICS in kinds:
        eng.effect(frame, Effect("read", frame.path, node[1], short(api)))
    elif TRIAL in kinds and eng.models.packages.get(api.partition(".")[0]) in SHOWING:
        eng.effect(frame, Effect("shown", frame.path, node[1], short(api)))
