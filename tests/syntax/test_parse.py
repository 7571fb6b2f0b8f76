import libcst as cst
import pytest

from seamcheck.facts.ir import FileFacts
from seamcheck.model import Problem
from seamcheck.syntax import parse as module
from seamcheck.syntax.parse import parse


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("x = 1\nprint 'a'\n", 2, "print statement"),
        ("exec 'a'\n", 1, "exec statement"),
        ("raise E, 'x'\n", 1, "raise with a comma"),
        ("if a <> b: pass\n", 1, "<>"),
        ("x = `a`\n", 1, "backquotes"),
        ("x = 0777\n", 1, "octal"),
    ],
)
def test_python_2_is_named(text: str, line: int, what: str) -> None:
    problem = parse(text, "t.py")
    assert isinstance(problem, Problem)
    assert "Python 2" in problem.message
    assert what in problem.message
    assert problem.line == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\nb = (\n", 2),
        ("a\n\n b\n", 3),
        ("x\ndef f(:\n    pass\n", 2),
        ("a b\n", 1),
        ("x\ny = $\n", 2),
        ("x\n!ls\n", 2),
    ],
)
def test_syntax_errors_have_a_line(text: str, line: int) -> None:
    problem = parse(text, "t.py")
    assert isinstance(problem, Problem)
    assert problem.message.startswith("syntax error")
    assert problem.line == line
    assert "\n" not in problem.message


def test_limits_of_the_parser_are_told_apart() -> None:
    problem = parse("x = 1\n(y): int\n", "t.py")
    assert isinstance(problem, Problem)
    assert problem.message.startswith("valid Python that LibCST cannot parse")
    assert problem.line == 2


@pytest.mark.parametrize(
    "text", ["", "\n", "\x0c\n", "# only a comment", "x = 1\n\x0cy = 2\n", "\\\n\n", "if a:\n\tb\n"]
)
def test_odd_but_valid(text: str) -> None:
    assert isinstance(parse(text, "t.py"), FileFacts)


@pytest.mark.slow
def test_fifty_thousand_lines() -> None:
    facts = parse("x = f(1)\n" * 50_000, "t.py")
    assert isinstance(facts, FileFacts)
    assert facts.body[-1][1] == facts.lines == 50_000


class PanicException(BaseException):
    """Looks like the one of the native parser."""


@pytest.mark.parametrize(
    "error", [PanicException("boom"), RecursionError(), MemoryError(), cst.CSTValidationError("x")]
)
def test_failures_of_the_parser_are_problems(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(text: str) -> None:
        raise error

    monkeypatch.setattr(module.cst, "parse_module", fail)
    assert isinstance(parse("x", "t.py"), Problem)


def test_interrupts_pass_through(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(text: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module.cst, "parse_module", interrupt)
    with pytest.raises(KeyboardInterrupt):
        parse("x", "t.py")


def test_indentation_by_tabs_and_spaces() -> None:
    text = "def f(a):\n    if a:\n    \tb = 1\n    else:\n\t    b = 2\n    return b\n"
    found = parse(text, "a.py")
    assert isinstance(found, FileFacts)
    assert found.functions[0].end_line == 6
    inside = text.replace("b = 1", 'b = """\n\tx"""')
    assert isinstance(parse(inside, "a.py"), Problem)
