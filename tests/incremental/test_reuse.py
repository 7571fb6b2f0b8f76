"""After an edit that cannot matter the last report holds; after any other one the scan is made again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seamcheck import api
from seamcheck.facts.cache import FOLDER
from seamcheck.incremental.place import SCANS
from seamcheck.model.scan import ScanOptions, ScanResult

FIXTURE = Path(__file__).parents[2] / "fixtures" / "captured_fold"
TESTS = "tests/test_helpers.py"
UNUSED = '''

def tidy(rows):
    """Nobody calls this, and it leads to no training."""
    kept = [row for row in rows if row]
    return sorted(kept)
'''


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    shutil.copytree(FIXTURE, root, ignore=shutil.ignore_patterns(FOLDER))
    (root / "tests").mkdir()
    (root / TESTS).write_text("def test_sorted():\n    assert sorted([2, 1]) == [1, 2]\n")
    helpers(root).write_text(helpers(root).read_text() + UNUSED)
    return root


def helpers(root: Path) -> Path:
    """The file that every consumer is reached through."""
    return next(p for p in sorted(root.rglob("*.py")) if p.name == "prep.py")


def scan(root: Path, cache: bool = True) -> ScanResult:
    return api.scan(ScanOptions(paths=(root,), use_cache=cache))


def edited(path: Path, change: Callable[[str], str]) -> None:
    before = path.read_text()
    after = change(before)
    assert after != before
    path.write_text(after)


def replacing(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new, 1)


HARMLESS = {
    "a comment above everything": lambda text: "# A new line.\n\n" + text,
    "blank lines at the end": lambda text: text + "\n\n\n",
    "the body of a function that is not followed": replacing("sorted(kept)", "sorted(kept, reverse=True)"),
    "more of its lines": replacing(
        "    return sorted(kept)", "    first = kept[0]\n    return [first, *kept]"
    ),
    "a constant that nobody names": lambda text: text + "\nNOBODY_NAMES_THIS = 3\n",
    "a function that nobody names": lambda text: (
        text + "\n\ndef nobody_names_this(a, b=2):\n    return a + b\n"
    ),
}


@pytest.mark.parametrize("what", HARMLESS)
def test_a_harmless_edit_is_answered_from_the_last_scan(project: Path, what: str) -> None:
    scan(project)
    edited(helpers(project), HARMLESS[what])
    result = scan(project)
    assert "reused" in result.timings
    assert result.report == scan(project, cache=False).report


@pytest.mark.parametrize(
    "change",
    [
        replacing("== [1, 2]", "!= [2, 1]"),
        lambda text: text + "\n\ndef test_more():\n    words = 'b a'.split()\n    assert min(words) == 'a'\n",
        lambda text: "import json\n" + text,
    ],
    ids=["body", "function", "import"],
)
def test_test_suites_are_not_followed(project: Path, change: Callable[[str], str]) -> None:
    scan(project)
    edited(project / TESTS, change)
    result = scan(project)
    assert "reused" in result.timings
    assert result.report == scan(project, cache=False).report


CALLING_IN = {
    "a comment for us": (TESTS, lambda text: text + "\n# seamcheck: ignore[SEAM302] -- it is meant\n"),
    "a consumer that is asked for": (TESTS, lambda text: text + "\nfrom captured_fold.consumers import s40\n"),
    "the program imports it": ("main.py", lambda text: "import tests.test_helpers\n" + text),
    "the program imports by text": ("main.py", lambda text: text + "\nIMPORT = __import__\n"),
}  # fmt: skip


@pytest.mark.parametrize("what", CALLING_IN)
def test_a_test_file_that_is_called_in_is_read(project: Path, what: str) -> None:
    (project / "main.py").write_text("from captured_fold import prep\n")
    options = ScanOptions((project,), consumers=("src/captured_fold/consumers.py::s40",))
    api.scan(options)
    edited(project / TESTS, lambda text: "# first of all\n" + text)
    assert "reused" in api.scan(options).timings
    path, change = CALLING_IN[what]
    edited(project / path, change)
    result = api.scan(options)
    assert "flow" in result.timings
    fresh = ScanOptions((project,), use_cache=False, consumers=options.consumers)
    assert result.report == api.scan(fresh).report


HARMFUL = {
    "a function that is not followed trains now": replacing("sorted(kept)", "rows.fit(kept)"),
    "its parameters": replacing("def tidy(rows)", "def tidy(rows, more=None)"),
    "its decorators": replacing("def tidy(rows)", "@print\ndef tidy(rows)"),
    "a module statement": lambda text: text + "\nprint(1)\n",
    "a constant that somebody names": lambda text: text + "\nrows = 3\n",
    "a computed constant": lambda text: text + "\nNOBODY_NAMES_THIS = sorted([1])\n",
    "an import": lambda text: "import json\n" + text,
    "a function with a default that runs": lambda text: text + "\n\ndef nobody(a=print(1)):\n    return a\n",
    "a function that trains": lambda text: text + "\n\ndef nobody_names_this(a, b):\n    return a.fit(b)\n",
    "a function that is gone": lambda text: text[: text.index("\n\ndef tidy")] + "\n",
    "a library that trains": lambda text: text + "\n\ndef nobody_names_this(a):\n    import xgboost\n    return a\n",
    "a comment for us": lambda text: text + "\n# seamcheck: ignore[SEAM302] -- it is meant\n",
}  # fmt: skip


@pytest.mark.parametrize("what", HARMFUL)
def test_any_other_edit_is_scanned_in_full(project: Path, what: str) -> None:
    scan(project)
    edited(helpers(project), HARMFUL[what])
    result = scan(project)
    assert "flow" in result.timings
    assert result.report == scan(project, cache=False).report


def test_what_is_looked_up_by_its_text_is_named(project: Path) -> None:
    main = helpers(project)
    main.write_text(main.read_text() + "\nimport json\n\nFOUND = getattr(json, 'nobody_names_this', None)\n")
    scan(project)
    edited(main, lambda text: text + "\n\ndef nobody_names_this(a):\n    return a\n")
    assert "flow" in scan(project).timings


def test_what_takes_all_names_of_a_module_takes_new_ones(project: Path) -> None:
    main = helpers(project)
    main.write_text(main.read_text() + "\nEVERYTHING = dict(globals())\n")
    scan(project)
    edited(main, lambda text: text + "\n\ndef nobody_names_this(a):\n    return a\n")
    assert "flow" in scan(project).timings


def test_edits_add_up_against_the_same_full_scan(project: Path) -> None:
    scan(project)
    for number in range(3):
        edited(helpers(project), lambda text, n=number: f"# line {n}\n" + text)
        edited(project / TESTS, lambda text, n=number: text + f"\n\ndef test_{n}():\n    assert {n} < 9\n")
        result = scan(project)
        assert "reused" in result.timings
    assert result.report == scan(project, cache=False).report


def test_going_back_needs_no_scan_even_after_another_full_one(project: Path) -> None:
    scan(project)
    before = helpers(project).read_text()
    edited(helpers(project), HARMFUL["a module statement"])
    assert "flow" in scan(project).timings
    helpers(project).write_text("# back\n" + before)
    assert "reused" in scan(project).timings


@pytest.mark.parametrize("kind", ["scan", "names"])
@pytest.mark.parametrize("damage", [b"", b"seamscan", b"\x00" * 400])
def test_a_damaged_record_is_not_used(project: Path, kind: str, damage: bytes) -> None:
    scan(project)
    (entry,) = (project / FOLDER / SCANS).glob(f"*.{kind}")
    entry.write_bytes(damage)
    edited(helpers(project), HARMLESS["a function that nobody names"])
    result = scan(project)
    assert "flow" in result.timings
    assert result.report == scan(project, cache=False).report


def test_a_changed_payload_is_not_used(project: Path) -> None:
    scan(project)
    (entry,) = (project / FOLDER / SCANS).glob("*.scan")
    data = bytearray(entry.read_bytes())
    data[-3] ^= 1
    entry.write_bytes(bytes(data))
    edited(helpers(project), HARMLESS["blank lines at the end"])
    assert "flow" in scan(project).timings


LINES = st.sampled_from(
    ["# note", "", "    # inner note", "ZZ = 1", "    zz = 1", "    return None", "    x = model.fit(1)",
     "def fresh(a):", "    return a", "class Fresh:", "import os", "x = [", "]", "    pass", "if True:"]
)  # fmt: skip
EDITS = st.lists(
    st.tuples(st.integers(0, 400), st.sampled_from(["insert", "delete", "double"]), LINES),
    min_size=1,
    max_size=3,
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=EDITS, which=st.integers(0, 30))
def test_whatever_is_edited_the_report_is_that_of_a_full_scan(
    project: Path, edits: list[tuple[int, str, str]], which: int
) -> None:
    files = sorted(p for p in project.rglob("*.py") if p.stat().st_size)
    path = files[which % len(files)]
    before = path.read_text()
    scan(project)
    lines = before.split("\n")
    for at, kind, line in edits:
        index = at % len(lines)
        if kind == "insert":
            lines.insert(index, line)
        elif kind == "double":
            lines.insert(index, lines[index])
        elif len(lines) > 1:
            del lines[index]
    path.write_text("\n".join(lines))
    try:
        assert scan(project).report == scan(project, cache=False).report
    finally:
        path.write_text(before)


def registered(project: Path, entry: str) -> None:
    config = project / "pyproject.toml"
    text = config.read_text() if config.exists() else ""
    config.write_text(
        f'{text}\n[[tool.seamcheck.consumer]]\nname = "s40"\nentry = "{entry}"\nrequires = "trial_dynamics"\n'
    )


def test_with_a_registry_other_functions_may_come(project: Path) -> None:
    consumer = next(c for c in scan(project).report.consumers if c.claim.verdict == "xy_only")
    registered(project, f"{consumer.location.path}::{consumer.function}")
    scan(project)
    edited(project / TESTS, lambda text: text + "\n\ndef test_more():\n    assert min([1, 2]) == 1\n")
    result = scan(project)
    assert "reused" in result.timings
    assert result.report == scan(project, cache=False).report
    edited(
        project / TESTS, lambda text: text + f"\n\ndef {consumer.function}():\n    assert max([1, 2]) == 2\n"
    )
    assert "flow" in scan(project).timings


def test_an_entry_without_a_function_may_get_one_by_any_edit(project: Path) -> None:
    registered(project, f"{TESTS}::later")
    scan(project)
    edited(project / TESTS, lambda text: text + "\n\ndef earlier():\n    return 1\n")
    assert "flow" in scan(project).timings
    edited(project / TESTS, lambda text: text + "\n\ndef later():\n    return 1\n")
    result = scan(project)
    assert "flow" in result.timings
    assert result.report == scan(project, cache=False).report


def test_a_record_that_is_used_outlives_later_ones(project: Path) -> None:
    scan(project)
    before = helpers(project).read_text()
    for number in range(5):
        edited(helpers(project), lambda text, n=number: text + f"\nprint({n})\n")
        assert "flow" in scan(project).timings
        helpers(project).write_text(before)
        assert "unchanged" in scan(project).timings
    edited(helpers(project), HARMLESS["blank lines at the end"])
    assert "reused" in scan(project).timings
