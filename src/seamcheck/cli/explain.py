"""``seamcheck explain``: everything known about one loop, consumer, finding or code."""

from __future__ import annotations

from pathlib import Path

import click

from seamcheck.cli.options import (
    ProgramOptions,
    color_option,
    path_argument,
    program_options,
    scan_options,
    wants_color,
)
from seamcheck.cli.output import write_stdout
from seamcheck.cli.progress import Progress
from seamcheck.model.exit_codes import ExitCode


@click.command()
@click.argument("target")
@path_argument
@program_options
@color_option
def explain(
    target: str,
    path: Path | None,
    program: ProgramOptions,
    color: str,
) -> ExitCode:
    """Show the whole chain behind TARGET, with source lines, up to where knowledge stopped.

    TARGET is an id from the JSON report, a function, a consumer, `path:line`, or a code. A code without PATH
    prints the page of that code; with PATH every finding of it.
    """
    from seamcheck.checks.codes import find_code
    from seamcheck.report import explain_text

    code = find_code(target)
    if code is not None and path is None:
        write_stdout(explain_text.render_code(code))
        return ExitCode.OK

    from seamcheck import api
    from seamcheck.report.explanation import select

    with Progress() as progress:
        paths = () if path is None else (path,)
        result = api.scan(scan_options(paths, program, progress=progress.report))
    found = select(result.report, target)
    write_stdout(explain_text.render(found, result.sources, wants_color(color)))
    return ExitCode.OK
