"""Clean repositories with the gate in place: made once, copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.gate.repository import Repository, build


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Repository]:
    """Repositories by whether their registry is a Python literal."""
    top = tmp_path_factory.mktemp("gate")
    (top / "home").mkdir()
    return {literal: build(top / f"literal-{literal}", top / "home", literal) for literal in (False, True)}


def _copy(template: Repository, folder: Path) -> Repository:
    shutil.copytree(template.folder, folder, symlinks=True)
    return template._replace(folder=folder)


@pytest.fixture
def repository(template: dict[bool, Repository], tmp_path: Path) -> Repository:
    """The registry is `[[consumer]]` in seamcheck.toml."""
    return _copy(template[False], tmp_path / "repository")


@pytest.fixture(params=["toml", "literal"])
def either(template: dict[bool, Repository], tmp_path: Path, request: pytest.FixtureRequest) -> Repository:
    """The same with each kind of registry."""
    return _copy(template[request.param == "literal"], tmp_path / "repository")
