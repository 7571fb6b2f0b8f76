"""``seamcheck scan --diff REV`` in real repositories."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.robustness.process import GOOD
from tests.syntax.notebooks import notebook

SPLIT = "    X_train, X_valid, y_train, y_valid = train_test_split(X, y)\n"
OTHER = GOOD.replace("objective", "goal")
SEEDED = GOOD.replace("split(X, y)", "split(X, y, random_state=0)")
Git = Callable[..., str]


@pytest.fixture
def git(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """A repository in the current folder, with nothing of the user's configuration."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)

    def call(*words: str) -> str:
        identity = ("-c", "user.name=tester", "-c", "user.email=tester@example.org")
        done = subprocess.run(["git", *identity, *words], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    call("init", "-q", "-b", "main")
    return call


@pytest.fixture
def project(git: Git, tmp_path: Path) -> Path:
    """One commit with one finding."""
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / ".gitignore").write_text(".seamcheck_cache/\n")
    (tmp_path / "a.py").write_text(GOOD)
    commit(git)
    return tmp_path


def commit(git: Git) -> str:
    git("add", "--all")
    git("commit", "-q", "--allow-empty", "-m", "state")
    return git("rev-parse", "HEAD")


def document(run: Run, *args: str) -> dict[str, Any]:
    result = run("scan", "--output", "json", *args)
    assert result.exit_code in (0, 1), result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    assert found["schema"] == "seamcheck.scan/1"
    return found


def new(run: Run, *args: str) -> list[tuple[str, str]]:
    return [(f["code"], f["location"]["path"]) for f in document(run, *args)["findings"]]


def test_what_was_there_is_left_out(run: Run, project: Path) -> None:
    assert run("scan").exit_code == 1
    result = run("scan", "--diff", "HEAD")
    assert result.exit_code == 0
    assert "Only what is new since HEAD; left out as it was before: 1 finding, 1 loop" in result.stdout
    assert "No trial loop is new" in result.stdout
    report = document(run, "--diff", "HEAD")
    assert report["findings"] == []
    assert len(report["loops"]) == 1, "verdicts stay in the report for programs"
    assert report["summary"]["narrowed"] == {
        "since": "HEAD", "path": None, "findings_left_out": 1, "problems_left_out": 0, "loops": [], "consumers": [],
    }  # fmt: skip


def test_a_new_finding_decides_the_exit_code(run: Run, project: Path) -> None:
    (project / "b.py").write_text(OTHER)  # not even known to git
    result = run("scan", "--diff", "HEAD", "--output", "concise")
    assert result.exit_code == 1
    assert "b.py:9:5: SEAM302" in result.stdout
    assert "b.py:16:1: loop" in result.stdout
    assert "a.py" not in result.stdout
    assert "left out as it was before: 1 finding, 1 loop" in result.stdout
    assert run("scan", "--diff", "HEAD", "--exit-zero").exit_code == 0


def test_an_ignored_file_is_not_scanned(run: Run, project: Path) -> None:
    (project / ".gitignore").write_text(".seamcheck_cache/\nb.py\n")
    (project / "b.py").write_text(OTHER)
    assert new(run, "--diff", "HEAD") == []


def test_a_change_far_away_is_seen_where_it_matters(run: Run, project: Path, git: Git) -> None:
    (project / "a.py").unlink()
    (project / "rows.py").write_text("def pick(frame):\n    return frame.sample(frac=0.5, random_state=0)\n")
    (project / "prep.py").write_text("from rows import pick\n\ndef load(frame):\n    return pick(frame)\n")
    (project / "tune.py").write_text(
        "import lightgbm as lgb\nimport optuna\nimport pandas as pd\nfrom prep import load\n\n"
        "frame = pd.read_parquet('x.parquet')\n\n"
        "def objective(trial):\n    part = load(frame)\n"
        "    return lgb.train({}, lgb.Dataset(part[['x']], part['y'])).best_score\n\n"
        "optuna.create_study().optimize(objective, n_trials=3)\n"
    )
    commit(git)
    assert new(run, "--diff", "HEAD") == []
    (project / "rows.py").write_text("def pick(frame):\n    return frame.sample(frac=0.5)\n")
    found = new(run, "--diff", "HEAD")
    assert [code for code, _ in found] == ["SEAM302"]
    shown = run("scan", "--diff", "HEAD", "--output", "concise").stdout
    assert "tune.py:12:1: loop optuna.optimize: invariance variant" in shown, (
        "an unchanged file, another verdict"
    )


@pytest.mark.parametrize(
    "text", ["\n\n\nimport os\n" + GOOD, GOOD.replace(SPLIT, "    if True:\n    " + SPLIT)]
)
def test_code_that_moves_is_not_new(run: Run, project: Path, text: str) -> None:
    (project / "a.py").write_text(text)
    assert new(run, "--diff", "HEAD") == []


