"""What reports for people leave out, and that they say so."""

from __future__ import annotations

import json

import msgspec
import pytest

from seamcheck.model.report import BaselineUse, Narrowed, ScanReport
from seamcheck.report import render
from seamcheck.report.summary import fails
from tests.sample_reports import FULL, sources

REPLACE = msgspec.structs.replace
FIRST = FULL.loops[0]
SINCE = Narrowed("main", None, 3, 1, (FIRST.id,), ())
FILE = Narrowed(None, "tune.py", 1, 0, (), (FULL.consumers[0].id,))


def narrowed(to: Narrowed) -> ScanReport:
    return REPLACE(FULL, findings=(), problems=(), narrowed=to)


@pytest.mark.parametrize("form", ["full", "concise"])
def test_only_what_a_report_is_narrowed_to_is_shown(form: str) -> None:
    text = render(form, narrowed(SINCE), sources)
    assert FIRST.kind in text
    assert FULL.loops[1].kind not in text
    assert FULL.consumers[0].name not in text
    assert (
        f"Only what is new since main; left out as it was before: 3 findings, {len(FULL.loops) - 1} loop"
        in text
    )


def test_no_loop_of_a_narrowed_report_is_not_no_loop_at_all() -> None:
    since = narrowed(REPLACE(SINCE, loops=()))
    assert "No trial loop is new or has another verdict since main." in render("full", since, sources)
    assert "No trial loop stands in tune.py." in render("full", narrowed(FILE), sources)
    for form in ("full", "concise"):
        for report in (since, narrowed(FILE)):
            assert "no trial loop was found" not in render(form, report, sources).lower()


def test_concise_lines_of_one_file_are_all_places() -> None:
    text = render("concise", narrowed(FILE), sources)
    assert all(":" in line.split(" ")[0] for line in text.splitlines())


def test_programs_get_every_verdict_and_what_was_left_out() -> None:
    document = json.loads(render("json", narrowed(SINCE), sources))
    assert len(document["loops"]) == len(FULL.loops)
    assert document["summary"]["narrowed"]["findings_left_out"] == 3
    assert document["summary"]["narrowed"]["loops"] == [FIRST.id]
    assert "narrowed" not in json.loads(render("json", FULL, sources))["summary"]


def test_findings_of_the_baseline_are_counted_and_not_listed() -> None:
    known = tuple(REPLACE(finding, suppressed="baseline") for finding in FULL.findings)
    use = BaselineUse("known.json", len(known), 0, ("it is old",))
    report = REPLACE(FULL, findings=known, baseline=use)
    text = render("full", report, sources)
    assert f"{len(known)} findings are known to the baseline known.json." in text
    assert "The baseline known.json: it is old." in text
    assert "\nSuppressed" not in text
    assert not fails(report)
