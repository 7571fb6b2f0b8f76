"""``seamcheck init`` on real programs: what it finds, what it writes, and that it writes over nothing."""

import os
import shutil
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import Run

FIXTURE = Path(__file__).resolve().parents[2] / "fixtures" / "captured_fold" / "src"
QUIET = "import pandas as pd\nprint(pd.read_csv('a.csv'))\n"


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".seamcheck_cache" not in path.parts
    }


@pytest.fixture
def harness(tmp_path: Path) -> Path:
    """A program with loops and consumers, in a repository."""
    shutil.copytree(FIXTURE, tmp_path / "src")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").touch()
    return tmp_path


def test_a_new_project(run: Run, harness: Path) -> None:
    before = tree(harness)
    result = run("init")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0].startswith("A scan of this project fails with ")
    assert "trial loops" in lines[0]
    assert "  seamcheck.toml  written" in lines
    assert "Look at first" in lines
    assert "seamcheck registry add s40 src/captured_fold/s40_feature_coverage.py::s40" in result.stdout
    assert "- repo: local" in result.stdout
    after = tree(harness)
    assert tomllib.loads(after.pop("seamcheck.toml").decode()) == {"src": ["src"]}
    assert after == before


def test_the_configuration_it_writes_changes_no_verdict(run: Run, harness: Path) -> None:
    before = run("scan", "--output", "concise")
    run("init")
    after = run("scan", "--output", "concise")
    assert after.stdout == before.stdout
    assert after.exit_code == before.exit_code == 1


def test_a_project_without_findings(run: Run, tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(QUIET)
    result = run("init")
    assert result.stdout.splitlines()[0].startswith("Nothing fails a scan of this project: 1 file read")
    assert "No trial loop was found: nothing is said about any data." in result.stdout
    assert "registry add" not in result.stdout
    assert run("scan").exit_code == 0


def test_nothing_is_registered_by_itself(run: Run, harness: Path) -> None:
    run("init", "--pre-commit")
    assert "consumer" not in (harness / "seamcheck.toml").read_text()


def test_a_second_time(run: Run, harness: Path) -> None:
    run("init", "--pre-commit")
    before = tree(harness)
    result = run("init", "--pre-commit")
    assert result.exit_code == 0
    assert "seamcheck.toml           left as it is: the project has its configuration there" in result.stdout
    assert ".pre-commit-config.yaml  left as it is: the hook is there already" in result.stdout
    assert "- repo: local" not in result.stdout
    assert "git add" not in result.stdout
    assert tree(harness) == before


@pytest.mark.parametrize("options", [(), ("--pre-commit",), ("--pyproject", "--pre-commit")])
def test_a_dry_run_writes_nothing(run: Run, harness: Path, options: tuple[str, ...]) -> None:
    (harness / "pyproject.toml").write_text("[project]\n")
    before = tree(harness)
    result = run("init", "--dry-run", *options)
    assert result.exit_code == 0
    name = "pyproject.toml" if "--pyproject" in options else "seamcheck.toml"
    assert f"  {name}" in result.stdout
    assert '    src = ["src"]' in result.stdout
    assert "would be" in result.stdout
    assert "git add" not in result.stdout
    assert tree(harness) == before
    assert not (harness / ".seamcheck_cache").exists()


def test_a_section_of_pyproject(run: Run, harness: Path) -> None:
    (harness / "pyproject.toml").write_text('[project]\nname = "a" # mine\n')
    result = run("init", "--pyproject")
    assert "  pyproject.toml  extended" in result.stdout
    text = (harness / "pyproject.toml").read_text()
    assert text.startswith('[project]\nname = "a" # mine\n\n[tool.seamcheck]\n')
    assert not (harness / "seamcheck.toml").exists()
    assert tomllib.loads(run("config", "show").stdout)["src"] == ["src"]


def test_pyproject_without_the_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(QUIET)
    result = run("init", "--pyproject")
    assert result.exit_code == 2
    assert "does not exist (without --pyproject, seamcheck.toml is written)" in result.stderr
    assert set(tree(tmp_path)) == {"main.py"}


def test_the_hook_in_a_file_that_is_there(run: Run, harness: Path) -> None:
    config = harness / ".pre-commit-config.yaml"
    config.write_text("# ours\nrepos:\n  - repo: a # b\n    rev: c\n    hooks:\n      - id: d\n")
    result = run("init", "--pre-commit")
    assert ".pre-commit-config.yaml  extended" in result.stdout
    assert config.read_text().startswith("# ours\nrepos:\n  - repo: a # b\n")
    assert [item["repo"] for item in yaml.safe_load(config.read_text())["repos"]] == ["a", "local"]


def test_the_hook_in_a_file_that_is_written_in_another_way(run: Run, harness: Path) -> None:
    config = harness / ".pre-commit-config.yaml"
    config.write_text("repos: []\n")
    result = run("init", "--pre-commit")
    assert result.exit_code == 0
    assert (
        "left as it is: its `repos` are not written as a plain list of lines: add the hook by hand"
        in result.stdout
    )
    assert "- repo: local" in result.stdout
    assert config.read_text() == "repos: []\n"


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_the_hook_where_there_is_no_regular_file(run: Run, harness: Path, kind: str) -> None:
    config, outside = harness / ".pre-commit-config.yaml", harness / "outside.yaml"
    outside.write_text("repos:\n  - repo: a\n")
    if kind == "link":
        config.symlink_to(outside)
    elif kind == "pipe":
        os.mkfifo(config)
    else:
        config.mkdir()
    result = run("init", "--pre-commit")
    assert result.exit_code == 0
    assert "left as it is: it is no regular file: add the hook by hand" in result.stdout
    assert outside.read_text() == "repos:\n  - repo: a\n"


def test_a_project_below_its_repository(run: Run, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "tuning").mkdir()
    (tmp_path / "tuning" / "pyproject.toml").touch()
    (tmp_path / "tuning" / "main.py").write_text(QUIET)
    result = run("init", "tuning", "--pre-commit")
    assert "../.pre-commit-config.yaml  written" in result.stdout
    (item,) = yaml.safe_load((tmp_path / ".pre-commit-config.yaml").read_text())["repos"]
    assert item["hooks"][0]["args"] == ["tuning"]
    assert (tmp_path / "tuning" / "seamcheck.toml").is_file()


def test_a_broken_configuration_is_told_and_left(run: Run, harness: Path) -> None:
    (harness / "seamcheck.toml").write_text("exlude = []\n")
    result = run("init")
    assert result.exit_code == 2
    assert "did you mean `exclude`" in result.stderr
    assert (harness / "seamcheck.toml").read_text() == "exlude = []\n"


def test_where_nothing_can_be_read_nothing_is_written(run: Run, tmp_path: Path) -> None:
    result = run("init", "--pre-commit")
    assert result.exit_code == 3
    assert list(tmp_path.iterdir()) == []
