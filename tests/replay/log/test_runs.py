from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from seamcheck.model.errors import LogError
from seamcheck.replay.log import create_run, find, latest, read_run


def test_a_run_is_a_folder_of_its_own_that_git_ignores(tmp_path: Path) -> None:
    base = tmp_path / "deep" / "runs"
    run = create_run(base, ["tune.py", "--n", "3"])
    assert run.folder == base / run.id
    assert (base / ".gitignore").read_text() == "*\n"
    data = read_run(run.folder)
    assert data.run is not None
    assert (data.run.id, data.run.argv, data.run.cwd) == (run.id, ("tune.py", "--n", "3"), os.getcwd())
    assert (data.events, data.notes, data.problems, data.lost) == ((), (), (), ())


def test_an_own_gitignore_stays(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("mine\n")
    create_run(tmp_path)
    assert (tmp_path / ".gitignore").read_text() == "mine\n"


def test_runs_made_at_once_never_share_a_folder(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: create_run(tmp_path), range(40)))
    assert len({run.folder for run in made}) == 40


def test_latest_and_find(tmp_path: Path) -> None:
    assert latest(tmp_path / "none") is None
    made = [create_run(tmp_path) for _ in range(3)]
    (tmp_path / "notes").mkdir()
    assert latest(tmp_path) == made[-1]
    assert [find(tmp_path, run.id) for run in made] == made
    with pytest.raises(LogError, match="could be 3 runs"):
        find(tmp_path, "20")
    with pytest.raises(LogError, match="there is no run"):
        find(tmp_path, "ffff")


@pytest.mark.parametrize("name", ["..", "../x", "/etc", "", ".", "a/b", "*", "notes", "20\n"])
def test_an_id_never_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    create_run(tmp_path)
    with pytest.raises(LogError, match="is no run id"):
        find(tmp_path, name)


def test_links_are_no_runs(tmp_path: Path) -> None:
    real = create_run(tmp_path / "a")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / real.id).symlink_to(real.folder)
    assert latest(tmp_path / "b") is None


def test_what_cannot_be_made_or_read_is_an_error_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LogError, match="starting the event log failed"):
        create_run(tmp_path / "file" / "runs")
    with pytest.raises(LogError, match="there is no such run"):
        read_run(tmp_path / "gone")


def test_a_damaged_run_file_is_a_problem(tmp_path: Path) -> None:
    run = create_run(tmp_path)
    (run.folder / "run.json").write_text("{")
    data = read_run(run.folder)
    assert data.run is None
    assert "run.json is missing or damaged" in data.problems[0]


def test_a_folder_copied_in_part_proves_nothing(tmp_path: Path) -> None:
    run = create_run(tmp_path)
    (run.folder / "complete").unlink()
    assert "not copied as a whole" in read_run(run.folder).lost[0]
