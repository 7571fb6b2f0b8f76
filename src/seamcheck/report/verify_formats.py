"""The formats of the report of a verification."""

from __future__ import annotations

from seamcheck.model.verification import VerifyReport
from seamcheck.report import Sources

FORMATS = ("text", "json")


def render(form: str, report: VerifyReport, sources: Sources, color: bool = False) -> str:
    """The report in one of FORMATS; only ``text`` uses colour."""
    if form == "json":
        from seamcheck.report import verify_json

        return verify_json.render(report)
    from seamcheck.report import verify_text

    return verify_text.render(report, sources, color)
