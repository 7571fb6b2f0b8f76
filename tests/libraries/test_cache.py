"""The models from the cache are those from the files, and nothing else is ever taken for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamcheck.facts.cache import FOLDER
from seamcheck.libraries.cache import MODELS, cached
from seamcheck.libraries.load import load_models, model_files, read_rule_files, rules_folder
from seamcheck.libraries.schema import RuleFile


def entry(root: Path) -> Path:
    (found,) = (root / FOLDER / MODELS).iterdir()
    return found


def test_they_are_the_same(tmp_path: Path) -> None:
    paths = model_files(rules_folder())
    first = cached(str(tmp_path), paths, read_rule_files)

    def never(paths: object) -> list[RuleFile]:
        raise AssertionError

    assert cached(str(tmp_path), paths, never) == first == read_rule_files(paths)
    with_cache, without = load_models((), str(tmp_path)), load_models()
    assert (with_cache.calls, with_cache.types) == (without.calls, without.types)


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    rules = tmp_path / "a.toml"
    rules.write_text('[library]\nname = "a"\npackages = ["a"]\nversions = "*"\nprovenance = "manual"\n')
    assert cached(str(tmp_path), [rules], read_rule_files)[0].library.name == "a"
    rules.write_text(rules.read_text().replace('"a"', '"b"'))
    assert cached(str(tmp_path), [rules], read_rule_files)[0].library.name == "b"
    assert entry(tmp_path)  # the old one is gone


@pytest.mark.parametrize("damage", [b"", b"seammods", b"\x00" * 400, None])
def test_a_damaged_entry_is_not_used(tmp_path: Path, damage: bytes | None) -> None:
    paths = model_files(rules_folder())
    first = cached(str(tmp_path), paths, read_rule_files)
    data = bytearray(entry(tmp_path).read_bytes())
    data[-1] ^= 1
    entry(tmp_path).write_bytes(bytes(data) if damage is None else damage)
    assert cached(str(tmp_path), paths, read_rule_files) == first


def test_a_linked_folder_is_not_used(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (tmp_path / FOLDER).symlink_to(elsewhere)
    cached(str(tmp_path), model_files(rules_folder()), read_rule_files)
    assert not list(elsewhere.iterdir())
