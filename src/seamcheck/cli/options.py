"""Options that several commands share."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

if TYPE_CHECKING:
    from seamcheck.api import ScanOptions

#: More than this is a slip of the keyboard, and would take the memory of the machine.
MAX_JOBS = 256

Command = Callable[..., Any]
_PATH = click.Path(exists=True, path_type=Path)


def _jobs(context: click.Context, option: click.Parameter, value: str) -> int | None:
    """The number of ``--jobs``; None for ``auto``."""
    if value == "auto":
        return None
    if not (value.isascii() and value.isdigit() and len(value) < 9 and 1 <= int(value) <= MAX_JOBS):
        raise click.BadParameter(f"{value!r} is neither `auto` nor a number from 1 to {MAX_JOBS}")
    return int(value)


def paths_argument(command: Command) -> Command:
    """``PATHS...``, the current folder when left out."""
    return click.argument("paths", nargs=-1, type=_PATH)(command)


def path_argument(command: Command) -> Command:
    """``[PATH]``, the current folder when left out."""
    return click.argument("path", required=False, type=_PATH)(command)


class ProgramOptions(NamedTuple):
    """What decides which files are read and how, as the options of :func:`program_options` give it."""

    config_path: Path | None
    exclude: tuple[str, ...]
    no_cache: bool
    jobs: int | None
    tests: bool


def program_options(command: Command) -> Command:
    """``--config``, ``--exclude``, ``--no-cache``, ``--jobs`` and ``--tests``, handed over as ``program``."""

    @functools.wraps(command)
    def gathered(
        *args: Any,
        config_path: Path | None,
        exclude: tuple[str, ...],
        no_cache: bool,
        jobs: int | None,
        tests: bool,
        **rest: Any,
    ) -> Any:
        return command(*args, program=ProgramOptions(config_path, exclude, no_cache, jobs, tests), **rest)

    out: Command = gathered
    for option in (
        click.option(
            "--tests", is_flag=True, help="Follow the code of test suites, too; else it is only read."
        ),
        click.option(
            "--jobs",
            metavar="N|auto",
            callback=_jobs,
            default="auto",
            show_default=True,
            help="Parse in so many processes; auto takes several where much has changed. The report is the same.",
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
        out = option(out)
    return out


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
    program: ProgramOptions,
    consumers: tuple[str, ...] = (),
    progress: Callable[[str, int, int], None] | None = None,
) -> ScanOptions:
    """The options of the command line as the API takes them."""
    from seamcheck.api import ScanOptions

    return ScanOptions(
        paths=paths or (Path(),),
        config_path=program.config_path,
        exclude=program.exclude,
        use_cache=not program.no_cache,
        consumers=consumers,
        progress=progress,
        tests=program.tests,
        jobs=program.jobs,
    )
