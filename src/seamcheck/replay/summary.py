"""From events to verdicts: were the trials of each loop given the same training data?

"equal" is said only of what was seen as a whole. Whatever may have been missed (a hook that failed, a child without
hooks, a record that could not be written, data that could not be hashed, a trial without a train call) makes it
"unknown". A difference that was seen stands, whatever else was missed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal, NamedTuple

from seamcheck.model.event import (
    SPEC,
    TRAINING_ROLES,
    CallSeen,
    Event,
    LoopRef,
    LoopSeen,
    Note,
    ReplayReport,
    Varying,
)
from seamcheck.replay.alignment import (
    Difference,
    Trials,
    by_site,
    compare_site,
    decides,
    is_hashed,
    merged,
    training_data,
)
from seamcheck.replay.children import unhooked
from seamcheck.replay.log import RunData

#: Notes that say nothing about what was missed. Any other kind, also one that is not known here, forbids "equal".
HARMLESS = frozenset({"trial", "end", "child", "hello", "left_out", "notice", "stopped", "swallowed"})
#: Of these, the ones that people want to read.
TOLD = frozenset({"left_out", "notice", "stopped", "swallowed"})
#: What a report says of the end of a run that wrote no "end": it was killed, or is still running.
NO_END = "not known: the run was killed, or is still going on"


class _Place(NamedTuple):
    """Everything about one run of a loop."""

    ref: LoopRef
    events: list[Event]
    begun: set[int]
    notes: list[Note]


def summarise(data: RunData) -> ReplayReport:
    """The report on a run. Deterministic: loops are in the order of their places, not of threads."""
    ends = [note.message for note in data.notes if note.kind == "end"]
    general = _general(data)
    places = _places(data)
    specs = sorted({event.spec for event in data.events})
    return ReplayReport(
        run="" if data.run is None else data.run.id,
        spec=specs[0] if len(specs) == 1 else SPEC,
        exit=ends[-1] if ends else NO_END,
        loops=tuple(
            _loop(name, place, (*data.lost, *general))
            for name, place in zip(_names(places), places, strict=True)
        ),
        outside=_calls(event for event in data.events if event.loop is None),
        problems=_once(
            (*data.problems, *general, *(_told(note) for note in data.notes if note.kind in TOLD))
        ),
    )


def missed(data: RunData) -> tuple[str, ...]:
    """Why this run may not have recorded everything; nothing that is equal in it proves anything then."""
    own = (_unseen(note) for note in data.notes if note.kind not in HARMLESS and note.loop is not None)
    return _once((*data.lost, *_general(data), *own))


def named_events(data: RunData) -> dict[str, dict[int, list[Event]]]:
    """The events of each loop by its name in reports and by trial; trials that made no call are there, too."""
    places = _places(data)
    found: dict[str, dict[int, list[Event]]] = {}
    for name, place in zip(_names(places), places, strict=True):
        found[name] = {number: [] for number in sorted(place.begun)}
        for event in place.events:
            found[name].setdefault(event.trial or 0, []).append(event)
    return found


def _general(data: RunData) -> tuple[str, ...]:
    """What speaks against every loop. Children that never said hello are looked for here, too: a run that was killed
    had no time for it."""
    texts = [_unseen(note) for note in data.notes if note.kind not in HARMLESS and note.loop is None]
    return _once((*texts, *(f"unhooked: {child}" for child in unhooked(data.notes))))


def _unseen(note: Note) -> str:
    return note.message if note.kind == "problem" else f"{note.kind}: {note.message}"


def _told(note: Note) -> str:
    return note.message if note.kind == "notice" else f"{note.kind.replace('_', ' ')}: {note.message}"


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _places(data: RunData) -> list[_Place]:
    found: dict[LoopRef, _Place] = {}
    everything: list[Event | Note] = [*data.notes, *data.events]
    for each in everything:
        if each.loop is None:
            continue
        place = found.setdefault(each.loop, _Place(each.loop, [], set(), []))
        if each.trial is not None:
            place.begun.add(each.trial)
        if isinstance(each, Event):
            place.events.append(each)
        else:
            place.notes.append(each)
    return sorted(found.values(), key=lambda p: (p.ref.path or "", p.ref.line or 0, p.ref.kind, p.ref.serial))


def _names(places: list[_Place]) -> list[str]:
    """``path::kind#n``, counted from 1 like the loops of a scan."""
    count: Counter[tuple[str | None, str]] = Counter()
    names = []
    for place in places:
        key = (place.ref.path, place.ref.kind)
        count[key] += 1
        names.append(f"{place.ref.path or '?'}::{place.ref.kind}#{count[key]}")
    return names


