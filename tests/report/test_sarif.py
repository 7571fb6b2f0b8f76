"""SARIF: valid, readable by code scanning, and all of what the report says."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

import msgspec
import pytest
from syrupy.assertion import SnapshotAssertion

from seamcheck.checks.codes import all_codes
from seamcheck.model import Finding, Location, ScanReport, Step
from seamcheck.report import render, sarif
from seamcheck.report.escapes import uri
from seamcheck.report.sarif_rules import FAMILIES
from tests.report.readers import unmarked
from tests.report.sarif_model import problems
from tests.sample_reports import CLEAN, EMPTY, FINDINGS, FULL, NO_LOOP, at, sources
from tests.verify.sample_reports import REPORTS as VERIFICATIONS

REPORTS = {"full": FULL, "no_loop": NO_LOOP, "clean": CLEAN, "empty": EMPTY}


def run_of(text: str) -> dict[str, Any]:
    document = json.loads(text)
    assert problems(document) == []
    (run,) = document["runs"]
    assert isinstance(run, dict)
    return run


def scanned(*findings: Finding) -> dict[str, Any]:
    report = msgspec.structs.replace(CLEAN, findings=findings)
    return run_of(render("sarif", report, sources))


@pytest.mark.parametrize("name", REPORTS)
def test_report(name: str, snapshot: SnapshotAssertion) -> None:
    run = run_of(render("sarif", REPORTS[name], sources))
    # The pages of the codes are told elsewhere; they may change without changing any report.
    run["tool"]["driver"]["rules"] = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert run == snapshot


@pytest.mark.parametrize("name", VERIFICATIONS)
def test_verification(name: str) -> None:
    report = VERIFICATIONS[name]
    run = run_of(sarif.render(report))
    assert [(r["ruleId"], r["level"]) for r in run["results"]] == [
        (f.code, f.severity) for f in report.findings
    ]
    assert run["automationDetails"]["id"] == "seamcheck/verify/"


def test_the_checker_sees_what_is_wrong() -> None:
    document = json.loads(render("sarif", FULL, sources))
    result = document["runs"][0]["results"][0]
    result["level"] = "bad"
    result["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] = "a b.py"
    result["colour"] = "red"
    del result["message"]
    assert len(problems(document)) == 5


def test_rules_come_from_the_table_of_codes() -> None:
    rules = run_of(render("sarif", FULL, sources))["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted({finding.code for finding in FINDINGS})
    for rule in rules:
        code = all_codes()[rule["id"]]
        assert rule["name"] == code.name
        assert rule["shortDescription"]["text"] == code.summary
        assert rule["defaultConfiguration"]["level"] == code.severity
        for text in rule["help"].values():
            assert code.example.strip().splitlines()[0] in text
            assert "What to do:" in text
        assert len(rule["fullDescription"]["text"]) <= 1024


def test_every_code_has_a_family() -> None:
    assert {code[4] for code in all_codes()} <= set(FAMILIES)


def test_a_code_that_the_table_does_not_have() -> None:
    run = scanned(Finding("SEAM999", "of-tomorrow", "warning", "x", at("a.py", 1)))
    assert run["tool"]["driver"]["rules"] == [{"id": "SEAM999", "name": "of-tomorrow"}]


def test_each_result_finds_its_rule() -> None:
    run = run_of(render("sarif", FULL, sources))
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_the_first_line_says_what_is_wrong_and_what_to_do() -> None:
    for finding, result in zip(FINDINGS, run_of(render("sarif", FULL, sources))["results"], strict=True):
        first = result["message"]["text"].splitlines()[0]
        assert finding.message in first
        assert "To settle it: " in first
        if finding.fix:
            assert finding.fix in first


def test_suppressions() -> None:
    mine, theirs, none = (
        msgspec.structs.replace(FINDINGS[1], suppressed=reason)
        for reason in ("drawn anew on purpose", "baseline of 2025", None)
    )
    found = [result["suppressions"] for result in scanned(mine, theirs, none)["results"]]
    assert found == [
        [{"kind": "inSource", "justification": "drawn anew on purpose"}],
        [{"kind": "external", "justification": "baseline of 2025"}],
        [],
    ]


def test_a_notebook_is_told_by_cell() -> None:
    (result,) = scanned(FINDINGS[4])["results"]
    assert result["message"]["text"].startswith("cell 4, line 2: ")
    (location,) = result["locations"]
    assert location["properties"] == {"cell": 4, "cellLine": 2}
    assert location["physicalLocation"]["region"] == {"startLine": 1}


def test_columns_count_characters() -> None:
    assert run_of(render("sarif", FULL, sources))["columnKind"] == "unicodeCodePoints"


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("src/a.py", "src/a.py"),
        ("a b/#1?.py", "a%20b/%231%3F.py"),
        ("100%.py", "100%25.py"),
        ("é/日.py", "%C3%A9/%E6%97%A5.py"),
        ("c:d.py", "c%3Ad.py"),
        ("bad\udcff.py", "bad%FF.py"),
        ("back\\slash.py", "back%5Cslash.py"),
        ("odd\ud800.py", "odd%ED%A0%80.py"),
    ],
)
def test_paths_are_uris(path: str, written: str) -> None:
    assert uri(path) == written
    if path.isprintable():
        assert unquote(written) == path
    (result,) = scanned(Finding("SEAM301", "x", "note", "m", at(path, 1)))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {
        "uri": written,
        "uriBaseId": "%SRCROOT%",
    }


def test_a_place_that_nobody_knows_is_the_project() -> None:
    (result,) = scanned(Finding("SEAM705", "x", "note", "m", Location("<unknown>", 1)))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "./"


@pytest.mark.parametrize(
    "message", ["`{0}` of {name}", "`f[0](x)` {{1}}", r"a]\(b) {{{12}}}", "[x](http://e)"]
)
def test_source_text_is_neither_placeholder_nor_link(message: str) -> None:
    (result,) = scanned(Finding("SEAM301", "x", "note", message, at("a.py", 1)))["results"]
    text = result["message"]["text"]
    assert unmarked(text).startswith(message)
    assert "](" not in text
    assert "`{0}`" not in text


def test_what_could_not_be_read_is_a_notification() -> None:
    run = run_of(render("sarif", FULL, sources))
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is True
    texts = [note["message"]["text"] for note in invocation["toolExecutionNotifications"]]
    assert len(texts) == len(FULL.problems)
    assert all(problem.message in text for problem, text in zip(FULL.problems, texts, strict=True))
    assert texts[2].startswith("cell 7, line 2: ")


def test_silence_is_no_clean_bill() -> None:
    (invocation,) = run_of(render("sarif", NO_LOOP, sources))["invocations"]
    texts = [note["message"]["text"] for note in invocation["toolExecutionNotifications"]]
    assert texts[0].startswith("no trial loop was found")
    assert "sweeper.Sweep" in texts[1]
    (nothing,) = run_of(render("sarif", EMPTY, sources))["invocations"]
    assert nothing["executionSuccessful"] is False


def test_too_many_results(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MAX_RESULTS", 3)
    run = run_of(render("sarif", FULL, sources))
    # In the order of the report, and the worst of it: nothing that is suppressed, no note.
    assert [r["ruleId"] for r in run["results"]] == ["SEAM302", "SEAM305", "SEAM201"]
    text = run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
    assert text.startswith("3 findings left out")


def test_a_chain_that_is_too_long() -> None:
    flow = tuple(Step(f"step {n}", at("a.py", n)) for n in range(1, sarif.MAX_STEPS + 3))
    (result,) = scanned(msgspec.structs.replace(FINDINGS[2], flow=flow))["results"]
    (thread,) = result["codeFlows"][0]["threadFlows"]
    assert len(thread["locations"]) == sarif.MAX_STEPS
    assert "1002 steps, of which the first 1000 are shown" in result["message"]["text"]


def test_fingerprints_are_ours() -> None:
    (result,) = scanned(FINDINGS[2])["results"]
    assert result["partialFingerprints"] == {"seamcheckFinding/v1": "f1"}


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_no_path_from_outside_the_project(report: ScanReport) -> None:
    assert "/nowhere" not in render("sarif", report, sources)
