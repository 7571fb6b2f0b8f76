"""GitLab's code quality: what its documentation asks for, and a fingerprint for each finding."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import msgspec
import pytest
from syrupy.assertion import SnapshotAssertion

from seamcheck.model import Finding, Location, ScanReport
from seamcheck.report import gitlab, render
from tests.report.readers import CODE_QUALITY
from tests.sample_reports import CLEAN, EMPTY, FINDINGS, FULL, NO_LOOP, at, sources
from tests.verify.sample_reports import REPORTS as VERIFICATIONS

REPORTS = {"full": FULL, "no_loop": NO_LOOP, "clean": CLEAN, "empty": EMPTY}


def issues_of(text: str) -> list[dict[str, Any]]:
    issues = json.loads(text)
    jsonschema.Draft202012Validator(CODE_QUALITY).validate(issues)
    assert isinstance(issues, list)
    marks = [issue["fingerprint"] for issue in issues]
    assert len(set(marks)) == len(marks)
    return issues


def issues_for(*findings: Finding) -> list[dict[str, Any]]:
    return issues_of(render("gitlab", msgspec.structs.replace(CLEAN, findings=findings), sources))


@pytest.mark.parametrize("name", REPORTS)
def test_report(name: str, snapshot: SnapshotAssertion) -> None:
    text = render("gitlab", REPORTS[name], sources)
    issues_of(text)
    assert text == snapshot


@pytest.mark.parametrize("name", VERIFICATIONS)
def test_verification(name: str) -> None:
    issues = issues_of(gitlab.render(VERIFICATIONS[name]))
    assert [issue["check_name"] for issue in issues] == [f.code for f in VERIFICATIONS[name].findings]


def test_severities() -> None:
    found = {issue["check_name"]: issue["severity"] for issue in issues_of(render("gitlab", FULL, sources))}
    assert found["SEAM305"] == "critical"
    assert found["SEAM302"] == "major"
    assert found["SEAM101"] == "info"


def test_suppressed_ones_are_left_out() -> None:
    assert issues_for(FINDINGS[3]) == []


def test_no_two_fingerprints_are_alike() -> None:
    twin = FINDINGS[1]
    named = msgspec.structs.replace(twin, fingerprint="SEAM302:tune.py#2")
    assert len(issues_for(twin, twin, named, twin, FINDINGS[2], FINDINGS[2])) == 6


def test_a_notebook_is_told_by_cell() -> None:
    (issue,) = issues_for(FINDINGS[4])
    assert issue["location"] == {"path": "book.ipynb", "lines": {"begin": 1}}
    assert "cell 4, line 2: " in issue["description"]


def test_places_that_are_none() -> None:
    first, second = issues_for(
        Finding("SEAM705", "x", "note", "m", Location("<unknown>", 1)),
        Finding("SEAM705", "x", "note", "m", at("a.py", 0, 0, -1)),
    )
    assert first["location"]["path"] == "."
    assert second["location"]["lines"] == {"begin": 1, "end": 1}


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_no_path_from_outside_the_project(report: ScanReport) -> None:
    assert "/nowhere" not in render("gitlab", report, sources)
