"""Is what the trials train on (and are scored on) the same in every trial? Rules: labels that a trial brings in."""

from __future__ import annotations

from collections.abc import Iterable

from seamcheck.checks.evidence import Places, assumed, assumptions, reasons
from seamcheck.flow.events import (
    EVALUATION_ROLES,
    TRAINING_ROLES,
    DataPart,
    EvalEvent,
    LoopRecord,
    TrainEvent,
)
from seamcheck.flow.labels import (
    CLOCK,
    DYNAMIC,
    DYNAMICS,
    ENVIRONMENT,
    EXTERNAL,
    IO,
    MAX_PER_KIND,
    MUTATION,
    PARAM,
    RANDOM,
    SUBSET,
    TRIAL,
    Label,
)
from seamcheck.model.evidence import Reason, Step
from seamcheck.model.report import Claim

#: Labels that certainly make trials differ, and those that may.
VARYING = frozenset({TRIAL, RANDOM, CLOCK, MUTATION})
OPEN = frozenset({DYNAMIC, EXTERNAL, ENVIRONMENT, IO, SUBSET})


def training_parts(event: TrainEvent) -> list[DataPart]:
    """The parts of a train call that decide invariance."""
    return [event.parts[role] for role in TRAINING_ROLES if role in event.parts]


def speaking(found: Iterable[Label], record: LoopRecord) -> list[Label]:
    """Labels without those that an assumption settles."""
    return [label for label in found if not record.ledger.holds(label)]


def resting_on(labels: Iterable[Label], record: LoopRecord) -> list[Label]:
    """Labels born in a trial of this loop that an assumption settles."""
    return [label for label in in_loop(labels, record.id, OPEN) if record.ledger.holds(label)]


def in_loop(labels: Iterable[Label], loop: int, kinds: frozenset[str]) -> list[Label]:
    """Labels of these kinds that were born in a trial of this loop."""
    found = [label for label in labels if label.kind in kinds and loop in label.loops]
    return [label._replace(kind=DYNAMIC) if label.kind == SUBSET else label for label in found]


def retrained(event: TrainEvent, part: DataPart, loop: int) -> list[Label]:
    """Data that derives from a model trained in the same trial: as steady as that training, which nobody knows."""
    if event.incremental:
        return []
    return [
        label._replace(kind=DYNAMIC, message=f"the data derive from what a trial trained: {label.message}")
        for label in in_loop(part.labels, loop, frozenset({DYNAMICS}))
    ]


def invariance(record: LoopRecord, events: list[TrainEvent], places: Places) -> Claim:
    """``variant`` if a trial certainly changes the data, ``unknown`` if it may, else ``invariant``."""
    stopped = unresolved_reasons(record, places)
    if not events:
        return Claim("unknown", reasons=stopped or (_nothing_trains(record, places),))
    varying: list[Reason] = []
    open_ends: list[Reason] = []
    steps: list[Step] = []
    resting: set[Label] = set()
    for event in events:
        end = Step(f"{event.api} trains on it", places.at(event.path, event.line, event.end_line))
        steps.append(Step(_trains(event), places.at(event.path, event.line, event.end_line)))
        parts = training_parts(event)
        if not parts:
            open_ends.append(_no_data(event, places))
        for part in parts:
            name = part.names[0] if part.names else part.role
            labels = record.ledger.grown(part.labels)
            resting.update(labels)
            bad = in_loop(labels, record.id, VARYING)
            varying.extend(reasons(places, bad, dict.fromkeys(bad, name), end))
            maybe = speaking(in_loop(labels, record.id, OPEN), record) + retrained(event, part, record.id)
            maybe += record.ledger.doubted(labels, record.id)
            open_ends.extend(reasons(places, maybe, dict.fromkeys(maybe, name), end))
    open_ends.extend(alternatives(record, events, places))
    if varying:
        return Claim("variant", tuple(_unique(steps)), _distinct([*varying, *open_ends]))
    if open_ends or stopped:
        return Claim("unknown", tuple(_unique(steps)), _distinct([*stopped, *open_ends]))
    given = (*_rests_on(record, resting), *taken_on_trust(events))
    said = assumed(resting_on(resting, record), record.ledger, places)
    return Claim("invariant", tuple(_unique(steps)), (), (*given, *(step.message for step in said)), said)


def taken_on_trust(events: Iterable[TrainEvent]) -> tuple[str, ...]:
    """What is assumed of train calls whose receiver is not known: the convention of ``fit``."""
    return tuple(
        sorted(
            {
                f"`.{event.api.removeprefix('?.')}(...)` at {event.path}:{event.line} trains on just what it is given"
                for event in events
                if event.api.startswith("?.")
            }
        )
    )


