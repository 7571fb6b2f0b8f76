"""Runs the literate cases: ``rules/*.md`` for the library models, ``*.md`` beside this file for the engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.literate.cases import Case, mismatches, read_cases, read_marks
from tests.literate.conftest import Scan

HERE = Path(__file__).resolve().parent
RULES = HERE.parents[1] / "rules"
SOURCES = [p for folder in (RULES, HERE) for p in sorted(folder.glob("*.md")) if p.name != "README.md"]
CASES = [case for source in SOURCES for case in read_cases(source)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.source}::{case.title}")
def test_case(case: Case, tmp_path: Path, scan: Scan) -> None:
    marks = list(read_marks(case.files))
    case.write(tmp_path)
    wrong = mismatches(scan(tmp_path), marks)
    if case.gap:
        assert wrong, f"{case.source}:{case.line}: the gap is closed: take `known gap:` out of the title"
    elif wrong:
        pytest.fail(f"{case.source}:{case.line}\n" + "\n".join(wrong), pytrace=False)


def test_titles_are_unique() -> None:
    names = [(case.source, case.title) for case in CASES]
    assert len(names) == len(set(names))


def test_every_case_has_code() -> None:
    assert [f"{case.source}:{case.line}" for case in CASES if not case.files] == []


def test_every_model_has_cases() -> None:
    with_cases = {case.source for case in CASES}
    models = [p.stem for p in sorted(RULES.glob("*.toml")) if p.name != "codes.toml"]
    assert [name for name in models if f"{name}.md" not in with_cases] == []
