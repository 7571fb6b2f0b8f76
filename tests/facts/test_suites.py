"""Which files of test suites are read: those that may say something, and whenever that is not certain."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from seamcheck.facts.extract import extract
from seamcheck.facts.ir import FileFacts
from seamcheck.facts.suites import (
    Calls,
    called,
    imported_parts,
    imports_by_text,
    is_test_path,
    module_name,
    split,
)


def facts_of(folder: Path, source: str) -> FileFacts:
    path = folder / "code.py"
    path.write_text(source)
    facts = extract(path)
    assert isinstance(facts, FileFacts)
    return facts


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tests/helpers.py", True),
        ("pkg/test/a.py", True),
        ("test_a.py", True),
        ("a_test.py", True),
        ("conftest.py", True),
        ("tests.py", False),
        ("pkg/contest.py", False),
        ("latest/a.py", False),
    ],
)
def test_suites_are_known_by_convention(path: str, expected: bool) -> None:
    assert is_test_path(PurePosixPath(path)) is expected


CALLS = Calls(frozenset({"mean", "Report"}), ("src/app.py", "lib.tools"), frozenset({"helpers", "suite"}))


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("tests/test_a.py", "def test_a():\n    assert demean(1)\n", False),
        ("tests/test_a.py", "x = mean(1)\n", True),
        ("tests/test_a.py", "x = Report.of(1)\n", True),
        ("tests/test_a.py", "x = 1  # seamcheck: ignore[SEAM302] -- meant\n", True),
        ("tests/test_a.py", "größe = 1\n", True),
        ("tests/helpers.py", "", True),
        ("tests/suite/__init__.py", "", True),
        ("tests/app.py", "", True),
        ("tests/tools.py", "", True),
        ("tests/a.ipynb", "{}", True),
    ],
)
def test_a_file_is_read_where_it_may_say_something(path: str, text: str, expected: bool) -> None:
    assert CALLS.reads(path, text.encode()) is expected


def test_a_pattern_may_mean_any_file() -> None:
    assert Calls(places=("tests/**/*.py",)).reads("tests/test_a.py", b"")


def test_text_that_is_no_ascii_matters_only_where_names_were_asked_for() -> None:
    assert not Calls().reads("tests/test_a.py", "größe = 1\n".encode())


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import tests.helpers as h\n", {"tests", "helpers"}),
        ("from tests import helpers\n", {"tests", "helpers"}),
        ("from . import helpers as h\n", {"helpers"}),
        ("def f():\n    from a.b import c\n", {"a", "b", "c"}),
    ],
)
def test_every_part_of_an_imported_name_counts(tmp_path: Path, source: str, expected: set[str]) -> None:
    assert expected <= imported_parts(facts_of(tmp_path, source))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import importlib\nm = importlib.import_module('tests.helpers')\n", True),
        ("from importlib import import_module as load\nm = load('tests.helpers')\n", True),
        ("def f():\n    return __import__('tests.helpers')\n", True),
        ("import tests.helpers\n", False),
    ],
)
def test_modules_may_be_imported_by_text(tmp_path: Path, source: str, expected: bool) -> None:
    assert imports_by_text(facts_of(tmp_path, source)) is expected


def test_what_is_asked_for_and_marked_is_looked_for_by_name(tmp_path: Path) -> None:
    marked = facts_of(
        tmp_path, "# seamcheck: consumer[plots]\ndef draw(run):\n    return run\n\n\ndef other():\n    pass\n"
    )
    calls = called(
        ["app.py::Report.of", "lib.tools:mean", "a.py::f.<locals>.<lambda>"],
        ["src/{name}.py::g"], {"code.py": marked}, {},
    )  # fmt: skip
    assert calls.names == {"draw", "Report", "of", "mean", "g"}
    assert calls.places == ("a.py", "app.py", "lib.tools", "src/{name}.py")


def test_the_name_of_a_package_is_that_of_its_folder() -> None:
    assert (module_name("a/b.py"), module_name("a/__init__.py")) == ("b", "a")


def test_where_nothing_but_tests_is_given_all_are_read() -> None:
    assert split(["/p/tests/test_a.py"], "/p") == (["/p/tests/test_a.py"], {})
    assert split(["/p/a.py", "/p/tests/test_a.py"], "/p") == (
        ["/p/a.py"],
        {"tests/test_a.py": "/p/tests/test_a.py"},
    )
