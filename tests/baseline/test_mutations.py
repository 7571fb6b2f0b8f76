"""Baseline files that are broken in every way one can think of: an error that names the file, and nothing else."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from seamcheck.cli import main
from tests.baseline.samples import ENTRY, document, text, written

VALUES: list[Any] = [None, True, 0, -1, 1.5, "", "x", [], {}, [[]], "\ud800", "a\0b", "a\nb"]
#: What may stand there, so that no error is due.
FINE = {
    ("version",): ["", "x"],
    ("settings", "select"): [[]],
    ("settings", "ignore"): [[]],
    ("settings", "severity"): [{}],
    ("settings", "tests"): [True],
    ("entries",): [[]],
    ("entries", 0, "path"): ["x"],
    ("entries", 0, "function"): ["", "x"],
    ("entries", 0, "reason"): ["", "x"],
}
PLACES: list[tuple[str | int, ...]] = [
    ("schema",), ("version",), ("settings",), ("entries",), ("settings", "select"), ("settings", "ignore"),
    ("settings", "severity"), ("settings", "tests"), ("entries", 0), ("entries", 0, "path"),
    ("entries", 0, "function"), ("entries", 0, "code"), ("entries", 0, "statement"), ("entries", 0, "occurrence"),
    ("entries", 0, "reason"),
]  # fmt: skip


def typed() -> Iterator[tuple[str, str]]:
    """Every field with every wrong value, and without it."""
    for place in PLACES:
        for value in VALUES:
            if any(value == fine and type(value) is type(fine) for fine in FINE.get(place, [])):
                continue
            changed: Any = copy.deepcopy(document(copy.deepcopy(ENTRY)))
            holder = changed
            for part in place[:-1]:
                holder = holder[part]
            holder[place[-1]] = value
            yield f"{'.'.join(map(str, place))}={value!r}", json.dumps(changed, indent=1)
        if place[-1] not in (0, "reason"):
            changed = copy.deepcopy(document(copy.deepcopy(ENTRY)))
            holder = changed
            for part in place[:-1]:
                holder = holder[part]
            del holder[place[-1]]
            yield f"without {'.'.join(map(str, place))}", json.dumps(changed, indent=1)


GOOD = text(ENTRY)
RAW: dict[str, str | bytes] = {
    "empty": "",
    "blank": " \n\n",
    "nul": b"\0" * 50,
    "nul inside": GOOD.replace("a.py", "a\0py"),
    "binary": bytes(range(256)),
    "utf16": GOOD.encode("utf-16"),
    "latin": GOOD.replace("a.py", "ä.py").encode("latin-1"),
    "a list": "[1]",
    "a string": '"x"',
    "a number": "1",
    "null": "null",
    "NaN": GOOD.replace(': 1\n', ": NaN\n"),
    "Infinity": GOOD.replace(': 1\n', ": Infinity\n"),
    "a huge number": GOOD.replace(': 1\n', f": {'9' * 10_000}\n"),
    "a large number": GOOD.replace(': 1\n', ": 1000001\n"),
    "deep lists": '{"entries": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "deep objects": '{"a": ' * 50_000 + "1" + "}" * 50_000,
    "deep and open": "[" * 200_000,
    "huge": '{"schema": "' + "x" * (17 * 2**20) + '"}',
    "trailing comma": GOOD.replace("}\n ]", "},\n ]"),
    "no comma": text(ENTRY, {**ENTRY, "occurrence": 2}).replace("},\n  {", "}\n  {"),
    "single quotes": GOOD.replace('"', "'"),
    "a comment": "// mine\n" + GOOD,
    "two documents": GOOD + "\n" + GOOD,
    "text behind": GOOD + " x",
    "a conflict": GOOD.replace(" {", "<<<<<<< a\n {").replace("]", "=======\n>>>>>>> b\n]"),
    "a key twice": GOOD.replace('"code"', '"path"'),
    "a top key twice": GOOD.replace('"version"', '"schema"'),
    "entries twice": GOOD.replace('"settings": {', '"entries": [], "settings": {'),
    "a setting twice": GOOD.replace('"ignore"', '"select"'),
    "an entry twice": text(ENTRY, ENTRY),
    "a severity twice": GOOD.replace('"severity": {}', '"severity": {"SEAM302": "note", "SEAM302": "error"}'),
    "an odd severity": GOOD.replace('"severity": {}', '"severity": {"SEAM302": "fatal"}'),
    "numbers selected": text(ENTRY, settings={"select": [1], "ignore": [], "severity": {}, "tests": False}),
    "more settings": text(ENTRY, settings={"select": [], "ignore": [], "severity": {}, "tests": False, "x": 1}),
    "entries spelt oddly": GOOD.replace('"entries"', '"\\u0065ntries"'),
    "outside": text({**ENTRY, "path": "../a.py"}),
    "outside by a detour": text({**ENTRY, "path": "b/../../a.py"}),
    "absolute": text({**ENTRY, "path": "/etc/passwd"}),
    "a backslash": text({**ENTRY, "path": "..\\a.py"}),
    "markup": text({**ENTRY, "code": "<script>alert(1)</script>"}),
    "escapes": text({**ENTRY, "function": "\x1b[31mred"}),
    "long code": text({**ENTRY, "code": "SEAM" + "3" * 100_000}),
    "lower case": text({**ENTRY, "code": "seam302"}),
    "long hash": text({**ENTRY, "statement": "0" * 17}),
    "hash of capitals": text({**ENTRY, "statement": "0123456789ABCDEF"}),
    "another schema": text(ENTRY, schema="seamcheck.scan/1"),
    **{f"cut off at {n}": GOOD[:n] for n in range(1, len(GOOD), 17)},
}  # fmt: skip
CASES: dict[str, str | bytes] = {**RAW, **dict(typed())}


def test_there_are_many() -> None:
    assert len(CASES) >= 200


@pytest.mark.parametrize("content", CASES.values(), ids=[ascii(name) for name in CASES])
def test_a_broken_baseline_is_an_error_and_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | bytes
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "a.py").write_text("x = 1\n")
    path = written(tmp_path, content)
    before = path.read_bytes()
    for words in (["scan", "--no-cache"], ["baseline", "write", "--force"], ["baseline", "prune"]):
        result = CliRunner().invoke(main, words)
        assert result.exit_code == 2, words
        assert result.stderr.startswith("seamcheck: seamcheck-baseline.json"), result.stderr
        assert "internal error" not in result.stderr
        assert "\x1b" not in result.stderr
        assert len(result.stderr) < 1000
        assert result.stdout == ""
    assert path.read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.py", "pyproject.toml", path.name]


@pytest.mark.parametrize("kind", ["folder", "dangling link", "pipe", "unreadable"])
def test_what_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    import os

    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "a.py").write_text("x = 1\n")
    path = tmp_path / "seamcheck-baseline.json"
    if kind == "folder":
        path.mkdir()
    elif kind == "dangling link":
        path.symlink_to("nowhere.json")
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.write_text(GOOD)
        path.chmod(0)
        if os.access(path, os.R_OK):
            pytest.skip("this user reads everything")
    result = CliRunner().invoke(main, ["scan", "--no-cache"])
    assert result.exit_code == 2
    assert "seamcheck-baseline.json" in result.stderr
    assert "internal error" not in result.stderr
