"""Source frames: carets stand under what they mark, and no source can break a terminal."""

import pytest

from seamcheck.model import Location
from seamcheck.report.frames import WIDTH, frame
from seamcheck.report.style import to_text


def framed(source: str, line: int, column: int = 1, before: int = 0) -> list[str]:
    return to_text(
        frame(Location("a.py", line, column), lambda _: source.splitlines(), before, "")
    ).splitlines()


def marked(source: str, column: int) -> str:
    shown, marks = framed(source, 1, column)
    return shown[marks.index("^") : marks.rindex("^") + 1]


@pytest.mark.parametrize(
    ("source", "column", "word"),
    [
        ("    frame['x'] *= 2", 5, "frame"),
        ("    frame['x'] *= 2", 1, "frame"),
        ("\tpart = data.sample()", 2, "part"),
        ("\tif x:\tpart = 1", 8, "part"),
        ("x = (1)", 5, "("),
        ("x", 99, "x"),
        ("a" * 400 + " target", 402, "target"),
        ("target " + "a" * 400, 1, "target"),
    ],
)
def test_marks_the_word_at_the_column(source: str, column: int, word: str) -> None:
    assert marked(source, column) == word


def test_context_stands_above() -> None:
    assert framed("one\ntwo\nthree", 3, before=5)[:2] == ["  1 | one", "  2 | two"]


@pytest.mark.parametrize("line", [0, 4, 10_000])
def test_a_line_that_is_not_there_has_no_frame(line: int) -> None:
    assert framed("one\ntwo\nthree", line) == []


@pytest.mark.parametrize("source", ["", " ", "\t"])
def test_blank_lines_can_be_marked(source: str) -> None:
    rows = to_text(frame(Location("a.py", 1), lambda _: [source])).splitlines()
    assert rows[1].strip().endswith("^")


def test_control_characters_never_reach_the_terminal() -> None:
    text = "".join(framed("x = '\x1b[2J\x07\x9b'", 1))
    assert not any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in text)


def test_long_lines_are_cut() -> None:
    assert all(len(row) <= WIDTH + 10 for row in framed("x" * 5000, 1, 2500))


def test_lines_of_a_notebook_are_those_of_the_cell() -> None:
    source = "a = 1\nb = 2\nc = 3\nd = 4"
    place = Location("a.ipynb", 4, 1, 4, cell=5, cell_line=2)
    rows = to_text(frame(place, lambda _: source.splitlines(), 3, "")).splitlines()
    assert rows == ["  1 | c = 3", "> 2 | d = 4", "    | ^"]
