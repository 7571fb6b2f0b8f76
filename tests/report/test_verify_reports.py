"""The reports of a verification, whole."""

import re

import msgspec
import pytest
from syrupy.assertion import SnapshotAssertion

from seamcheck.model.verification import OUTCOMES
from seamcheck.report.verify_formats import FORMATS, render
from tests.verify.sample_reports import FULL, REPORTS, sources
from tests.verify.schema import Verification


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("form", [form for form in FORMATS if form != "sarif"])
def test_report(form: str, name: str, snapshot: SnapshotAssertion) -> None:
    assert render(form, REPORTS[name], sources) == snapshot


@pytest.mark.parametrize("name", REPORTS)
def test_schema(name: str) -> None:
    document = msgspec.json.decode(render("json", REPORTS[name], sources), type=Verification)
    for counts in (document.summary.invariance, document.summary.evaluation):
        assert list(counts) == list(OUTCOMES)
        assert sum(counts.values()) == document.summary.loops == len(document.loops)


def test_colour_changes_nothing_but_colour() -> None:
    coloured = render("text", FULL, sources, color=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == render("text", FULL, sources)


def test_nothing_from_outside_the_project_is_told() -> None:
    for form in FORMATS:
        assert "/home/me" not in render(form, FULL, sources)


def test_a_lone_surrogate_in_a_name_does_no_harm() -> None:
    odd = msgspec.structs.replace(FULL, problems=("\ud800",))
    assert "\\ud800" in render("json", odd, sources)
