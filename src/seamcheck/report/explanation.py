"""What ``explain`` answers: the loops, consumers and findings that a word names."""

from __future__ import annotations

import re
from difflib import get_close_matches

import msgspec

from seamcheck.model.errors import ConfigError
from seamcheck.model.evidence import Location
from seamcheck.model.report import Consumer, Finding, Loop, ScanReport

_PLACE = re.compile(r"(?P<path>.+?):(?: ?cell (?P<cell>\d+), line )?(?P<line>\d+)(?:(?::|, column )\d+)?")
Subject = Loop | Consumer | Finding


class Explanation(msgspec.Struct, frozen=True):
    """One thing that was asked about, and the findings on the same statement."""

    subject: Subject
    related: tuple[Finding, ...] = ()


def select(report: ScanReport, target: str) -> list[Explanation]:
    """What ``target`` names: an id, a name, a qualname, a code, a fingerprint, ``path:line``; all that match.

    Raises ConfigError with the nearest names if nothing does.
    """
    subjects: list[Subject] = [*report.loops, *report.consumers, *report.findings]
    for match in (_is_exactly, _is_at, _ends_in):
        found = [subject for subject in subjects if match(subject, target)]
        if found:
            return [Explanation(subject, _related(report, subject)) for subject in found]
    known = sorted({name for subject in subjects for name in _names(subject)})
    close = get_close_matches(target, known, n=3, cutoff=0.5)
    hint = "did you mean " + " or ".join(f"`{name}`" for name in close) + "?" if close else None
    raise ConfigError(
        f"nothing here is called `{target}`", hint=hint or "`seamcheck scan` lists what there is"
    )


def _names(subject: Subject) -> tuple[str, ...]:
    if isinstance(subject, Loop):
        objective = () if subject.objective is None else (subject.objective.function,)
        return (subject.id, subject.function, subject.kind, *objective)
    if isinstance(subject, Consumer):
        qualified = f"{subject.location.path}::{subject.function}"
        return subject.id, subject.name, subject.function, qualified
    return subject.code, subject.name, subject.fingerprint


def _is_exactly(subject: Subject, target: str) -> bool:
    return bool(target) and target in _names(subject)


def _is_at(subject: Subject, target: str) -> bool:
    found = _PLACE.fullmatch(target)
    if found is None:
        return False
    here, line = subject.location, int(found["line"])
    path = found["path"].removeprefix("./")
    same = here.path == path or here.path.endswith("/" + path) or path.endswith("/" + here.path)
    if found["cell"] is not None:
        same = same and here.cell == int(found["cell"])
        line += here.line - here.cell_line
    return same and here.line <= line <= max(here.line, here.end_line)


def _ends_in(subject: Subject, target: str) -> bool:
    return bool(target) and any(
        name.endswith(("." + target, ":" + target, "/" + target)) for name in _names(subject) if name
    )


def _related(report: ScanReport, subject: Subject) -> tuple[Finding, ...]:
    if isinstance(subject, Finding):
        return ()
    return tuple(finding for finding in report.findings if _touches(subject, finding.location))


def _touches(subject: Loop | Consumer, location: Location) -> bool:
    """Does a finding stand on the statement of a loop, in its objective, or on a consumer's ``def``?"""
    places = [subject.location]
    if isinstance(subject, Loop):
        places += [reason.location for reason in subject.invariance.reasons + subject.seam.claim.reasons]
    return any(p.path == location.path and p.line == location.line for p in places)
