"""Reports that are narrowed to what somebody is working on: a change since a revision, or one unsaved file."""

from seamcheck.changes.one_file import scan_unsaved
from seamcheck.changes.since import scan_since

__all__ = ["scan_since", "scan_unsaved"]
