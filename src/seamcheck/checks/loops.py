"""Trial loops as the report shows them."""

from __future__ import annotations

from collections.abc import Iterable

from seamcheck.checks.evidence import Places
from seamcheck.checks.invariance import evaluation, invariance
from seamcheck.checks.seam import seam
from seamcheck.flow.engine import Engine
from seamcheck.flow.events import LoopRecord, TrainEvent
from seamcheck.model.report import Loop, Objective, TrainCall


def loops(eng: Engine, places: Places) -> list[Loop]:
    """All loops in the order of their places, with an occurrence index per function and kind."""
    records = sorted(eng.loop_records.values(), key=lambda r: (r.path, r.line, r.kind))
    count: dict[tuple[str, str, str], int] = {}
    out = []
    for record in records:
        key = (record.path, record.function, record.kind)
        count[key] = count.get(key, 0) + 1
        out.append(_loop(eng, record, count[key], places))
    return out


def _loop(eng: Engine, record: LoopRecord, occurrence: int, places: Places) -> Loop:
    events = [eng.trains[key] for key in record.trains if key in eng.trains]
    events.sort(key=lambda e: (e.path, e.line, e.api))
    scored = [eng.evals[key] for key in record.evals if key in eng.evals]
    places.fallback = places.at(record.path, record.line, record.end_line)
    return Loop(
        id=f"{record.path}::{record.function}::{record.kind}#{occurrence}",
        kind=record.kind,
        function=record.function,
        location=places.at(record.path, record.line, record.end_line),
        objective=_objective(record, places),
        train_calls=tuple(_train_calls(events, places)),
        invariance=invariance(record, events, places),
        evaluation=evaluation(record, events, scored, places),
        seam=seam(record, events, places),
    )


def _train_calls(events: Iterable[TrainEvent], places: Places) -> list[TrainCall]:
    """Each train call once, however many contexts reach it."""
    found: dict[tuple[str, str, int], TrainCall] = {}
    for event in events:
        where = places.at(event.path, event.line, event.end_line, event.api.rpartition(".")[2])
        found.setdefault((event.api, event.path, event.line), TrainCall(event.api, event.function, where))
    return list(found.values())


def _objective(record: LoopRecord, places: Places) -> Objective | None:
    """The user function of a trial; of several the first that is no lambda."""
    found = sorted(record.objectives.values(), key=lambda o: (o[0].endswith("<lambda>"), o[1], o[2]))
    if not found:
        return None
    name, path, line, end = found[0]
    return Objective(name, places.at(path, line, end))
