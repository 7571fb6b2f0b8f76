"""What a baseline file holds (schema ``seamcheck.baseline/1``).

JSON with one entry per line, sorted by path and function, without lines, columns or messages: code that moves changes
nothing, and changes of different functions merge. It is JSON and not TOML because a scan without changes must not
import anything heavy to read it, and because nobody writes it by hand but for the reasons.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from seamcheck.config.schema import Config
from seamcheck.model.report import Severity

SCHEMA = "seamcheck.baseline/1"


class Key(NamedTuple):
    """What one entry stands for; ``occurrence`` tells those that are alike (from 1).

    ``path`` is relative to the folder of the configuration, or to the project root where there is none.
    """

    path: str
    function: str
    code: str
    statement: str
    occurrence: int


class Entry(msgspec.Struct, frozen=True):
    """One finding to live with, why, and the line of the file that says so (0 for a new one)."""

    key: Key
    reason: str | None = None
    line: int = 0


class Settings(msgspec.Struct, frozen=True):
    """The options that decided what a baseline was made of."""

    select: tuple[str, ...] = ("SEAM",)
    ignore: tuple[str, ...] = ()
    severity: dict[str, Severity] = {}
    tests: bool = False

    def as_config(self) -> Config:
        """As a configuration, to ask whether it wants a code."""
        return Config(select=self.select, ignore=self.ignore, severity=self.severity)


class Baseline(msgspec.Struct, frozen=True):
    """A baseline: which version and which options made it, and its entries in the order of the file."""

    version: str
    settings: Settings
    entries: tuple[Entry, ...]