# -- one loop -------------------------------------------------------------------------------------


def _loop(name: str, place: _Place, missed: tuple[str, ...]) -> LoopSeen:
    models = [event for event in place.events if event.part == "predictor"]
    sites = by_site(models)
    compared = [compare_site(site) for site in sites]
    found = [each for site in compared for each in site.differences]
    doubts = _once((*missed, *_doubts(place, models, sites, [site.shifted for site in compared])))
    comparable = len({event.spec for event in models}) <= 1
    verdict: Literal["equal", "differs", "unknown"] = "unknown" if doubts else "equal"
    if decides(found) and comparable:
        verdict = "differs"
    return LoopSeen(
        id=name,
        kind=place.ref.kind,
        path=place.ref.path,
        line=place.ref.line,
        trials=len(place.begun),
        verdict=verdict,
        varying=merged(found) if comparable else (),
        folds=_folds(place.events, bool(missed)),
        calls=_calls(place.events),
        problems=_once((*doubts, *_remarks(place))),
    )


def _doubts(
    place: _Place, models: list[Event], sites: list[Trials], shifted: list[tuple[int, ...]]
) -> Iterable[str]:
    """Why equality cannot be claimed."""
    yield from (_unseen(note) for note in place.notes if note.kind not in HARMLESS)
    if not models:
        yield "no train call of a model was seen in any trial"
        return
    if len({event.spec for event in models}) > 1:
        yield "the trials were hashed by different specifications: they cannot be compared"
    if any(event.trial is None for event in place.events):
        yield "train calls were seen of which it is not known to what trial they belong"
    hashed = {event.trial for event in models if event.trial is not None and is_hashed(event)}
    if len(hashed) < 2:
        yield f"{'only one trial' if hashed else 'no trial'} was hashed: there is nothing to compare"
    silent = place.begun - {event.trial for event in models}
    if silent:
        yield f"{_trials(silent)} made no train call that was seen"
    twice = _twice(place, models)
    if twice:
        yield f"{_trials(twice)} ran in several processes, each with data of its own: they are several trials"
    yield from _unhashed(models)
    for site, numbers in zip(sites, shifted, strict=True):
        if numbers:
            yield (
                f"{_trials(numbers)} made fewer calls than others at {_where(_any(site))}, "
                "and which of them cannot be told"
            )
    yield from _apart(sites)


def _twice(place: _Place, models: list[Event]) -> set[int]:
    """Numbers that processes gave to trials of their own, with different data.

    Workers of one trial also have its number; what they do has a place, cell, fold or data that tells them apart from
    another trial.
    """
    begun = {(note.trial, note.pid) for note in place.notes if note.kind == "trial"}
    found: dict[tuple[object, ...], Event] = {}
    twice = set()
    for event in models:
        if event.trial is None or (event.trial, event.pid) not in begun:
            continue
        key = (event.trial, event.cell, event.fold, event.path, event.line, event.api, event.ordinal)
        first = found.setdefault(key, event)
        apart = (first.host, first.pid) != (event.host, event.pid)
        if apart and training_data(first) != training_data(event):
            twice.add(event.trial)
    return twice


def _unhashed(models: list[Event]) -> Iterable[str]:
    """Train calls of which some training role has no digest, or that have none at all."""
    found: Counter[tuple[str, str]] = Counter()
    for event in models:
        if not is_hashed(event):
            refused = [
                f"{r.role}: {r.reason}" for r in event.roles if r.role in TRAINING_ROLES and r.digests is None
            ]
            why = "; ".join(refused) or event.reason or "it was given no data that is known"
            found[_where(event), why] += 1
    for (where, why), times in sorted(found.items()):
        yield (
            f"{times} train calls at {where} could not be hashed: {why}"
            if times > 1
            else (f"a train call at {where} could not be hashed: {why}")
        )


