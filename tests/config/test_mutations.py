"""Configuration files that are broken in every way one can think of: an error that names the file, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from seamcheck.cli import main

GOOD = """\
src = ["src"]
extend-exclude = ["legacy/"]
rules = ["models.toml"]
select = ["SEAM3", "SEAM2"]
ignore = ["SEAM301"]
cache-dir = ".cache"
baseline = "known.json"

[severity]
no-clean-seam = "note"
"""
#: The broken file, and whether the error has a line.
BROKEN: dict[str, tuple[str | bytes, bool]] = {
    "nul": (b"\0" * 40, True),
    "nul inside": (GOOD.replace("src", "s\0rc", 1), True),
    "binary": (bytes(range(256)), False),
    "utf16": (GOOD.encode("utf-16"), False),
    "latin": (GOOD.replace("legacy", "l\xe9gacy").encode("latin-1"), False),
    "json": ('{"src": ["src"]}', True),
    "yaml": ("src:\n  - src\n", True),
    "a key twice": (GOOD.replace("ignore =", "select ="), True),
    "a table twice": (GOOD + '[severity]\nSEAM302 = "note"\n', True),
    "a value as a table": (GOOD + "[src]\na = 1\n", True),
    "an open list": (GOOD.replace('"src"]', '"src"', 1), True),
    "an open string": (GOOD.replace('"src"]', '"src]', 1), True),
    "an open header": (GOOD.replace("[severity]", "[severity"), True),
    "no value": (GOOD.replace('["src"]', ""), True),
    "text behind": (GOOD.replace('["src"]', '["src"] x'), True),
    "a conflict": ("<<<<<<< ours\n" + GOOD + "=======\n>>>>>>> theirs\n", True),
    "deep": ("src = " + "[" * 50_000 + "]" * 50_000, False),
    "deep tables": ("a." * 20_000 + "b = 1", False),
    "a huge number": ("src = " + "9" * 10_000, False),
    "unknown": ("sources = []\n" + GOOD, True),
    "close": ("exlude = []\n" + GOOD, True),
    "hostile name": ('"\\u001b[31m<script>" = 1\n', False),
    "long name": ("x" * 100_000 + " = 1\n", True),
    "an odd code": (GOOD.replace('"SEAM3"', '"E501"'), True),
    "an unknown code": (GOOD.replace('"SEAM301"', '"SEAM999"'), True),
    "an unknown name": (GOOD.replace("no-clean-seam", "no-such-name"), True),
    "an odd severity": (GOOD.replace('"note"', '"fatal"'), True),
    "a severity as a list": (GOOD.replace('"note"', "[]"), True),
    "severity as a list": (GOOD.replace("[severity]\nno-clean-seam =", "severity ="), True),
    "a folder that is not there": (GOOD.replace('["src"]', '["lib"]'), True),
    "a model file that is not there": (GOOD.replace("models.toml", "none.toml"), True),
    "a nul in a path": (GOOD.replace('["src"]', '["s\\u0000c"]'), True),
    "a nul in the baseline": (GOOD.replace("known.json", "k\\u0000.json"), True),
    "no baseline": (GOOD.replace("known.json", "none.json"), True),
    "a baseline outside": (GOOD.replace("known.json", "../known.json"), True),
    "an odd pattern": (GOOD.replace('"legacy/"', '"!"'), False),
    **{
        f"{key} = {value}": (re.sub(rf"(?m)^{key} = .*$", f"{key} = {value}", GOOD), True)
        for key in ("src", "extend-exclude", "rules", "select", "ignore", "cache-dir", "baseline")
        for value in ("1", "true", "1979-05-27", "{}", '[""]', "[1]", '""')
    },
}  # fmt: skip


def project(folder: Path, name: str, content: str | bytes) -> Path:
    (folder / "src").mkdir()
    (folder / "src" / "a.py").write_text("x = 1\n")
    (folder / "models.toml").write_text("")
    data = content.encode() if isinstance(content, str) else content
    if name == "pyproject.toml":
        data = b"[tool.seamcheck]\n" + data.replace(b"[severity]", b"[tool.seamcheck.severity]")
    path = folder / name
    path.write_bytes(data)
    return path


def test_there_are_many() -> None:
    assert len(BROKEN) >= 80


@pytest.mark.parametrize("name", ["seamcheck.toml", "pyproject.toml"])
@pytest.mark.parametrize("case", BROKEN, ids=ascii)
def test_a_broken_configuration_is_an_error_and_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, case: str
) -> None:
    content, has_line = BROKEN[case]
    monkeypatch.chdir(tmp_path)
    path = project(tmp_path, name, content)
    before = path.read_bytes()
    result = CliRunner().invoke(main, ["scan", "--no-cache"])
    assert result.exit_code == 2, result.output
    assert "internal error" not in result.stderr
    assert "\x1b" not in result.stderr
    assert name in result.stderr or "pattern" in result.stderr
    if has_line:
        assert re.search(rf"{name}:\d+: |line \d+", result.stderr), result.stderr
    assert len(result.stderr) < 2000
    assert result.stdout == ""
    assert path.read_bytes() == before
