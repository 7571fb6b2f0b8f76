"""JUnit XML: a suite per file, for a file is what somebody opens, owns and repairs, with its verdicts beside the
findings that explain them. No times, no host: the same program gives the same bytes."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable

from seamcheck.report.cases import Case, cases
from seamcheck.report.escapes import visible
from seamcheck.report.gathered import AnyReport

#: The suite of what is said of no file.
PROJECT = "(project)"


def render(report: AnyReport) -> str:
    """Failures are what fails the scan; unsettled verdicts and suppressed findings are skipped; the rest passes."""
    suites: dict[str, list[Case]] = {}
    for case in cases(report):
        suites.setdefault(case.location.path if case.location else PROJECT, []).append(case)
    every = [case for found in suites.values() for case in found]
    root = ET.Element("testsuites", {"name": "seamcheck", **_counts(every)})
    for path in sorted(suites):
        root.append(_suite(path, suites[path]))
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _counts(found: Iterable[Case]) -> dict[str, str]:
    states = [case.state for case in found]
    return {
        "tests": str(len(states)),
        "failures": str(states.count("failed")),
        "errors": "0",
        "skipped": str(states.count("skipped")),
        "time": "0",
    }


def _suite(path: str, found: list[Case]) -> ET.Element:
    suite = ET.Element("testsuite", {"name": visible(path), **_counts(found)})
    for case in found:
        suite.append(_case(path, case))
    return suite


def _case(path: str, case: Case) -> ET.Element:
    attributes = {"classname": _class(path), "name": case.name}
    if case.location is not None:
        # The lines of a notebook's file are those of its JSON: the text names the cell.
        line = 1 if case.location.cell else max(case.location.line, 1)
        attributes |= {"file": visible(path), "line": str(line)}
    node = ET.Element("testcase", {**attributes, "time": "0"})
    if case.state == "passed":
        ET.SubElement(node, "system-out").text = case.text
    elif case.state == "failed":
        failure = ET.SubElement(node, "failure", {"message": case.headline, "type": case.kind})
        failure.text = case.text
    else:
        ET.SubElement(node, "skipped", {"message": case.headline, "type": case.kind}).text = case.text
    return node


def _class(path: str) -> str:
    """``src.tune`` for ``src/tune.py``: readers split a class name at its dots."""
    return visible(path.removesuffix(".py").replace("/", "."))
