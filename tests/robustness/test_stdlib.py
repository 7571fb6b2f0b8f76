"""Code that nobody wrote for us: packages of the running interpreter's standard library."""

from __future__ import annotations

import json
import shutil
import sysconfig
from pathlib import Path

import pytest

from tests.robustness.process import scan

STDLIB = Path(sysconfig.get_paths()["stdlib"])


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "json",
        "email",
        "asyncio",
        "unittest",
        "importlib",
        "concurrent",
        "xml",
        "ctypes",
        "logging",
        "multiprocessing",
    ],
)
def test_package(name: str, tmp_path: Path) -> None:
    shutil.copytree(STDLIB / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "pyproject.toml").write_text("")
    done = scan(tmp_path, "--output", "json", timeout=300)
    assert done.returncode in (0, 1), done.stderr[-2000:]
    report = json.loads(done.stdout)
    assert report["files"]["analysed"] >= 3
    assert report["loops"] == [], "the standard library tunes nothing"
    assert [c for c in report["consumers"] if c["verdict"] == "xy_only"] == []


@pytest.mark.slow
def test_single_modules(tmp_path: Path) -> None:
    for path in sorted(STDLIB.glob("[a-c]*.py")):
        shutil.copy(path, tmp_path / path.name)
    (tmp_path / "pyproject.toml").write_text("")
    done = scan(tmp_path, "--output", "json", timeout=600)
    assert done.returncode in (0, 1), done.stderr[-2000:]
    report = json.loads(done.stdout)
    assert report["files"]["analysed"] > 15
    assert report["loops"] == []
