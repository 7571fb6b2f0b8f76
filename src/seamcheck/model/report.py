"""What a scan says: loops, consumers, findings and the claims about them (schema ``seamcheck.scan/1``)."""

from __future__ import annotations

from typing import Literal

import msgspec

from seamcheck.model.evidence import Location, Reason, Step

Severity = Literal["error", "warning", "note"]
ReadKind = Literal["data", "dynamics", "unknown"]


class Claim(msgspec.Struct, frozen=True):
    """A verdict with its evidence, the reasons against it and the assumptions it rests on.

    Invariance and evaluation: ``invariant | variant | unknown``; seam: ``clean | none | unknown``;
    consumers: ``xy_only | trial_dynamics | unknown``. ``assumed`` are those of the assumptions that a comment in the
    source states, each with the place of the comment.
    """

    verdict: str
    evidence: tuple[Step, ...] = ()
    reasons: tuple[Reason, ...] = ()
    assumptions: tuple[str, ...] = ()
    assumed: tuple[Step, ...] = ()


class Seam(msgspec.Struct, frozen=True):
    """Where X and y are complete: ``location`` is the last statement that produces them, or None."""

    claim: Claim
    location: Location | None = None
    variables: tuple[str, ...] = ()


class Objective(msgspec.Struct, frozen=True):
    """The user function that one trial runs: its qualname and the line of its ``def`` (or lambda)."""

    function: str
    location: Location


class TrainCall(msgspec.Struct, frozen=True):
    """A call that trains, reached from a trial: ``api`` is the modelled name, ``function`` the enclosing qualname."""

    api: str
    function: str
    location: Location


class Loop(msgspec.Struct, frozen=True):
    """One trial loop. ``function`` is the qualname that contains it, ``<module>`` at module level."""

    id: str
    kind: str
    function: str
    location: Location
    objective: Objective | None
    train_calls: tuple[TrainCall, ...]
    invariance: Claim
    evaluation: Claim
    seam: Seam
    data: tuple[str, ...] | None = None


class Read(msgspec.Struct, frozen=True):
    """One thing a consumer reads of a run."""

    what: str
    kind: ReadKind
    location: Location


class Consumer(msgspec.Struct, frozen=True):
    """A function (or module body) that reads what a training run left behind, and what it needs of it."""

    id: str
    name: str
    function: str
    location: Location
    claim: Claim
    reads: tuple[Read, ...] = ()
    registered: str | None = None


class Finding(msgspec.Struct, frozen=True):
    """One thing to act on. ``suppressed`` is the reason somebody gave for living with it.

    ``function`` is the qualname around its place and ``statement`` a hash of what the statement there says: with code
    and path they tell a finding from others, wherever its lines have gone (see :mod:`seamcheck.checks.identity`).
    """

    code: str
    name: str
    severity: Severity
    message: str
    location: Location
    flow: tuple[Step, ...] = ()
    fix: str | None = None
    fingerprint: str = ""
    suppressed: str | None = None
    function: str = ""
    statement: str = ""


class Problem(msgspec.Struct, frozen=True, order=True):
    """A file that could not be analysed (or only in part), and why.

    ``cell`` and ``cell_line`` are those of a place in a notebook, see Location. Without them the ``line`` of a
    notebook is that of the file itself, which is no notebook then.
    """

    path: str
    line: int
    message: str
    cell: int = 0
    cell_line: int = 0


class NearMiss(msgspec.Struct, frozen=True):
    """Something that looks like tuning but is no loop we can name: an unmodelled tuner, a train call without a loop."""

    message: str
    location: Location


class BaselineUse(msgspec.Struct, frozen=True):
    """The baseline that was applied: its file, how many findings it knew, how many entries stand for nothing."""

    path: str
    matched: int
    stale: int
    notes: tuple[str, ...] = ()


class Narrowed(msgspec.Struct, frozen=True):
    """What a report was narrowed to: what is ``new`` since a revision, or what stands in one file.

    Findings and problems outside are gone from the report and counted here. Loops and consumers stay (they are what
    verdicts are about); those inside are named by their ids, and reports for people show no others.
    """

    since: str | None
    path: str | None
    findings_left: int
    problems_left: int
    loops: tuple[str, ...]
    consumers: tuple[str, ...]


class ScanReport(msgspec.Struct, frozen=True):
    """Everything one scan found. ``root`` is the absolute project root and never leaves the process.

    ``tests_left`` counts the files of test suites that were read and not followed.
    """

    version: str
    root: str
    analysed: int
    problems: tuple[Problem, ...]
    loops: tuple[Loop, ...]
    consumers: tuple[Consumer, ...]
    findings: tuple[Finding, ...]
    near_misses: tuple[NearMiss, ...] = ()
    looked_for: tuple[str, ...] = ()
    tests_left: int = 0
    baseline: BaselineUse | None = None
    narrowed: Narrowed | None = None
