"""The command line of `seamcheck replay`: what is ours and what belongs to the program."""

from __future__ import annotations

import click
import pytest

from seamcheck.cli.replay import exit_code, replay, run
from seamcheck.model.event import CallSeen, LoopSeen, ReplayReport
from seamcheck.model.exit_codes import ExitCode


@pytest.mark.parametrize(
    ("words", "trials", "module", "program"),
    [
        (["a.py"], None, False, ("a.py",)),
        (
            ["--trials", "3", "a.py", "--trials", "4", "-m", "b"],
            3,
            False,
            ("a.py", "--trials", "4", "-m", "b"),
        ),
        (
            ["--trials=3", "-m", "pkg.mod", "--output", "x", "--", "y"],
            3,
            True,
            ("pkg.mod", "--output", "x", "--", "y"),
        ),
        (["--exit-zero", "a.py", "--help"], None, False, ("a.py", "--help")),
        (["--", "-odd.py", "-h"], None, False, ("-odd.py", "-h")),
    ],
)
def test_words_after_the_program_are_its_own(
    words: list[str], trials: int | None, module: bool, program: tuple[str, ...]
) -> None:
    context = run.make_context("run", list(words))
    assert (context.params["trials"], context.params["program"]) == (trials, program)
    assert context.meta["seamcheck.module"] is module


@pytest.mark.parametrize(
    "words", [[], ["--trials", "3"], ["-m"], ["--nothing", "a.py"], ["--trials", "0", "a.py"]]
)
def test_what_is_no_command(words: list[str]) -> None:
    with pytest.raises(click.UsageError):
        run.make_context("run", words)


def test_commands_of_the_group() -> None:
    context = click.Context(replay)
    assert replay.list_commands(context) == ["diff", "from-snapshots", "run", "show"]
    for name in replay.list_commands(context):
        assert isinstance(replay.get_command(context, name), click.Command)
    assert replay.get_command(context, "nothing") is None


def test_exit_codes() -> None:
    call = CallSeen("a.fit", "a.py", 1, "predictor", 2)

    def report(verdict: str | None) -> ReplayReport:
        loops = () if verdict is None else (LoopSeen("a", "loop", "a.py", 1, 2, verdict, (), None, (call,)),)  # type: ignore[arg-type]
        return ReplayReport("run", "spec", "ok", loops, (), ())

    assert exit_code(report("differs"), failed=True, exit_zero=True) == ExitCode.COULD_NOT_RUN
    assert exit_code(report("differs"), failed=False, exit_zero=False) == ExitCode.FINDINGS
    assert exit_code(report("differs"), failed=False, exit_zero=True) == ExitCode.OK
    assert exit_code(report("unknown"), failed=False, exit_zero=False) == ExitCode.OK
    assert exit_code(report(None), failed=False, exit_zero=True) == ExitCode.NOTHING_ANALYSED
