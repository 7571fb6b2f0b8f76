"""The figures as lines and as a Markdown table."""

from __future__ import annotations

import os
import platform
from typing import NamedTuple


class Row(NamedTuple):
    """One line: what was done, what it must reach, what was measured (or why it was not)."""

    work: str
    goal: str
    measured: str


def markdown(rows: list[Row], heading: list[str]) -> str:
    """The table with what one must know to read it."""
    lines = ["# Speed and size", "", *(f"- {line}" for line in heading), f"- {machine()}", ""]
    lines += ["| Work | Must reach | Measured: median (smallest to largest) |", "|---|---|---|"]
    lines += [f"| {row.work} | {row.goal} | {row.measured} |" for row in rows]
    return "\n".join(lines) + "\n"


def plain(row: Row) -> str:
    """One row for the terminal."""
    return f"{row.work}\n    {row.measured}    [{row.goal}]"


def machine() -> str:
    """Where it was measured; names neither host nor user."""
    load = f", load {os.getloadavg()[0]:.1f} at the end" if hasattr(os, "getloadavg") else ""
    return f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores{load}"
