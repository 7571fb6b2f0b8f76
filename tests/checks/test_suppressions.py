"""``# seamcheck: ignore[...]``: which lines a comment speaks of, and what is wrong with comments."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamcheck import api
from seamcheck.checks.suppressions import scope
from seamcheck.facts.extract import extract
from seamcheck.facts.ir import FileFacts
from seamcheck.model.report import Finding
from tests.robustness.process import GOOD

SOURCE = """\
x = 1  # here 1
# above 3
y = (
    2,  # inside 4
    3,
)  # end 6
if x:  # header 7
    z = 3  # body 8
    # above the inner 10
    z = 4
for i in range(3):  # loop 11
    print(
        i,  # inside 13
    )
def f(a, b=2):  # def 15
    c = a  # in the function 16
    return c
class C:  # class 18
    d = [
        1,  # in the class 20
    ]
"""


def facts_of(folder: Path, text: str) -> FileFacts:
    marked = "\n".join(line.replace("# ", "# seamcheck: ", 1) for line in text.split("\n"))
    path = folder / "a.py"
    path.write_text(marked, encoding="utf-8")
    found = extract(path)
    assert isinstance(found, FileFacts)
    return found


@pytest.mark.parametrize(
    ("word", "lines"),
    [
        ("here 1", (1, 1)), ("above 3", (3, 6)), ("inside 4", (3, 6)), ("end 6", (3, 6)), ("header 7", (7, 7)),
        ("body 8", (8, 8)), ("above the inner 10", (10, 10)), ("loop 11", (11, 11)), ("inside 13", (12, 14)),
        ("in the function 16", (16, 16)), ("in the class 20", (19, 21)),
    ],
)  # fmt: skip
def test_scope(tmp_path: Path, word: str, lines: tuple[int, int]) -> None:
    facts = facts_of(tmp_path, SOURCE)
    (directive,) = [d for d in facts.directives if d.text.strip() == word]
    assert scope(facts, directive) == lines


@pytest.mark.parametrize("word", ["def 15", "class 18"])
def test_a_comment_on_a_definition_is_about_its_line(tmp_path: Path, word: str) -> None:
    facts = facts_of(tmp_path, SOURCE)
    (directive,) = [d for d in facts.directives if d.text.strip() == word]
    start, end = scope(facts, directive)
    assert start == directive.line
    assert end >= start


@given(
    st.lists(
        st.sampled_from(["x = 1", "if x:\n    y = 2", "z = (\n  1,\n)", "def f():\n    return 1", ""]),
        max_size=6,
    ),
    st.integers(1, 20),
)
def test_a_scope_contains_its_line_and_lies_in_one_statement(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str], line: int
) -> None:
    from seamcheck.facts.ir import Directive

    path = tmp_path_factory.mktemp("scope") / "a.py"
    path.write_text("\n".join(parts) + "\n", encoding="utf-8")
    facts = extract(path)
    assert isinstance(facts, FileFacts)
    start, end = scope(facts, Directive(line, "", True))
    assert start <= line <= end
    if start != end:
        text = path.read_text().split("\n")
        assert text[start - 1].strip()


def findings(folder: Path, text: str) -> list[Finding]:
    (folder / "pyproject.toml").write_text("")
    (folder / "a.py").write_text(text, encoding="utf-8")
    return list(api.scan(api.ScanOptions((folder,), use_cache=False)).report.findings)


def with_comment(comment: str) -> str:
    return GOOD.replace("train_test_split(X, y)\n", f"train_test_split(X, y)  # seamcheck: {comment}\n")


def test_without_a_comment_there_is_one_finding(tmp_path: Path) -> None:
    assert [f.code for f in findings(tmp_path, GOOD)] == ["SEAM302"]


def test_a_reason_silences(tmp_path: Path) -> None:
    found = findings(tmp_path, with_comment("ignore[SEAM302] -- the split is part of the search"))
    assert [(f.code, f.suppressed) for f in found] == [("SEAM302", "the split is part of the search")]


@pytest.mark.parametrize(
    ("comment", "codes"),
    [
        ("ignore[SEAM302]", ["SEAM302", "SEAM903"]),
        ("ignore[SEAM302] --", ["SEAM302", "SEAM903"]),
        ("ignore[SEAM305] -- no", ["SEAM302", "SEAM902"]),
        ("ignore[SEAM999] -- no", ["SEAM302", "SEAM904"]),
        ("ignore SEAM302 -- no", ["SEAM302", "SEAM905"]),
        ("ignroe[SEAM302] -- no", ["SEAM302", "SEAM905"]),
    ],
)
def test_what_is_wrong_with_a_comment_is_told(tmp_path: Path, comment: str, codes: list[str]) -> None:
    found = findings(tmp_path, with_comment(comment))
    assert sorted(f.code for f in found) == codes
    assert all(f.suppressed is None for f in found)


def test_names_work_like_codes(tmp_path: Path) -> None:
    name = findings(tmp_path, GOOD)[0].name
    assert [f.suppressed for f in findings(tmp_path, with_comment(f"ignore[{name}] -- meant"))] == ["meant"]


def test_a_silenced_finding_leaves_the_verdict(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "a.py").write_text(with_comment("ignore[SEAM302] -- meant"))
    (loop,) = api.scan(api.ScanOptions((tmp_path,), use_cache=False)).report.loops
    assert loop.invariance.verdict == "variant"
