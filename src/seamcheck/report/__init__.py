"""Reports: one module per format, each a pure function of a report to text."""

from __future__ import annotations

from collections.abc import Callable

from seamcheck.model.report import ScanReport
from seamcheck.report.platforms import PLATFORMS

Sources = Callable[[str], list[str]]
FORMATS = ("full", "concise", "json", *PLATFORMS)


def render(form: str, report: ScanReport, sources: Sources, color: bool = False) -> str:
    """The report in one of FORMATS. Only the module of that format is imported; only ``full`` uses colour."""
    if form == "json":
        from seamcheck.report import scan_json

        return scan_json.render(report)
    if form == "concise":
        from seamcheck.report import concise

        return concise.render(report)
    if form in PLATFORMS:
        from seamcheck.report import platforms

        return platforms.render(form, report)
    from seamcheck.report import full

    return full.render(report, sources, color)
