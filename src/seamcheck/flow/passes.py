"""Tests that say in which passes of a loop something trains: a trial that answers them chooses its folds."""

from __future__ import annotations

from collections.abc import Iterable

from seamcheck.flow.engine import Engine
from seamcheck.flow.events import TRAINING_ROLES, TrainEvent
from seamcheck.flow.frames import Effect
from seamcheck.flow.labels import CLOCK, DYNAMIC, LOOPVAR, RANDOM, TRIAL, Label

#: What a trial answers a test with.
CHOICES = frozenset({TRIAL, RANDOM, CLOCK})


def note(eng: Engine, control: frozenset[Label], bodies: list[dict[Effect, None]]) -> None:
    """A test decides which of these bodies runs: so it does of what they score, and of what they train.

    Unless all of them train on the same.
    """
    found = deciding(eng, control)
    if not found:
        return
    for body in bodies:
        for effect in body:
            if effect.kind == "eval" and (scored := eng.evals.get(effect.key)) is not None:
                scored.passes |= found
    trained = [_events(eng, body) for body in bodies]
    rows = [{_signature(event) for event in events} for events in trained]
    if len(rows) > 1 and all(each == rows[0] for each in rows):
        return
    for events in trained:
        for event in events:
            event.passes |= found


def deciding(eng: Engine, control: frozenset[Label]) -> frozenset[tuple[str, Label]]:
    """The loops in whose passes a test may turn out otherwise, each with what the trial answers it by.

    What is drawn may be drawn anew in each pass of any loop that runs.
    """
    chosen = [label for label in control if label.kind in CHOICES and label.loops]
    if not chosen:
        return frozenset()
    numbers = {label.detail for label in control if label.kind == LOOPVAR}
    out = {(number, label) for number in numbers for label in chosen}
    for label in chosen if not numbers else ():
        if label.kind != TRIAL:
            doubt = label._replace(
                kind=DYNAMIC, message=f"whether a pass trains may depend on it: {label.message}"
            )
            out.update((number, doubt) for number in eng.table.running)
    return frozenset(out)


def _events(eng: Engine, effects: Iterable[Effect]) -> list[TrainEvent]:
    found = (eng.trains.get(effect.key) for effect in effects if effect.kind == "train")
    return [event for event in found if event is not None]


def _signature(event: TrainEvent) -> tuple[object, ...]:
    parts = (event.parts[role] for role in TRAINING_ROLES if role in event.parts)
    return tuple((part.role, part.names, part.sites, part.spelled) for part in parts)
