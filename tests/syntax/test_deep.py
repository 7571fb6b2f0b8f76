import sys
import threading
from collections.abc import Callable

import pytest

from seamcheck.facts.ir import FileFacts
from seamcheck.model import Problem
from seamcheck.syntax.deep import run_deep
from seamcheck.syntax.parse import parse
from seamcheck.syntax.source import load


def lowered(text: str) -> FileFacts | Problem:
    checked = load(text.encode(), "t.py")
    return checked if isinstance(checked, Problem) else run_deep(lambda: parse(checked, "t.py"))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("if a:\n  pass\n" + "elif b:\n  pass\n" * 2000, 4002),
        ("x = a" + ".b()" * 500, 1),
        pytest.param("x = a" + ".b()" * 2000, 1, marks=pytest.mark.slow),
        ("x = " + "a + " * 1500 + "a", 1),
        pytest.param("x = " + "a + " * 5000 + "a", 1, marks=pytest.mark.slow),
        ("x = " + "a and " * 5000 + "a", 1),
        ("x = " + "not " * 3000 + "a", 1),
        ("x = " + "a if b else " * 1000 + "c", 1),
        ("x = " + "lambda: " * 1500 + "c", 1),
        ("x = (\n" + "'a'\n" * 3000 + ")", 3002),
        ("x = " + "(" * 150 + "a" + ")" * 150, 1),
        ("x = " + "a < " * 5000 + "a", 1),
        ("import a" + ".b" * 1000, 1),
        ("@a\n" * 2000 + "def f(): pass", 2001),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else None,
)
def test_deep_code_lowers(text: str, line: int) -> None:
    facts = lowered(text)
    assert isinstance(facts, FileFacts), facts
    assert facts.body[0][2] == line


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a\n" + "(" * 2000 + ")" * 2000, 2, "nested brackets"),
        ("x = [\n" + "[\n" * 2000 + "]" * 2001, 201, "nested brackets"),
        ("x = " + "a + " * 50_000 + "a", 1, "operators"),
        ("x = (a\n" + ".b(1, 2)\n" * 4000 + ")", 3002, "attributes and calls"),
        ("match a:\n  case " + "[" * 30 + "]" * 30 + ": pass", 2, "case pattern"),
    ],
)
def test_what_the_parser_cannot_take_is_a_problem(text: str, line: int, message: str) -> None:
    problem = lowered(text)
    assert isinstance(problem, Problem)
    assert message in problem.message
    assert problem.line == line


@pytest.mark.parametrize(
    "text",
    [
        "x = [" + "1.5, -2, " * 20_000 + "]\n",
        "x = '''" + "([{" * 500 + "'''\n",
        "# " + "(" * 500 + "\n",
        "case = {1: [2, (3, {4: [5, (6, {7: [8, (9, {10: [11]})]})]})]}\n",
        "def f(a):\n    return a.b.c(a + 1)[2]\n" * 4000,
    ],
)
def test_large_but_shallow_code_is_accepted(text: str) -> None:
    assert load(text.encode(), "t.py") == text


def test_settings_are_put_back_and_errors_pass_through() -> None:
    before = sys.getrecursionlimit(), threading.stack_size()
    with pytest.raises(ZeroDivisionError):
        run_deep(lambda: 1 / 0)
    assert run_deep(lambda: sys.getrecursionlimit()) > 50_000
    assert (sys.getrecursionlimit(), threading.stack_size()) == before


def test_falls_back_to_smaller_stacks(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    real: Callable[[int], int] = threading.stack_size

    def refuse(size: int = -1) -> int:
        if size < 0:
            return 0
        asked.append(size)
        if size > 2**26:
            raise ValueError(size)
        return real(size)

    monkeypatch.setattr(threading, "stack_size", refuse)
    assert run_deep(lambda: 7) == 7
    assert asked[0] > 2**26
