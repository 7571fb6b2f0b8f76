"""The measuring itself: arithmetic, and the tracer on a package of a few lines. No time is asserted anywhere."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

from bench.__main__ import exponent, installed, parse
from bench.measure import DidNotFinish, Series, ratios, run
from bench.missed_calls import Site, cause, is_explicit, plain_name

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = """\
class Base:
    def work(self):
        return self.step()

    def step(self):
        return 0

    @property
    def size(self):
        return helper()


class Child(Base):
    def __init__(self, table):
        self.table = table

    def step(self):
        return self.table["a"]() + self.size + sum(number() for number in [helper])


def helper():
    return 1


def generate():
    yield helper()


def main():
    made = generate()
    return Child({"a": helper}).work() + consume(made)


def consume(items):
    return sum(items)
"""
TUNED = '''

def tune(model, tables):
    """Fit to one after the other."""
    for table in tables:
        model.fit(table)
'''
needs_monitoring = pytest.mark.skipif(sys.version_info < (3, 12), reason="sys.monitoring is new in 3.12")


def test_exponent() -> None:
    assert exponent([(10, 3.0), (20, 6.0), (40, 12.0)]) == pytest.approx(1.0)
    assert exponent([(10, 1.0), (20, 4.0), (80, 64.0)]) == pytest.approx(2.0)


def test_ratios_are_taken_repeat_by_repeat() -> None:
    found = ratios(Series([2.0, 9.0, 4.0]), Series([1.0, 3.0, 4.0]))
    assert found.values == [2.0, 3.0, 1.0]
    assert found.text(" ×", 1) == "2.0 × (1.0 to 3.0)"
    assert Series().text() == "-"


def test_trees_come_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEAMCHECK_BENCH_TREE", raising=False)
    assert parse([]).tree is None
    monkeypatch.setenv("SEAMCHECK_BENCH_TREE", "somewhere")
    assert parse([]).tree == Path("somewhere")
    quick = parse(["--quick"])
    assert quick.tree.is_dir()
    assert quick.results is None


def test_a_command_that_fails_is_told() -> None:
    assert run([sys.executable, "-c", "print(1)"]).out == "1\n"
    with pytest.raises(DidNotFinish, match="exit code 3"):
        run([sys.executable, "-c", "import sys; sys.exit(3)"])


def test_a_package_is_found_in_another_python(tmp_path: Path) -> None:
    assert installed("no_such_package_at_all") is None
    assert installed("click", sys.executable) == Path(click.__file__).parent
    with pytest.raises(DidNotFinish):
        installed("click", str(tmp_path / "no python"))


@pytest.mark.slow
def test_the_whole_table(tmp_path: Path) -> None:
    source = tmp_path / "package"
    source.mkdir()
    (source / "main.py").write_text(PACKAGE + TUNED)
    (source / "test_main.py").write_text("def test_it():\n    assert 1 == 1\n")
    table = tmp_path / "RESULTS.md"
    command = [
        sys.executable,
        "-m",
        "bench",
        "--tree",
        str(source),
        "--second",
        str(source),
        "--repeats",
        "1",
    ]
    command += ["--part", "scan", "--second-repeats", "1", "--copies", "1,2", "--results", str(table)]
    command += ["--samples", "1", "--hook-repeats", "1"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    text = table.read_text(encoding="utf-8")
    for row in (
        "cold scan, one process (2 files",
        "peak of memory",
        "cold scan, two processes",
        "nothing changed",
        "changed: a new test",
        "share of single-statement edits",
        "warm hook, generated application (300 files)",
        "second tree (package; 2 files",
        "copied 1, 2 times",
    ):
        assert f"| {row}" in text or f", {row}" in text
    assert "did not finish" not in text
    assert "differ" not in text
    assert "skipped" not in text
    assert "exponent of CPU over lines" in done.stdout


def test_lambdas_lose_their_numbers() -> None:
    assert plain_name("a.f.<lambda12>") == plain_name("a.f.<lambda>") == "a.f.<lambda>"


@needs_monitoring
def test_a_trace_and_the_causes_of_what_a_graph_misses(tmp_path: Path) -> None:
    (tmp_path / "small.py").write_text(PACKAGE)
    (tmp_path / "test_small.py").write_text("import small\n\ndef test_it():\n    assert small.main() == 4\n")
    edges = tmp_path / "edges.json"
    command = [sys.executable, str(ROOT / "bench" / "traced_calls.py"), "trace", "--source", str(tmp_path)]
    command += ["--package", "small", "--out", str(edges), "--", str(tmp_path / "test_small.py")]
    subprocess.run(command, check=True, capture_output=True, cwd=tmp_path)
    found = {(e["caller"], e["callee"]): Site(*e["site"]) for e in json.loads(edges.read_text())["edges"]}
    assert set(found) == {
        ("small.main", "small.generate"),
        ("small.main", "small.Child.__init__"),
        ("small.main", "small.Base.work"),
        ("small.main", "small.consume"),
        ("small.Base.work", "small.Child.step"),
        ("small.Child.step", "small.helper"),
        ("small.Child.step", "small.Base.size"),
        ("small.Base.size", "small.helper"),
        ("small.generate", "small.helper"),
    }
    why = {pair: cause(tmp_path, site, pair[1], set()) for pair, site in found.items()}
    assert why["small.Child.step", "small.helper"] == "a callback container or registry: called by subscript"
    assert why["small.Child.step", "small.Base.size"] == "an implicit call: property or descriptor"
    assert why["small.Base.work", "small.Child.step"] == "called by its name on self"
    site = found["small.Base.work", "small.Child.step"]
    assert "dispatch" in cause(tmp_path, site, "small.Child.step", {"small.Base.step"})
    assert site.text(tmp_path) == "self.step()"
    assert is_explicit(tmp_path, site)
