"""Entries of a registry, and what each of them stands for in the scanned code."""

from __future__ import annotations

from typing import Literal

import msgspec

from seamcheck.config.consumers import Requires

#: The codes of the findings about a registry.
CODES = frozenset(f"SEAM10{number}" for number in range(3, 9))

#: "found": exactly one function. "gone": none, although it would have been seen. "ambiguous": several functions.
#: "unread": its file could not be parsed. "outside": it lies where this scan did not look.
State = Literal["found", "gone", "ambiguous", "unread", "outside"]


class Entry(msgspec.Struct, frozen=True):
    """One registered consumer.

    ``entry`` is ``path::qualname`` or ``module:qualname`` as written, for a key of a literal the pattern with the key
    in it, or None where a comment on the ``def`` says it. ``file`` is the absolute path of the registry file, ``path``
    the same relative to the project root, ``index`` the position among the entries of that file, ``variable`` the
    name of the literal (None in TOML).
    """

    name: str
    entry: str | None
    requires: Requires
    file: str
    path: str
    line: int
    index: int
    owner: str = ""
    reason: str = ""
    fingerprint: str | None = None
    variable: str | None = None


def spot(entry: Entry) -> str:
    """Where an entry stands, in words."""
    return f"{entry.path}:{entry.line}" if entry.line else entry.path


class Tied(msgspec.Struct, frozen=True):
    """An entry and its function: ``path`` relative to the project root and qualname, None where it has none.

    ``why`` says what is wrong, ``elsewhere`` names functions that may be meant, as an entry would.
    """

    entry: Entry
    state: State
    path: str | None = None
    function: str | None = None
    why: str = ""
    elsewhere: tuple[str, ...] = ()


class Registry(msgspec.Struct, frozen=True):
    """All entries; ``exists`` is False where the project has no registry at all.

    ``prefix`` is what entries put in front of a path below the root: "pkg/" where the configuration lies above it.
    """

    exists: bool
    tied: tuple[Tied, ...] = ()
    prefix: str = ""

    @property
    def fixed(self) -> frozenset[str] | None:
        """Names of functions that entries may stand for; None where an entry has no function, or several."""
        if any(each.state != "found" for each in self.tied):
            return None
        return frozenset((each.function or "").rpartition(".")[2] for each in self.tied)

    @property
    def asked(self) -> tuple[str, ...]:
        """The functions to classify, as ``path::qualname``."""
        return tuple(f"{each.path}::{each.function}" for each in self.tied if each.state == "found")