def alternatives(record: LoopRecord, events: list[TrainEvent], places: Places) -> list[Reason]:
    """Train calls of which a trial chooses one: the same data only if all of them name the same."""
    chosen = [e for e in events if any(record.id in label.loops for label in e.control)]
    signatures = {
        tuple(
            sorted(
                (p.role, p.names, p.sites, p.spelled)
                for p in training_parts(e)
                if p.role in ("X", "y", "data")
            )
        )
        for e in events
    }
    if not chosen or len(signatures) == 1:
        return []
    found = sorted(label for e in chosen for label in e.control if record.id in label.loops)
    text = f"the trial chooses which train call runs, and they are given different data: {found[0].message}"
    return [Reason("dynamic", text, None, places.at(found[0].path, found[0].line))]


def evaluation(
    record: LoopRecord, events: list[TrainEvent], scored: list[EvalEvent], places: Places
) -> Claim:
    """The same for the rows that trials are scored on."""
    labels: dict[Label, str] = {}
    seen = False
    for event in events:
        roles = [role for role in EVALUATION_ROLES if role in event.parts]
        if not roles and ("cv" in event.parts or "folds" in event.parts or record.is_search):
            roles = [role for role in TRAINING_ROLES if role in event.parts]
        for role in roles:
            seen = True
            part = event.parts[role]
            for label in sorted(record.ledger.grown(part.labels)):
                labels.setdefault(label, part.names[0] if part.names else role)
    for scoring in scored:
        seen = True
        for label in sorted(record.ledger.grown(_reaching_the_score(record, scoring))):
            labels.setdefault(label, scoring.what)
    stopped = unresolved_reasons(record, places)
    if not seen or stopped:
        why = stopped or (_made_up(record, places, "no scoring of a trained model is seen in a trial"),)
        return Claim("unknown", reasons=why)
    bad = in_loop(labels, record.id, VARYING)
    maybe = speaking(in_loop(labels, record.id, OPEN), record)
    maybe += record.ledger.doubted(labels, record.id)
    if bad:
        return Claim("variant", reasons=reasons(places, bad + maybe, labels, None))
    if maybe:
        return Claim("unknown", reasons=reasons(places, maybe, labels, None))
    said = assumed(resting_on(labels, record), record.ledger, places)
    given = (*_rests_on(record, set(labels)), *(step.message for step in said))
    return Claim("invariant", assumptions=given, assumed=said)


def _reaching_the_score(record: LoopRecord, scoring: EvalEvent) -> Iterable[Label]:
    """Labels of predicted rows; what is not found in the value of the trial may not be what the trial is scored on.

    A full group of labels may have lost one.
    """
    returned = record.returned
    if returned is None or not scoring.what.rpartition(".")[2].startswith("predict"):
        return scoring.labels
    full = {kind for kind in VARYING if sum(label.kind == kind for label in returned) >= MAX_PER_KIND}
    text = "whether the score rests on these rows is not known"
    return [
        label._replace(kind=DYNAMIC, message=f"{text}: {label.message}")
        if label.kind in VARYING and label.kind not in full and label not in returned
        else label
        for label in scoring.labels
    ]


def unresolved_reasons(record: LoopRecord, places: Places) -> tuple[Reason, ...]:
    """Why the code of a trial is not known, if it is not."""
    found = list(record.unresolved) + list(record.external)
    return tuple(
        Reason(
            "external" if label.kind == EXTERNAL else "dynamic",
            label.message,
            None,
            places.at(label.path, label.line),
        )
        for label in dict.fromkeys(found)
    )


def _rests_on(record: LoopRecord, labels: set[Label]) -> tuple[str, ...]:
    given = {
        f"`{label.detail}` is the same in every trial: {label.message}"
        for label in labels
        if label.kind == PARAM
    }
    calls = {
        f"`{effect.detail}(...)` at {effect.path}:{effect.line} trains nothing"
        for effect in record.unresolved_calls
        if effect.detail.isidentifier() or "." in effect.detail
    }
    return tuple(sorted({*assumptions(labels), *given, *calls}))


def _trains(event: TrainEvent) -> str:
    names = [name for part in training_parts(event) for name in part.names]
    return f"{event.api} trains on " + (", ".join(dict.fromkeys(names)) if names else "data given in place")


def _nothing_trains(record: LoopRecord, places: Places) -> Reason:
    for effect in record.unresolved_calls:
        where = places.at(effect.path, effect.line)
        return Reason(
            "dynamic",
            f"no train call is reached; the first call that is not known is `{effect.detail}`",
            None,
            where,
        )
    return _made_up(record, places, "no train call is reached from a trial")


def _made_up(record: LoopRecord, places: Places, message: str) -> Reason:
    return Reason("external", message, None, places.at(record.path, record.line, record.end_line))


def _no_data(event: TrainEvent, places: Places) -> Reason:
    where = places.at(event.path, event.line, event.end_line)
    return Reason("dynamic", f"which data `{event.api}` trains on is not known", None, where)


def _distinct(found: Iterable[Reason]) -> tuple[Reason, ...]:
    """Reasons of the same cause once."""
    out: dict[tuple[object, ...], Reason] = {}
    for each in found:
        out.setdefault((each.kind, each.message, each.location), each)
    return tuple(out.values())


def _unique(steps: list[Step]) -> list[Step]:
    return list(dict.fromkeys(steps))
