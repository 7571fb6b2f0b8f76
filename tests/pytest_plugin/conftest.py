"""Real runs of pytest with the plugin, whether or not seamcheck is installed here."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import seamcheck
from seamcheck.api import ScanOptions, scan

SOURCE = Path(seamcheck.__file__).parents[1]
Run = Callable[..., pytest.RunResult]


#: The plugin once, whether or not an installed seamcheck brings it, too.
PLUGIN = ("-p", "no:seamcheck", "-p", "seamcheck.pytest_plugin")


@pytest.fixture(scope="session")
def scanned_before(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What a run in this process imports it forgets again; with a scan before, it is imported only once."""
    folder = tmp_path_factory.mktemp("scanned")
    (folder / "a.py").write_text("import optuna\noptuna.create_study()\n")
    scan(ScanOptions((folder,), use_cache=False))


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, scanned_before: None) -> Run:
    """Run pytest in the folder of ``pytester``."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    return lambda *args: pytester.runpytest_inprocess(*PLUGIN, "-W", "error", "-rA", *args)


@pytest.fixture
def run_alone(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The same in a process of its own, for runs that import libraries."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    paths = [str(SOURCE), *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    return lambda *args: pytester.runpytest_subprocess(*PLUGIN, "-W", "error", "-rA", *args)
