"""The first configuration: what pyproject.toml said before, it still says."""

import tomllib
from pathlib import Path

import pytest

from seamcheck.adopt import settings
from seamcheck.config.load import read_config
from seamcheck.model import ConfigError


def test_a_file_of_its_own(tmp_path: Path) -> None:
    change = settings.own_file(tmp_path, ("src", 'a "b"'))
    assert change.action == "create"
    assert tomllib.loads(change.after) == {"src": ["src", 'a "b"']}
    assert tomllib.loads(settings.own_file(tmp_path, ()).after) == {}


@pytest.mark.parametrize(
    "before",
    [
        "",
        "\n",
        '[project]\nname = "a"',
        '[project]\nname = "a"\n',
        '# all\r\n[tool.other]\r\nx = 1 # here\r\n\r\n[[tool.list]]\r\ny = """\r\n[tool.seamcheck]\r\n"""\r\n',
        "[tool]\nx = 1\n",
        '\ufeff[build-system]\nrequires = ["é"]\n',
    ],
)
def test_a_section_behind_everything(tmp_path: Path, before: str) -> None:
    (tmp_path / "src").mkdir()
    path = tmp_path / "pyproject.toml"
    path.write_bytes(before.encode())
    change = settings.section(tmp_path, ("src",))
    assert change.action == "extend"
    assert change.before == before
    assert change.after == before + change.added
    assert ("\r\n" in change.added) == ("\r\n" in before)
    path.write_bytes(change.after.encode())
    assert read_config(path).src == ("src",)
    old, new = (tomllib.loads(text.removeprefix("\ufeff")) for text in (before, change.after))
    assert new["tool"].pop("seamcheck") == {"src": ["src"]}
    assert new == ({**old, "tool": old.get("tool", {})})


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (b"tool = { x = 1 }\n", "takes no new section"),
        (b"tool = 1\n", "takes no new section"),
        (b"[tool.seamcheck]\n", "takes no new section"),
        (b"[project\n", "is not TOML"),
        (b"\xff\n", "is not UTF-8"),
    ],
)
def test_what_cannot_be_extended(tmp_path: Path, before: bytes, words: str) -> None:
    (tmp_path / "pyproject.toml").write_bytes(before)
    with pytest.raises(ConfigError, match=words):
        settings.section(tmp_path, ())


def test_without_the_file_there_is_another_way(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"does not exist \(without --pyproject, seamcheck.toml is written\)"
    ):
        settings.section(tmp_path, ())
