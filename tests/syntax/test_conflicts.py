"""Merge conflicts: the first side, every line at its place."""

import pytest

from seamcheck.facts.ir import FileFacts
from seamcheck.model import Problem
from seamcheck.syntax.conflicts import first_side
from seamcheck.syntax.parse import read_facts

TWO = "a = 1\n<<<<<<< HEAD\nb = 2\n=======\nb = 3\n>>>>>>> other\nc = 4\n"
THREE = "a = 1\n<<<<<<< HEAD\nb = 2\n||||||| base\nb = 0\n=======\nb = 3\n>>>>>>> other\nc = 4\n"


def test_the_first_side_stays() -> None:
    assert first_side(TWO) == ("a = 1\n\nb = 2\n\n\n\nc = 4\n", 2)
    assert first_side(THREE) == ("a = 1\n\nb = 2\n\n\n\n\n\nc = 4\n", 2)
    assert first_side(TWO + TWO) == ("a = 1\n\nb = 2\n\n\n\nc = 4\n" * 2, 2)


@pytest.mark.parametrize(
    "text",
    [
        "a = 1\n",
        "<<<<<<< HEAD\na = 1\n=======\n",
        "<<<<<<< HEAD\n<<<<<<< HEAD\n=======\n>>>>>>> a\n>>>>>>> b\n",
        "=======\n>>>>>>> b\n<<<<<<< a\n",
        "<<<<<<< a\n>>>>>>> b\n",
        "<<<<<<< a\n=======\n=======\n>>>>>>> b\n",
        "  <<<<<<< a\n  =======\n  >>>>>>> b\n",
        "<<<<<<<< a\n=======\n>>>>>>>> b\n",
    ],
)
def test_what_is_no_whole_conflict(text: str) -> None:
    assert first_side(text) is None


@pytest.mark.parametrize("text", [TWO, THREE, TWO.replace("\n", "\r\n")])
def test_facts_are_those_of_the_first_side(text: str) -> None:
    facts = read_facts(text.encode(), "a.py")
    assert isinstance(facts, FileFacts)
    assert [(node[1], node[4][2]) for node in facts.body] == [(1, 1), (3, 2), (text.count("\n"), 4)]
    ((line, message, listed),) = facts.caveats
    assert (line, listed) == (2, True)
    assert "first side" in message


def test_a_first_side_that_is_no_python() -> None:
    problem = read_facts(TWO.replace("b = 2", "b = (").encode(), "a.py")
    assert isinstance(problem, Problem)
    assert problem.line == 2
    assert "conflict" in problem.message


def test_markers_in_a_string_are_no_conflict() -> None:
    facts = read_facts(f"x = '''\n{TWO}'''\n".encode(), "a.py")
    assert isinstance(facts, FileFacts)
    assert facts.caveats == ()
