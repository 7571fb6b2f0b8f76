"""Code that nobody wrote for us: the running interpreter's standard library."""

from __future__ import annotations

import json
import shutil
import sysconfig
from pathlib import Path

import pytest

from tests.robustness.process import run, scan

STDLIB = Path(sysconfig.get_paths()["stdlib"])


@pytest.mark.slow
def test_everything(tmp_path: Path) -> None:
    """All of it, test folder included: files that are no valid Python are problems, nothing is a crash."""
    done = scan(STDLIB, "--exclude", "site-packages", "--output", "json", timeout=540)
    assert done.returncode in (0, 1), done.stderr[-2000:]
    report = json.loads(done.stdout)
    assert report["files"]["analysed"] > 500
    assert report["loops"] == [], "the standard library tunes nothing"
    assert [c for c in report["consumers"] if c["verdict"] == "xy_only"] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["json", "email", "asyncio", "concurrent", "logging"])
def test_graph_of_a_package(name: str, tmp_path: Path) -> None:
    """The call graph runs every function, those that no verdict needs included."""
    shutil.copytree(STDLIB / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "pyproject.toml").write_text("")
    done = run("graph", tmp_path, "--format", "pycg", "--no-cache", timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    graph = json.loads(done.stdout)
    assert sum(map(len, graph.values())) > 10
