from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from seamcheck.replay.log import Run, RunLog, create_run
from tests.replay.made_events import event, role

Command = Callable[..., Result]


def made(base: Path, *contents: str) -> Run:
    run = create_run(base, ["tune.py"])
    log = RunLog(run.folder)
    for number, content in enumerate(contents):
        log.write(event(number, role("X", content), role("y", "y"), run=run.id))
    log.close()
    return run


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Run, Run]:
    base = tmp_path / ".seamcheck_runs"
    return made(base, "x", "z"), made(base, "x", "x")


def test_show_the_latest_or_the_one_asked_for(run: Command, runs: tuple[Run, Run]) -> None:
    one, other = runs
    for args, verdict in (
        ([], "equal"),
        ([other.id], "equal"),
        ([one.id], "differs"),
        ([str(one.folder)], "differs"),
    ):
        done = run("replay", "show", *args, "--output", "json")
        assert done.exit_code == 0, done.output
        assert [loop["verdict"] for loop in json.loads(done.output)["loops"]] == [verdict]
    assert "STOP" in run("replay", "show", one.id).output


def test_diff(run: Command, runs: tuple[Run, Run]) -> None:
    one, other = runs
    same = run("replay", "diff", one.id, one.id)
    assert (same.exit_code, same.output.split()[0]) == (0, "same")
    differs = run("replay", "diff", one.id, other.id, "--output", "json")
    assert differs.exit_code == 1
    (loop,) = json.loads(differs.output)["loops"]
    assert [each["role"] for each in loop["varying"]] == ["X"]


def test_a_run_that_is_not_there(run: Command, runs: tuple[Run, Run]) -> None:
    for args in (["ffff"], ["../x"], ["20"]):
        done = run("replay", "show", *args)
        assert done.exit_code == 2, done.output
        assert "Traceback" not in done.output
    assert run("replay", "show", "--runs", "none").exit_code == 2
    assert run("replay", "diff", "ffff", "ffff").exit_code == 2