def test_a_second_one_of_the_same_kind_is_new(run: Run, project: Path) -> None:
    (project / "a.py").write_text(GOOD.replace(SPLIT, SPLIT + "    Ridge().fit(X_train, y_train)\n" + SPLIT))
    assert new(run, "--diff", "HEAD") == [("SEAM302", "a.py")]


def test_a_renamed_file_is_not_new(run: Run, project: Path, git: Git) -> None:
    git("mv", "a.py", "moved.py")
    assert new(run, "--diff", "HEAD") == []
    (project / "moved.py").write_text(GOOD.replace(SPLIT, SPLIT + "    Ridge().fit(X_train, y)\n" + SPLIT))
    assert [code for code, _ in new(run, "--diff", "HEAD")] == ["SEAM302"]


def test_a_comment_that_is_gone_brings_the_finding(run: Run, project: Path, git: Git) -> None:
    silenced = GOOD.replace(SPLIT, SPLIT.rstrip() + "  # seamcheck: ignore[SEAM302] -- meant\n")
    (project / "a.py").write_text(silenced)
    commit(git)
    assert run("scan", "--diff", "HEAD").exit_code == 0
    (project / "a.py").write_text(GOOD)
    assert new(run, "--diff", "HEAD") == [("SEAM302", "a.py")]
    (project / "a.py").write_text(silenced)
    assert run("scan", "--diff", "HEAD~1").exit_code == 0


def test_configurations_are_those_of_their_time(run: Run, project: Path, git: Git) -> None:
    (project / "seamcheck.toml").write_text('[severity]\nSEAM302 = "note"\n')
    commit(git)
    assert new(run, "--diff", "HEAD~1") == []
    (project / "seamcheck.toml").write_text('[severity]\nSEAM302 = "error"\n')
    assert run("scan", "--diff", "HEAD").exit_code == 1, "more severe than it was"
    assert run("scan", "--diff", "HEAD", "--config", "seamcheck.toml").exit_code == 1
    (project / "seamcheck.toml").write_text('ignore = ["SEAM302"]\n')
    commit(git)
    (project / "seamcheck.toml").unlink()
    assert new(run, "--diff", "HEAD") == [("SEAM302", "a.py")], "the change brought the code"


def test_baselines_are_those_of_their_time(run: Run, project: Path, git: Git) -> None:
    (project / "seamcheck.toml").write_text('baseline = "known.json"\n')
    run("baseline", "write")
    assert run("scan", "--diff", "HEAD").exit_code == 0, "there was no baseline, and the finding"
    commit(git)
    (project / "known.json").write_text((project / "known.json").read_text().replace("objective", "other"))
    assert sorted(new(run, "--diff", "HEAD")) == [("SEAM302", "a.py"), ("SEAM906", "known.json")]
    assert new(run, "--diff", "HEAD", "--no-baseline") == []


def test_a_configuration_of_that_time_that_cannot_be_used(run: Run, project: Path, git: Git) -> None:
    (project / "seamcheck.toml").write_text("\nexlude = []\n")
    commit(git)
    (project / "seamcheck.toml").write_text("")
    result = run("scan", "--diff", "HEAD")
    assert result.exit_code == 2
    assert "seamcheck.toml:2: HEAD cannot be scanned: unknown option `exlude`" in result.stderr
    assert "later revision" in result.stderr


def test_a_project_inside_a_repository(
    run: Run, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "deep" / "src").mkdir(parents=True)
    (tmp_path / "deep" / "pyproject.toml").write_text("")
    (tmp_path / "deep" / "src" / "a.py").write_text(GOOD)
    (tmp_path / "outside.py").write_text(GOOD)
    commit(git)
    (tmp_path / "deep" / "src" / "b.py").write_text(OTHER)
    assert new(run, "deep/src", "--diff", "HEAD") == [("SEAM302", "src/b.py")]
    monkeypatch.chdir(tmp_path / "deep")
    assert new(run, "--diff", "HEAD") == [("SEAM302", "src/b.py")]
    assert new(run, "src/b.py", "--diff", "HEAD") == [("SEAM302", "src/b.py")]


def test_a_root_that_was_another_one_then(run: Run, project: Path, git: Git) -> None:
    (project / "src").mkdir()
    (project / "src" / "c.py").write_text(OTHER)
    commit(git)
    (project / "src" / "pyproject.toml").write_text("")
    assert new(run, "src", "--diff", "HEAD") == []


def test_a_notebook(run: Run, project: Path, git: Git) -> None:
    (project / "a.py").unlink()
    (project / "a.ipynb").write_bytes(notebook(*GOOD.split("\n\n\n")))
    commit(git)
    (project / "a.ipynb").write_bytes(notebook("x = 1", *GOOD.split("\n\n\n")))
    assert new(run, "--diff", "HEAD") == []


def test_a_file_that_cannot_be_parsed_any_more(run: Run, project: Path) -> None:
    (project / "a.py").write_text("def f(:\n")
    assert new(run, "--diff", "HEAD") == [("SEAM901", "a.py")]


