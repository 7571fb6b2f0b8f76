"""Annotations: exact as the runner reads them, the worst first, and never a command of somebody else."""

from __future__ import annotations

import msgspec
import pytest
from syrupy.assertion import SnapshotAssertion

from seamcheck.model import Finding, Location
from seamcheck.report import render
from seamcheck.report.github import command
from tests.report.readers import Command, commands
from tests.sample_reports import CLEAN, EMPTY, FINDINGS, FULL, NO_LOOP, at, sources

REPORTS = {"full": FULL, "no_loop": NO_LOOP, "clean": CLEAN, "empty": EMPTY}


def annotated(*findings: Finding) -> list[Command]:
    return commands(render("github", msgspec.structs.replace(CLEAN, findings=findings), sources))


@pytest.mark.parametrize("name", REPORTS)
def test_report(name: str, snapshot: SnapshotAssertion) -> None:
    assert render("github", REPORTS[name], sources) == snapshot


def test_levels_and_order() -> None:
    assert [each.name for each in annotated(*FINDINGS)] == [
        "error",
        "warning",
        "warning",
        "warning",
        "notice",
    ]
    found = commands(render("github", FULL, sources))
    assert [each.name for each in found] == ["error"] + ["warning"] * 5 + ["notice"]


def test_the_first_ten_have_one_of_each_kind() -> None:
    many = [
        Finding("SEAM302", "unseeded-randomness", "warning", f"draw {n}", at("a.py", n)) for n in range(1, 20)
    ]
    last = Finding("SEAM201", "no-clean-seam", "warning", "lazy", at("z.py", 1))
    text = render("github", msgspec.structs.replace(CLEAN, findings=(*many, last)), sources)
    titles = [each.properties["title"] for each in commands(text)]
    assert titles[:2] == ["SEAM302 unseeded-randomness", "SEAM201 no-clean-seam"]
    assert "GitHub shows 10 annotations of each kind; only this log has: 10 warnings\n" in text


def test_suppressed_ones_are_left_out() -> None:
    assert annotated(FINDINGS[3]) == []
    assert "another draw" not in render("github", FULL, sources)


def test_what_a_finding_says_already_is_not_said_twice() -> None:
    text = render("github", FULL, sources)
    assert text.count("Python 2 print statement") == 1
    assert "vanished while it was read" in text


def test_place() -> None:
    one, cell, many = annotated(
        Finding("SEAM302", "x", "warning", "m", Location("a.py", 3, 5, 3)),
        Finding("SEAM302", "x", "warning", "m", Location("b.py", 3, 5, 9)),
        FINDINGS[4],
    )
    assert one.properties == {"file": "a.py", "line": "3", "endLine": "3", "col": "5", "title": "SEAM302 x"}
    # A column is refused for more than one line.
    assert many.properties == {"file": "b.py", "line": "3", "endLine": "9", "title": "SEAM302 x"}
    assert cell.properties["line"] == "1"
    assert cell.message.startswith("cell 4, line 2: ")


def test_a_place_that_nobody_knows() -> None:
    (found,) = annotated(Finding("SEAM705", "x", "note", "m", Location("<unknown>", 1)))
    assert found.properties == {"title": "SEAM705 x"}


@pytest.mark.parametrize(
    "text",
    [
        "a\n::error::injected",
        "a\r::stop-commands::x",
        "a\r\n##[error]old",
        "a\u2028::error::b",
        "a\x0b::error::b",
        "100%0A::error::x",
        "::error file=x::y",
        "a,b=c:d",
    ],
)
def test_no_text_can_be_another_command(text: str) -> None:
    line = command("warning", Location(text, 2), text, text)
    assert len((line + "\n").splitlines()) == 1
    (found,) = commands(line)
    assert found.name == "warning"
    assert set(found.properties) == {"file", "line", "endLine", "col", "title"}
    printable = text.replace("\x0b", "\\x0b").replace("\u2028", "\\u2028").replace("\r", "\\x0d")
    assert found.message == found.properties["file"] == found.properties["title"] == printable


def test_every_line_but_the_last_is_a_command() -> None:
    lines = render("github", FULL, sources).splitlines()
    assert all(line.startswith("::") for line in lines[:-1])
    assert lines[-1].startswith("seamcheck 0.0.0: 2 loops (")
