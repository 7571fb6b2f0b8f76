"""Baseline files made by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ENTRY: dict[str, Any] = {
    "path": "a.py",
    "function": "objective",
    "code": "SEAM302",
    "statement": "0123456789abcdef",
    "occurrence": 1,
}
SETTINGS: dict[str, Any] = {"select": ["SEAM"], "ignore": [], "severity": {}, "tests": False}


def document(*entries: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A baseline as plain data."""
    return {
        "schema": "seamcheck.baseline/1",
        "version": "0.1.0",
        "settings": SETTINGS,
        "entries": list(entries),
        **changes,
    }


def text(*entries: dict[str, Any], **changes: Any) -> str:
    """The same as a file of many lines."""
    return json.dumps(document(*entries, **changes), indent=1)


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "seamcheck-baseline.json"
    path.write_bytes(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
    return path
