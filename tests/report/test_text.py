"""The reports for people, whole."""

import pytest
from syrupy.assertion import SnapshotAssertion

from seamcheck.report import render
from tests.sample_reports import CLEAN, EMPTY, FULL, NO_LOOP, sources

REPORTS = {"full": FULL, "no_loop": NO_LOOP, "clean": CLEAN, "empty": EMPTY}


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("form", ["full", "concise"])
def test_report(form: str, name: str, snapshot: SnapshotAssertion) -> None:
    assert render(form, REPORTS[name], sources) == snapshot


def test_colour_changes_nothing_but_colour() -> None:
    import re

    coloured = render("full", FULL, sources, color=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == render("full", FULL, sources)


def test_verdicts_come_before_findings_and_the_rest_last() -> None:
    text = render("full", FULL, sources)
    order = [
        "Trial loops",
        "Consumers",
        "What matters most",
        "SEAM305 mutated",
        "The rest",
        "Evidence",
        "Suppressed",
    ]
    places = [text.index(word) for word in order]
    assert places == sorted(places)


def test_silence_is_not_a_clean_bill() -> None:
    for form in ("full", "concise"):
        text = render(form, NO_LOOP, sources)
        assert "no trial loop was found" in text.lower()
        assert "sweeper.Sweep" in text
