"""The report on a replay as JSON, schema ``seamcheck.replay/1``. Key order is part of the output."""

from __future__ import annotations

from typing import Any

from seamcheck.model.comparison import RunComparison
from seamcheck.model.event import CallSeen, LoopSeen, ReplayReport, Varying
from seamcheck.report.json_text import to_text

SCHEMA = "seamcheck.replay/1"
DIFF_SCHEMA = "seamcheck.replay-diff/1"
Json = dict[str, Any]


def render(report: ReplayReport) -> str:
    """The whole report as indented JSON that ends in a newline."""
    return to_text(to_document(report))


def to_document(report: ReplayReport) -> Json:
    """The report as plain dicts and lists, ready for any JSON writer."""
    return {
        "schema": SCHEMA,
        "run": report.run,
        "spec": report.spec,
        "exit": report.exit,
        "loops": [_loop(loop) for loop in report.loops],
        "outside": [_call(call) for call in report.outside],
        "problems": list(report.problems),
    }


def render_comparison(comparison: RunComparison) -> str:
    """Two runs against each other, schema ``seamcheck.replay-diff/1``."""
    return to_text(
        {
            "schema": DIFF_SCHEMA,
            "runs": list(comparison.runs),
            "verdict": comparison.verdict,
            "loops": [
                {
                    "id": loop.id,
                    "trials": list(loop.trials),
                    "verdict": loop.verdict,
                    "varying": [_varying(each) for each in loop.varying],
                    "problems": list(loop.problems),
                }
                for loop in comparison.loops
            ],
            "problems": list(comparison.problems),
        }
    )


def _location(path: str | None, line: int | None) -> Json | None:
    """A place as in scan reports. Events know lines, not columns."""
    if path is None or line is None:
        return None
    return {"path": path, "line": line, "column": 1, "end_line": line}


def _loop(loop: LoopSeen) -> Json:
    return {
        "id": loop.id,
        "kind": loop.kind,
        "location": _location(loop.path, loop.line),
        "trials": loop.trials,
        "verdict": loop.verdict,
        "varying": [_varying(each) for each in loop.varying],
        "folds": loop.folds,
        "calls": [_call(call) for call in loop.calls],
        "problems": list(loop.problems),
    }


def _varying(varying: Varying) -> Json:
    return {
        "role": varying.role,
        "columns": None if varying.columns is None else list(varying.columns),
        "call": _location(varying.path, varying.line),
    }


def _call(call: CallSeen) -> Json:
    return {
        "api": call.api,
        "location": _location(call.path, call.line),
        "part": call.part,
        "events": call.events,
    }