def test_since_where_two_branches_parted(run: Run, project: Path, git: Git) -> None:
    git("switch", "-q", "-c", "work")
    (project / "b.py").write_text(OTHER)
    commit(git)
    git("switch", "-q", "main")
    (project / "a.py").write_text(SEEDED)
    commit(git)
    git("switch", "-q", "work")
    assert new(run, "--diff", "main") == [("SEAM302", "a.py"), ("SEAM302", "b.py")], "main has settled one"
    assert new(run, "--diff", "main...") == [("SEAM302", "b.py")]


def test_attributes_of_archives_do_not_matter(run: Run, project: Path, git: Git) -> None:
    (project / ".gitattributes").write_text("*.py export-ignore\n")
    commit(git)
    assert new(run, "--diff", "HEAD") == []


@pytest.mark.parametrize(
    "revision",
    ["nope", "-x", "--output=x", "--help", "", "HEAD~99", "a b", "HEAD..HEAD", "...", "a\nb", "HEAD:a.py"],
)
def test_a_revision_that_is_none(run: Run, project: Path, revision: str) -> None:
    before = sorted(each.name for each in project.iterdir())
    result = run("scan", f"--diff={revision}")
    assert result.exit_code == 2
    assert "internal error" not in result.stderr
    assert result.stderr.startswith("seamcheck: ")
    # Told by us, before git could take it for an option.
    assert ("is no revision" in result.stderr) is (
        not revision.isprintable() or revision[:1] in ("", "-", ".")
    )
    assert sorted(each.name for each in project.iterdir()) == before


def test_a_shallow_clone_says_so(
    run: Run,
    project: Path,
    git: Git,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = git("rev-parse", "HEAD")
    commit(git)
    clone = tmp_path_factory.mktemp("clone") / "c"
    git("clone", "-q", "--depth", "1", project.as_uri(), str(clone))
    monkeypatch.chdir(clone)
    assert run("scan", "--diff", "HEAD").exit_code == 0
    result = run("scan", "--diff", first)
    assert result.exit_code == 2
    assert "shallow" in result.stderr
    assert "--unshallow" in result.stderr


def test_no_repository(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "a.py").write_text(GOOD)
    result = run("scan", "--diff", "HEAD")
    assert result.exit_code == 2
    assert "needs a git repository" in result.stderr


def test_a_repository_without_commits(run: Run, git: Git, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(GOOD)
    assert run("scan", "--diff", "HEAD").exit_code == 2


def test_without_git(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(project / "nowhere"))
    result = run("scan", "--diff", "HEAD")
    assert result.exit_code == 2
    assert "not installed" in result.stderr


def test_a_path_outside_the_repository(
    run: Run, project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "c.py").write_text(GOOD)
    result = run("scan", ".", str(elsewhere), "--diff", "HEAD")
    assert result.exit_code == 2
    assert "outside the git repository" in result.stderr


def test_the_environment_names_no_other_repository(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(project / "nowhere"))
    assert new(run, "--diff", "HEAD") == []


def test_the_work_tree_is_not_touched(run: Run, project: Path, git: Git) -> None:
    (project / "a.py").write_text(OTHER)
    (project / "b.py").write_text(OTHER)
    git("add", "b.py")
    (project / "b.py").write_text(GOOD)
    before = git("status", "--porcelain"), (project / ".git" / "index").read_bytes()
    new(run, "--diff", "HEAD")
    assert (project / ".git" / "index").read_bytes() == before[1]
    assert git("status", "--porcelain") == before[0]
    assert git("stash", "list") == git("worktree", "list", "--porcelain").partition("\n\n")[2] == ""


def test_links_of_a_revision_do_not_lead_out(
    run: Run, project: Path, git: Git, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.py"
    outside.write_text(OTHER)
    (project / "link.py").symlink_to(outside)
    (project / "up.py").symlink_to("../../../../../../etc/hostname")
    (project / "near.py").symlink_to("a.py")
    commit(git)
    for name in ("link.py", "up.py"):
        (project / name).unlink()
    outside.unlink()
    assert new(run, "--diff", "HEAD") == []


def test_the_report_of_a_commit_is_kept(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from seamcheck.changes import since

    (project / "b.py").write_text(OTHER)
    first = new(run, "--diff", "HEAD")

    def never(*args: object) -> None:
        raise AssertionError("the revision was written out again")

    monkeypatch.setattr(since, "write_tree", never)
    assert new(run, "--diff", "HEAD") == first == [("SEAM302", "b.py")]
    with pytest.raises(AssertionError):
        run_uncached()


def run_uncached() -> None:
    from seamcheck import api

    api.scan(api.ScanOptions(paths=(), since="HEAD", use_cache=False))


def test_nothing_is_left_in_the_folder_for_temporary_files(
    run: Run, project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tempfile

    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    new(run, "--diff", "HEAD", "--no-cache")
    assert list(folder.iterdir()) == []
