"""``seamcheck replay show`` and ``replay diff``: what earlier replays recorded."""

from __future__ import annotations

from pathlib import Path

import click

from seamcheck.cli.options import color_option, wants_color
from seamcheck.cli.output import Target, parse_targets, write_all
from seamcheck.cli.replay import FORMATS, deliver_report, output_option, runs_option
from seamcheck.model.exit_codes import ExitCode


@click.command()
@click.argument("run", required=False)
@runs_option
@output_option
@color_option
def show(run: str | None, runs: Path, outputs: tuple[str, ...], color: str) -> ExitCode:
    """Show what RUN recorded: an id, the unique beginning of one, or a run's folder. The latest when left out.

    Works while the run is going on, and after it was killed. Exits with 0 whatever the verdicts are.
    """
    from seamcheck.replay.log import folder_of, read_run
    from seamcheck.replay.summary import summarise

    targets = parse_targets(outputs, FORMATS)
    deliver_report(summarise(read_run(folder_of(run, runs))), targets, color)
    return ExitCode.OK


@click.command()
@click.argument("one", metavar="RUN")
@click.argument("other", metavar="RUN")
@runs_option
@output_option
@color_option
def diff(one: str, other: str, runs: Path, outputs: tuple[str, ...], color: str) -> ExitCode:
    """Compare two runs event by event: which loops, roles and columns differ.

    Exit codes: 0 all of it is the same, 1 something differs or cannot be known, 2 a run cannot be read.
    """
    from seamcheck.replay.compare import compare
    from seamcheck.replay.log import folder_of, read_run
    from seamcheck.report import replay_json, replay_text

    targets = parse_targets(outputs, FORMATS)
    found = compare(read_run(folder_of(one, runs)), read_run(folder_of(other, runs)))

    def text_of(target: Target) -> str:
        if target.form == "json":
            return replay_json.render_comparison(found)
        return replay_text.render_comparison(found, target.path is None and wants_color(color))

    write_all(targets, text_of)
    return ExitCode.OK if found.verdict == "same" else ExitCode.FINDINGS
