"""``seamcheck verify``: what a scan claims, held against what a replay saw."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from seamcheck.cli.options import (
    ProgramOptions,
    color_option,
    paths_argument,
    program_options,
    scan_options,
    wants_color,
)
from seamcheck.cli.output import Target, parse_targets, write_all
from seamcheck.cli.progress import Progress
from seamcheck.model.exit_codes import ExitCode, combined

if TYPE_CHECKING:
    from seamcheck.model.verification import VerifyReport


@click.command()
@paths_argument
@program_options
@click.option(
    "--run",
    metavar="RUN",
    help="Hold the claims against this run: its id, or its folder. The latest one when left out.",
)
@click.option(
    "--runs",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".seamcheck_runs"),
    show_default=True,
    help="Where runs lie.",
)
@click.option(
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT[:PATH]",
    help="text (default), json, sarif, github, gitlab or junit; to stdout or to PATH. Repeatable.",
)
@click.option("--exit-zero", is_flag=True, help="Exit 0 in spite of findings; 2, 3 and 4 stay.")
@color_option
def verify(
    paths: tuple[Path, ...],
    program: ProgramOptions,
    run: str | None,
    runs: Path,
    outputs: tuple[str, ...],
    exit_zero: bool,
    color: str,
) -> ExitCode:
    """Hold the claims about the Python files below PATHS against what `seamcheck replay run` recorded.

    Exit codes: 4 a claim is contradicted, 1 an unexplained divergence or another finding, 3 no loop was observed.
    """
    from seamcheck import api
    from seamcheck.report.verify_formats import FORMATS, render

    targets = parse_targets(outputs, FORMATS)
    with Progress() as progress:
        result = api.verify(scan_options(paths, program, progress=progress.report), run, runs)

    def text_of(target: Target) -> str:
        colored = target.path is None and wants_color(color)
        return render(target.form, result.report, result.sources, colored)

    write_all(targets, text_of)
    return exit_code(result.report, exit_zero)


def exit_code(report: VerifyReport, exit_zero: bool) -> ExitCode:
    """Contradictions first, then findings, then a run that met no claim; ``--exit-zero`` hides findings alone."""
    outcomes = {judgement.outcome for loop in report.loops for judgement in loop.judgements}
    found = []
    if "contradict" in outcomes:
        found.append(ExitCode.CONTRADICTED)
    if not exit_zero and any(finding.severity != "note" for finding in report.findings):
        found.append(ExitCode.FINDINGS)
    if outcomes <= {"unobserved", "no_loop"}:
        found.append(ExitCode.NOTHING_ANALYSED)
    return combined(*found)
