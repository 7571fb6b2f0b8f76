"""Two versions of a file: where the same code stands, and what makes it another program."""

from __future__ import annotations

import pytest

from seamcheck.facts.ir import FileFacts
from seamcheck.incremental.alignment import Alignment, align
from seamcheck.syntax.parse import read_facts

OLD = """
import numpy as np

LIMIT = 3

class Base:
    def left(self, a, b=LIMIT):
        self.x = a
        return [v for v in a if v]

    def right(self):
        return lambda y: y + 1

def helper(a):
    def inner(b):
        return a + b
    return inner(1)

for i in range(3):
    def in_loop(x):
        return x
"""


def facts(text: str) -> FileFacts:
    found = read_facts(text.encode(), "a.py")
    assert isinstance(found, FileFacts)
    return found


def aligned(old: str, new: str, *followed: str) -> Alignment | None:
    before = facts(old)
    return align(before, facts(new), [i for i, f in enumerate(before.functions) if f.name in followed])


def test_the_same_text_stays_where_it_is() -> None:
    found = align(facts(OLD), facts(OLD), None)
    assert found is not None
    assert not found.lines.moved


def test_lines_move_together() -> None:
    found = align(facts(OLD), facts("# new\n" + OLD.replace("def helper", "\n\ndef helper")), None)
    assert found is not None
    assert found.lines.get(4) == 5
    assert found.lines.get(14) == 17


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("LIMIT = 3", "LIMIT = 3.0"),
        ("LIMIT = 3", "LIMIT = True"),
        ("LIMIT = 3", "LIMIT = '3'"),
        ("return a + b", "return a - b"),
        ("y + 1", "y + 2"),
        ("if v]", "if not v]"),
        ("range(3)", "range(\n3)"),
        ("import numpy as np", "import numpy"),
        ("class Base:", "class Base(dict):"),
        ("def right(self):", "def right(this):"),
        ("def right(self):", "async def right(self):"),
        ("LIMIT = 3\n", "LIMIT = 3; OTHER = 4\n"),
    ],
)
def test_nothing_but_lines_may_differ_where_all_was_read(old: str, new: str) -> None:
    assert old in OLD
    assert align(facts(OLD), facts(OLD.replace(old, new)), None) is None


@pytest.mark.parametrize("name", ["left", "right", "helper"])
def test_a_function_that_was_not_followed_may_have_another_body(name: str) -> None:
    bodies = {
        "left": ("return [v for v in a if v]", "a = 4\n        return list(map(lambda v: v, a))"),
        "right": ("return lambda y: y + 1", "return None"),
        "helper": ("    return inner(1)", "    def more(c):\n        return c\n    return more(2)"),
    }
    new = OLD.replace(*bodies[name])
    assert new != OLD
    assert aligned(OLD, new) is not None
    assert aligned(OLD, new, name) is None


def test_an_inner_function_that_was_followed_holds_the_outer_one() -> None:
    assert aligned(OLD, OLD.replace("return inner(1)", "return inner(2)"), "inner") is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("self.x = a", "self.y = a"),  # what a class stores is read of all its methods
        ("return lambda y: y + 1", "raise NotImplementedError"),
        ("        return x", "        return x + 1"),  # it is asked whether the loop around it trains
        ("b=LIMIT", "b=4"),
        ("return [v for v in a if v]", "yield a"),
    ],
)
def test_what_is_read_without_running_it_may_not_differ(old: str, new: str) -> None:
    assert old in OLD
    assert aligned(OLD, OLD.replace(old, new)) is None


def test_docstrings_may_say_something_else() -> None:
    one, two = (
        'def f():\n    """One."""\n    return 1\n',
        'def f():\n    """One.\n\n    More.\n    """\n    return 1\n',
    )
    found = align(facts(one), facts(two), None)
    assert found is not None
    assert found.lines.get(3) == 6
    assert align(facts(one), facts(one.replace('"""One."""', "1")), None) is None
    assert align(facts(one), facts(one.replace('    """One."""\n', "")), None) is None


def test_lines_that_swap_are_another_program() -> None:
    assert align(facts("a = 1\nb = 2\n"), facts("b = 2\na = 1\n"), None) is None
    assert align(facts("f(1)\nf(2)\n"), facts("f(1); f(2)\n"), None) is None


def test_plain_additions_at_the_end_are_named() -> None:
    found = aligned(
        OLD, OLD + "\nMORE = 1\ndef fresh(a: int, b=2) -> None:\n    def inside():\n        pass\n"
    )
    assert found is not None
    assert found.added == {"MORE", "fresh"}


@pytest.mark.parametrize(
    "more", ["x()", "MORE = x()", "def f(a=x()): pass", "@x\ndef f(): pass", "class C: pass"]
)
def test_additions_that_run_something_are_not(more: str) -> None:
    assert aligned(OLD, OLD + more + "\n") is None


def test_comments_for_us_stay_with_their_code() -> None:
    marked = OLD.replace("LIMIT = 3", "LIMIT = 3  # seamcheck: ignore[SEAM302] -- meant")
    assert aligned(marked, "# new\n" + marked) is not None
    assert aligned(marked, marked.replace("meant", "other")) is None
    assert aligned(OLD, marked) is None
    inside = OLD.replace("return inner(1)", "return inner(1)  # seamcheck: ignore[SEAM302] -- meant")
    assert aligned(inside, inside) is None
