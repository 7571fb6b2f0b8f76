"""In a large program fewer calls of each function are followed, and no good verdict rests on what is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamcheck.flow import coverage
from tests.literate.cases import Case, mismatches, read_cases, read_marks
from tests.literate.conftest import Scan

LITERATE = Path(__file__).parent
CASES = [
    case
    for name in ("left_out", "soundness", "presence", "memory", "many_of_a_kind")
    for case in read_cases(LITERATE / f"{name}.md")
    if not case.gap
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.source}::{case.title}")
def test_verdicts_hold(case: Case, tmp_path: Path, scan: Scan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "LARGE", 0)
    case.write(tmp_path)
    wrong = mismatches(scan(tmp_path), list(read_marks(case.files)))
    assert wrong == []
