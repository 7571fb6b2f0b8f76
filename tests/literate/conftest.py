"""Scanning many small projects: the library models are read once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pytest

from seamcheck import api, scanning
from seamcheck.libraries.load import load_models
from seamcheck.libraries.models import Models
from seamcheck.model.report import ScanReport

Scan = Callable[[Path], ScanReport]


@cache
def _models(extra: tuple[Path, ...]) -> Models:
    return load_models(extra)


@pytest.fixture
def scan(monkeypatch: pytest.MonkeyPatch) -> Scan:
    """The report of a folder, without a cache on disk."""

    def models(extra: Iterable[Path] = (), cache: str | None = None) -> Models:
        paths = tuple(extra)
        return load_models(paths) if paths else _models(())

    monkeypatch.setattr(scanning, "load_models", models)
    return lambda folder: api.scan(api.ScanOptions((folder,), use_cache=False)).report
