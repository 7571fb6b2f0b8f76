"""``seamcheck registry``: what people say each consumer needs, held against the code and kept in step with it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from seamcheck.cli.options import (
    ProgramOptions,
    color_option,
    paths_argument,
    program_options,
    scan_options,
    wants_color,
)
from seamcheck.cli.output import Target, parse_targets, write_all, write_stdout
from seamcheck.cli.progress import Progress
from seamcheck.model.exit_codes import ExitCode

if TYPE_CHECKING:
    from seamcheck.api import ScanOptions
    from seamcheck.registry.view import Outcome


@click.group()
def registry() -> None:
    """Keep the registry of consumers (`[[consumer]]` in the configuration) in step with the code.

    PATHS are what is scanned; left out, the project that the current folder belongs to.
    """


def _edit_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--dry-run`` and ``--diff``, handed over as ``dry``: nothing is written."""

    @functools.wraps(command)
    def gathered(*args: Any, dry_run: bool, diff: bool, **rest: Any) -> Any:
        return command(*args, dry=dry_run or diff, **rest)

    flags = {
        "--dry-run": "Show what would be written as a diff, and write nothing.",
        "--diff": "As --dry-run.",
    }
    out: Callable[..., Any] = gathered
    for flag, text in reversed(flags.items()):
        out = click.option(flag, is_flag=True, help=text)(out)
    return out


@registry.command()
@paths_argument
@program_options
@click.option(
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT[:PATH]",
    help="full (default), concise or json; to stdout or to PATH. Repeatable.",
)
@color_option
def check(paths: tuple[Path, ...], program: ProgramOptions, outputs: tuple[str, ...], color: str) -> ExitCode:
    """Print only the findings about the registry; exit 1 if one of them is an error or a warning."""
    from seamcheck import api
    from seamcheck.report.registry_text import CHECK_FORMATS, render_check
    from seamcheck.report.summary import fails

    targets = parse_targets(outputs, CHECK_FORMATS)
    with Progress() as progress:
        result = api.registry_check(_options(paths, program, progress))

    def text_of(target: Target) -> str:
        return render_check(
            target.form, result.report, result.sources, target.path is None and wants_color(color)
        )

    write_all(targets, text_of)
    return ExitCode.FINDINGS if fails(result.report) else ExitCode.OK


@registry.command()
@click.argument("name")
@click.argument("entry", metavar="PATH::QUALNAME|MODULE:QUALNAME")
@paths_argument
@program_options
@click.option(
    "--requires",
    type=click.Choice(["xy_only", "trial_dynamics"]),
    help="What it needs; left out, what is proven. xy_only is refused where it is not.",
)
@click.option("--owner", default="", help="Who answers for this consumer.")
@click.option("--reason", default="", help="Why it is registered like this.")
@_edit_options
def add(
    name: str,
    entry: str,
    paths: tuple[Path, ...],
    program: ProgramOptions,
    requires: str | None,
    owner: str,
    reason: str,
    dry: bool,
) -> ExitCode:
    """Register the consumer NAME, with what is proven about it."""
    from seamcheck import api

    with Progress() as progress:
        options = _options(paths, program, progress)
        outcome = api.registry_add(options, name, entry, requires, owner, reason, not dry)
    return _tell(outcome)


@registry.command()
@paths_argument
@program_options
@click.option("--promote", is_flag=True, help="Also write xy_only where it is proven.")
@click.option("--add-missing", is_flag=True, help="Also register consumers that have no entry.")
@_edit_options
def sync(
    paths: tuple[Path, ...], program: ProgramOptions, promote: bool, add_missing: bool, dry: bool
) -> ExitCode:
    """Bring entries in step with the code: xy_only that is not proven becomes trial_dynamics."""
    from seamcheck import api

    with Progress() as progress:
        outcome = api.registry_sync(_options(paths, program, progress), promote, add_missing, not dry)
    return _tell(outcome)


@registry.command()
@paths_argument
@program_options
@_edit_options
def prune(paths: tuple[Path, ...], program: ProgramOptions, dry: bool) -> ExitCode:
    """Remove the entries whose function is gone."""
    from seamcheck import api

    with Progress() as progress:
        outcome = api.registry_prune(_options(paths, program, progress), not dry)
    return _tell(outcome)


@registry.command()
@paths_argument
@program_options
@click.option(
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT[:PATH]",
    help="table (default) or json; to stdout or to PATH. Repeatable.",
)
@color_option
def show(paths: tuple[Path, ...], program: ProgramOptions, outputs: tuple[str, ...], color: str) -> ExitCode:
    """List the entries, each beside what is proven now."""
    from seamcheck import api
    from seamcheck.report.registry_text import SHOW_FORMATS, render_show

    targets = parse_targets(outputs, SHOW_FORMATS)
    with Progress() as progress:
        view = api.registry_view(_options(paths, program, progress))
    write_all(targets, lambda each: render_show(each.form, view, each.path is None and wants_color(color)))
    return ExitCode.OK


def _options(paths: tuple[Path, ...], program: ProgramOptions, progress: Progress) -> ScanOptions:
    """The whole project by default: what is proven depends on what is scanned."""
    from seamcheck.config.discovery import find_root

    return scan_options(paths or (Path(find_root(Path())),), program, progress=progress.report)


def _tell(outcome: Outcome) -> ExitCode:
    """In words; a diff, which somebody may want to apply, has stdout for itself."""
    from seamcheck.report.registry_text import render_changes, render_diff

    if outcome.written:
        write_stdout(render_changes(outcome))
    else:
        write_stdout(render_diff(outcome))
        click.echo(render_changes(outcome), err=True, nl=False)
    return ExitCode.OK
