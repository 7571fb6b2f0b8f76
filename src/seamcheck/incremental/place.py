"""Where the record of a full scan lies, and that it was used: nothing else is needed where nothing has changed."""

from __future__ import annotations

from seamcheck.facts import entries

SCANS = "scans-1"
#: The two parts of a record.
PARTS = ("scan", "names")


def entry_name(settings: str, report: str, part: str) -> str:
    """The name of a part of the record of the scan that gave this report under these settings."""
    return f"{settings}-{report}.{part}"


def touch(root: str, settings: str, report: str) -> None:
    """Note that the record, if there is one, is of use: what was used last is kept, and tried first."""
    for part in PARTS:
        entries.touch(root, SCANS, entry_name(settings, report, part))
