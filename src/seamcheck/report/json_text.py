"""JSON as all reports write it."""

from __future__ import annotations

from typing import Any

import msgspec


def to_text(document: dict[str, Any] | list[dict[str, Any]]) -> str:
    """Indented JSON that ends in a newline."""
    try:
        return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"
    except UnicodeEncodeError:
        import json

        # A file name or literal with a lone surrogate: escape instead of refusing the whole report.
        return json.dumps(document, indent=2) + "\n"
