"""A command line whose scans return a report made by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from seamcheck import api
from seamcheck.cli import main
from seamcheck.model import ScanReport
from tests.sample_reports import FULL, sources

Run = Callable[..., Result]


class FakeScan:
    """Stands in for the API: returns ``report`` or raises ``error``, and remembers what it was asked.

    ``during`` happens while it scans.
    """

    def __init__(self) -> None:
        self.report: ScanReport = FULL
        self.error: BaseException | None = None
        self.files = ["a.py", "b.py"]
        self.options: api.ScanOptions | None = None
        self.during: Callable[[], object] = lambda: None

    def scan(self, options: api.ScanOptions) -> api.ScanResult:
        self.options = options
        self.during()
        if self.error is not None:
            raise self.error
        return api.ScanResult(self.report, {"read": 0.25}, sources)

    def list_files(self, options: api.ScanOptions) -> list[str]:
        self.options = options
        return self.files


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeScan:
    stand_in = FakeScan()
    monkeypatch.setattr(api, "scan", stand_in.scan)
    monkeypatch.setattr(api, "list_files", stand_in.list_files)
    return stand_in


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "SEAMCHECK_DEBUG"):
        monkeypatch.delenv(name, raising=False)

    def invoke(*args: str) -> Result:
        return CliRunner().invoke(main, list(args))

    return invoke
