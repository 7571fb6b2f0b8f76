"""What keeps the identity of a finding, and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamcheck import api
from seamcheck.facts.extract import extract
from seamcheck.facts.ir import FileFacts
from seamcheck.facts.statements import enclosing, spans, wording
from seamcheck.model.report import Finding
from tests.robustness.process import GOOD

SPLIT = "    X_train, X_valid, y_train, y_valid = train_test_split(X, y)\n"


def found(folder: Path, text: str) -> list[Finding]:
    (folder / "pyproject.toml").write_text("")
    (folder / "a.py").write_text(text, encoding="utf-8")
    return list(api.scan(api.ScanOptions((folder,), use_cache=False)).report.findings)


def key(finding: Finding) -> tuple[str, str, str, str]:
    return finding.code, finding.location.path, finding.function, finding.statement


SAME = {
    "moved down": "import os\n\n\nx = 1\n" + GOOD,
    "laid out anew": GOOD.replace("split(X, y)", "split(\n        X,  # rows\n        y,\n    )"),
    "reindented": GOOD.replace(SPLIT, "    if True:\n    " + SPLIT),
    "commented": GOOD.replace(SPLIT, SPLIT.rstrip() + "  # drawn anew\n"),
    "other code around": GOOD.replace(
        "def objective(trial):", "def objective(trial, more=lambda: 1):\n    a = 1"
    ),
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_stays_the_same(tmp_path: Path, text: str) -> None:
    (before,) = found(tmp_path, GOOD)
    (after,) = [f for f in found(tmp_path, text) if f.code == "SEAM302"]
    assert text != GOOD
    assert key(after) == key(before)
    assert after.fingerprint == before.fingerprint
    assert before.function == "objective"


OTHER = {
    "another function": GOOD.replace("objective", "target"),
    "another argument": GOOD.replace("train_test_split(X, y)", "train_test_split(X, y, test_size=0.5)"),
    "another name": GOOD.replace("X_valid", "X_check"),
}


@pytest.mark.parametrize("text", OTHER.values(), ids=OTHER)
def test_becomes_another(tmp_path: Path, text: str) -> None:
    (before,) = found(tmp_path, GOOD)
    (after,) = [f for f in found(tmp_path, text) if f.code == "SEAM302"]
    assert after.fingerprint != before.fingerprint


def test_two_alike_are_two(tmp_path: Path) -> None:
    one = found(tmp_path, GOOD)
    twice = GOOD.replace(SPLIT, SPLIT + "    model = Ridge()\n    model.fit(X_train, y_train)\n" + SPLIT)
    two = [f for f in found(tmp_path, twice) if f.code == "SEAM302"]
    assert [f.fingerprint.partition(":")[2] for f in two] == ["1", "2"]
    assert two[0].fingerprint == one[0].fingerprint


def facts_of(folder: Path, text: str) -> FileFacts:
    (folder / "b.py").write_text(text, encoding="utf-8")
    facts = extract(folder / "b.py")
    assert isinstance(facts, FileFacts)
    return facts


def words(folder: Path, text: str) -> list[str]:
    facts = facts_of(folder, text)
    return [wording(span.node, facts) for span in spans(facts)]


STATEMENTS = [
    "x = 1", "x = 1.0", "x = '1'", "x = True", "x = None", "x = (1,)", "x = [1]", "x = f(1)", "x = f(a=1)", "x = f(*a)",
    "x = lambda a: a", "x = lambda b: b", "x = lambda a: b", "x = a[1:2]", "x = a[1, 2]", "x = {1: 2}", "x = {1, 2}",
    "x = a.b", "x = a @ b", "x = a - b", "x = -a", "x = a and b", "x = a or b", "x = a < b", "x = a < b < c",
    "x = b if a else c", "x = [a for a in b]", "x = (a for a in b)", "x = f'{a}b'", "x = (a := 1)", "x += 1",
    "x: int = 1", "x: int", "del x", "assert x", "assert x, y", "raise x", "raise x from y", "import a",
    "import a as b", "from a import b", "from .a import b", "from a import *", "if a: pass", "while a: pass",
    "for a in b: pass", "with a: pass", "with a as b: pass", "try: pass\nfinally: pass", "def f(): pass",
    "def f(a): pass", "def f(*a): pass", "def f(a=1): pass", "@b\ndef f(): pass", "def f() -> b: pass",
    "class f: pass", "class f(a): pass", "class f(a=b): pass", "match a:\n  case 1: pass", "x = y = 1", "pass", "x",
]  # fmt: skip


def test_statements_that_say_something_else_are_told_apart(tmp_path: Path) -> None:
    # What has a body has the statement in it as well.
    told = [frozenset(words(tmp_path, text)) - {words(tmp_path, "pass")[0]} for text in STATEMENTS]
    assert len(set(told)) == len(STATEMENTS)


@pytest.mark.parametrize("text", STATEMENTS)
def test_a_place_is_no_part_of_what_a_statement_says(tmp_path: Path, text: str) -> None:
    before = "a = lambda: 1\ndef g(): pass\nclass D: pass\n\n\n"
    assert sorted(words(tmp_path, before) + words(tmp_path, text)) == sorted(words(tmp_path, before + text))


def test_the_function_around_a_line(tmp_path: Path) -> None:
    text = "x = 1\n@a\n@b\ndef f():\n    class C:\n        def g(self): return lambda: (\n 1)\n    return C\n"
    facts = facts_of(tmp_path, text)
    assert [enclosing(facts, line) for line in range(1, 10)] == [
        "<module>", "f", "f", "f", "f.<locals>.C", "f.<locals>.C.g", "f.<locals>.C.g", "f", "<module>",
    ]  # fmt: skip


def test_long_expressions_are_no_trouble(tmp_path: Path) -> None:
    deep = "x = " + " + ".join("a" for _ in range(150))
    assert words(tmp_path, deep) != words(tmp_path, deep + " + a")
