from __future__ import annotations

from pathlib import Path

import pytest

from seamcheck.runtime import Guard, Requirement, RequirementsError, load_requirements

TABLES = """\
[[consumer]]  # the coverage table
name = "s40"
requires = "xy_only"
path = "src/s40.py"

[[ consumer ]]
name = "s41"
requires = "trial_dynamics"
"""


def test_own_file_pyproject_and_folder(tmp_path: Path) -> None:
    own, project = tmp_path / "seamcheck.toml", tmp_path / "pyproject.toml"
    project.write_text(
        "[project]\nname = 'p'\n"
        + TABLES.replace("consumer ]]", "tool.seamcheck.consumer ]]").replace(
            "[[consumer", "[[tool.seamcheck.consumer"
        )
    )
    in_project = {
        "s40": Requirement("xy_only", f"{project}:3"),
        "s41": Requirement("trial_dynamics", f"{project}:8"),
    }
    assert load_requirements(project) == load_requirements(tmp_path) == in_project
    own.write_text(TABLES)
    expected = {"s40": Requirement("xy_only", f"{own}:1"), "s41": Requirement("trial_dynamics", f"{own}:6")}
    assert load_requirements(str(own)) == load_requirements(tmp_path) == expected
    assert (
        Guard({"X"}, requirements=expected).consumers
        == Guard({"X"}, requirements=own).consumers
        == ("s40", "s41")
    )


def test_the_file_that_a_configuration_names_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    named, project = tmp_path / "ours" / "consumers.toml", tmp_path / "pyproject.toml"
    named.write_text(TABLES)
    project.write_text('[tool.seamcheck]\nregistry = "ours/consumers.toml"\n')
    assert load_requirements(tmp_path)["s41"] == Requirement("trial_dynamics", f"{named}:6")
    for wrong in ('"../consumers.toml"', f'"{named}"', "3"):
        project.write_text(f"[tool.seamcheck]\nregistry = {wrong}\n")
        with pytest.raises(RequirementsError, match="in this folder or below"):
            load_requirements(tmp_path)
    project.write_text('[tool.seamcheck]\nregistry = "none.toml"\n')
    with pytest.raises(RequirementsError, match="cannot be read"):
        load_requirements(tmp_path)


def test_a_line_is_told_only_where_it_is_certain(tmp_path: Path) -> None:
    file = tmp_path / "registry.toml"
    file.write_text(
        'consumer = [{name = "a", requires = "xy_only"}]\ntext = """\n[[consumer]]\n"""\n[[other]]\n'
    )
    assert load_requirements(file)["a"].declared == str(file)
    file.write_text(
        'consumer = [\n  {name = "a", requires = "xy_only"},\n  {name = "b", requires = "xy_only"},\n]\n'
    )
    assert load_requirements(file)["b"].declared == str(file)


def test_a_file_without_consumers_registers_nobody(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'p'\n")
    assert load_requirements(tmp_path) == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[consumer]]\nrequires = 'xy_only'\n", r":1: a consumer needs a name"),
        ("[[consumer]]\nname = ''\nrequires = 'xy_only'\n", r":1: a consumer needs a name"),
        ("[[consumer]]\nname = 'a'\n", r":1: `a` does not say what it requires"),
        ("\n[[consumer]]\nname = 'a'\nrequires = 'XY'\n", r":2: `a`: 'XY' is no requirement"),
        ("[[consumer]]\nname = 'a'\nrequires = 3\n", r":1: `a`: 3 is no requirement"),
        ("[consumer]\nname = 'a'\n", r"write \[\[consumer\]\]"),
        ("consumer = [1]\n", "a consumer needs a name"),
        ("[[consumer]\n", "is not TOML"),
        (
            TABLES + "[[consumer]]\nname = 's40'\nrequires = 'trial_dynamics'\n",
            r":9: `s40` requires trial_dynamics here",
        ),
    ],
)
def test_a_registry_that_cannot_be_used(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "seamcheck.toml"
    file.write_text(text)
    with pytest.raises(RequirementsError, match=words):
        load_requirements(file)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(RequirementsError, match=r"holds neither seamcheck\.toml nor"):
        load_requirements(tmp_path)
    with pytest.raises(RequirementsError, match="cannot be read: No such file"):
        load_requirements(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b'name = "\xe9"')
    with pytest.raises(RequirementsError, match="is not UTF-8"):
        load_requirements(tmp_path / "latin.toml")
    (tmp_path / "pyproject.toml").write_text("[tool]\nseamcheck = 1\n")
    with pytest.raises(RequirementsError, match=r"\[tool\.seamcheck\] must be a table"):
        load_requirements(tmp_path)


def test_the_same_twice_is_no_contradiction(tmp_path: Path) -> None:
    file = tmp_path / "seamcheck.toml"
    file.write_text(TABLES + "[[consumer]]\nname = 's40'\nrequires = 'xy_only'\n")
    assert load_requirements(file)["s40"].declared == f"{file}:1"


def test_a_mapping_is_checked() -> None:
    with pytest.raises(
        RequirementsError, match="`a` in the requirements given in the program: 'no' is no requirement"
    ):
        Guard({"X"}, requirements={"a": "no"})
