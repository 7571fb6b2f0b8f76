"""Hand-written tuning: a loop over configurations is a trial loop."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from seamcheck.facts.ir import Node
from seamcheck.flow import training_data, trials
from seamcheck.flow.bodies import callee_text
from seamcheck.flow.engine import Engine
from seamcheck.flow.events import TrainEvent
from seamcheck.flow.frames import Effect, Frame
from seamcheck.flow.labels import CLOCK, LOOPVAR, RANDOM, TRIAL, Label
from seamcheck.flow.places import Place, anchor
from seamcheck.flow.values import Value

#: Frames on the stack in which a program itself works, and no library of its own yet.
DRIVERS = 2

Marker = Callable[[Value], Value]
T = TypeVar("T")


def over_elements(eng: Engine, frame: Frame, node: Node, run: Callable[[Marker | None], T]) -> T:
    """A call that runs a function for each of many elements (``map(f, xs)``) is a loop like any other."""
    name = ("name", node[1], "element")
    return watch_loop(
        eng, frame, Place(("comp", node[1], "map", (), ((name, name, ()),), anchor(node))), run, node
    )


def watch_loop(
    eng: Engine, frame: Frame, node: Node, run: Callable[[Marker | None], T], shown: Node | None = None
) -> T:
    """Run a loop; if it turns out to be one over configurations, or one that asks a tuner, run it again as trials.

    ``shown`` is the code that says what may run in it, where it is not the loop itself.
    """
    if not eng.relevance.may_train(node if shown is None else shown, frame.module.facts):
        return run(None)
    key = (anchor(node), frame)
    number = eng.plain_loops.setdefault(key, len(eng.plain_loops) + 1)
    marked = Label(LOOPVAR, "the loop variable", frame.path, node[1], (), str(number))
    before = dict(frame.fields)
    outer, frame.effects = frame.effects, {}
    running = eng.table.running
    running[str(number)] = running.get(str(number), 0) + 1
    outer_decided, frame.decided = frame.decided, frozenset()
    eng.watched.append(frame)
    driving = eng.driving
    if not driving and is_driver(eng, frame):
        eng.driving = str(number)
    result = run(lambda v: eng.table.labelled(v, frozenset((marked,))))
    eng.driving = driving
    eng.watched.pop()
    _cut_by_trial(eng, frame.effects, frame.decided, str(number))
    frame.decided |= outer_decided
    running[str(number)] -= 1
    if not running[str(number)]:
        del running[str(number)]
    inner, frame.effects = frame.effects, outer
    kind = _loop_kind(eng, frame, node, inner, str(number))
    if kind is not None and not eng.over_budget:
        record = trials.record_for(eng, frame, node, kind)
        after = frame.fields
        chosen = Label(
            TRIAL,
            f"the configuration of this pass ({_spell(node)})",
            frame.path,
            node[1],
            (*eng.loops, record.id),
        )

        def again() -> None:
            run(lambda v: eng.table.labelled(v, frozenset((chosen,))))

        frame.fields = before
        inner = {e: None for e in inner if e.kind != "ask"}
        trials.run_trials(eng, frame, record, again)
        merged = {name: eng.table.join(v, after.get(name, v)) for name, v in frame.fields.items()}
        frame.fields = {**after, **merged}
    frame.effects.update(inner)
    return result


def is_driver(eng: Engine, frame: Frame) -> bool:
    """Is this a module body, or a function that the program starts from?"""
    return eng.mode == "program" and not eng.loops and len(eng.stack) <= DRIVERS and not eng.root_is_test


def _cut_by_trial(eng: Engine, effects: dict[Effect, None], decided: frozenset[Label], number: str) -> None:
    """How many folds or batches a loop trains on, or which, the trial decides: so it does about what they train on."""
    cut = frozenset(label for label in decided if label.kind in (TRIAL, RANDOM, CLOCK) and label.loops)
    for effect in effects:
        scored = eng.evals.get(effect.key) if effect.kind == "eval" else None
        if scored is not None and (chosen := _chosen(cut, scored.passes, number)):
            if _by_pass(scored.labels, number):
                scored.labels |= chosen
        event = eng.trains.get(effect.key) if effect.kind == "train" else None
        if event is None or not (chosen := _chosen(cut, event.passes, number)):
            continue
        for role, found in list(event.parts.items()):
            if _by_pass(found.labels, number):
                event.parts[role] = found._replace(labels=found.labels | chosen)


def _chosen(cut: frozenset[Label], passes: frozenset[tuple[str, Label]], number: str) -> frozenset[Label]:
    """What the trial decides about the passes of this loop by: how many there are, or which of them count."""
    return cut.union(label for loop, label in passes if loop == number) if passes else cut


def _by_pass(labels: Iterable[Label], number: str) -> bool:
    """Are these other rows in each pass of this loop: those of a fold, or what its variable chooses?"""
    return any(label.kind == "fold" or (label.kind == LOOPVAR and label.detail == number) for label in labels)


def _spell(node: Node) -> str:
    """The targets of a loop as written."""
    if node[0] == "while":
        return "while"
    target = node[3] if node[0] == "for" else node[4][0][0]
    return ", ".join(training_data.named_in(target)) or "loop variable"


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
        if not event.preparation and depends(event.params, number):
            if _selects_rows(event, node, number) or _is_part(event, frame, effects, number):
                return None
            return "loop"
    return None


def depends(labels: Iterable[Label], number: str) -> bool:
    """Does something depend on the variable of this loop?"""
    return any(label.kind == LOOPVAR and label.detail == number for label in labels)


def _is_part(event: TrainEvent, frame: Frame, effects: dict[Effect, None], number: str) -> bool:
    """Does each pass train one part of a model: for a column, a data set, an interval, a member of an ensemble?

    Where the data depend on the loop, too, the model must be made with other settings than a name to count as a
    configuration. What an estimator trains in its own ``fit`` without scoring it are its parts.
    """
    explicit = depends(event.explicit, number)
    data = any(
        depends(found.labels, number) for role, found in event.parts.items() if role in ("X", "y", "data")
    )
    if data and not explicit:
        return True
    inside = frame.facts is not None and frame.facts.owner != -1 and fits(frame.facts.name)
    return inside and not any(effect.kind == "eval" for effect in effects)


def fits(name: str) -> bool:
    """Is this the name of a method that trains its own instance?"""
    return name.strip("_").partition("_")[0] in ("fit", "train", "refit") or name == "partial_fit"


def _selects_rows(event: TrainEvent, node: Node, number: str) -> bool:
    """Does the loop variable choose rows or data sets: the rows of a fold, or a counter that data depend on?"""
    iterables = [node[4]] if node[0] == "for" else [part[1] for part in node[4]] if node[0] == "comp" else []
    counter = any(
        each[0] == "call" and callee_text(each[3]) in ("range", "trange", "enumerate") for each in iterables
    )
    for role, found in event.parts.items():
        if not any(label.kind == LOOPVAR and label.detail == number for label in found.labels):
            continue
        if counter and role in ("X", "y", "data"):
            return True
        if any(label.kind == "fold" for label in found.labels):
            return True
    return False
