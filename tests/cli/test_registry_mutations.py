"""Registry files that somebody or something broke: told with file and line, never a traceback, never changed."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.registry.tiny import BY_PATTERN, LITERAL, RIGHT, project

MARKED = RIGHT.replace(
    'requires = "xy_only"\n', 'requires = "xy_only"\nowner = "risk"\nreason = "a table"\n', 1
)
GARBAGE = random.Random(7).randbytes(5 * 2**20)
HOSTILE = [
    "*", "s?0", "[a]", "{name}", "", " ", "\\u0000", "\\u001b]0;x\\u0007", "\\u202e", "\\ud800", "a\\nb::c",
    "x" * 10_000, "../../etc/passwd::f", "/etc/passwd.py::f", "~/x.py::f()", "a.py::f; rm -rf /", "$(id)", "`id`::x",
    "a.py::__import__('os')", "%s%n", "a.py::f\\n[[consumer]]", "\\\\\\\\host\\\\x.py::f", "C:/a.py::f", "con.py::.",
    "a.py::f..g", "a.py::1", "::", ":", ":::",
]  # fmt: skip


def toml_mutations() -> Iterator[tuple[str, bytes]]:
    data = MARKED.encode()
    for cut in range(3, len(data), 9):
        yield f"cut at {cut}", data[:cut]
    for word in HOSTILE:
        yield f"name {word[:12]!r}", MARKED.replace('name = "cost"', f'name = "{word}"').encode()
        yield f"entry {word[:12]!r}", MARKED.replace("src/audits.py::cost", word).encode()
    for key in ("name", "entry", "requires", "owner", "reason"):
        for value in (
            "1",
            "true",
            "[]",
            "{}",
            "1979-05-27",
            "1e999",
            '["a"]',
            '[[[["a"]]]]',
            "9" * 5000,
            "nan",
        ):
            yield (
                f"{key} = {value[:9]}",
                re.sub(f'{key} = "[^"]*"', f"{key} = {value}", MARKED, count=1).encode(),
            )
        line = next(row for row in MARKED.splitlines() if row.startswith(key))
        yield f"{key} twice", MARKED.replace(line, f"{line}\n{line}", 1).encode()
        yield f"{key} misspelt", MARKED.replace(f"{key} =", f"{key}x =", 1).encode()
    for header in (
        "[consumer]",
        "[[[consumer]]]",
        "[[consumer",
        "[[consumers]]",
        "[[consumer.x]]",
        "[[]]",
        "[[consumer]][",
    ):
        yield header, MARKED.replace("[[consumer]]", header, 1).encode()
    for position in (0, 5, 40, len(data) - 1):
        for bad in (b"\x00", b"\xff", b"\x1b", b"\xef\xbf\xbe\x00", b"\r", b'"""'):
            yield f"{bad!r} at {position}", data[:position] + bad + data[position:]
    yield "every entry twice", data + b"\n" + data
    yield "deep arrays", b"consumer = " + b"[" * 100_000
    yield "deep tables", b"consumer = " + b"{a=" * 50_000
    yield "deep closed arrays", data + b"x = " + b"[" * 20_000 + b"]" * 20_000
    yield "deep keys", b"a." * 100_000 + b"b = 1\n" + data
    yield "many headers", b"[[consumer]]\n" * 30_000
    yield "garbage", GARBAGE
    yield "long string", data + b'\n[[consumer]]\nname = "' + b"x" * (5 * 2**20) + b'"\n'
    yield "nothing but NUL", b"\x00" * 1000
    yield "utf-16", MARKED.encode("utf-16")
    yield "two byte order marks", b"\xef\xbb\xbf\xef\xbb\xbf" + data


def literal_mutations() -> Iterator[tuple[str, bytes]]:
    data = LITERAL.encode()
    for cut in range(2, len(data) - 3, 7):
        yield f"cut at {cut}", data[:cut]
    for word in ("*", "", "\\x00", "\\ud800", "\\x1b[31m", "x" * 10_000, " a"):
        yield f"key {word[:9]!r}", LITERAL.replace('"cost"', f'"{word}"').encode()
    for value in (
        "1",
        "None",
        "[]",
        "{}",
        "f'{x}'",
        "'a' + 'b'",
        "b'xy_only'",
        "xy_only",
        "lambda: 1",
        "'XY_ONLY'",
        "*a",
        "(yield)",
    ):
        yield f"value {value}", LITERAL.replace('"cost": "trial_dynamics"', f'"cost": {value}').encode()
    yield "key twice", LITERAL.replace('"cost"', '"coverage"').encode()
    yield "no literal", b"REQUIREMENTS = dict(cost='xy_only')\n"
    yield "not there", b"OTHER = {}\n"
    yield "changed later", data + b"REQUIREMENTS['x'] = 'xy_only'\n"
    yield "import with effects", b"raise SystemExit(0)\nimport os; os.abort()\nREQUIREMENTS = os.environ\n"
    yield "deep", b"REQUIREMENTS = " + b"{1:" * 50_000
    yield "deep values", b"REQUIREMENTS = {'a': " + b"(" * 150 + b"'x'" + b")" * 150 + b"}"
    yield "garbage", GARBAGE
    yield "NUL", data.replace(b"cost", b"co\x00st")
    yield "latin-1", data.replace(b"cost", b"c\xf6st")
    yield "conflict", b"<<<<<<< a\n" + data + b"=======\nX = 1\n>>>>>>> b\n"


FORMS = {
    "seamcheck.toml": (None, list(toml_mutations())),
    "consumers.toml": ('registry = "consumers.toml"\n', list(toml_mutations())),
    "src/needs.py": (BY_PATTERN, list(literal_mutations())),
}


@pytest.mark.parametrize("form", FORMS)
def test_broken_registries_are_told_and_left_alone(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    config, mutations = FORMS[form]
    folder = project(tmp_path / "p", config)
    monkeypatch.chdir(folder)
    target = folder / form
    refused = 0
    for what, data in mutations:
        target.write_bytes(data)
        result = run("registry", "sync", "--promote", "--add-missing", "--dry-run")
        about = f"{form}, {what}: {result.exit_code} {result.output[-500:]}"
        assert "Traceback" not in result.output, about
        assert "internal error" not in result.output, about
        assert result.exit_code in (0, 2), about
        assert target.read_bytes() == data, about
        assert len(result.output) < 200_000, about
        assert "\x1b" not in result.stderr, about
        if result.exit_code == 2:
            refused += 1
            assert form.rpartition("/")[2] in result.stderr, about
            run("registry", "sync", "--promote", "--add-missing")
            assert target.read_bytes() == data, about
    assert refused >= {"src/needs.py": 40}.get(form, 100), refused


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[[consumer]]\nname = "a"\nname = "a"\n', "consumers.toml: is not TOML: .*line 3"),
        ('[[consumer]]\nname = "a\x00"\n', "consumers.toml.*line 2"),
        ('[[consumer]]\nname = "a"\n[[consumer', "consumers.toml.*(line 3|end of document)"),
        ("[[consumer]]\nname = 1\nentry = 2\nrequires = 3\n", "consumers.toml: 3 problems"),
    ],
)
def test_the_line_is_told_where_there_is_one(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch, text: str, place: str
) -> None:
    folder = project(tmp_path / "p", 'registry = "consumers.toml"\n')
    (folder / "consumers.toml").write_text(text)
    monkeypatch.chdir(folder)
    result = run("registry", "check")
    assert result.exit_code == 2
    assert re.search(place, result.stderr.replace(":3:", ":").replace(":2:", ":")), result.stderr
