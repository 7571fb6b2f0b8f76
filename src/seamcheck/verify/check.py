"""All claims of a scan against all that a run showed."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import PurePath

from seamcheck.config.schema import Config
from seamcheck.model.event import LoopSeen, ReplayReport
from seamcheck.model.evidence import Location
from seamcheck.model.report import ScanReport
from seamcheck.model.verification import LoopVerdict, SeenLoop, VerifyReport
from seamcheck.verify.findings import findings
from seamcheck.verify.join import Joined, Match, join
from seamcheck.verify.judge import judge
from seamcheck.verify.watched import Watched, spot_of

#: Loops that are named where several may be meant.
SHOWN = 3


def verify(
    report: ScanReport,
    seen: ReplayReport,
    watched: Watched | None = None,
    *,
    scanned: Collection[str] = (),
    stale: tuple[str, ...] = (),
    config: Config | None = None,
) -> VerifyReport:
    """Hold every claim of a scan against a run.

    ``watched`` adds what single events and notes say, ``scanned`` are the paths that were scanned, ``stale`` those
    that have changed since the run.
    """
    details = watched or Watched()
    loops = [_loop(joined, details, bool(stale)) for joined in join(report, seen, scanned)]
    ordered = tuple(sorted(loops, key=_order))
    return VerifyReport(
        version=report.version,
        run=seen.run,
        spec=seen.spec,
        exit=seen.exit,
        loops=ordered,
        findings=findings(ordered, stale, config or Config()),
        blind=details.blind,
        stale=stale,
        problems=tuple(text for text in seen.problems if text not in details.blind),
    )


def _order(loop: LoopVerdict) -> tuple[bool, Location, str]:
    """Loops of the scan as it has them, then the others by place."""
    return (loop.id is None, loop.location or Location("", 0), loop.kind)


def _loop(joined: Joined, watched: Watched, stale: bool) -> LoopVerdict:
    loop, runs = joined
    invariance = judge("invariance", loop, runs, watched, stale)
    evaluation = judge("evaluation", loop, runs, watched, stale)
    first = runs[0].seen if runs else None
    where = loop.location if loop is not None else None if first is None else _location(first)
    return LoopVerdict(
        id=None if loop is None else loop.id,
        kind=loop.kind if loop is not None else first.kind if first is not None else "",
        function=None if loop is None else loop.function,
        location=where,
        invariance=invariance,
        evaluation=evaluation,
        runs=tuple(_run(match) for match in runs),
        notes=tuple(_notes(runs, watched)),
    )


def _location(seen: LoopSeen) -> Location | None:
    """The place of an observed loop. What lies outside the project is told by its name alone."""
    if seen.path is None:
        return None
    line = seen.line or 1
    path = PurePath(seen.path)
    return Location(path.name if path.is_absolute() else seen.path, line, 1, line)


def _run(match: Match) -> SeenLoop:
    seen = match.seen
    return SeenLoop(
        id=seen.id,
        kind=seen.kind,
        location=_location(seen),
        trials=seen.trials,
        verdict=seen.verdict,
        folds=seen.folds,
        matched=match.by,
        problems=seen.problems,
    )


def _notes(runs: tuple[Match, ...], watched: Watched) -> list[str]:
    notes = []
    for match in runs:
        if match.candidates:
            more = len(match.candidates) - SHOWN
            named = ", ".join(match.candidates[:SHOWN]) + (f" and {more} more" if more > 0 else "")
            notes.append(f"several loops of the scan train there: {named}")
        for role in watched.streamed.get(spot_of(match.seen), ()):
            notes.append(f"{role} is a stream: what was hashed are its batches in the order they passed")
    return list(dict.fromkeys(notes))
