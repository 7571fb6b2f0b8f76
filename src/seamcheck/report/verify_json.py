"""The report of a verification as JSON, schema ``seamcheck.verify/1``. Shapes of places and claims are the scan's."""

from __future__ import annotations

from typing import Any

from seamcheck.model.verification import OUTCOMES, Difference, Judgement, LoopVerdict, SeenLoop, VerifyReport
from seamcheck.report import scan_json as shapes
from seamcheck.report.json_text import to_text

SCHEMA = "seamcheck.verify/1"
Json = dict[str, Any]


def render(report: VerifyReport) -> str:
    """The whole report as indented JSON that ends in a newline."""
    return to_text(to_document(report))


def to_document(report: VerifyReport) -> Json:
    """The report as plain dicts and lists."""
    return {
        "schema": SCHEMA,
        "version": report.version,
        "run": report.run,
        "spec": report.spec,
        "exit": report.exit,
        "loops": [_loop(loop) for loop in report.loops],
        "findings": [shapes.of_finding(finding) for finding in report.findings],
        "blind": list(report.blind),
        "stale": list(report.stale),
        "problems": list(report.problems),
        "summary": {
            "loops": len(report.loops),
            "invariance": _counts([loop.invariance for loop in report.loops]),
            "evaluation": _counts([loop.evaluation for loop in report.loops]),
        },
    }


def _counts(judgements: list[Judgement]) -> Json:
    return {outcome: sum(j.outcome == outcome for j in judgements) for outcome in OUTCOMES}


def _loop(loop: LoopVerdict) -> Json:
    return {
        "id": loop.id,
        "kind": loop.kind,
        "function": loop.function,
        "location": shapes.of_place(loop.location),
        "invariance": _judgement(loop.invariance),
        "evaluation": _judgement(loop.evaluation),
        "runs": [_run(run) for run in loop.runs],
        "notes": list(loop.notes),
    }


def _judgement(judgement: Judgement) -> Json:
    return {
        "outcome": judgement.outcome,
        "observed": judgement.observed,
        "claim": None if judgement.claim is None else shapes.of_claim(judgement.claim),
        "differences": [_difference(each) for each in judgement.differences],
        "reasons": list(judgement.reasons),
        "advice": judgement.advice,
    }


def _difference(found: Difference) -> Json:
    return {
        "role": found.role,
        "columns": None if found.columns is None else list(found.columns),
        "blocks": list(found.blocks),
        "call": shapes.of_place(found.location),
        "chain": shapes.of_steps(found.chain),
    }


def _run(run: SeenLoop) -> Json:
    return {
        "id": run.id,
        "kind": run.kind,
        "location": shapes.of_place(run.location),
        "trials": run.trials,
        "verdict": run.verdict,
        "folds": run.folds,
        "matched": run.matched,
        "problems": list(run.problems),
    }
