"""Texts of scanned files, for columns and for the frames of a report."""

from __future__ import annotations

from pathlib import Path

from seamcheck.model.report import Problem


def text_of(root: str, path: str) -> str:
    """The text of a scanned file; empty if it has vanished meanwhile."""
    from seamcheck.syntax.source import load, read

    data = read(str(Path(root) / path), path)
    if isinstance(data, Problem):
        return ""
    text = load(data, path)
    return "" if isinstance(text, Problem) else text
