"""A configuration that lies elsewhere than at the root means the same files."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from seamcheck import api
from seamcheck.config.anchor import anchored
from seamcheck.config.schema import Config

FILES = {
    "tools/own.toml": 'library = { name = "own", packages = ["own"] }\n',
    "ci/strict.toml": 'rules = ["../tools/own.toml"]\nextend-exclude = ["old.py"]\n',
    "seamcheck.toml": 'src = ["sub/code"]\nrules = ["tools/own.toml"]\nextend-exclude = ["/sub/old.py", "/other.py"]\n',
    "sub/pyproject.toml": "",
    "sub/main.py": "import helper",
    "sub/old.py": "",
    "sub/other.py": "",
    "sub/code/helper.py": "",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_from_above_the_root(project: Path) -> None:
    options = api.ScanOptions((project / "sub",), use_cache=False)
    assert api.configuration(options).src == ("code",)
    assert api.list_files(options) == ["code/helper.py", "main.py", "other.py"]
    assert api.scan(options).report.analysed == 3
    assert api.written_configuration(options).src == ("sub/code",)


def test_from_below_the_root(project: Path) -> None:
    options = api.ScanOptions((project,), project / "ci" / "strict.toml", use_cache=False)
    assert api.configuration(options).rules == ("tools/own.toml",)
    assert "sub/old.py" not in api.list_files(options)
    assert "sub/other.py" in api.list_files(options)
    assert api.scan(options).report.analysed == 3


def test_at_the_root_nothing_changes(tmp_path: Path) -> None:
    config = Config(src=("a",), exclude=("/b",), rules=("./c",), file=str(tmp_path / "seamcheck.toml"))
    assert anchored(config, str(tmp_path)) is config
    assert anchored(Config(src=("a",)), str(tmp_path)) == Config(src=("a",))


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("name", ("name",)),
        ("name/", ("name/",)),
        ("!name", ("!name",)),
        ("/name", ()),
        ("/a/b/name", ("/name",)),
        ("a/b/name/", ("/name/",)),
        ("!a/b/c/*.py", ("!/c/*.py",)),
        ("a/*/name", ("/name",)),
        ("x/b/name", ()),
        ("a/b", ()),
        ("a/**", ("/**",)),
        ("**/name", ("/**/name",)),
    ],
)
def test_patterns(pattern: str, left: tuple[str, ...]) -> None:
    config = Config(exclude=(pattern,), extend_exclude=(pattern,), file="/p/seamcheck.toml")
    found = anchored(config, "/p/a/b")
    assert set(found.exclude or ()) == set(left)
    assert set(found.extend_exclude) == set(left)


NAMES = st.sampled_from(["a", "b", "c"])
PATTERNS = st.builds(
    lambda start, parts, end: start + "/".join(parts) + end,
    st.sampled_from(["", "/", "!", "!/"]),
    st.lists(st.sampled_from(["a", "b", "c", "*", "**", "[ab]", "?"]), min_size=1, max_size=4),
    st.sampled_from(["", "/"]),
)


@given(
    st.lists(PATTERNS, max_size=3),
    st.lists(NAMES, min_size=1, max_size=2),
    st.lists(NAMES, min_size=1, max_size=3),
)
def test_patterns_match_the_same_files(patterns: list[str], below: list[str], inside: list[str]) -> None:
    folder, path = "/".join(below), "/".join(inside)
    moved = anchored(Config(extend_exclude=tuple(patterns), file="/p/seamcheck.toml"), f"/p/{folder}")
    above = GitIgnoreSpec.from_lines(patterns)
    if any(above.match_file("/".join(below[: n + 1]) + "/") for n in range(len(below))):
        return  # the folder itself is excluded, and read only because it was named
    taken_in = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
    if any(
        GitIgnoreSpec.from_lines(taken_in).match_file("/".join(below[: n + 1]) + "/")
        for n in range(len(below))
    ):
        return  # pathspec then takes in all that lies in it, whatever excludes that; git does not
    assert GitIgnoreSpec.from_lines(moved.extend_exclude).match_file(path) == above.match_file(
        f"{folder}/{path}"
    )
