"""``seamcheck replay``: run a program and record what every train call was given."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from seamcheck.cli.options import color_option, wants_color
from seamcheck.cli.output import Target, parse_targets, write_all
from seamcheck.model.errors import ConfigError
from seamcheck.model.exit_codes import ExitCode

if TYPE_CHECKING:
    from seamcheck.model.event import ReplayReport
    from seamcheck.replay.run import Outcome

FORMATS = ("text", "json")
RUNS = Path(".seamcheck_runs")
MODES = ("full_replay", "hash_only_until_seam", "dataset_only", "single_fit")

runs_option = click.option(
    "--runs",
    type=click.Path(file_okay=False, path_type=Path),
    default=RUNS,
    show_default=True,
    help="The folder that holds the runs.",
)
output_option = click.option(
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT[:PATH]",
    help="text (default) or json; to stdout or to PATH. Repeatable.",
)
exit_zero_option = click.option(
    "--exit-zero", is_flag=True, help="Exit 0 in spite of trials that differ; 2 and 3 stay."
)


class ReplayGroup(click.Group):
    """Loads ``show`` and ``diff`` when they are asked for."""

    _ELSEWHERE = ("show", "diff")

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Those here and those elsewhere."""
        return sorted({*super().list_commands(ctx), *self._ELSEWHERE})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by its name."""
        if cmd_name in self._ELSEWHERE:
            found: click.Command = getattr(import_module("seamcheck.cli.replay_show"), cmd_name)
            return found
        return super().get_command(ctx, cmd_name)


class ProgramCommand(click.Command):
    """A command whose last arguments are a program and everything that belongs to it, as for ``python``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Ours end at ``-m`` or at the first word that is no option of ours."""
        options = {name: each for each in self.params if isinstance(each, click.Option) for name in each.opts}
        position = 0
        while position < len(args):
            word = args[position]
            if word == "--":
                position += 1
                break
            if word == "-m" or not word.startswith("-") or word == "-":
                break
            option = options.get(word.partition("=")[0])
            takes = option is not None and not option.is_flag and "=" not in word
            position += 2 if takes else 1
        ours, program = args[:position], args[position:]
        if ours[-1:] == ["--"]:
            ours.pop()
        ctx.meta["seamcheck.module"] = program[:1] == ["-m"]
        if ctx.meta["seamcheck.module"]:
            program = program[1:]
        return super().parse_args(ctx, [*ours, "--", *program])


@click.group(cls=ReplayGroup)
def replay() -> None:
    """Run a program and record what every train call was given: hashes, never data."""


@replay.command(cls=ProgramCommand, options_metavar="[OPTIONS]")
@click.argument(
    "program", nargs=-1, required=True, type=click.UNPROCESSED, metavar="SCRIPT | -m MODULE [ARGS]..."
)
@click.option("--trials", type=click.IntRange(min=1), metavar="N", help="Run at most N trials of each loop.")
@click.option(
    "--loop",
    "loops",
    multiple=True,
    metavar="FILE:LINE",
    help="The `for` or `while` in this line is a trial loop. Repeatable.",
)
@click.option("--mode", type=click.Choice(MODES), default=MODES[0], show_default=True, help="How far to go.")
@click.option("--hash-only-until-seam", "short", flag_value=MODES[1], help="End each trial before it trains.")
@click.option(
    "--dataset-only", "short", flag_value=MODES[2], help="Stop before the first training of a model."
)
@click.option("--single-fit", "short", flag_value=MODES[3], help="Stop before the second one.")
@click.option(
    "--on-full-disk",
    type=click.Choice(["stop", "go-on"]),
    default="stop",
    show_default=True,
    help="What to do when an event cannot be written.",
)
@runs_option
@output_option
@exit_zero_option
@color_option
@click.pass_context
def run(
    context: click.Context,
    program: tuple[str, ...],
    trials: int | None,
    loops: tuple[str, ...],
    mode: str,
    short: str | None,
    on_full_disk: str,
    runs: Path,
    outputs: tuple[str, ...],
    exit_zero: bool,
    color: str,
) -> ExitCode:
    """Run SCRIPT (or -m MODULE) unmodified, and say whether its trials saw the same data.

    Everything after SCRIPT belongs to the script. Its studies are kept in memory, its own output goes where it
    always goes. Exit codes: 0 ok, 1 trials differ, 2 the program failed or could not run, 3 nothing was recorded.
    """
    targets = parse_targets(outputs, FORMATS)
    if short is not None and mode not in (MODES[0], short):
        raise click.UsageError(f"--mode {mode} and --{short.replace('_', '-')} exclude each other")
    from seamcheck.replay.loops import parse_mark
    from seamcheck.replay.program import Target as Program
    from seamcheck.replay.run import Options
    from seamcheck.replay.run import replay as run_program

    options = Options(
        target=Program(program[0], program[1:], context.meta["seamcheck.module"]),
        runs=runs.absolute(),
        trials=trials,
        mode=short or mode,
        loops=tuple(parse_mark(each) for each in loops),
        on_full="go_on" if on_full_disk == "go-on" else "stop",
    )
    places = [Target(form, None if path is None else path.absolute()) for form, path in targets]

    def deliver(outcome: Outcome) -> int:
        deliver_report(outcome.report, places, color)
        return exit_code(outcome.report, outcome.failed, exit_zero)

    return ExitCode(run_program(options, deliver))


@replay.command(name="from-snapshots")
@click.argument("pattern")
@click.option("--y", "labels", metavar="PATTERN", help="The labels of each trial, in the same order.")
@click.option("--weight", "weights", metavar="PATTERN", help="The weights of each trial, in the same order.")
@runs_option
@output_option
@exit_zero_option
@color_option
def from_snapshots(
    pattern: str,
    labels: str | None,
    weights: str | None,
    runs: Path,
    outputs: tuple[str, ...],
    exit_zero: bool,
    color: str,
) -> ExitCode:
    """Compare the X of each trial that a program has saved: one file per trial, as PATTERN finds them.

    Quote PATTERN ('runs/*/X.parquet'). Parquet, Feather, Arrow, CSV and .npy files; nothing is run.
    """
    from seamcheck.replay.snapshots import replay_snapshots

    targets = parse_targets(outputs, FORMATS)
    patterns = {"X": pattern, "y": labels, "weight": weights}
    given = {role: each for role, each in patterns.items() if each is not None}
    report = replay_snapshots(given, runs)
    deliver_report(report, targets, color)
    return exit_code(report, failed=False, exit_zero=exit_zero)


def deliver_report(report: ReplayReport, targets: list[Target], color: str) -> None:
    """The report in each format asked for."""
    write_all(targets, lambda each: rendered(each.form, report, each.path is None and wants_color(color)))


def rendered(form: str, report: ReplayReport, color: bool) -> str:
    """The report in one of FORMATS."""
    if form == "json":
        from seamcheck.report import replay_json

        return replay_json.render(report)
    if form == "text":
        from seamcheck.report import replay_text

        return replay_text.render(report, color)
    raise ConfigError(f"{form!r} is no format")


def exit_code(report: ReplayReport, failed: bool, exit_zero: bool) -> ExitCode:
    """A program that failed before trials that differ, these before a run in which nothing was seen."""
    if failed:
        return ExitCode.COULD_NOT_RUN
    if not exit_zero and any(loop.verdict == "differs" for loop in report.loops):
        return ExitCode.FINDINGS
    seen = any(call.events for loop in report.loops for call in loop.calls) or report.outside
    return ExitCode.OK if seen else ExitCode.NOTHING_ANALYSED
