"""Two runs event by event: did the same loops train on the same data?

Between two runs the code may have changed, so loops are told by path, kind and count, and calls by function, class and
order, not by their lines.
"""

from __future__ import annotations

from collections.abc import Iterable

from seamcheck.model.comparison import LoopComparison, RunComparison, Sameness
from seamcheck.model.event import Event
from seamcheck.replay.alignment import Difference, compare_as_sets, differences, is_hashed, merged, unordered
from seamcheck.replay.log import RunData
from seamcheck.replay.summary import missed, named_events

_OUTSIDE = "outside any trial"


def compare(one: RunData, other: RunData) -> RunComparison:
    """What differs between two runs, in any role; deterministic."""
    first, second = _loops(one), _loops(other)
    doubts = tuple(
        dict.fromkeys(f"in {_name(data)}: {text}" for data in (one, other) for text in missed(data))
    )
    specs = {event.spec for data in (one, other) for event in data.events}
    if len(specs) > 1:
        doubts += (
            f"hashed by different specifications ({', '.join(sorted(specs))}): nothing can be compared",
        )
    loops = tuple(
        _loop(name, first.get(name), second.get(name), len(specs) <= 1)
        for name in dict.fromkeys([*first, *second])
    )
    if not loops:
        doubts += ("neither run has a train call",)
    verdicts = {loop.verdict for loop in loops}
    return RunComparison((_name(one), _name(other)), _verdict(verdicts, bool(doubts)), loops, doubts)


def _name(data: RunData) -> str:
    return "?" if data.run is None else data.run.id


def _verdict(verdicts: set[Sameness], doubts: bool) -> Sameness:
    if "differs" in verdicts:
        return "differs"
    return "unknown" if doubts or "unknown" in verdicts else "same"


def _loops(data: RunData) -> dict[str, dict[int, list[Event]]]:
    """All events by loop and trial; trials without events are there, too."""
    found = named_events(data)
    outside = [event for event in data.events if event.loop is None]
    return {**found, _OUTSIDE: {0: outside}} if outside else found


def _loop(
    name: str,
    one: dict[int, list[Event]] | None,
    other: dict[int, list[Event]] | None,
    comparable: bool,
) -> LoopComparison:
    if one is None or other is None:
        there = one or other or {}
        trials = (0, len(there)) if one is None else (len(there), 0)
        which = "second" if one is None else "first"
        return LoopComparison(name, trials, "differs", (), (f"only in the {which} run",))
    problems: list[str] = []
    for numbers, which in ((one.keys() - other.keys(), "first"), (other.keys() - one.keys(), "second")):
        if numbers:
            problems.append(f"only in the {which} run: trials {', '.join(map(str, sorted(numbers)))}")
    found: list[Difference] = []
    for number in sorted(one.keys() & other.keys()):
        differ, uneven = _trial(number, one[number], other[number])
        found += differ
        problems += uneven
    every = [event for trials in (one, other) for events in trials.values() for event in events]
    unhashed = _unhashed(every) if every else ("no train call was seen in either run",)
    verdict: Sameness = "unknown" if unhashed or not comparable else "same"
    if problems or (found and comparable):
        verdict = "differs"
    varying = merged(found) if comparable else ()
    return LoopComparison(name, (len(one), len(other)), verdict, varying, (*problems, *unhashed))


def _trial(number: int, one: list[Event], other: list[Event]) -> tuple[list[Difference], list[str]]:
    """What differs in one trial, and the calls of which one run has more."""
    first, second = _calls(one), _calls(other)
    found: list[Difference] = []
    uneven = []
    for key in dict.fromkeys([*first, *second]):
        a, b = first.get(key, []), second.get(key, [])
        if len(a) != len(b):
            event = (a or b)[0]
            uneven.append(
                f"trial {number}: {event.api} in {event.path or '?'} was called {len(a)} and {len(b)} times"
            )
        if unordered(a) or unordered(b):
            found += compare_as_sets({0: a, 1: b}) if a and b else []
        else:
            for x, y in zip(a, b, strict=False):
                found += differences(x, y)
    return found, uneven


def _calls(events: Iterable[Event]) -> dict[tuple[str | None, ...], list[Event]]:
    found: dict[tuple[str | None, ...], list[Event]] = {}
    for event in sorted(events, key=lambda e: (e.line or 0, e.monotonic)):
        key = (event.path, event.function, event.api, event.part, event.cell, event.fold)
        found.setdefault(key, []).append(event)
    return found


def _unhashed(events: Iterable[Event]) -> tuple[str, ...]:
    texts = (
        f"{event.api} at {event.path or '?'}:{event.line or '?'} could not be hashed: "
        + (event.reason or "it was given no data that is known")
        for event in events
        if event.status == "unknown" or (event.part == "predictor" and not is_hashed(event))
    )
    return tuple(dict.fromkeys(texts))
