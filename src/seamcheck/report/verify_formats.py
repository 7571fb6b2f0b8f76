"""The formats of the report of a verification."""

from __future__ import annotations

from seamcheck.model.verification import VerifyReport
from seamcheck.report import Sources
from seamcheck.report.platforms import PLATFORMS

FORMATS = ("text", "json", *PLATFORMS)


def render(form: str, report: VerifyReport, sources: Sources, color: bool = False) -> str:
    """The report in one of FORMATS; only ``text`` uses colour."""
    if form == "json":
        from seamcheck.report import verify_json

        return verify_json.render(report)
    if form in PLATFORMS:
        from seamcheck.report import platforms

        return platforms.render(form, report)
    from seamcheck.report import verify_text

    return verify_text.render(report, sources, color)
