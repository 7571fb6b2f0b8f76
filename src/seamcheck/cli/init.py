"""``seamcheck init``: begin to use it in a project."""

from __future__ import annotations

from pathlib import Path

import click

from seamcheck.cli.options import path_argument
from seamcheck.cli.output import write_stdout
from seamcheck.cli.progress import Progress
from seamcheck.model.exit_codes import ExitCode


@click.command()
@path_argument
@click.option(
    "--pyproject",
    is_flag=True,
    help="Add [tool.seamcheck] to pyproject.toml instead of writing seamcheck.toml.",
)
@click.option(
    "--pre-commit", is_flag=True, help="Add the hook to .pre-commit-config.yaml, too, or write that file."
)
@click.option("--dry-run", is_flag=True, help="Write nothing; print what would be written.")
def init(path: Path | None, pyproject: bool, pre_commit: bool, dry_run: bool) -> ExitCode:
    """Scan the project around PATH (default: the current folder), write its first configuration, say what is next.

    Nothing is ever written over. The findings of the scan are told and fail nothing here.
    """
    from seamcheck import api
    from seamcheck.report import init_text

    with Progress() as progress:
        options = api.ScanOptions((path or Path(),), progress=progress.report, jobs=None)
        found = api.init(options, pyproject, pre_commit, dry_run)
    write_stdout(init_text.render(found))
    return ExitCode.OK
