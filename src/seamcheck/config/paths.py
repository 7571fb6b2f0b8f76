"""Paths as reports show them."""

from __future__ import annotations

import os


def relative(path: str, root: str) -> str:
    """``path`` relative to ``root``, with "/" separators, always printable as UTF-8. ``root`` is absolute."""
    if path.startswith(root + os.sep) and os.pardir not in path:
        shown = path[len(root) + 1 :]
    else:
        try:
            shown = os.path.relpath(path, root)
        except ValueError:
            # On another drive.
            shown = os.path.abspath(path)
    shown = shown.replace(os.sep, "/")
    return shown if shown.isascii() else os.fsencode(shown).decode("utf-8", "replace")
