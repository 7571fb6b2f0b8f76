"""The digests of what a replayed program consisted of."""

import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

from seamcheck.model.errors import LogError
from seamcheck.replay import sources
from seamcheck.verify.stale import digest


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("tune.py", "helper.py", "unused.py", "site-packages/lib.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"# {name}\n")
    for name in ("helper.py", "site-packages/lib.py", "gone.py"):
        module = ModuleType(name)
        module.__file__ = str(tmp_path / name)
        monkeypatch.setitem(sys.modules, name, module)
    return tmp_path


def test_loaded_files_below_the_root_are_recorded(project: Path) -> None:
    sources.record(project, str(project), time.time() + 60, [str(project / "tune.py")])
    found = sources.recorded(project)
    assert found is not None
    assert found.root == str(project)
    assert found.files == {
        "gone.py": "",
        "helper.py": digest(str(project), "helper.py"),
        "tune.py": digest(str(project), "tune.py"),
    }


def test_a_file_that_changed_meanwhile_has_no_digest(project: Path) -> None:
    sources.record(project, str(project), 0.0)
    found = sources.recorded(project)
    assert found is not None
    assert set(found.files.values()) == {""}


def test_nothing_recorded_and_damage(tmp_path: Path) -> None:
    assert sources.recorded(tmp_path) is None
    (tmp_path / sources.NAME).write_text("{")
    with pytest.raises(LogError, match="cannot be read"):
        sources.recorded(tmp_path)
    with pytest.raises(LogError, match="could not be recorded"):
        sources.record(tmp_path / "nowhere", str(tmp_path), 0.0)
