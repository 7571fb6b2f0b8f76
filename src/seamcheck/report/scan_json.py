"""The report as JSON, schema ``seamcheck.scan/1``. Key order is part of the output: it is the schema's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from seamcheck.model.evidence import Location, Reason, Step
from seamcheck.model.report import Claim, Consumer, Finding, Loop, Problem, ScanReport
from seamcheck.report.json_text import to_text
from seamcheck.report.summary import summarise

SCHEMA = "seamcheck.scan/1"
Json = dict[str, Any]


def render(report: ScanReport) -> str:
    """The whole report as indented JSON that ends in a newline."""
    return to_text(to_document(report))


def to_document(report: ScanReport) -> Json:
    """The report as plain dicts and lists, ready for any JSON writer."""
    return {
        "schema": SCHEMA,
        "version": report.version,
        "root": ".",
        "files": {
            "analysed": report.analysed,
            "problems": [_problem(problem) for problem in report.problems],
        },
        "loops": [_loop(loop) for loop in report.loops],
        "consumers": [_consumer(consumer) for consumer in report.consumers],
        "findings": [of_finding(finding) for finding in report.findings],
        "summary": {
            **summarise(report),
            "tests_left": report.tests_left,
            "looked_for": list(report.looked_for),
            **_scope(report),
            "near_misses": [
                {"message": miss.message, "location": _location(miss.location)} for miss in report.near_misses
            ],
        },
    }


def _scope(report: ScanReport) -> Json:
    """The baseline that was applied and what the report was narrowed to; nothing where neither was."""
    found: Json = {}
    if report.baseline is not None:
        use = report.baseline
        found["baseline"] = {
            "path": use.path,
            "matched": use.matched,
            "stale": use.stale,
            "notes": list(use.notes),
        }
    if report.narrowed is not None:
        to = report.narrowed
        found["narrowed"] = {
            "since": to.since,
            "path": to.path,
            "findings_left_out": to.findings_left,
            "problems_left_out": to.problems_left,
            "loops": list(to.loops),
            "consumers": list(to.consumers),
        }
    return found


def _location(location: Location) -> Json:
    found: Json = {
        "path": location.path,
        "line": location.line,
        "column": location.column,
        "end_line": max(location.end_line, location.line),
    }
    if location.cell:
        found["cell"] = location.cell
        found["cell_line"] = location.cell_line
    return found


def _problem(problem: Problem) -> Json:
    found: Json = {"path": problem.path, "line": problem.line, "message": problem.message}
    if problem.cell:
        found["cell"] = problem.cell
        found["cell_line"] = problem.cell_line
    return found


def of_place(location: Location | None) -> Json | None:
    """A location, or null."""
    return None if location is None else _location(location)


def of_steps(steps: Iterable[Step]) -> list[Json]:
    """A chain."""
    return [{"message": step.message, "location": _location(step.location)} for step in steps]


def _reason(reason: Reason) -> Json:
    return {
        "kind": reason.kind,
        "message": reason.message,
        "variable": reason.variable,
        "location": _location(reason.location),
        "flow": of_steps(reason.flow),
    }


def of_claim(claim: Claim) -> Json:
    """A verdict with what speaks for and against it."""
    return {
        "verdict": claim.verdict,
        "evidence": of_steps(claim.evidence),
        "reasons": [_reason(reason) for reason in claim.reasons],
        "assumptions": list(claim.assumptions),
    }


def _loop(loop: Loop) -> Json:
    objective = loop.objective
    return {
        "id": loop.id,
        "kind": loop.kind,
        "function": loop.function,
        "location": _location(loop.location),
        "objective": None
        if objective is None
        else {"function": objective.function, "location": _location(objective.location)},
        "train_calls": [
            {"api": call.api, "function": call.function, "location": _location(call.location)}
            for call in loop.train_calls
        ],
        "invariance": of_claim(loop.invariance),
        "evaluation": of_claim(loop.evaluation),
        "seam": {
            **of_claim(loop.seam.claim),
            "location": of_place(loop.seam.location),
            "variables": list(loop.seam.variables),
        },
        "data": None if loop.data is None else list(loop.data),
    }


def _consumer(consumer: Consumer) -> Json:
    return {
        "id": consumer.id,
        "name": consumer.name,
        "function": consumer.function,
        "location": _location(consumer.location),
        **of_claim(consumer.claim),
        "reads": [
            {"what": read.what, "kind": read.kind, "location": _location(read.location)}
            for read in consumer.reads
        ],
        "registered": consumer.registered,
    }


def of_finding(finding: Finding) -> Json:
    """A finding."""
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity,
        "message": finding.message,
        "location": _location(finding.location),
        "flow": of_steps(finding.flow),
        "fix": finding.fix,
        "fingerprint": finding.fingerprint,
        "suppressed": finding.suppressed,
    }
