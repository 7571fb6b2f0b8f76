"""No text of a scanned program can break a format that programs read, or be lost in one."""

from __future__ import annotations

import json
from urllib.parse import unquote_to_bytes

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seamcheck.model import Finding, Location, Problem, ScanReport, Step
from seamcheck.report import FORMATS, render, verify_formats
from seamcheck.report.escapes import flat, visible
from seamcheck.report.platforms import PLATFORMS
from tests.report.readers import CODE_QUALITY, commands, junit_cases, unmarked
from tests.report.sarif_model import problems
from tests.sample_reports import CLEAN, FULL, sources
from tests.verify.sample_reports import FULL as VERIFIED

# Any character: controls, lone surrogates, marks of direction; and what the formats themselves are made of.
CHARACTERS = st.characters() | st.characters(categories=["Cs"])
PARTS = st.sampled_from(
    [
        "::",
        "\n",
        "\r",
        "%0A",
        "%",
        ",",
        "##[error]",
        "]]>",
        "<!--",
        "&#0;",
        "{0}",
        "](",
        "\\",
        '"',
        "\x00",
        "\ud800",
    ]
)
TEXT = st.lists(st.text(CHARACTERS, max_size=8) | PARTS, max_size=6).map("".join)
PATHS = TEXT.filter(lambda path: path not in ("", "<unknown>") and not path.startswith("./"))
PLACES = st.builds(
    Location,
    path=PATHS,
    line=st.integers(0, 10**6),
    column=st.integers(0, 200),
    end_line=st.integers(0, 10**6),
    cell=st.sampled_from([0, 0, 3]),
    cell_line=st.integers(0, 9),
)
FINDINGS = st.builds(
    Finding,
    code=st.sampled_from(["SEAM101", "SEAM302", "SEAM305", "SEAM999"]),
    name=st.just("some-name"),
    severity=st.sampled_from(["error", "warning", "note"]),
    message=TEXT,
    location=PLACES,
    flow=st.lists(st.builds(Step, TEXT, PLACES), max_size=2).map(tuple),
    fix=st.none() | TEXT,
    fingerprint=TEXT,
    suppressed=st.none() | TEXT,
)
SCANS = st.builds(
    lambda findings, texts: msgspec.structs.replace(
        CLEAN,
        loops=(),
        findings=tuple(findings),
        problems=tuple(Problem(f"{path}.py", 0, text) for path, text in texts),
    ),
    st.lists(FINDINGS, max_size=5),
    st.lists(st.tuples(PATHS, TEXT), max_size=2),
)


def told(finding: Finding, text: str) -> bool:
    return flat(finding.message) in text


@settings(deadline=None)
@given(SCANS)
def test_sarif(report: ScanReport) -> None:
    text = render("sarif", report, sources)
    text.encode("utf-8")
    document = json.loads(text)
    assert problems(document) == []
    results = document["runs"][0]["results"]
    for finding, result in zip(report.findings, results, strict=True):
        assert told(finding, unmarked(result["message"]["text"]))
        written = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert unquote_to_bytes(written) in (_bytes(finding.location.path, "surrogateescape"),
                                             _bytes(finding.location.path, "surrogatepass"))  # fmt: skip
        reasons = [each["justification"] for each in result["suppressions"]]
        assert reasons == ([] if finding.suppressed is None else [visible(finding.suppressed)])


def _bytes(path: str, errors: str) -> bytes | None:
    try:
        return path.encode("utf-8", errors)
    except UnicodeEncodeError:
        return None


@settings(deadline=None)
@given(SCANS)
def test_github(report: ScanReport) -> None:
    text = render("github", report, sources)
    text.encode("utf-8")
    found = commands(text)
    active = [finding for finding in report.findings if finding.suppressed is None]
    assert sum(each.properties["title"] != "seamcheck" for each in found) == len(active)
    assert {each.name for each in found} <= {"error", "warning", "notice"}
    assert len(text.splitlines()) == len(found) + 1
    for finding in active:
        title = f"{finding.code} {finding.name}"
        assert any(
            told(finding, each.message) and each.properties["file"] == visible(finding.location.path)
            for each in found
            if each.properties["title"] == title
        )


@settings(deadline=None)
@given(SCANS)
def test_gitlab(report: ScanReport) -> None:
    text = render("gitlab", report, sources)
    text.encode("utf-8")
    issues = json.loads(text)
    jsonschema.Draft202012Validator(CODE_QUALITY).validate(issues)
    active = [finding for finding in report.findings if finding.suppressed is None]
    assert len({issue["fingerprint"] for issue in issues}) == len(active)
    for finding, issue in zip(active, issues, strict=True):
        assert told(finding, issue["description"])
        assert issue["location"]["path"] == visible(finding.location.path)


@settings(deadline=None)
@given(SCANS)
def test_junit(report: ScanReport) -> None:
    text = render("junit", report, sources)
    cases = [case for case in junit_cases(text) if case.attrib["name"].startswith("SEAM")]
    assert len(cases) == len(report.findings)
    texts = ["".join(case.itertext()) for case in cases]
    for finding in report.findings:
        assert any(told(finding, each) for each in texts)
    failing = [f for f in report.findings if f.suppressed is None and f.severity != "note"]
    assert sum(case.find("failure") is not None for case in cases) == len(failing)


@pytest.mark.parametrize("form", PLATFORMS)
def test_the_same_report_is_the_same_text(form: str) -> None:
    assert render(form, FULL, sources) == render(form, FULL, sources, color=True)
    assert render(form, FULL, sources).endswith("\n")


@pytest.mark.parametrize("form", PLATFORMS)
def test_both_commands_have_them(form: str) -> None:
    assert form in FORMATS
    assert form in verify_formats.FORMATS
    assert "/home/me" not in verify_formats.render(form, VERIFIED, sources)


def test_what_cannot_be_seen_is_shown() -> None:
    assert visible("a\x1b[0m\u202eb\ud800\tc\nd") == "a\\x1b[0m\\u202eb\\ud800\tc\nd"
    assert flat(" a\r\n b\u2028") == "a\\x0d b\\u2028"
    assert visible("né 日本 🎉") == "né 日本 🎉"
