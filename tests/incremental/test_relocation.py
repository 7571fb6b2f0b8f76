"""Places move, and so do the texts that name them; what cannot be told for certain is stale."""

from __future__ import annotations

import msgspec
import pytest

from seamcheck.incremental.lines import LineMap
from seamcheck.incremental.relocation import Stale, relocate
from seamcheck.model.evidence import Location, Step
from seamcheck.model.report import Claim, Consumer, Finding, ScanReport


def moved(*pairs: tuple[int, int]) -> dict[str, LineMap]:
    lines = LineMap()
    for old, new in pairs:
        lines.pair(old, new)
    return {"a.py": lines}


def report(*assumptions: str, fix: str | None = None, message: str = "m", line: int = 3) -> ScanReport:
    here = Location("a.py", line, 1, line)
    claim = Claim("xy_only", (Step("reads", here), Step("reads", Location("b.py", 3, 1, 3))), (), assumptions)
    consumer = Consumer("a.py::f::consumer#1", "f", "f", here, claim)
    finding = Finding("SEAM302", "n", "warning", message, here, (), fix)
    return ScanReport("0", "/r", 2, (), (), (consumer,), (finding,))


def test_places_of_the_file_move_and_others_do_not() -> None:
    found = relocate(report(), moved((3, 13)))
    assert found.consumers[0].location.line == found.consumers[0].location.end_line == 13
    assert [s.location.line for s in found.consumers[0].claim.evidence] == [13, 3]
    assert found.findings[0].location.line == 13


def test_nothing_moved_is_the_same_report() -> None:
    given = report()
    assert relocate(given, moved((3, 3))) is given


def test_texts_that_name_a_place_move() -> None:
    found = relocate(report("x (a.py:3)", "y (b.py:3)", fix="add a seed at line 3"), moved((3, 4)))
    assert found.consumers[0].claim.assumptions == ("x (a.py:4)", "y (b.py:3)")
    assert found.findings[0].fix == "add a seed at line 4"


@pytest.mark.parametrize("path", ["aa.py:3", "x/a.py:3", "-a.py:3"])
def test_a_path_that_ends_like_it_is_another_file(path: str) -> None:
    assert relocate(report(path), moved((3, 4))).consumers[0].claim.assumptions == (path,)


@pytest.mark.parametrize(
    "given",
    [
        report(line=5),  # nothing is known of this line
        report("x (a.py:7)"),
        report(message="made at line 3"),  # of which file is not said
        report("(a.py:3)", "(a.py:30)", "(a.py:4)"),  # they would stand in another order
        report(fix="see line 7"),
    ],
)
def test_what_is_not_certain_is_stale(given: ScanReport) -> None:
    with pytest.raises(Stale):
        relocate(given, moved((3, 10), (4, 20), (30, 200)))


def test_findings_that_would_change_their_order_are_stale() -> None:
    one, two = report(message="(a.py:9)").findings[0], report(message="(a.py:3)").findings[0]
    given = msgspec.structs.replace(report(), findings=(two, one), consumers=())
    relocate(given, moved((3, 3), (9, 95)))
    with pytest.raises(Stale):
        relocate(given, moved((3, 3), (9, 10)))  # "a.py:10" stands before "a.py:3"
