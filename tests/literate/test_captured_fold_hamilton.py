"""``fixtures/captured_fold_hamilton``: the same verdicts as the plain program, whose functions Hamilton calls here."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamcheck import api
from seamcheck.model.report import ScanReport
from tests.literate.cases import Mark, mismatches, read_marks

ROOT = Path(__file__).resolve().parents[2] / "fixtures" / "captured_fold_hamilton"
FILES = {p.relative_to(ROOT).as_posix(): p.read_text(encoding="utf-8") for p in sorted(ROOT.rglob("*.py"))}
MARKS = list(read_marks(FILES))


@pytest.fixture(scope="module")
def report() -> ScanReport:
    return api.scan(api.ScanOptions((ROOT,), use_cache=False)).report


@pytest.mark.parametrize("mark", MARKS, ids=lambda mark: f"{Path(mark.path).name}:{mark.line}")
def test_mark(report: ScanReport, mark: Mark) -> None:
    wrong = [line for line in mismatches(report, [mark]) if line.startswith(mark.text)]
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


def test_nothing_without_a_mark(report: ScanReport) -> None:
    assert [line for line in mismatches(report, MARKS) if "without a mark" in line] == []


def test_only_s40_needs_no_training(report: ScanReport) -> None:
    assert [c.function for c in report.consumers if c.claim.verdict == "xy_only"] == ["s40"]


def test_other_consumers_need_the_run(report: ScanReport) -> None:
    marked = {(m.path, m.line) for m in MARKS if m.about == "consumer"}
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


@pytest.mark.parametrize(
    "cause",
    ["variant_columns", "nodes/resampled", "nodes/smoothed", "variant_number", "nodes/released"],
)
def test_variant_twins_say_why_and_what_to_do(report: ScanReport, cause: str) -> None:
    """The place of the cause is the node that brings it in, or the objective where the trial does."""
    causes = [
        f for f in report.findings if f.location.path.endswith(f"/{cause}.py") and f.code.startswith("SEAM30")
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


def test_the_marks_are_those_of_the_plain_program() -> None:
    plain = ROOT.parent / "captured_fold"
    files = {p.relative_to(plain).as_posix(): p.read_text(encoding="utf-8") for p in plain.rglob("*.py")}

    def said(marks: list[Mark]) -> list[tuple[str, str, tuple[tuple[str, str], ...]]]:
        return sorted((Path(m.path).name, m.about, tuple(sorted(m.values.items()))) for m in marks)

    assert said(list(read_marks(files))) == said(MARKS)
