"""SARIF 2.1.0, as code scanning takes it: one run with its rules, results, notes about the run and counts."""

from __future__ import annotations

import re
from typing import Any

from seamcheck.model.evidence import Location, Step
from seamcheck.model.report import Finding
from seamcheck.report.escapes import flat, uri, visible
from seamcheck.report.gathered import AnyReport, Gathered, Note, gather
from seamcheck.report.json_text import to_text
from seamcheck.report.ranking import varied
from seamcheck.report.sarif_rules import rules
from seamcheck.report.telling import headline, in_cell, somewhere
from seamcheck.report.words import count

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
#: Our key of a finding that is the same one; a new way to compute it gets a new version.
FINGERPRINT = "seamcheckFinding/v1"
BASE = "%SRCROOT%"
#: What code scanning takes of one run, and of the steps that lead to one result.
MAX_RESULTS = 25_000
MAX_STEPS = 1_000
#: A reason that starts so was given by the baseline and not by a comment in the source.
BASELINE = "baseline"
_SEMANTIC = re.compile(r"\d+\.\d+\.\d+")
_PLACEHOLDER = re.compile(r"\{\d+\}")
_LINK = re.compile(r"\](?=\\*\()")
Json = dict[str, Any]


def render(report: AnyReport) -> str:
    """The whole log as indented JSON that ends in a newline."""
    return to_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(gather(report))]})


def _run(found: Gathered) -> Json:
    kept, notes = _within_limits(found)
    described = rules(kept)
    index = {rule["id"]: number for number, rule in enumerate(described)}
    driver: Json = {"name": "seamcheck", "version": found.version}
    if _SEMANTIC.fullmatch(found.version):
        driver["semanticVersion"] = found.version
    return {
        "tool": {"driver": {**driver, "rules": described}},
        "automationDetails": {"id": f"seamcheck/{found.command}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {BASE: {"description": {"text": "The root of the scanned project."}}},
        "invocations": [
            {
                "executionSuccessful": found.ran,
                "toolExecutionNotifications": [_notification(note) for note in notes],
            }
        ],
        "results": [_result(finding, index[finding.code]) for finding in kept],
        "properties": {"summary": found.summary},
    }


def _within_limits(found: Gathered) -> tuple[list[Finding], list[Note]]:
    """The results that code scanning takes, the worst if there are too many, and a note on the others."""
    every, notes = list(found.findings), list(found.notes)
    if len(every) <= MAX_RESULTS:
        return every, notes
    suppressed = [finding for finding in every if finding.suppressed is not None]
    kept = {id(finding) for finding in (varied(found.active) + suppressed)[:MAX_RESULTS]}
    left = count(len(every) - MAX_RESULTS, "finding")
    text = f"{left} left out, suppressed and less severe ones first: code scanning takes {MAX_RESULTS}"
    return [f for f in every if id(f) in kept], [Note("warning", text), *notes]


def _result(finding: Finding, rule: int) -> Json:
    lines = [headline(finding)]
    if len(finding.flow) > MAX_STEPS:
        lines.append(f"The chain has {len(finding.flow)} steps, of which the first {MAX_STEPS} are shown.")
    found: Json = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": finding.severity,
        "message": _message("\n".join(lines)),
        "locations": [_location(finding.location)],
    }
    if finding.flow:
        steps = [{"location": _step(step)} for step in finding.flow[:MAX_STEPS]]
        found["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    if finding.fingerprint:
        found["partialFingerprints"] = {FINGERPRINT: visible(finding.fingerprint)}
    # Where one result of a run has the list, all have it: an empty one says that nothing is suppressed.
    found["suppressions"] = [] if finding.suppressed is None else [_suppression(finding.suppressed)]
    if finding.fix is not None:
        found["properties"] = {"fix": visible(finding.fix)}
    return found


def _suppression(reason: str) -> Json:
    kind = "external" if reason.startswith(BASELINE) else "inSource"
    return {"kind": kind, "justification": visible(reason)}


def _message(text: str) -> Json:
    return {"text": plain_message(text)}


def plain_message(text: str) -> str:
    r"""Source text is neither placeholder nor link: ``{0}`` becomes ``{{0}}`` and ``a[0](b)`` ``a[0]\(b)``."""
    doubled = _PLACEHOLDER.sub(lambda found: f"{{{found.group()}}}", visible(text))
    return _LINK.sub(r"]\\", doubled)


def _location(location: Location) -> Json:
    found: Json = {"physicalLocation": _physical(location)}
    if location.cell:
        found["properties"] = {"cell": location.cell, "cellLine": location.cell_line}
    return found


def _physical(location: Location) -> Json:
    if not somewhere(location):
        # Code scanning refuses a log with a result that is nowhere: the project as a whole.
        return {"artifactLocation": {"uri": "./", "uriBaseId": BASE}, "region": {"startLine": 1}}
    artifact = {"uri": uri(location.path), "uriBaseId": BASE}
    if location.cell:
        # The lines of a notebook's file are those of its JSON: message and properties name the cell.
        return {"artifactLocation": artifact, "region": {"startLine": 1}}
    line = max(location.line, 1)
    region = {
        "startLine": line,
        "startColumn": max(location.column, 1),
        "endLine": max(location.end_line, line),
    }
    return {"artifactLocation": artifact, "region": region}


def _step(step: Step) -> Json:
    return {**_location(step.location), "message": _message(in_cell(step.location, step.message))}


def _notification(note: Note) -> Json:
    where = note.location
    if where is None:
        return {"level": note.level, "message": _message(flat(note.message))}
    found: Json = {"level": note.level, "message": _message(in_cell(where, note.message))}
    return {**found, "locations": [_location(where)]} if somewhere(where) else found
