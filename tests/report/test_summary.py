"""Counts, and what makes a scan fail."""

import msgspec
import pytest

from seamcheck.model import ScanReport
from seamcheck.report.summary import fails, statistics, summarise, timings
from tests.sample_reports import CLEAN, EMPTY, FINDINGS, FULL


def test_summary() -> None:
    summary = summarise(FULL)
    assert summary["loops"]["invariance"] == {"invariant": 1, "variant": 1, "unknown": 0}
    assert summary["loops"]["seam"] == {"clean": 1, "none": 1, "unknown": 0}
    assert summary["consumers"] == {"total": 3, "xy_only": 1, "trial_dynamics": 1, "unknown": 1}
    assert summary["findings"] == {"total": 5, "error": 1, "warning": 3, "note": 1, "suppressed": 1}
    assert summary["codes"] == {"SEAM101": 1, "SEAM201": 1, "SEAM302": 1, "SEAM305": 1, "SEAM901": 1}


def only(*indices: int) -> ScanReport:
    return msgspec.structs.replace(CLEAN, findings=tuple(FINDINGS[i] for i in indices))


@pytest.mark.parametrize(
    ("report", "failed"),
    [
        (EMPTY, False),
        (only(0), False),
        (only(3), False),
        (only(0, 3), False),
        (only(1), True),
        (only(2), True),
    ],
)
def test_errors_and_warnings_fail_notes_and_suppressed_ones_never(report: ScanReport, failed: bool) -> None:
    assert fails(report) is failed


def test_statistics_leave_zeros_out() -> None:
    text = statistics(FULL)
    assert "      1  loops, invariance variant\n" in text
    assert "      1  SEAM302 unseeded-randomness\n" in text
    assert not any(row.split()[0] == "0" for row in text.splitlines())


def test_timings() -> None:
    assert timings({"read": 0.5, "flow": 12.25}) == "    0.500 s  read\n   12.250 s  flow\n"
