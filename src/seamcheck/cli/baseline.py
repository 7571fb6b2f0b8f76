"""``seamcheck baseline``: findings to live with, recorded so that only new ones fail."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from seamcheck.cli.options import ProgramOptions, paths_argument, program_options, scan_options
from seamcheck.cli.output import write_stdout
from seamcheck.cli.progress import Progress
from seamcheck.model.exit_codes import ExitCode

if TYPE_CHECKING:
    from seamcheck.api import BaselineChange

_file = click.option(
    "--baseline",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Use this file instead of the configured one.",
)


@click.group()
def baseline() -> None:
    """Record the findings of a project that begins to scan (`write`), and forget what is settled (`prune`)."""


@baseline.command()
@paths_argument
@program_options
@_file
@click.option("--reason", metavar="TEXT", help="Why one lives with the new entries; kept in the file.")
@click.option("--force", is_flag=True, help="Let a baseline that is there already grow.")
def write(
    paths: tuple[Path, ...], program: ProgramOptions, file: Path | None, reason: str | None, force: bool
) -> ExitCode:
    """Write the baseline: the errors and warnings that a scan of PATHS has now.

    Notes fail nothing and are left out. Entries and reasons that are there already stay; entries that stand for
    nothing any more go. Where there is a baseline, it may shrink, but grows only with --force.
    """
    from seamcheck import api

    reason = _checked(reason)
    with Progress() as progress:
        options = scan_options(paths, program, progress=progress.report)
        change = api.baseline_write(msgspec.structs.replace(options, baseline=file), reason, force)
    write_stdout(_told(change))
    return ExitCode.OK


@baseline.command()
@paths_argument
@program_options
@_file
def prune(paths: tuple[Path, ...], program: ProgramOptions, file: Path | None) -> ExitCode:
    """Remove entries that stand for no finding of a scan of PATHS any more. Never adds any."""
    from seamcheck import api

    with Progress() as progress:
        options = scan_options(paths, program, progress=progress.report)
        change = api.baseline_prune(msgspec.structs.replace(options, baseline=file))
    write_stdout(_told(change))
    return ExitCode.OK


def _checked(reason: str | None) -> str | None:
    if reason is None:
        return None
    text = " ".join(reason.split())
    if not text or any(not c.isprintable() for c in text):
        raise click.BadParameter("a reason is one line of text", param_hint="--reason")
    return text


def _told(change: BaselineChange) -> str:
    counts = f"{change.entries} {'entry' if change.entries == 1 else 'entries'}"
    if change.written:
        rows = [f"{change.path}: {counts}, {change.added} added, {change.removed} removed"]
    else:
        rows = [f"{change.path}: {counts}, nothing has changed"]
    if change.left_out:
        rows.append("Left out, because no baseline takes them; they still fail:")
        rows += [f"  {f.location.path}:{f.location.line}: {f.code} {f.name}" for f in change.left_out]
    return "".join(f"{row}\n" for row in rows)
