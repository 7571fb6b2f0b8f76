"""The hooks for pre-commit, run by pre-commit itself in repositories made for it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
HOOKS: dict[str, dict[str, Any]] = {hook["id"]: hook for hook in yaml.safe_load(MANIFEST.read_text("utf-8"))}
pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="pre-commit works in repositories of git")

#: What belongs to the environment of the hook, or to the manifest alone.
NOT_LOCAL = ("minimum_pre_commit_version", "language", "entry", "additional_dependencies")

TUNING = """\
import lightgbm as lgb
import optuna
import pandas as pd
from sklearn.model_selection import train_test_split

frame = pd.read_csv("a.csv")


def objective(trial):
    rows, _ = train_test_split(frame, {seed})
    model = lgb.LGBMRegressor(max_depth=trial.suggest_int("d", 1, 3)).fit(rows[["a"]], rows["y"])
    return 1


optuna.create_study().optimize(objective)
"""
GOOD, BAD = TUNING.format(seed="random_state=0"), TUNING.format(seed="test_size=0.5")


def run(
    folder: Path, home: Path, *args: str, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """A command in a folder, away from the configuration of git and pre-commit of whoever runs the tests."""
    clean = {name: text for name, text in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
    clean |= {
        "PRE_COMMIT_HOME": str(home / "pre-commit"), "HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b",
        "PYTHONPATH": str(ROOT / "src"), **(env or {}),
    }  # fmt: skip
    return subprocess.run(args, cwd=folder, capture_output=True, text=True, env=clean, timeout=600)


def pre_commit(folder: Path, home: Path, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
    return run(folder, home, sys.executable, "-m", "pre_commit", *args, env=env)


def git(folder: Path, home: Path, *args: str) -> None:
    done = run(folder, home, "git", *args)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Path:
    """A repository that uses the hook: with the manifest's own keys, but the seamcheck of these tests."""
    folder = tmp_path / "project"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "tune.py").write_text(GOOD)
    (folder / "notes.txt").write_text("nothing\n")
    git(folder, home, "init", "--quiet")
    hooks = []
    for hook in HOOKS.values():
        words = hook["entry"].split()
        entry = [sys.executable, "-m", *words]
        kept = {key: value for key, value in hook.items() if key not in NOT_LOCAL}
        hooks.append({**kept, "language": "system", "entry": " ".join(f'"{word}"' for word in entry)})
    config = {"repos": [{"repo": "local", "hooks": hooks}]}
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    git(folder, home, "add", "--all")
    return folder


def test_pre_commit_takes_the_manifest(home: Path) -> None:
    done = pre_commit(ROOT, home, "validate-manifest", str(MANIFEST))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_whole_program_is_read_in_one_run() -> None:
    for hook in HOOKS.values():
        assert hook["pass_filenames"] is False
        assert hook["require_serial"] is True
        assert hook["language"] == "python"
        assert hook["always_run"] is True
    assert HOOKS["seamcheck-registry-sync"]["stages"] == ["manual"]


def test_the_hook_ends_as_the_scan_does(project: Path, home: Path) -> None:
    cold = pre_commit(project, home, "run")
    warm = pre_commit(project, home, "run")
    for done in (cold, warm):
        assert done.returncode == 0, done.stdout + done.stderr
        assert "seamcheck....." in done.stdout
        assert "Passed" in done.stdout
    (project / "src" / "tune.py").write_text(BAD)
    git(project, home, "add", "--all")
    bad = pre_commit(project, home, "run")
    again = pre_commit(project, home, "run")
    scan = run(project, home, sys.executable, "-m", "seamcheck", "scan")
    for done in (bad, again):
        assert done.returncode == 1
        assert "- exit code: 1" in done.stdout
        assert "SEAM302" in done.stdout
        # What the hook says is the report, whole and once.
        assert scan.stdout.strip() in done.stdout
    assert "files were modified" not in bad.stdout


@pytest.mark.parametrize("how", ["file gone", "baseline", ".gitignore"])
def test_what_is_no_python_and_decides_all_the_same_is_a_reason_to_run(
    project: Path, home: Path, how: str
) -> None:
    """pre-commit names no removed files to a hook, and knows neither baselines nor what a scan ignores."""
    (project / "src" / "consumer.py").write_text("def audit(run):\n    return run\n")
    entry = '[[consumer]]\nname = "audit"\nentry = "src/consumer.py::audit"\nrequires = "trial_dynamics"\n'
    (project / "seamcheck.toml").write_text(entry)
    git(project, home, "add", "--all")
    git(project, home, "commit", "--quiet", "--no-verify", "--message", "all")
    assert pre_commit(project, home, "run").returncode == 0
    expected = "SEAM104"
    if how == "file gone":
        (project / "src" / "consumer.py").unlink()
    elif how == ".gitignore":
        (project / ".gitignore").write_text("consumer.py\n")
    else:
        (project / "seamcheck-baseline.json").write_text("{}")
        expected = "seamcheck-baseline.json"
    git(project, home, "add", "--all")
    done = pre_commit(project, home, "run")
    assert done.returncode == 1, done.stdout
    assert expected in done.stdout


def test_a_change_of_the_configuration_is_a_reason_to_run(project: Path, home: Path) -> None:
    (project / "src" / "tune.py").write_text(BAD)
    git(project, home, "add", "--all")
    git(project, home, "commit", "--quiet", "--message", "all")
    (project / "seamcheck.toml").write_text("ignore = []\n")
    git(project, home, "add", "--all")
    assert "SEAM302" in pre_commit(project, home, "run").stdout


def test_a_program_that_was_never_read_does_not_pass(project: Path, home: Path) -> None:
    (project / "src" / "tune.py").unlink()
    (project / "seamcheck.toml").write_text("")
    git(project, home, "add", "--all")
    done = pre_commit(project, home, "run")
    assert done.returncode == 1
    assert "- exit code: 3" in done.stdout


def test_the_registry_is_synced_by_hand_only(project: Path, home: Path) -> None:
    assert "registry" not in pre_commit(project, home, "run").stdout
    listed = pre_commit(project, home, "run", "--hook-stage", "manual", SKIP="seamcheck")
    assert "seamcheck registry sync" in listed.stdout


@pytest.mark.slow
def test_pre_commit_builds_the_hook_from_a_repository(project: Path, home: Path, tmp_path: Path) -> None:
    probe = run(
        tmp_path,
        home,
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--dest",
        "probe",
        "hatchling",
    )
    if probe.returncode:
        pytest.skip(f"pip reaches no index: {(probe.stderr.strip() or 'no reason given').splitlines()[-1]}")
    hook = tmp_path / "hook"
    hook.mkdir()
    for name in ("src", "rules"):
        shutil.copytree(ROOT / name, hook / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, hook / name)
    git(hook, home, "init", "--quiet")
    git(hook, home, "add", "--all")
    git(hook, home, "commit", "--quiet", "--message", "all")
    (project / "src" / "tune.py").write_text(BAD)
    git(project, home, "add", "--all")
    done = pre_commit(
        project, home, "try-repo", str(hook), "seamcheck", "--verbose", PYTHONPATH=str(tmp_path / "none")
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "SEAM302" in done.stdout
    assert "- exit code: 1" in done.stdout
