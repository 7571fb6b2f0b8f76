"""``seamcheck scan -``: the text that an editor has not saved, on stdin."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from seamcheck.model.errors import ConfigError

if TYPE_CHECKING:
    from seamcheck.model.scan import Unsaved

DASH = "-"


def where(paths: tuple[str, ...], filename: str | None) -> tuple[tuple[Path, ...], str | None]:
    """The paths to scan, and with ``-`` the absolute path that stdin stands for.

    The whole project is scanned then, unless other paths are given as well. Raises a usage error for half of the pair,
    ConfigError for a file outside the project of the current folder.
    """
    if DASH not in paths:
        if filename is not None:
            raise click.UsageError(
                "--stdin-filename needs `-` among the paths: `scan - --stdin-filename FILE`"
            )
        return tuple(Path(path) for path in paths), None
    if not filename:
        raise click.UsageError("`-` needs --stdin-filename: the file that the text on stdin stands for")
    from seamcheck.config.discovery import find_root

    others = tuple(Path(path) for path in paths if path != DASH)
    root = find_root(others[0] if others else Path())
    file = os.path.abspath(filename)
    real = os.path.join(os.path.realpath(os.path.dirname(file)), os.path.basename(file))
    if not (_inside(file, root) and _inside(real, os.path.realpath(root))):
        raise ConfigError(
            f"{filename!r} is outside the project {root}",
            hint="run it in the project that the file belongs to",
        )
    if os.path.isdir(file):
        raise ConfigError(f"{filename!r} is a folder", hint="name the file that the text on stdin stands for")
    return others or (Path(root),), file


def _inside(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip(os.sep) + os.sep)


def read_unsaved(path: str) -> Unsaved:
    """The bytes on stdin, no more than a scan would read of a file."""
    from seamcheck.model.scan import Unsaved
    from seamcheck.syntax.notebook import MAX_BYTES

    # One more than allowed, so that what is too large is refused by the rules for files.
    return Unsaved(path, sys.stdin.buffer.read(MAX_BYTES + 1))
