"""Where a comment may stand that marks a consumer."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamcheck.facts.directives import marked_consumers
from seamcheck.facts.extract import extract
from seamcheck.facts.ir import FileFacts

MARK = "# seamcheck: consumer[a]\n"
IGNORE = "# seamcheck: ignore[SEAM103] -- known\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("def f(run):  " + MARK + "    pass\n", 1),
        (MARK + "def f(run):\n    pass\n", 2),
        (MARK + IGNORE + "def f(run):\n    pass\n", 3),
        (IGNORE + MARK + "def f(run):\n    pass\n", 3),
        (MARK + "@one\n@two(\n    1\n)\ndef f(run):\n    pass\n", 6),
        ("@one  " + MARK + "@two\ndef f(run):\n    pass\n", 3),
        ("class A:\n    " + MARK + "    @staticmethod\n    def f(run):\n        pass\n", 4),
    ],
)
def test_a_mark_belongs_to_the_def(tmp_path: Path, text: str, line: int) -> None:
    (tmp_path / "a.py").write_text(text)
    facts = extract(tmp_path / "a.py")
    assert isinstance(facts, FileFacts)
    assert marked_consumers(facts) == {line: "a"}


def test_a_mark_above_something_else_marks_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(MARK + "x = 1\n\n\ndef f(run):\n    pass\n")
    facts = extract(tmp_path / "a.py")
    assert isinstance(facts, FileFacts)
    assert [f.line for f in facts.functions if f.line in marked_consumers(facts)] == []
