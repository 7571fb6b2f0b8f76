"""``seamcheck config``: which configuration is in force, and why."""

from __future__ import annotations

from pathlib import Path

import click

from seamcheck.cli.options import path_argument
from seamcheck.cli.output import write_stdout
from seamcheck.model.exit_codes import ExitCode


@click.group()
def config() -> None:
    """Look at the configuration."""


@config.command()
@path_argument
@click.option(
    "--config",
    "config_path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Look at this file instead of the nearest one.",
)
def show(path: Path | None, config_path: Path | None) -> ExitCode:
    """Print every option, its value and what it means, for a scan of PATH (default: the current folder)."""
    from seamcheck import api
    from seamcheck.config.show import render

    write_stdout(render(api.written_configuration(api.ScanOptions((path or Path(),), config_path))))
    return ExitCode.OK


@config.command()
def schema() -> ExitCode:
    """Print the JSON schema of the configuration, for editors that complete and check TOML."""
    from seamcheck import api

    write_stdout(api.configuration_schema())
    return ExitCode.OK
