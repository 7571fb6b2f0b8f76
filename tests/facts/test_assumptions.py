"""``# seamcheck: assume[...]``: what a comment speaks of, and which comments speak of nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamcheck.facts.assumptions import Mark, Wrong, read
from seamcheck.facts.extract import extract
from seamcheck.facts.ir import FileFacts

SAY = "# seamcheck: assume[deterministic] -- why"


def facts_of(folder: Path, text: str) -> FileFacts:
    path = folder / "a.py"
    path.write_text(text.replace("#!", SAY), encoding="utf-8")
    found = extract(path)
    assert isinstance(found, FileFacts)
    return found


def read_one(folder: Path, text: str) -> Mark | Wrong:
    marks, wrong = read(facts_of(folder, text), "a.py")
    (found,) = (*marks, *wrong)
    return found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("def f():  #!\n    return g()\n", "f"),
        ("#!\ndef f():\n    return g()\n", "f"),
        ("def f(): return g()  #!\n", "f"),
        ("@a\n@b  #!\ndef f():\n    pass\n", "f"),
        ("@a(\n    1,  #!\n)\ndef f():\n    pass\n", "f"),
        ("#!\n@a\ndef f():\n    pass\n", "f"),
        ("@a\n#!\ndef f():\n    pass\n", "f"),
        ("class C:\n    def f(self):  #!\n        pass\n", "C.f"),
        ("def f():\n    def g():  #!\n        pass\n", "f.g"),
        ("async def f():  #!\n    pass\n", "f"),
    ],
)
def test_of_a_function(tmp_path: Path, text: str, name: str) -> None:
    found = read_one(tmp_path, text)
    assert isinstance(found, Mark)
    assert found.function >= 0
    assert found.assumption.about == name


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("x = f()  #!\n", (1, 1)),
        ("#!\nx = a.f(1)\n", (2, 2)),
        ("x = f(\n    1,  #!\n)\n", (1, 3)),
        ("x = f(\n    1,\n)  #!\ny = g()\n", (1, 3)),
        ("#!\nx = f(\n    1,\n)\n", (2, 4)),
        ("x = a.f(1).g(h())  #!\n", (1, 1)),
        ("def f():\n    return g()  #!\n", (2, 2)),
        ("if f():  #!\n    x = g()\n", (1, 1)),
        ("if (\n    f()  #!\n):\n    x = g()\n", (1, 3)),
        ("for i in f():  #!\n    x = g()\n", (1, 1)),
        ("with f() as x:  #!\n    y = g()\n", (1, 1)),
        ("if a:\n    x = 1\nelif f():  #!\n    x = 2\n", (3, 3)),
        ("x = lambda: f()  #!\n", (1, 1)),
        ("try:\n    x = f()  #!\nexcept E:\n    y = g()\n", (2, 2)),
        ("match x:\n    case 1:\n        y = f()  #!\n", (3, 3)),
    ],
)
def test_of_a_statement(tmp_path: Path, text: str, lines: tuple[int, int]) -> None:
    found = read_one(tmp_path, text)
    assert isinstance(found, Mark)
    assert found.function == -1
    assert (found.start, found.end) == lines
    assert found.assumption.about == ""


@pytest.mark.parametrize(
    "text",
    [
        "x = f(); y = g()  #!\n",
        "if a: x = f()  #!\n",
        "x = f(\n); y = g()  #!\n",
        "#!\n\nx = f()\n",
        "#!\n# another\nx = f()\n",
        "x = 1\n#!\n",
        "def f(\n    a,  #!\n    b=g(),\n):\n    return h()\n",
        "class C(g()):  #!\n    x = f()\n",
        "try:  #!\n    x = f()\nfinally:\n    pass\n",
        "import f  #!\n",
        "pass  #!\n",
        "@a\nclass C:  #!\n    pass\n",
    ],
)
def test_of_nothing(tmp_path: Path, text: str) -> None:
    found = read_one(tmp_path, text)
    assert isinstance(found, Wrong)
    assert found.code == "SEAM907"


@pytest.mark.parametrize(
    ("comment", "code"),
    [
        ("assume[deterministic]", "SEAM908"),
        ("assume[deterministic] --", "SEAM908"),
        ("assume[deterministic] --   ", "SEAM908"),
        ("assume[deterministic] because", "SEAM905"),
        ("assume[deterministic", "SEAM905"),
        ("assume[] -- why", "SEAM905"),
        ("assume[data] -- why", "SEAM905"),
        ("assume[deterministic, pure] -- why", "SEAM905"),
    ],
)
def test_without_effect(tmp_path: Path, comment: str, code: str) -> None:
    found = read_one(tmp_path, f"x = f()  # seamcheck: {comment}\n")
    assert isinstance(found, Wrong)
    assert found.code == code


def test_text_is_no_comment(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, f'def f():\n    """{SAY}"""\n    return g("{SAY}")\n')
    assert read(facts, "a.py") == ((), ())


def test_the_reason_is_kept_on_one_line(tmp_path: Path) -> None:
    found = read_one(tmp_path, "x = f()  # seamcheck: assume[ pure ] --  reads   one file \n")
    assert isinstance(found, Mark)
    assert (found.assumption.word, found.assumption.why) == ("pure", "reads one file")
