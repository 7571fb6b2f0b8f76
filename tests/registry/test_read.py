"""Registry files and literals: what may stand in them, and how everything that may not is told at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from seamcheck.config.consumers import LiteralSource
from seamcheck.config.load import read_config
from seamcheck.facts.extract import extract
from seamcheck.facts.ir import FileFacts
from seamcheck.model import ConfigError, RegistryError
from seamcheck.registry.literal import literal_entries, read_literal
from seamcheck.registry.read import file_entries
from tests.registry.tiny import BY_PATTERN, ENTRY, LITERAL, RIGHT, project, scan, told

GOOD = ENTRY.format("s40", "xy_only")


def file_problems(folder: Path, text: str) -> RegistryError:
    path = folder / "consumers.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RegistryError) as caught:
        file_entries(str(path), str(folder))
    return caught.value


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('name = "s40"', 'name = "s4*"', 2, "holds a wildcard"),
        ('name = "s40"', 'name = ""', 2, "must be a non-empty string"),
        ('name = "s40"', "name = 40", 2, "must be a non-empty string, not 40"),
        ('name = "s40"', 'name = " s40"', 2, "blanks around"),
        ('name = "s40"', 'name = "a\\u0000b"', 2, "control characters"),
        ('name = "s40"', 'name = "a\\u202eb"', 2, "control characters"),
        ('name = "s40"', 'name = "a\\u001b[31m"', 2, "control characters"),
        ("src/audits.py::s40", "src/*.py::s40", 3, "wildcard"),
        ("src/audits.py::s40", "src/audits.py::s*", 3, "wildcard"),
        ("src/audits.py::s40", "src/audits.py", 3, "names no function"),
        ("src/audits.py::s40", "src/audits.py::", 3, "names no function"),
        ("src/audits.py::s40", "src/audits.py::a b", 3, "names no function"),
        ("src/audits.py::s40", "::s40", 3, "non-empty"),
        ("src/audits.py::s40", "src/audits.txt::s40", 3, "no Python file"),
        ("src/audits.py::s40", "../audits.py::s40", 3, "leaves the project"),
        ("src/audits.py::s40", "src/../../a.py::s40", 3, "leaves the project"),
        ("src/audits.py::s40", "/etc/audits.py::s40", 3, "no path inside"),
        ("src/audits.py::s40", "C:/audits.py::s40", 3, "no path inside"),
        ("src/audits.py::s40", "src\\\\audits.py::s40", 3, "no path inside"),
        ("src/audits.py::s40", "./src/audits.py::s40", 3, "write `src/audits.py`"),
        ("src/audits.py::s40", "pack..age:s40", 3, "names no module"),
        ('"xy_only"', '"xy-only"', 4, "did you mean `xy_only`?"),
        ('"xy_only"', '"unknown"', 4, "full replay"),
        ('"xy_only"', "true", 4, "one of xy_only, trial_dynamics"),
        ('"xy_only"', '"xy_only"\nower = "me"', 5, "did you mean `owner`?"),
        ('"xy_only"', '"xy_only"\nowner = []', 5, "non-empty string"),
        ('"xy_only"', '"xy_only"\nreason = "' + "x" * 501 + '"', 5, "longer than 500"),
        ('"xy_only"', '"xy_only"\nfingerprint = "mine"', 5, "registry sync"),
        ('requires = "xy_only"', "", 1, "lacks `requires`"),
        ("[[consumer]]", "[consumer]", 1, "write [[consumer]]"),
        ("[[consumer]]", "[[consumers]]", 1, "[[consumer]] entries only"),
    ],
)
def test_a_problem_of_an_entry_has_a_line_and_a_way_out(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    assert old in GOOD
    error = file_problems(tmp_path, GOOD.replace(old, new, 1))
    assert (error.path, error.line) == ("consumers.toml", line)
    assert words in str(error)


def test_all_problems_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = (
        GOOD + ENTRY.format("s40", "xyonly") + '[[consumer]]\nname = "c"\n# entry is missing\nrequires = 1\n'
    )
    rows = str(file_problems(tmp_path, text)).splitlines()
    assert rows[0] == "consumers.toml: 5 problems"
    assert [row.split(":")[0].strip() for row in rows[1:]] == [
        "line 6",
        "line 7",
        "line 8",
        "line 9",
        "line 12",
    ]
    assert "registered twice" in rows[1]


def test_too_many_problems_are_counted(tmp_path: Path) -> None:
    rows = str(file_problems(tmp_path, "[[consumer]]\n" * 400)).splitlines()
    assert len(rows) == 52
    assert rows[-1].strip() == "and 350 more"


def test_problems_of_entries_in_the_configuration_are_told_with_the_others(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text(
        '[tool.seamcheck]\nsrc = ["nowhere"]\n[[tool.seamcheck.consumer]]\nname = "a*"\n'
        'entry = "a.py::f"\nrequires = "xy_only"\n[[tool.seamcheck.registry-literal]]\npath = "../a.py"\n'
        'variable = "not one"\nentry = "a.py::f"\n'
    )
    with pytest.raises(ConfigError) as caught:
        read_config(path)
    rows = str(caught.value).splitlines()
    assert [row.split(":")[0].strip() for row in rows[1:]] == [
        "line 2",
        "line 4",
        "line 8",
        "line 9",
        "line 10",
    ]


@pytest.mark.parametrize("value", ['"../consumers.toml"', '"/etc/consumers.toml"', "3", '""'])
def test_the_registry_file_lies_in_the_project(tmp_path: Path, value: str) -> None:
    path = tmp_path / "seamcheck.toml"
    path.write_text(f"registry = {value}\n")
    with pytest.raises(ConfigError, match="`registry`"):
        read_config(path)


def test_a_registry_file_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match=r"consumers.toml: does not exist .*`registry`"):
        scan(project(tmp_path / "p", 'registry = "consumers.toml"\n'))


@pytest.mark.parametrize("key", ["registry", "literal"])
def test_a_link_may_not_lead_out_of_the_project(tmp_path: Path, key: str) -> None:
    folder = project(tmp_path / "p", 'registry = "c.toml"\n' if key == "registry" else BY_PATTERN)
    (tmp_path / "far").write_text(RIGHT if key == "registry" else LITERAL)
    os.symlink(tmp_path / "far", folder / ("c.toml" if key == "registry" else "src/needs.py"))
    with pytest.raises(RegistryError, match="leads out of the project"):
        scan(folder)


def test_a_name_in_two_files_is_an_error(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", 'registry = "c.toml"\n' + ENTRY.format("cost", "trial_dynamics"))
    (folder / "c.toml").write_text(RIGHT)
    with pytest.raises(RegistryError) as caught:
        scan(folder)
    assert "c.toml:6: name `cost` is registered twice (it stands at seamcheck.toml:2" in str(caught.value)


def test_problems_of_all_files_are_told_together(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", 'registry = "c.toml"\n' + BY_PATTERN, needs="REQUIREMENTS = make()\n")
    (folder / "c.toml").write_text(GOOD.replace("xy_only", "xy"))
    with pytest.raises(RegistryError) as caught:
        scan(folder)
    assert "c.toml:4: " in str(caught.value)
    assert "src/needs.py:1: " in str(caught.value)


def test_inline_tables_are_read(tmp_path: Path) -> None:
    rows = ", ".join(
        f'{{name = "{name}", entry = "audits:{name}", requires = "trial_dynamics"}}'
        for name in ("coverage", "cost", "panel")
    )
    assert told(scan(project(tmp_path / "p", f"consumer = [{rows}]\n"))) == [("SEAM107", "src/audits.py", 1)]


def facts_of(folder: Path, text: str) -> FileFacts:
    (folder / "needs.py").write_text(text)
    found = extract(folder / "needs.py", "needs.py")
    assert isinstance(found, FileFacts)
    return found


@pytest.mark.parametrize(
    "text",
    [
        LITERAL,
        "REQUIREMENTS: dict[str, str] = {'coverage': 'xy_only', 'cost': \"trial_\" 'dynamics',\n"
        "  'panel': 'trial_dynamics'}\n",
        "import os\nREQUIREMENTS = OTHER = {\n'coverage': 'xy_only', 'cost': 'trial_dynamics',\n"
        "'panel': 'trial_dynamics'}\n"
        "def f(REQUIREMENTS):\n    REQUIREMENTS['x'] = 1\n    return REQUIREMENTS.get('a')\n",
    ],
)
def test_a_literal_is_read_without_importing_it(tmp_path: Path, text: str) -> None:
    entries = literal_entries(
        facts_of(tmp_path, text),
        LiteralSource("needs.py", "REQUIREMENTS", "a/{name}.py::{name}"),
        "f",
        "needs.py",
    )
    assert [(e.name, e.requires, e.entry) for e in entries] == [
        ("coverage", "xy_only", "a/coverage.py::coverage"),
        ("cost", "trial_dynamics", "a/cost.py::cost"),
        ("panel", "trial_dynamics", "a/panel.py::panel"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("R = dict(a='xy_only')\n", 1, "not a dict literal"),
        ("R = {'a': 'xy_only'} | X\n", 1, "not a dict literal"),
        ("R = {n: 'xy_only' for n in N}\n", 1, "not a dict literal"),
        ("R = {\n'a': XY}\n", 2, "value of 'a' is not a string"),
        ("R = {\n'a': f'xy_{x}'}\n", 2, "value of 'a' is not a string"),
        ("R = {\nA: 'xy_only'}\n", 2, "a key is not a string"),
        ("R = {\n1: 'xy_only'}\n", 2, "a key is not a string"),
        ("R = {\n**X}\n", 2, "`**` is no literal"),
        ("R = {'a': 'xy_only',\n'a': 'xy_only'}\n", 2, "stands in line 1"),
        ("R = {\n'a': 'xyonly'}\n", 2, "did you mean `xy_only`?"),
        ("R = {\n's*': 'xy_only'}\n", 2, "wildcard"),
        ("R = {\n'\\ud800': 'xy_only'}\n", 2, "control characters"),
        ("S = {}\n", None, "is not assigned here"),
        ("def f():\n    R = {}\n", None, "is not assigned here"),
        ("R = {}\nR['a'] = 'xy_only'\n", 2, "is changed here"),
        ("R = {}\nR |= {'a': 'xy_only'}\n", 2, "is changed here"),
        ("R = {}\nif x:\n    R.update(a='xy_only')\n", 3, "is changed here"),
        ("R = {}\ndel R['a']\n", 2, "is changed here"),
        ("R = {}\ndef f():\n    R['a'] = 1\n", 3, "is changed here"),
        ("R = {}\ndef f():\n    global R\n    R = 1\n", 4, "is changed here"),
        ("R = {}\nR = {'a': 'xy_only'}\n", 2, "is changed here"),
        ("R = {}\nfor R in x: pass\n", 2, "is changed here"),
        ("R = {}\nwith x as (R, b): pass\n", 2, "is changed here"),
        ("R = {}\nfrom x import y as R\n", 2, "is changed here"),
        ("R = {}\nprint(R := 1)\n", 2, "is changed here"),
        ("R = {}\nclass R: pass\n", 2, "is changed here"),
        ("if x:\n    R = {}\n", None, "is not assigned here"),
    ],
)
def test_what_is_no_literal_is_told_with_its_line(
    tmp_path: Path, text: str, line: int | None, words: str
) -> None:
    with pytest.raises(RegistryError) as caught:
        read_literal(facts_of(tmp_path, text), "R", "needs.py")
    assert (caught.value.path, caught.value.line) == ("needs.py", line)
    assert words in str(caught.value)


def test_all_problems_of_a_literal_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(RegistryError) as caught:
        read_literal(facts_of(tmp_path, "R = {\n1: 'xy_only',\n'a': b,\n}\n"), "R", "needs.py")
    assert [row.split(": ")[0].strip() for row in str(caught.value).splitlines()[1:]] == [
        "needs.py:2",
        "needs.py:3",
    ]


def test_a_literal_in_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", BY_PATTERN, needs="R = {\n")
    with pytest.raises(RegistryError, match=r"src/needs.py:\d: the registry cannot be read: syntax error"):
        scan(folder)
    (folder / "src" / "needs.py").write_text(
        "<<<<<<< a\nREQUIREMENTS = {}\n=======\nREQUIREMENTS = {1: 2}\n>>>>>>> b\n"
    )
    with pytest.raises(RegistryError, match="conflict"):
        scan(folder)
