"""JUnit: failures are what fails the scan, and the counts are right."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import junitparser
import msgspec
import pytest
from syrupy.assertion import SnapshotAssertion

from seamcheck.model import Finding, ScanReport
from seamcheck.report import junit, render
from tests.report.readers import junit_cases
from tests.sample_reports import CLEAN, EMPTY, FINDINGS, FULL, LOOP, NO_LOOP, at, sources
from tests.verify.sample_reports import REPORTS as VERIFICATIONS

REPORTS = {"full": FULL, "no_loop": NO_LOOP, "clean": CLEAN, "empty": EMPTY}


def state(case: ET.Element) -> str:
    (child,) = case
    return {"failure": "failed", "skipped": "skipped", "system-out": "passed"}[child.tag]


def states(report: ScanReport) -> dict[str, str]:
    return {case.attrib["name"]: state(case) for case in junit_cases(render("junit", report, sources))}


def findings_only(*findings: Finding) -> ScanReport:
    return msgspec.structs.replace(CLEAN, loops=(LOOP,), findings=findings)


@pytest.mark.parametrize("name", REPORTS)
def test_report(name: str, snapshot: SnapshotAssertion) -> None:
    text = render("junit", REPORTS[name], sources)
    junit_cases(text)
    assert text == snapshot


@pytest.mark.parametrize("name", REPORTS)
def test_an_independent_reader(name: str) -> None:
    text = render("junit", REPORTS[name], sources)
    read = junitparser.JUnitXml.fromstring(text.encode())
    expected = len(junit_cases(text))
    assert sum(len(list(suite)) for suite in read) == expected
    read.update_statistics()
    assert (read.tests, read.errors) == (expected, 0)
    assert read.failures == text.count("<failure ")
    assert read.skipped == text.count("<skipped ")


def test_what_fails_the_scan_fails_and_nothing_else() -> None:
    found = states(FULL)
    assert {name for name, each in found.items() if each == "failed"} == {
        "SEAM201 no-clean-seam",
        "SEAM302 unseeded-randomness",
        "SEAM305 mutated-across-trials",
        "SEAM901 unparsable-file",
    }


def test_verdicts() -> None:
    found = states(FULL)
    assert found["optuna.optimize in main: X/y in every trial"] == "skipped"
    assert found["optuna.optimize in main: scored rows"] == "skipped"
    assert found["optuna.optimize in main: seam"] == "passed"
    assert found["sklearn.GridSearchCV: X/y in every trial"] == "passed"
    assert found["consumer s28: needs"] == "skipped"
    assert found["consumer report: needs"] == "passed"
    assert found["consumer Audit.run: needs"] == "passed"


def test_an_unknown_says_where_knowledge_stopped_and_what_to_do() -> None:
    (skipped,) = (
        case.find("skipped")
        for case in junit_cases(render("junit", FULL, sources))
        if case.attrib["name"] == "optuna.optimize in main: scored rows"
    )
    assert skipped is not None
    message = skipped.attrib["message"]
    assert message.startswith(
        "unknown (external): `load` is not part of the scan (tune.py:4). To settle it: "
    )


def test_notes_pass_and_suppressed_ones_are_skipped() -> None:
    note, _, _, suppressed, *_ = FINDINGS
    found = states(findings_only(note, suppressed))
    assert found["SEAM101 unknown-consumer"] == "passed"
    assert found["SEAM302 unseeded-randomness"] == "skipped"
    assert "suppressed: drawn anew on purpose" in render("junit", FULL, sources)


def test_a_failure_starts_with_what_is_wrong_and_what_to_do() -> None:
    (failure,) = (
        each
        for case in junit_cases(render("junit", FULL, sources))
        if case.attrib["name"].startswith("SEAM305") and (each := case.find("failure")) is not None
    )
    assert failure.attrib["type"] == "SEAM305"
    assert failure.text is not None
    assert failure.text.splitlines()[0] == failure.attrib["message"]
    assert failure.attrib["message"].startswith(
        "trials train on what earlier trials left in `frame`. To settle it: "
    )


def test_names_are_unique_within_a_file() -> None:
    twin = FINDINGS[1]
    report = msgspec.structs.replace(CLEAN, loops=(LOOP, LOOP), findings=(twin, twin))
    found = [(c.attrib["classname"], c.attrib["name"]) for c in junit_cases(render("junit", report, sources))]
    assert len(set(found)) == len(found) == 8


def test_a_suite_is_a_file() -> None:
    root = ET.fromstring(render("junit", FULL, sources).encode())
    names = [suite.attrib["name"] for suite in root]
    assert names == sorted({"audit.py", "book.ipynb", "gone.py", "old.py", "s28.py", "s40.py", "tune.py"})
    assert [case.attrib["classname"] for case in root[-1]] == ["tune"] * 5


def test_nothing_found_is_not_nothing_wrong() -> None:
    found = states(NO_LOOP)
    assert set(found.values()) == {"skipped"}
    assert "no trial loop was found" in found


@pytest.mark.parametrize("name", VERIFICATIONS)
def test_verification(name: str) -> None:
    report = VERIFICATIONS[name]
    cases = junit_cases(junit.render(report))
    failing = [finding for finding in report.findings if finding.severity != "note"]
    contradicted = [j for loop in report.loops for j in loop.judgements if j.outcome == "contradict"]
    assert [state(case) for case in cases].count("failed") == len(failing) + len(contradicted)


def test_no_time_and_no_host() -> None:
    text = render("junit", FULL, sources)
    assert "timestamp" not in text
    assert "hostname" not in text
    assert {part.split('"')[1] for part in text.split(" time=")[1:]} == {"0"}


def test_what_xml_cannot_hold_is_shown() -> None:
    report = findings_only(
        Finding("SEAM302", "x", "warning", "a\x00b\x1b[31m\ud800\ufffe", at("a\x01.py", 1))
    )
    root = ET.fromstring(render("junit", report, sources).encode())
    assert "a\\x00b\\x1b[31m\\ud800\\ufffe." in "".join(root.itertext())
    assert root.find("testsuite[@name='a\\x01.py']") is not None