def _apart(sites: list[Trials]) -> Iterable[str]:
    """Trials that went different ways: each made calls the other did not, on data the other never saw.

    Such calls have no counterpart. A trial that only made fewer calls than another (pruned, failed) is compared on
    those it has.
    """
    ways: dict[int, set[int]] = {}
    for index, site in enumerate(sites):
        for number in site:
            ways.setdefault(number, set()).add(index)
    firsts: dict[frozenset[int], int] = {}
    for number in sorted(ways):
        firsts.setdefault(frozenset(ways[number]), number)
    shown = list(firsts.items())
    for at, (way, number) in enumerate(shown):
        for other_way, other in shown[:at]:
            mine, theirs = way - other_way, other_way - way
            if not mine or not theirs:
                continue
            if _data(sites, mine, number) <= _data(sites, other_way, other):
                continue
            if _data(sites, theirs, other) <= _data(sites, way, number):
                continue
            a, b = _any(sites[min(theirs)]), _any(sites[min(mine)])
            yield (
                f"trials {other} and {number} went different ways ({_where(a)}, {_where(b)}) and trained on "
                "different data there: calls without a counterpart are not compared"
            )
            return


def _data(sites: list[Trials], chosen: Iterable[int], number: int) -> set[object]:
    return {training_data(event) for index in chosen for event in sites[index].get(number, ())}


def _any(site: Trials) -> Event:
    return next(iter(site.values()))[0]


def _folds(events: Iterable[Event], missed: bool) -> Literal["equal", "differs"] | None:
    """Rows that calls like ``cross_val_score`` chose inside; None where that was not seen as a whole in two trials."""
    events = list(events)
    if any(each.role == "folds" for site in by_site(events) for each in compare_site(site).differences):
        return "differs"  # row numbers that the program itself handed to such a call
    folds = [event for event in events if event.part == "fold"]
    if len({event.trial for event in folds if is_hashed(event)}) < 2:
        return None
    compared = [compare_site(site) for site in by_site(folds)]
    if any(decides(site.differences) for site in compared):
        return "differs"
    whole = not missed and all(map(is_hashed, folds)) and not any(site.shifted for site in compared)
    return "equal" if whole else None


def _remarks(place: _Place) -> Iterable[str]:
    """What people should know and no verdict rests on: preparation that was fitted on different data, eval sets."""
    fitted = [event for event in place.events if event.part == "transformer"]
    found: list[Difference] = [each for site in by_site(fitted) for each in compare_site(site).differences]
    for varying in merged(each for each in found if each.role in TRAINING_ROLES):
        yield f"a transformer at {_spot(varying)} was fitted on different {varying.role}; this decides nothing"
    refused = {
        (role.role, role.reason, _where(event))
        for event in place.events
        for role in event.roles
        if role.digests is None and (role.role not in TRAINING_ROLES or event.part != "predictor")
    }
    for role, reason, where in sorted(refused, key=str):
        yield f"{role} at {where} could not be hashed: {reason}; this decides nothing"


def _calls(events: Iterable[Event]) -> tuple[CallSeen, ...]:
    count = Counter((event.path, event.line, event.api, event.part) for event in events)
    ordered = sorted(
        count.items(), key=lambda item: (item[0][0] or "", item[0][1] or 0, item[0][2], item[0][3])
    )
    return tuple(CallSeen(api, path, line, part, times) for (path, line, api, part), times in ordered)


def _trials(numbers: Iterable[int]) -> str:
    listed = sorted(numbers)
    shown = ", ".join(map(str, listed[:5])) + (f" and {len(listed) - 5} more" if len(listed) > 5 else "")
    return f"{'trial' if len(listed) == 1 else 'trials'} {shown}"


def _where(event: Event) -> str:
    return event.api if event.path is None else f"{event.path}:{event.line}"


def _spot(varying: Varying) -> str:
    return "a place that is not known" if varying.path is None else f"{varying.path}:{varying.line}"
