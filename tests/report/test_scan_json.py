"""The JSON report keeps to its schema, whatever the report holds."""

import json

import msgspec
import pytest
from syrupy.assertion import SnapshotAssertion

from seamcheck.model import Location, Loop, ScanReport
from seamcheck.report import render
from tests.report.scan_schema import ConsumerJson, FindingJson, LoopJson, Scan
from tests.sample_reports import CLEAN, EMPTY, FULL, NO_LOOP, sources


@pytest.mark.parametrize("report", [FULL, NO_LOOP, CLEAN, EMPTY])
def test_schema(report: ScanReport) -> None:
    decoded = msgspec.json.decode(render("json", report, sources), type=Scan)
    assert len(decoded.loops) == len(report.loops)
    assert len(decoded.consumers) == len(report.consumers)
    assert len(decoded.findings) == len(report.findings)


def test_document(snapshot: SnapshotAssertion) -> None:
    assert render("json", FULL, sources) == snapshot


@pytest.mark.parametrize(
    ("part", "shape"), [("loops", LoopJson), ("consumers", ConsumerJson), ("findings", FindingJson)]
)
def test_no_field_is_left_out(part: str, shape: type[msgspec.Struct]) -> None:
    for entry in json.loads(render("json", FULL, sources))[part]:
        assert list(entry) == list(shape.__struct_fields__)


def test_the_root_never_leaves_the_process() -> None:
    assert "/nowhere" not in render("json", FULL, sources)


def test_end_line_is_never_before_the_line() -> None:
    for loop in json.loads(render("json", FULL, sources))["loops"]:
        assert loop["location"]["end_line"] >= loop["location"]["line"]
        assert loop["invariance"]["verdict"]


def test_cells_are_for_notebooks_only() -> None:
    loops = json.loads(render("json", FULL, sources))["loops"]
    assert "cell" not in loops[0]["location"]
    assert loops[1]["location"] == {
        "path": "book.ipynb",
        "line": 5,
        "column": 1,
        "end_line": 6,
        "cell": 4,
        "cell_line": 2,
    }
    problems = json.loads(render("json", FULL, sources))["files"]["problems"]
    assert [(p.get("cell"), p.get("cell_line")) for p in problems] == [(None, None), (None, None), (7, 2)]


def test_a_file_name_that_is_no_text_does_not_lose_the_report() -> None:
    odd: Loop = msgspec.structs.replace(FULL.loops[0], location=Location("bad\udcff.py", 1))
    text = render("json", msgspec.structs.replace(FULL, loops=(odd,)), sources)
    assert json.loads(text)["loops"][0]["location"]["path"] == "bad\udcff.py"
    text.encode("utf-8")
