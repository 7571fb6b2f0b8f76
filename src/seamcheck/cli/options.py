"""Options that several commands share."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from seamcheck.api import ScanOptions

Command = Callable[..., Any]
_PATH = click.Path(exists=True, path_type=Path)


def paths_argument(command: Command) -> Command:
    """``PATHS...``, the current folder when left out."""
    return click.argument("paths", nargs=-1, type=_PATH)(command)


def path_argument(command: Command) -> Command:
    """``[PATH]``, the current folder when left out."""
    return click.argument("path", required=False, type=_PATH)(command)


def program_options(command: Command) -> Command:
    """What decides which files are read and how: ``--config``, ``--exclude``, ``--no-cache``, ``--tests``."""
    for option in (
        click.option(
            "--tests", is_flag=True, help="Follow the code of test suites, too; else it is only read."
        ),
        click.option("--no-cache", is_flag=True, help="Neither read nor write facts of an earlier scan."),
        click.option(
            "--exclude",
            multiple=True,
            metavar="PATTERN",
            help="Leave these out, too (.gitignore notation; repeatable).",
        ),
        click.option(
            "--config",
            "config_path",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="Use this configuration file instead of the nearest one.",
        ),
    ):
        command = option(command)
    return command


def color_option(command: Command) -> Command:
    """``--color auto|always|never``."""
    return click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        help="Colours in the report on stdout; auto heeds NO_COLOR and FORCE_COLOR.",
    )(command)


def wants_color(choice: str) -> bool:
    """The flag wins over NO_COLOR, that over FORCE_COLOR, that over whether stdout is a terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def scan_options(
    paths: tuple[Path, ...],
    config_path: Path | None,
    exclude: tuple[str, ...],
    no_cache: bool,
    consumers: tuple[str, ...] = (),
    progress: Callable[[str, int, int], None] | None = None,
    tests: bool = False,
) -> ScanOptions:
    """The options of the command line as the API takes them."""
    from seamcheck.api import ScanOptions

    return ScanOptions(
        paths=paths or (Path(),),
        config_path=config_path,
        exclude=exclude,
        use_cache=not no_cache,
        consumers=consumers,
        progress=progress,
        tests=tests,
    )
