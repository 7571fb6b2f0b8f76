"""Is there a place where X and y are complete before the first train call?"""

from __future__ import annotations

from seamcheck.checks.evidence import Places, assumptions, reasons
from seamcheck.checks.invariance import taken_on_trust, training_parts, unresolved_reasons
from seamcheck.flow.events import DataPart, LoopRecord, TrainEvent
from seamcheck.flow.labels import DYNAMIC, EXTERNAL, LAZY, PARAM, STREAM, Label
from seamcheck.model.evidence import Location, Reason, Step
from seamcheck.model.report import Claim, Seam

ROW_ROLES = ("X", "y", "data", "weight", "group")


def seam(record: LoopRecord, events: list[TrainEvent], places: Places) -> Seam:
    """``none`` if data come while training runs, ``unknown`` if they may, else ``clean`` with the place."""
    stopped = unresolved_reasons(record, places)
    if not events:
        return Seam(Claim("unknown", reasons=stopped or (_no_train(record, places),)))
    lazy: list[Reason] = []
    open_ends: list[Reason] = []
    resting: set[Label] = set()
    for event in events:
        end = Step(f"{event.api} trains on it", places.at(event.path, event.line, event.end_line))
        for part in training_parts(event):
            name = part.names[0] if part.names else part.role
            resting.update(part.labels)
            # Elements of an iterator are a stream for a trainer that takes them one by one only.
            kinds = (LAZY, STREAM) if event.incremental else (LAZY,)
            streamed = [label._replace(kind=LAZY) for label in part.labels if label.kind in kinds]
            lazy.extend(reasons(places, streamed, dict.fromkeys(streamed, name), end))
            if not event.eager or part.role in ("cv",):
                maybe = (
                    [label for label in part.labels if label.kind in (DYNAMIC, EXTERNAL)]
                    if not event.eager
                    else []
                )
                open_ends.extend(reasons(places, maybe, dict.fromkeys(maybe, name), end))
            if not event.eager:
                open_ends.extend(_handed_in(part, places, event))
        if not training_parts(event):
            here = places.at(event.path, event.line, event.end_line)
            open_ends.append(
                Reason("dynamic", f"which data `{event.api}` trains on is not known", None, here)
            )
    if lazy:
        return Seam(Claim("none", reasons=tuple(dict.fromkeys(lazy))))
    if stopped or open_ends:
        return Seam(Claim("unknown", reasons=tuple(dict.fromkeys([*stopped, *open_ends]))))
    where, names = _place(events, places)
    evidence: tuple[Step, ...] = ()
    if where is not None:
        evidence = (Step("X and y are complete here", where),)
    first = min(events, key=lambda e: (e.path, e.line))
    evidence += (Step(f"before {first.api} trains", places.at(first.path, first.line, first.end_line)),)
    return Seam(Claim("clean", evidence, (), (*assumptions(resting), *taken_on_trust(events))), where, names)


def _handed_in(part: DataPart, places: Places, event: TrainEvent) -> list[Reason]:
    """Data that a caller hands to a trainer that also takes streams."""
    found = [label for label in part.labels if label.kind == PARAM]
    return [
        Reason("dynamic", f"{label.message}, and `{event.api}` also takes data that come while it trains", label.detail,
               places.at(label.path, label.line))
        for label in sorted(found)[:1]
    ]  # fmt: skip


def _no_train(record: LoopRecord, places: Places) -> Reason:
    where = places.at(record.path, record.line, record.end_line)
    return Reason("external", "no train call is reached from a trial", None, where)


def _place(events: list[TrainEvent], places: Places) -> tuple[Location | None, tuple[str, ...]]:
    """The last statement that makes data of the first train call, or gives them to the variables it names.

    What stands before the call in its file is preferred to where the data were made elsewhere.
    """
    names: dict[str, None] = {}
    for event in events:
        for part in training_parts(event):
            if part.role in ROW_ROLES:
                names.update(dict.fromkeys(part.names))
    for event in sorted(events, key=lambda e: (e.path, e.line)):
        parts = [part for part in training_parts(event) if part.role in ROW_ROLES]
        made = [site for part in parts for site in part.sites]
        here = [line for part in parts for path, line in (*part.sites, *part.bound) if path == event.path]
        before = [line for line in here if line < event.line] or [line for line in here if line == event.line]
        if before or here:
            return places.at(event.path, max(before or here)), tuple(names)
        if made:
            path, line = max(made)
            return places.at(path, line), tuple(names)
    return None, tuple(names)
