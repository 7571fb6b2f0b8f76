"""One problem of a configuration or registry file, and suggestions for misspelt words."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

import msgspec

#: How much of a bad value a message repeats.
MAX_SHOWN = 60


class Complaint(msgspec.Struct, frozen=True):
    """One problem: where it stands (keys below the section, the value if one of several), what to do.

    ``index`` counts from 0 among the tables of an array of tables, whose name is then the first key.
    """

    keys: tuple[str, ...]
    message: str
    hint: str | None = None
    value: str | None = None
    index: int | None = None


def suggest(word: str, known: Iterable[str]) -> str | None:
    """``did you mean ...?`` for a word that is close to a known one."""
    close = get_close_matches(word[:200], list(known), n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else None


def shown(value: Any) -> str:
    """A value as a message may repeat it: on one line, printable, not too long."""
    try:
        text = repr(value)
    except (RecursionError, ValueError):
        return "this value"
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."
