"""Which loop of the replay is which loop of the scan."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable
from typing import Literal, NamedTuple

import msgspec

from seamcheck.model.event import LoopSeen, ReplayReport
from seamcheck.model.evidence import Location
from seamcheck.model.report import Loop, ScanReport
from seamcheck.verify.kinds import compatible, of_a_project

Matched = Literal["place", "train calls"]


class Match(NamedTuple):
    """One run of a loop and how it was recognised (None: not at all); ``candidates`` are loops it may be."""

    seen: LoopSeen
    by: Matched | None
    candidates: tuple[str, ...] = ()


class Joined(NamedTuple):
    """A loop of the scan with its runs; ``loop`` None: one run of a loop that the scan does not have."""

    loop: Loop | None
    runs: tuple[Match, ...]


def join(report: ScanReport, seen: ReplayReport, scanned: Collection[str] = ()) -> tuple[Joined, ...]:
    """All loops of the scan in order, each with its runs, then the runs that belong to none of them.

    ``scanned`` are the paths of the files that were scanned: a run whose place lies in one of them is the loop that
    the scan has there, or none. Elsewhere (code of a package, a place that is not known) its train calls tell; but
    another program's own loop around the same function is none of these.
    """
    runs: dict[str, list[Match]] = {loop.id: [] for loop in report.loops}
    strangers: list[Joined] = []
    for observed in seen.loops:
        found, match = _find(report.loops, observed, scanned)
        if found is None:
            strangers.append(Joined(None, (match,)))
        else:
            runs[found.id].append(match)
    return (*(Joined(loop, tuple(runs[loop.id])) for loop in report.loops), *strangers)


def covers(location: Location, path: str | None, line: int | None) -> bool:
    """Does this place of the scan contain that line?"""
    if path != location.path or line is None:
        return False
    return location.line <= line <= max(location.end_line, location.line)


def _find(loops: Iterable[Loop], seen: LoopSeen, scanned: Collection[str]) -> tuple[Loop | None, Match]:
    loops = tuple(loops)
    around = [loop for loop in loops if compatible(seen.kind, loop.kind) and _at(loop, seen)]
    if around:
        return _one(_closest(around, seen), seen, "place")
    if seen.path in scanned:
        return None, Match(seen, None)
    named = [
        loop
        for loop in loops
        if (of_a_project(loop.kind) or (compatible(seen.kind, loop.kind) and not _of_a_program(seen.path)))
        and _trains_as(loop, seen)
    ]
    return _one(named, seen, "train calls")


def _of_a_program(path: str | None) -> bool:
    """Is this a file of a program that was not scanned, rather than one of an installed package?"""
    return path is not None and not any(
        f"/{part}/" in f"/{path}" for part in ("site-packages", "dist-packages")
    )


def _at(loop: Loop, seen: LoopSeen) -> bool:
    """Is this the place of the loop? A plain loop is told by its first line: another one may stand in its body."""
    if seen.kind == "loop":
        return seen.path == loop.location.path and seen.line == loop.location.line
    return covers(loop.location, seen.path, seen.line)


def _one(chosen: list[Loop], seen: LoopSeen, by: Matched) -> tuple[Loop | None, Match]:
    if len(chosen) == 1:
        return chosen[0], Match(seen, by)
    return None, Match(seen, None, tuple(loop.id for loop in chosen))


def _closest(around: list[Loop], seen: LoopSeen) -> list[Loop]:
    """The smallest statement; where several share their lines, the one of that very kind, then of these calls."""
    smallest = min(_size(loop) for loop in around)
    chosen = [loop for loop in around if _size(loop) == smallest]
    for test in (lambda loop: loop.kind == seen.kind, lambda loop: _trains_as(loop, seen)):
        if len(chosen) > 1:
            chosen = [loop for loop in chosen if test(loop)] or chosen
    return chosen


def _size(loop: Loop) -> int:
    return max(loop.location.end_line, loop.location.line) - loop.location.line


def _trains_as(loop: Loop, seen: LoopSeen) -> bool:
    """Are all places at which the run trained models train calls of this loop (and is there one)?"""
    sites = {(call.path, call.line) for call in seen.calls if call.part != "transformer" and call.path}
    return bool(sites) and all(
        any(covers(call.location, path, line) for call in loop.train_calls) for path, line in sites
    )


def relocated(seen: ReplayReport, told: Callable[[str | None], str | None]) -> ReplayReport:
    """The same report with every path told anew: a replay may have had another root than the scan."""
    replace = msgspec.structs.replace

    def loop(each: LoopSeen) -> LoopSeen:
        return replace(
            each,
            path=told(each.path),
            varying=tuple(replace(v, path=told(v.path)) for v in each.varying),
            calls=tuple(replace(c, path=told(c.path)) for c in each.calls),
        )

    outside = tuple(replace(c, path=told(c.path)) for c in seen.outside)
    return replace(seen, loops=tuple(loop(each) for each in seen.loops), outside=outside)


def between(from_root: str, to_root: str) -> Callable[[str | None], str | None]:
    """Tells paths relative to one root as another root has them: relative below it, else absolute."""

    def told(path: str | None) -> str | None:
        if path is None or from_root == to_root:
            return path
        full = os.path.normpath(os.path.join(from_root, path))
        inside = full.startswith(to_root.rstrip(os.sep) + os.sep)
        return os.path.relpath(full, to_root).replace(os.sep, "/") if inside else full

    return told
