"""What an editor has not saved decides like what is on disk which files of test suites are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamcheck.config.schema import Config
from seamcheck.model.scan import ScanOptions, Unsaved
from seamcheck.reading import read_project
from seamcheck.sources import discovered

IMPORTS = "import importlib\n\nHELPERS = importlib.import_module('tests.helpers')\n"


@pytest.mark.parametrize(
    ("saved", "typed", "left"),
    [
        ("", None, {"tests/helpers.py", "tests/test_app.py"}),
        (IMPORTS, None, {"tests/test_app.py"}),
        ("", IMPORTS, {"tests/test_app.py"}),
        (IMPORTS, "", {"tests/helpers.py", "tests/test_app.py"}),
    ],
)
def test_files_that_a_text_names_are_read(
    saved: str, typed: str | None, left: set[str], tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "app.py").write_text(saved)
    (tmp_path / "tests").mkdir()
    for name in ("helpers.py", "test_app.py"):
        (tmp_path / "tests" / name).write_text("VALUE = 1\n")
    unsaved = None if typed is None else Unsaved(str(tmp_path / "app.py"), typed.encode())
    options = ScanOptions((tmp_path,), use_cache=False, unsaved=unsaved)
    read = read_project(discovered(options, Config()), options, None, [])
    assert read.left == left
    assert read.files.keys() == {"app.py", "tests/helpers.py", "tests/test_app.py"} - left
