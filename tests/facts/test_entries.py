"""Entries of the cache folder: what comes back is what was stored under this name, or nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from seamcheck.facts import entries
from seamcheck.facts.cache import FOLDER


def place(root: Path, name: str) -> Path:
    return root / FOLDER / "kind-1" / name


def test_what_was_stored_comes_back(tmp_path: Path) -> None:
    entries.store(str(tmp_path), "kind-1", "a", b"payload", 2)
    assert entries.load(str(tmp_path), "kind-1", "a") == b"payload"
    assert entries.load(str(tmp_path), "kind-1", "b") is None
    assert entries.load(str(tmp_path), "kind-2", "a") is None


def test_any_changed_byte_is_seen(tmp_path: Path) -> None:
    entries.store(str(tmp_path), "kind-1", "a", b"payload", 2)
    data = place(tmp_path, "a").read_bytes()
    for index in range(len(data)):
        place(tmp_path, "a").write_bytes(data[:index] + bytes([data[index] ^ 1]) + data[index + 1 :])
        assert entries.load(str(tmp_path), "kind-1", "a") is None
        place(tmp_path, "a").write_bytes(data[:index])
        assert entries.load(str(tmp_path), "kind-1", "a") is None


def test_an_entry_under_another_name_is_not_used(tmp_path: Path) -> None:
    entries.store(str(tmp_path), "kind-1", "a", b"payload", 2)
    place(tmp_path, "a").rename(place(tmp_path, "b"))
    assert entries.load(str(tmp_path), "kind-1", "b") is None


def test_those_used_last_are_kept(tmp_path: Path) -> None:
    for number, name in enumerate("abc"):
        entries.store(str(tmp_path), "kind-1", name, b"payload", 3)
        os.utime(place(tmp_path, name), (number, number))
    entries.touch(str(tmp_path), "kind-1", "a")
    entries.store(str(tmp_path), "kind-1", "d", b"payload", 2)
    assert sorted(os.listdir(tmp_path / FOLDER / "kind-1")) == ["a", "d"]


@pytest.mark.parametrize("linked", [FOLDER, f"{FOLDER}/kind-1"])
def test_a_link_is_not_followed(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, linked: str
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (tmp_path / linked).parent.mkdir(exist_ok=True)
    (tmp_path / linked).symlink_to(elsewhere)
    entries.store(str(tmp_path), "kind-1", "a", b"payload", 2)
    assert not list(elsewhere.iterdir())
    assert entries.load(str(tmp_path), "kind-1", "a") is None
