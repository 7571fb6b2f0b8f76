"""The configuration: which file wins, what it may say, and how its problems are told."""

import pickle
import tomllib
from pathlib import Path

import pytest

from seamcheck.checks.codes import all_codes
from seamcheck.config.load import find_config, load_config, read_config
from seamcheck.config.schema import FIELDS, Config
from seamcheck.config.show import render
from seamcheck.model import ConfigError

CODES = {"SEAM101": "unknown-consumer", "SEAM302": "unseeded-randomness", "SEAM305": "mutated-across-trials"}


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str, name: str = "seamcheck.toml") -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        read_config(write(folder / name, text), CODES)
    return caught.value


def test_the_nearest_file_wins_and_nothing_is_merged(tmp_path: Path) -> None:
    write(tmp_path / "seamcheck.toml", 'exclude = ["far"]\nignore = ["SEAM101"]\n')
    near = write(tmp_path / "a" / "pyproject.toml", '[tool.seamcheck]\nexclude = ["near"]\n')
    found = load_config(tmp_path / "a", codes=CODES)
    assert found == Config(exclude=("near",), file=str(near))


def test_a_pyproject_without_our_section_is_passed_by(tmp_path: Path) -> None:
    own = write(tmp_path / "seamcheck.toml", "")
    write(tmp_path / "a" / "pyproject.toml", "[tool.other]\nseamcheck = 1\n")
    assert find_config(tmp_path / "a") == own


def test_a_broken_pyproject_is_our_business_only_if_it_speaks_of_us(tmp_path: Path) -> None:
    broken = write(tmp_path / "pyproject.toml", "[tool.other\n")
    assert find_config(tmp_path) is None
    write(broken, "[tool.seamcheck]\nexclude = [\n")
    with pytest.raises(ConfigError, match="is not TOML"):
        load_config(tmp_path)


def test_own_file_beside_a_pyproject_wins(tmp_path: Path) -> None:
    own = write(tmp_path / "seamcheck.toml", "")
    write(tmp_path / "pyproject.toml", "[tool.seamcheck]\n")
    assert find_config(tmp_path) == own


def test_the_search_ends_at_the_repository(tmp_path: Path) -> None:
    write(tmp_path / "seamcheck.toml", "")
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    assert find_config(tmp_path / "repo") is None
    assert load_config(tmp_path / "repo") == Config()


def test_the_search_starts_beside_a_file(tmp_path: Path) -> None:
    own = write(tmp_path / "seamcheck.toml", "")
    assert find_config(write(tmp_path / "main.py", "")) == own


def test_every_option(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    write(tmp_path / "models" / "own.toml", "")
    path = write(
        tmp_path / "seamcheck.toml",
        """\
src = ["lib"]
exclude = ["old/"]
extend-exclude = ["*.gen.py"]
rules = ["models/own.toml"]
select = ["SEAM3", "unknown-consumer"]
ignore = ["SEAM305"]
cache-dir = "tmp/facts"
[severity]
SEAM302 = "error"
mutated-across-trials = "note"
""",
    )
    assert read_config(path, CODES) == Config(
        src=("lib",),
        exclude=("old/",),
        extend_exclude=("*.gen.py",),
        rules=("models/own.toml",),
        select=("SEAM3", "SEAM101"),
        ignore=("SEAM305",),
        severity={"SEAM302": "error", "SEAM305": "note"},
        cache_dir="tmp/facts",
        file=str(path),
    )


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("exlude = []", 1, "unknown option `exlude` (did you mean `exclude`?)"),
        ("\nzzz = 1", 2, "known options: src, exclude"),
        ('exclude = "old"', 1, 'must be a list of strings (write `exclude = ["old"]`)'),
        ("exclude = [1]", 1, "must hold non-empty strings, not 1"),
        ('cache-dir = ""', 1, "must be a non-empty string"),
        ('ignore = ["SEAM3O2"]', 1, "unknown code `SEAM3O2` (did you mean `SEAM302`?)"),
        ('ignore = [\n  "SEAM101",\n  "SEAM399",\n]', 3, "unknown code `SEAM399`"),
        ('ignore = ["unseeded-randomnes"]', 1, "did you mean `unseeded-randomness`?"),
        ('ignore = ["E501"]', 1, "`seamcheck rules` lists all codes"),
        ('severity = "error"', 1, "must be a table"),
        ('\n[severity]\nSEAM302 = "eror"', 3, "did you mean `error`?"),
        ('[severity]\nSEAM999 = "note"', 2, "unknown code `SEAM999`"),
        ('severity.SEAM302 = "loud"', 1, "one of error, warning, note"),
        ('severity = { SEAM302 = "loud" }', 1, "one of error, warning, note"),
        ('src = ["nowhere"]', 1, "`nowhere`, which does not exist"),
        ('rules = ["a.toml"]', 1, "`a.toml`, which does not exist"),
        ("exclude = [\n", 2, "is not TOML"),
        ("a = 1\na = 2", 2, "is not TOML"),
    ],
)
def test_a_problem_has_a_line_and_a_way_out(tmp_path: Path, text: str, line: int, words: str) -> None:
    error = problems(tmp_path, text)
    assert error.path == str(tmp_path / "seamcheck.toml")
    assert words in str(error)
    if "TOML" not in words:
        assert error.line == line


