"""What one analysis ran and took in, whatever came of it: an edit of anything else changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from seamcheck.facts.ir import FileFacts

#: Functions from which on a program is large: most of it is library code, called in many ways.
LARGE = 2_000


@dataclass(slots=True)
class Coverage:
    """``followed`` are functions whose bodies were run, as (module, index), ``imported`` modules whose bodies were.

    ``looked_up`` are attributes that were looked up by the text of their name, ``enumerated`` modules all of whose
    names were taken: by ``globals()``, or a star import.
    """

    followed: set[tuple[str, int]] = field(default_factory=set)
    imported: set[str] = field(default_factory=set)
    looked_up: set[str] = field(default_factory=set)
    enumerated: set[str] = field(default_factory=set)


def functions_in(files: Mapping[str, FileFacts]) -> int:
    """The functions of these files."""
    return sum(len(facts.functions) for facts in files.values())


def is_large(functions: int) -> bool:
    """Are there so many functions that few calls of each are followed?"""
    return functions > LARGE
