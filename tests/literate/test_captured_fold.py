"""``fixtures/captured_fold*``: every mark in their sources holds, and nothing else is claimed.

The second one is the same program with its functions called by Hamilton: it must get the same verdicts.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from seamcheck import api
from seamcheck.model.report import ScanReport
from tests.literate.cases import Mark, mismatches, read_marks

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
#: Where the causes of the variant twins are named: the objective, or the node that brings the cause in.
CAUSES = {
    "captured_fold": (
        "variant_columns", "variant_resample", "variant_mutation", "variant_number", "variant_clock",
    ),
    "captured_fold_hamilton": (
        "variant_columns", "nodes/resampled", "nodes/smoothed", "variant_number", "nodes/released",
    ),
}  # fmt: skip


def marks_of(program: str) -> list[Mark]:
    root = FIXTURES / program
    files = {
        p.relative_to(root).as_posix(): p.read_text(encoding="utf-8") for p in sorted(root.rglob("*.py"))
    }
    return list(read_marks(files))


MARKS = {program: marks_of(program) for program in CAUSES}


@pytest.fixture(scope="module")
def scanned() -> dict[str, ScanReport]:
    return {name: api.scan(api.ScanOptions((FIXTURES / name,), use_cache=False)).report for name in CAUSES}


@pytest.fixture(params=CAUSES)
def program(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def report(scanned: dict[str, ScanReport], program: str) -> ScanReport:
    return scanned[program]


@pytest.mark.parametrize(
    ("name", "mark"),
    [pytest.param(n, m, id=f"{n}:{Path(m.path).name}:{m.line}") for n in CAUSES for m in MARKS[n]],
)
def test_mark(scanned: dict[str, ScanReport], name: str, mark: Mark) -> None:
    wrong = [line for line in mismatches(scanned[name], [mark]) if line.startswith(mark.text)]
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


def test_nothing_without_a_mark(report: ScanReport, program: str) -> None:
    assert [line for line in mismatches(report, MARKS[program]) if "without a mark" in line] == []


def test_only_s40_needs_no_training(report: ScanReport) -> None:
    assert [c.function for c in report.consumers if c.claim.verdict == "xy_only"] == ["s40"]


def test_other_consumers_need_the_run(report: ScanReport, program: str) -> None:
    marked = {(m.path, m.line) for m in MARKS[program] if m.about == "consumer"}
    others = {
        c.function: c.claim.verdict
        for c in report.consumers
        if (c.location.path, c.location.line) not in marked
    }
    assert set(others.values()) <= {"trial_dynamics", "unknown"}, others


def test_the_string_dispatch_says_where_knowledge_stopped(report: ScanReport) -> None:
    (s28,) = [c for c in report.consumers if c.function == "s28"]
    assert s28.claim.reasons
    assert s28.claim.reasons[0].location.path.endswith("s28_panel.py")


@pytest.mark.parametrize(("name", "cause"), [(name, cause) for name in CAUSES for cause in CAUSES[name]])
def test_variant_twins_say_why_and_what_to_do(scanned: dict[str, ScanReport], name: str, cause: str) -> None:
    causes = [
        f
        for f in scanned[name].findings
        if f.location.path.endswith(f"/{cause}.py") and f.code.startswith("SEAM30")
    ]
    assert causes
    assert all(f.fix for f in causes if f.code != "SEAM306")


def test_claims_carry_evidence(report: ScanReport) -> None:
    for loop in report.loops:
        for claim in (loop.invariance, loop.evaluation, loop.seam.claim):
            if claim.verdict in ("unknown", "variant", "none"):
                assert claim.reasons, loop.id
        if loop.seam.claim.verdict == "clean":
            assert loop.seam.claim.evidence, loop.id
        if loop.invariance.verdict == "invariant":
            assert loop.invariance.evidence, loop.id
    for consumer in report.consumers:
        if consumer.claim.verdict == "unknown":
            assert consumer.claim.reasons, consumer.id
        if consumer.claim.verdict == "trial_dynamics":
            assert consumer.claim.evidence, consumer.id


def test_both_programs_bear_the_same_marks() -> None:
    def said(marks: list[Mark]) -> list[tuple[str, str, tuple[tuple[str, str], ...]]]:
        return sorted((Path(m.path).name, m.about, tuple(sorted(m.values.items()))) for m in marks)

    plain, wired = MARKS.values()
    assert said(plain) == said(wired)
