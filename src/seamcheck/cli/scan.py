"""``seamcheck scan``: verdicts, findings, and an exit code for CI."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from seamcheck.cli.options import (
    ProgramOptions,
    color_option,
    program_options,
    scan_options,
    wants_color,
)
from seamcheck.cli.output import Target, parse_targets, write_all, write_stdout
from seamcheck.cli.progress import Progress
from seamcheck.cli.stdin import read_unsaved, where
from seamcheck.model.errors import ConfigError, NothingAnalysed
from seamcheck.model.exit_codes import ExitCode

if TYPE_CHECKING:
    from seamcheck.api import ScanOptions, ScanResult
    from seamcheck.model.report import ScanReport


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, allow_dash=True))
@program_options
@click.option(
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT[:PATH]",
    help="full (default), concise, json, sarif, github, gitlab or junit; to stdout or to PATH. Repeatable.",
)
@click.option("--exit-zero", is_flag=True, help="Exit 0 in spite of findings; 2 and 3 stay.")
@click.option(
    "--consumers-from",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Classify the functions in this file, too: one path::qualname per line.",
)
@click.option(
    "--consumer",
    "consumers",
    multiple=True,
    metavar="PATH::QUALNAME",
    help="Classify this function, too. Repeatable.",
)
@click.option(
    "--baseline",
    "baseline_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Live with the findings in this file, instead of the configured one.",
)
@click.option("--no-baseline", is_flag=True, help="Report findings of the baseline, too.")
@click.option(
    "--diff",
    "since",
    metavar="REV",
    help="Report only what is new since this git revision; REV... is since HEAD left it.",
)
@click.option(
    "--stdin-filename",
    metavar="FILE",
    help="With `-` for PATHS: the file that the text on stdin stands for; only it is reported.",
)
@click.option("--show-files", is_flag=True, help="List the files that would be read, and stop.")
@click.option("--timings", is_flag=True, help="Seconds per phase, on stderr.")
@click.option("--statistics", is_flag=True, help="Counts by verdict and code, on stderr.")
@color_option
def scan(
    paths: tuple[str, ...],
    program: ProgramOptions,
    outputs: tuple[str, ...],
    exit_zero: bool,
    consumers_from: Path | None,
    consumers: tuple[str, ...],
    baseline_file: Path | None,
    no_baseline: bool,
    since: str | None,
    stdin_filename: str | None,
    show_files: bool,
    timings: bool,
    statistics: bool,
    color: str,
) -> ExitCode:
    """Say which tuning loops a program has, whether their data stays the same, and what consumers need.

    Reads the Python files below PATHS (default: the current folder) and executes none of them. `-` is the text of an
    editor on stdin, within the whole project.
    """
    from seamcheck.report import FORMATS, render

    targets = parse_targets(outputs, FORMATS)
    wanted = [*consumers, *(read_consumers(consumers_from) if consumers_from else ())]
    for name in wanted:
        _check_consumer(name)
    if no_baseline and baseline_file is not None:
        raise click.UsageError("--baseline and --no-baseline exclude each other")
    places, unsaved_path = where(paths, stdin_filename)
    if unsaved_path is not None and (since is not None or show_files):
        raise click.UsageError("`-` goes neither with --diff nor with --show-files")
    if show_files:
        return _show_files(scan_options(places, program))
    unsaved = None if unsaved_path is None else read_unsaved(unsaved_path)
    with Progress() as progress:
        options = scan_options(places, program, tuple(wanted), progress.report)
        options = msgspec.structs.replace(
            options, baseline=baseline_file, use_baseline=not no_baseline, since=since, unsaved=unsaved
        )
        result = _scan(options)

    def text_of(target: Target) -> str:
        colored = target.path is None and wants_color(color)
        return render(target.form, result.report, result.sources, colored)

    write_all(targets, text_of)
    _extras(result, timings, statistics)
    return exit_code(result.report, exit_zero)


def exit_code(report: ScanReport, exit_zero: bool) -> ExitCode:
    """Findings before an empty scan; ``--exit-zero`` hides findings and nothing else."""
    from seamcheck.report.summary import fails

    if fails(report) and not exit_zero:
        return ExitCode.FINDINGS
    return ExitCode.OK if report.analysed else ExitCode.NOTHING_ANALYSED


def read_consumers(path: Path) -> list[str]:
    """The names in a ``--consumers-from`` file; blank lines and lines that start with ``#`` say nothing."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read: {error}", str(path)) from error
    found = []
    for number, line in enumerate(lines, start=1):
        name = line.strip()
        if name and not name.startswith("#"):
            _check_consumer(name, path, number)
            found.append(name)
    return found


def _check_consumer(name: str, path: Path | None = None, line: int | None = None) -> None:
    where, separator, function = name.partition("::")
    if not (where and separator and function):
        raise ConfigError(
            f"{name!r} is no consumer", str(path) if path else None, line, "write path::qualname"
        )


def _scan(options: ScanOptions) -> ScanResult:
    from seamcheck import api

    return api.scan(options)


def _show_files(options: ScanOptions) -> ExitCode:
    from seamcheck import api

    files = api.list_files(options)
    if not files:
        raise NothingAnalysed(
            "no Python file would be read", hint="are they excluded or ignored by .gitignore?"
        )
    write_stdout("".join(f"{path}\n" for path in files))
    return ExitCode.OK


def _extras(result: ScanResult, timings: bool, statistics: bool) -> None:
    """Neither belongs to the report: they go to stderr, so that a report on stdout stays what it is."""
    from seamcheck.report import summary

    if statistics:
        click.echo(summary.statistics(result.report), err=True, nl=False)
    if timings:
        click.echo(summary.timings(result.timings), err=True, nl=False)
