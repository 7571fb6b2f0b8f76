"""Nothing is written over, and a file is extended as a whole or not at all."""

import stat
from pathlib import Path

import pytest

from seamcheck.adopt.writing import write
from seamcheck.model import ConfigError
from seamcheck.model.adoption import Change


def create(folder: Path, text: str = "new") -> Change:
    return Change(str(folder), "a.toml", "a.toml", "create", after=text)


def extend(folder: Path, before: str = "old", after: str = "old and new") -> Change:
    return Change(str(folder), "a.toml", "a.toml", "extend", before, after)


def test_a_new_file(tmp_path: Path) -> None:
    write([create(tmp_path, "é\r\n")])
    assert (tmp_path / "a.toml").read_bytes() == "é\r\n".encode()


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("old")
    with pytest.raises(ConfigError, match="is there already"):
        write([create(tmp_path)])
    assert (tmp_path / "a.toml").read_text() == "old"


def test_no_link_is_followed_out_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    link = tmp_path / "project" / "a.toml"
    link.symlink_to(tmp_path / "outside.toml")
    with pytest.raises(ConfigError, match="is there already"):
        write([create(tmp_path / "project")])
    (tmp_path / "outside.toml").write_text("old")
    with pytest.raises(ConfigError, match="is a link"):
        write([extend(tmp_path / "project")])
    assert (tmp_path / "outside.toml").read_text() == "old"


def test_an_extended_file_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("old")
    path.chmod(0o640)
    write([extend(tmp_path)])
    assert path.read_text() == "old and new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [each.name for each in tmp_path.iterdir()] == ["a.toml"]


def test_what_has_changed_since_it_was_read_is_not_extended(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("other")
    with pytest.raises(ConfigError, match="has changed meanwhile"):
        write([extend(tmp_path)])
    assert (tmp_path / "a.toml").read_text() == "other"


def test_kept_is_kept(tmp_path: Path) -> None:
    write([Change(str(tmp_path), "a.toml", "a.toml", "keep", after="new")])
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be written: No such file"):
        write([create(tmp_path / "none")])
