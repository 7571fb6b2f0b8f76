import marshal
import multiprocessing
import os
from pathlib import Path

import pytest

from seamcheck.facts import cache as module
from seamcheck.facts.cache import FOLDER, FactCache, content_key
from seamcheck.facts.extract import extract
from seamcheck.facts.ir import FileFacts

TEXT = b"class A:\n    def f(self, a: int = 1):\n        return f'{a}'  # seamcheck: x\n__all__ = ['A']\n"
KEY = content_key(TEXT)


@pytest.fixture
def facts(tmp_path: Path) -> FileFacts:
    path = tmp_path / "source.py"
    path.write_bytes(TEXT)
    found = extract(path)
    assert isinstance(found, FileFacts)
    return found


def entry(root: Path) -> Path:
    return next(path for path in (root / FOLDER).rglob(KEY))


def stored(root: Path, facts: FileFacts) -> Path:
    FactCache(str(root)).store(KEY, facts)
    return entry(root)


def test_round_trip_and_self_description(tmp_path: Path, facts: FileFacts) -> None:
    assert FactCache(str(tmp_path)).load(KEY) is None
    stored(tmp_path, facts)
    assert FactCache(str(tmp_path)).load(KEY) == facts
    assert (tmp_path / FOLDER / ".gitignore").read_text() == "*\n"
    assert (
        (tmp_path / FOLDER / "CACHEDIR.TAG")
        .read_text()
        .startswith("Signature: 8a477f597d28d172789f06886806bc55")
    )
    assert not list((tmp_path / FOLDER).rglob(".new-*"))


def test_every_truncation_and_flipped_byte_is_a_miss(tmp_path: Path, facts: FileFacts) -> None:
    path = stored(tmp_path, facts)
    data = path.read_bytes()
    for size in range(len(data)):
        path.write_bytes(data[:size])
        assert FactCache(str(tmp_path)).load(KEY) is None
    for index in range(len(data)):
        path.write_bytes(data[:index] + bytes([data[index] ^ 1]) + data[index + 1 :])
        assert FactCache(str(tmp_path)).load(KEY) is None


WRONG_SHAPES = [
    None, 1, (), [1], (1, 2, 3, 4, 5, 6), (1, (), ((1,),), (), (), None), (1, (), (), (), ((),), None),
]  # fmt: skip


@pytest.mark.parametrize("payload", [b"", b"\xff" * 10, *map(marshal.dumps, WRONG_SHAPES)])
def test_right_checksum_wrong_shape_is_a_miss(tmp_path: Path, facts: FileFacts, payload: bytes) -> None:
    path = stored(tmp_path, facts)
    path.write_bytes(module._MAGIC + module.checksum(payload, KEY) + payload)
    assert FactCache(str(tmp_path)).load(KEY) is None


def test_entry_under_another_key_is_a_miss(tmp_path: Path, facts: FileFacts) -> None:
    path = stored(tmp_path, facts)
    other = content_key(b"other")
    path.rename(path.with_name(other))
    assert FactCache(str(tmp_path)).load(other) is None


def test_unwritable_folder_degrades_with_a_note(tmp_path: Path, facts: FileFacts) -> None:
    (tmp_path / FOLDER).write_text("a file is in the way")
    cache = FactCache(str(tmp_path))
    cache.store(KEY, facts)
    cache.store(KEY, facts)
    cache.close()
    assert cache.note is not None
    assert "cannot be written" in cache.note
    assert cache.load(KEY) is None


@pytest.mark.parametrize("inner", [False, True])
def test_linked_folder_is_not_followed(tmp_path: Path, facts: FileFacts, inner: bool) -> None:
    elsewhere = tmp_path / "elsewhere"
    root = tmp_path / "root"
    root.mkdir()
    if inner:
        version = stored(root, facts).parent
        version.rename(elsewhere)
        version.symlink_to(elsewhere)
    else:
        elsewhere.mkdir()
        (root / FOLDER).symlink_to(elsewhere)
    before = sorted(os.listdir(elsewhere))
    cache = FactCache(str(root))
    cache.store(content_key(b"new"), facts)
    cache.close()
    assert cache.load(KEY) is None
    assert sorted(os.listdir(elsewhere)) == before
    assert cache.note is not None


def test_too_deep_for_marshal_is_not_stored(tmp_path: Path, facts: FileFacts) -> None:
    node: tuple[object, ...] = ()
    for _ in range(5000):
        node = (node,)
    cache = FactCache(str(tmp_path))
    cache.store(KEY, facts._replace(body=(node,)))
    assert cache.load(KEY) is None
    assert cache.note is None


def test_pruning_by_age_and_size(tmp_path: Path, facts: FileFacts, monkeypatch: pytest.MonkeyPatch) -> None:
    path = stored(tmp_path, facts)
    old = path.with_name("0" * 32)
    old.write_bytes(b"x")
    os.utime(old, (1, 1))
    foreign = path.parents[1] / "facts-0-other"
    foreign.mkdir()
    (foreign / "a").write_bytes(b"x")
    os.utime(foreign / "a", (1, 1))
    cache = FactCache(str(tmp_path))
    cache.store(KEY, facts)
    cache.close()
    assert not old.exists()
    assert not foreign.exists()
    assert path.exists()
    monkeypatch.setattr(module, "MAX_BYTES", 0)
    cache.close()
    assert not path.exists()


def test_use_keeps_an_entry_young(tmp_path: Path, facts: FileFacts) -> None:
    path = stored(tmp_path, facts)
    os.utime(path, (1, 1))
    assert FactCache(str(tmp_path)).load(KEY) == facts
    assert path.stat().st_mtime > 1


def _hammer(root: str, source: str, wrong: "multiprocessing.sharedctypes.Synchronized[int]") -> None:
    facts = extract(source)
    assert isinstance(facts, FileFacts)
    for turn in range(60):
        cache = FactCache(root)
        if turn % 3 == 0:
            cache.store(KEY, facts)
            cache.close()
        found = cache.load(KEY)
        if found is not None and found != facts:
            with wrong.get_lock():
                wrong.value += 1


def test_concurrent_processes_see_whole_entries(tmp_path: Path) -> None:
    source = tmp_path / "source.py"
    source.write_bytes(TEXT)
    context = multiprocessing.get_context("spawn")
    wrong = context.Value("i", 0)
    processes = [context.Process(target=_hammer, args=(str(tmp_path), str(source), wrong)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 4
    assert wrong.value == 0
    assert FactCache(str(tmp_path)).load(KEY) is not None
    assert not list((tmp_path / FOLDER).rglob(".new-*"))
