"""The gate as tests: one scan, an item per claim and one per finding that fails.

Passed is said only of what is proven (and of ``trial_dynamics``, the answer that costs nothing but time). A finding
that fails a scan is a failed item, so that the session fails exactly where ``seamcheck scan`` does. Everything in
between, ``unknown`` and what somebody accepted (a note, a suppression), is xfailed: it does not fail the gate, it is
not passed either, and ``-rx`` tells the reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from seamcheck.api import Claim, Finding, Location, ScanReport

#: Verdicts that an item may pass with.
_GOOD = frozenset({"invariant", "clean", "xy_only", "trial_dynamics"})
NAME = "seamcheck"


class Failed(Exception):
    """A finding that fails the gate."""


class Check(NamedTuple):
    """One item: ``text`` says why it fails (``fails``) or is not proven; None where it passes."""

    name: str
    text: str | None
    fails: bool
    path: str
    line: int


def gate_items(session: pytest.Session) -> list[pytest.Item]:
    """The items of the gate; what makes a scan impossible is reported as an error of collection."""
    gate = Gate.from_parent(session, name=NAME, nodeid=NAME, path=session.config.rootpath)
    gate.ihook.pytest_collectstart(collector=gate)
    report: pytest.CollectReport = gate.ihook.pytest_make_collect_report(collector=gate)
    gate.ihook.pytest_collectreport(report=report)
    return [each for each in report.result or () if isinstance(each, pytest.Item)]


class Gate(pytest.Collector):
    """Scans the program and collects a check per claim and finding."""

    def collect(self) -> Iterator[pytest.Item]:
        """In the order of the report, the same in every process. Raises CollectError with our message."""
        from seamcheck import api

        paths = _paths(self.config)
        try:
            report = api.scan(api.ScanOptions(paths=paths)).report
        except api.SeamcheckError as error:
            raise self.CollectError(f"seamcheck: {error}") from error
        if not report.analysed:
            raise self.CollectError(f"seamcheck: nothing could be analysed: {_files_read(report).text}")
        for check in _numbered(checks(report)):
            item: pytest.Item = CheckItem.from_parent(
                self, name=check.name, check=check, path=Path(report.root, check.path)
            )
            yield item


class CheckItem(pytest.Item):
    """One claim or finding."""

    def __init__(self, *, check: Check, **more: Any) -> None:
        super().__init__(**more)
        self.check = check
        self.add_marker(NAME)

    def runtest(self) -> None:
        """Pass, xfail or fail."""
        if self.check.text is None:
            return
        if not self.check.fails:
            pytest.xfail(self.check.text)
        raise Failed(self.check.text)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The finding and nothing else: no line of this plugin settles it."""
        if isinstance(excinfo.value, Failed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where in the program it is."""
        return self.path, self.check.line - 1 if self.check.line else None, self.name


def checks(report: ScanReport) -> Iterator[Check]:
    """All checks of a report: claims first, then findings that fail, then what was not read."""
    for loop in report.loops:
        at = loop.location
        for question, claim in (
            ("invariance", loop.invariance),
            ("evaluation", loop.evaluation),
            ("seam", loop.seam.claim),
        ):
            yield Check(f"{loop.id} {question}", _unproven(claim, at), False, at.path, at.line)
    for consumer in report.consumers:
        at = consumer.location
        yield Check(f"{consumer.id} needs", _unproven(consumer.claim, at), False, at.path, at.line)
    for finding in report.findings:
        if finding.severity != "note" and finding.suppressed is None:
            at = finding.location
            yield Check(f"{finding.code} {_place(at)}", _finding_text(finding), True, at.path, at.line)
    yield _loops_found(report)
    yield _files_read(report)


def _unproven(claim: Claim, at: Location) -> str | None:
    if claim.verdict in _GOOD:
        return None
    why = [f"{reason.message} ({_place(reason.location)})" for reason in claim.reasons[:1]]
    return ": ".join([f"{claim.verdict} at {_place(at)}", *why])


def _finding_text(finding: Finding) -> str:
    lines = [
        f"{finding.severity}: {finding.code} {finding.name}",
        f"{_place(finding.location)}: {finding.message}",
        *(f"    {_place(step.location)}: {step.message}" for step in finding.flow),
    ]
    if finding.fix:
        lines.append(f"To settle it: {finding.fix}")
    lines.append(f"What it means: seamcheck explain {finding.code}")
    return "\n".join(lines)


def _loops_found(report: ScanReport) -> Check:
    text = None
    if not report.loops:
        near = [f"{miss.message} ({_place(miss.location)})" for miss in report.near_misses[:3]]
        text = "; ".join(["no trial loop was found, so nothing is said of any", *near])
    return Check("loops were found", text, False, "", 0)


def _files_read(report: ScanReport) -> Check:
    found = [f"{each.path}:{max(each.line, 1)}: {each.message}" for each in report.problems]
    more = [f"and {len(found) - 3} more"] if len(found) > 3 else []
    return Check("files were read", "; ".join([*found[:3], *more]) or None, False, "", 0)


def _numbered(found: Iterator[Check]) -> Iterator[Check]:
    """No two items have one name."""
    seen: Counter[str] = Counter()
    for check in found:
        seen[check.name] += 1
        number = seen[check.name]
        yield check if number == 1 else check._replace(name=f"{check.name} #{number}")


def _place(location: Location) -> str:
    if location.cell:
        return f"{location.path}: cell {location.cell}, line {location.cell_line}"
    return f"{location.path}:{location.line}"


def _paths(config: pytest.Config) -> tuple[Path, ...]:
    named = config.getoption("seamcheck_paths")
    if named:
        paths = tuple(map(Path, named))
    else:
        paths = tuple(config.getini("seamcheck_paths")) or (config.rootpath,)
    for path in paths:
        if not path.exists():
            raise Gate.CollectError(f"seamcheck: there is no {path}: correct seamcheck_paths")
    return paths
