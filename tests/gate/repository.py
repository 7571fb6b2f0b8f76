"""A git repository with the harness of the fixtures, its registry, its baseline, and the hook as pre-commit runs it."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.meta.test_hooks import HOOKS, NOT_LOCAL, ROOT, git, pre_commit, run

CODE = "src/captured_fold"
CONSUMERS = {
    name: f"{CODE}/{stem}.py"
    for name, stem in (
        ("s22a1", "s22a1_importance"), ("s22a2", "s22a2_rounds"), ("s22a3", "s22a3_curves"),
        ("s23", "s23_stable_columns"), ("s24", "s24_cost_sheet"), ("s26", "s26_row_budget"),
        ("s27", "s27_timing"), ("s28", "s28_panel"), ("s40", "s40_feature_coverage"),
    )
}  # fmt: skip
#: Functions that are handed a run by an audit, with the text above which a comment marks them.
HELPERS = {
    "rank_spread": ("legacy_stats", "def rank_spread("),
    "column_table": ("reporting", "def column_table("),
    "anchor_run": ("s22a1_importance", "def anchor_run("),
    "on_step": ("s27_timing", "    def on_step("),
    "capture": ("step1_capture", "def capture("),
}
NEEDS = f"{CODE}/needs.py"
LITERAL = f"""\
[[registry-literal]]
path = "{NEEDS}"
variable = "CONSUMER_REQUIREMENTS"
entry = "{CODE}/{{name}}_*.py::{{name}}"
"""
_COMMAND = re.compile(r"seamcheck ((?:registry|baseline) [^`]*)`?$")


class Repository(NamedTuple):
    """A clone that is clean: its folder, and the home folder that git and pre-commit see."""

    folder: Path
    home: Path

    def seamcheck(self, *args: str) -> subprocess.CompletedProcess[str]:
        return run(self.folder, self.home, sys.executable, "-m", "seamcheck", *args)

    def done(self, *args: str) -> str:
        """The output of a command that has to work."""
        result = self.seamcheck(*args)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def commit(self, *paths: str) -> subprocess.CompletedProcess[str]:
        """Everything that has changed (or what is staged and these paths), through the hook."""
        git(self.folder, self.home, "add", *(paths or ("--all",)))
        return run(self.folder, self.home, "git", "commit", "--message", "change")

    def commits(self) -> int:
        return int(run(self.folder, self.home, "git", "rev-list", "--count", "HEAD").stdout)

    def report(self, *args: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.seamcheck("scan", "--output", "json", *args).stdout)
        return document

    def edit(self, path: str, old: str, new: str) -> None:
        file = self.folder / path
        text = file.read_text()
        assert text.count(old) == 1, (path, old, text)
        file.write_text(text.replace(old, new))

    def append(self, path: str, text: str) -> None:
        with (self.folder / path).open("a") as stream:
            stream.write(text)

    def line(self, path: str, text: str) -> int:
        """The line of a file that holds a text, counted from 1."""
        rows = (self.folder / path).read_text().splitlines()
        (found,) = (number for number, row in enumerate(rows, start=1) if text in row)
        return found

    def remedies(self) -> list[str]:
        """The commands that the findings name which fail the scan."""
        fixes = [each["fix"] or "" for each in failing(self.report())]
        return list(dict.fromkeys(found[1] for fix in fixes if (found := _COMMAND.search(fix))))

    def follow(self) -> None:
        """Do what the findings say."""
        for command in self.remedies():
            self.done(*shlex.split(command))


def failing(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [f for f in report["findings"] if f["severity"] != "note" and f["suppressed"] is None]


def build(folder: Path, home: Path, literal: bool) -> Repository:
    """The repository, committed; it has never been scanned in its place."""
    shutil.copytree(
        ROOT / "fixtures" / "captured_fold", folder, ignore=shutil.ignore_patterns("__pycache__", ".*")
    )
    repository = Repository(folder, home)
    git(folder, home, "init", "--quiet")
    hook = {key: value for key, value in HOOKS["seamcheck"].items() if key not in NOT_LOCAL}
    entry = " ".join(f'"{word}"' for word in (sys.executable, "-m", *HOOKS["seamcheck"]["entry"].split()))
    config = {"repos": [{"repo": "local", "hooks": [{**hook, "language": "system", "entry": entry}]}]}
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    (folder / ".gitignore").write_text("__pycache__/\n")
    if literal:
        (folder / "seamcheck.toml").write_text(LITERAL)
        (folder / NEEDS).write_text('"""What each audit needs."""\n\nCONSUMER_REQUIREMENTS = {\n}\n')
        for name, (stem, above) in HELPERS.items():
            blanks = above[: len(above) - len(above.lstrip())]
            repository.edit(f"{CODE}/{stem}.py", above, f"{blanks}# seamcheck: consumer[{name}]\n{above}")
    for name, path in CONSUMERS.items():
        repository.done("registry", "add", name, f"{path}::{name}")
    repository.done("registry", "sync", "--add-missing")
    repository.done("baseline", "write", "--reason", "the loops are examples of faults")
    installed = pre_commit(folder, home, "install")
    assert installed.returncode == 0, installed.stdout + installed.stderr
    git(folder, home, "add", "--all")
    git(folder, home, "commit", "--quiet", "--no-verify", "--message", "all")
    shutil.rmtree(folder / ".seamcheck_cache")
    return repository