def test_all_problems_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = """\
[build]
exclude = 1
[tool.seamcheck]
src = ["nowhere"]
exlude = []
rules = 3
[tool.seamcheck.severity]
SEAM302 = "loud"
"""
    rows = str(problems(tmp_path, text, "pyproject.toml")).splitlines()
    assert rows[0].endswith("4 problems")
    assert [row.split(":")[0].strip() for row in rows[1:]] == ["line 4", "line 5", "line 6", "line 8"]


def test_a_path_that_is_nearly_one(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    write(tmp_path / "models" / "own.toml", "")
    text = 'src = ["libs", "../near"]\nrules = ["models/onw.toml", "none/own.toml"]\n'
    (tmp_path.parent / "nearby").mkdir(exist_ok=True)
    error = problems(tmp_path, text)
    rows = str(error).splitlines()[1:]
    assert rows[0].endswith("(did you mean `lib`?)")
    assert rows[1].endswith("`../near`, which does not exist")
    assert rows[2].endswith("(did you mean `models/own.toml`?)")
    assert rows[3].endswith("which does not exist")


def test_errors_survive_a_process_boundary(tmp_path: Path) -> None:
    error = problems(tmp_path, "exlude = []")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


@pytest.mark.parametrize("data", [b"\xff\xfe", b"exclude = ['\xe9']"])
def test_a_file_that_is_no_utf8(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "seamcheck.toml"
    path.write_bytes(data)
    with pytest.raises(ConfigError, match="UTF-8"):
        read_config(path)


def test_a_byte_order_mark_is_no_problem(tmp_path: Path) -> None:
    path = tmp_path / "seamcheck.toml"
    path.write_bytes(b"\xef\xbb\xbfignore = ['SEAM101']")
    assert read_config(path, CODES).ignore == ("SEAM101",)


def test_a_section_that_is_no_table(tmp_path: Path) -> None:
    path = write(tmp_path / "pyproject.toml", "[tool]\nseamcheck = 1\n")
    with pytest.raises(ConfigError, match="must be a table"):
        read_config(path)


def test_an_explicit_file_may_have_any_name(tmp_path: Path) -> None:
    path = write(tmp_path / "ci.toml", 'ignore = ["SEAM101"]')
    assert load_config(tmp_path, path, CODES).ignore == ("SEAM101",)


def test_fields_and_options_are_the_same() -> None:
    options = set(Config.__struct_encode_fields__) - {"file"}
    assert {field.key for field in FIELDS} == options


def test_what_is_shown_can_be_read_back(tmp_path: Path) -> None:
    codes = {code: entry.name for code, entry in all_codes().items()}
    text = 'exclude = ["old"]\nselect = ["SEAM3"]\nregistry = "c.toml"\n[severity]\nSEAM302 = "note"\n'
    text += (
        '[[consumer]]\nname = "s40"\nentry = "a.py::s40"\nrequires = "xy_only"\nreason = "a \\"table\\""\n'
    )
    text += '[[registry-literal]]\npath = "b.py"\nvariable = "R"\n'
    first = read_config(write(tmp_path / "a.toml", text), codes)
    shown = render(first)
    assert tomllib.loads(shown)["severity"] == {"SEAM302": "note"}
    second = read_config(write(tmp_path / "b.toml", shown), codes)
    assert second.consumer[0].reason == 'a "table"'
    assert render(second).replace("b.toml", "a.toml") == shown
