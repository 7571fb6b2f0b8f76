"""The formats that platforms read. Each shows reports of scans and of verifications; only its module is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seamcheck.report.gathered import AnyReport

PLATFORMS = ("sarif", "github", "gitlab", "junit")


def render(form: str, report: AnyReport) -> str:
    """The report in one of PLATFORMS."""
    if form == "sarif":
        from seamcheck.report import sarif

        return sarif.render(report)
    if form == "github":
        from seamcheck.report import github

        return github.render(report)
    if form == "gitlab":
        from seamcheck.report import gitlab

        return gitlab.render(report)
    from seamcheck.report import junit

    return junit.render(report)
