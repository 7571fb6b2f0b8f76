"""``seamcheck graph``: the call graph, for other tools."""

from __future__ import annotations

from pathlib import Path

import click

from seamcheck.cli.options import ProgramOptions, paths_argument, program_options, scan_options
from seamcheck.cli.output import write_stdout
from seamcheck.cli.progress import Progress
from seamcheck.model.exit_codes import ExitCode
from seamcheck.report.graph_text import FORMATS, render


@click.command()
@paths_argument
@program_options
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default=FORMATS[0],
    show_default=True,
    help="pycg is {caller: [callees]} with dotted names.",
)
def graph(
    paths: tuple[Path, ...],
    program: ProgramOptions,
    form: str,
) -> ExitCode:
    """Print who calls whom below PATHS (default: the current folder)."""
    from seamcheck import api

    with Progress() as progress:
        options = scan_options(paths, program, progress=progress.report)
        found = api.program_graph(options)
    write_stdout(render(found, form))
    return ExitCode.OK
