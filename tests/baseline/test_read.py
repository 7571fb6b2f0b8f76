"""Reading a baseline: what is one, and that whatever is not is an error at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamcheck.baseline import Baseline, Entry, Key, Settings, read_baseline
from seamcheck.baseline.write import to_text
from seamcheck.model import ConfigError
from tests.baseline.samples import ENTRY, text, written

TWO = {**ENTRY, "occurrence": 2, "reason": "drawn anew – on purpose"}


def read(path: Path) -> Baseline:
    return read_baseline(str(path), path.name)


def test_entries_keep_their_order_and_know_their_lines(tmp_path: Path) -> None:
    found = read(written(tmp_path, text(TWO, ENTRY)))
    key = Key("a.py", "objective", "SEAM302", "0123456789abcdef", 1)
    assert found.entries == (
        Entry(key._replace(occurrence=2), "drawn anew – on purpose", 13),
        Entry(key, None, 21),
    )
    assert found.settings == Settings()


def test_what_is_written_reads_the_same(tmp_path: Path) -> None:
    found = read(written(tmp_path, text(TWO, ENTRY)))
    again = to_text(found)
    assert to_text(read(written(tmp_path, again))) == again
    assert [entry.line for entry in read(written(tmp_path, again)).entries] == [6, 7]


@pytest.mark.parametrize("entries", [0, 1, 3])
def test_one_line_for_each_entry(tmp_path: Path, entries: int) -> None:
    rows = [{**ENTRY, "occurrence": number + 1} for number in range(entries)]
    again = to_text(read(written(tmp_path, text(*rows))))
    assert sum('"path"' in line for line in again.splitlines()) == entries
    assert len(again.splitlines()) == 6 + entries + (entries > 0)


@pytest.mark.parametrize("layout", ["\ufeff{}", "{}\n\n", "\n\n{}"])
def test_layout_does_not_matter(tmp_path: Path, layout: str) -> None:
    assert len(read(written(tmp_path, layout.replace("{}", text(ENTRY)))).entries) == 1


def test_a_reason_that_looks_like_the_file_moves_no_line(tmp_path: Path) -> None:
    odd = {**ENTRY, "reason": '"entries": [{"path": "x"}], \\"entries\\": ['}
    assert [entry.line for entry in read(written(tmp_path, text(odd, TWO))).entries] == [13, 21]


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (text(ENTRY)[:-40], 17, "not JSON"),
        (text(ENTRY, ENTRY), 20, "line 13 stands here again"),
        (text({**ENTRY, "code": "302"}), 13, "`code` is '302'"),
        (text(TWO, {**ENTRY, "line": 7}), 21, "'line' is unknown"),
        (text(ENTRY).replace('"code"', '"path"'), 13, "'path' stands twice"),
        (text(ENTRY).replace("  {\n   ", "<<<<<<< ours\n  {\n   ", 1), 13, "merge conflict"),
        (text(ENTRY, schema="seamcheck.baseline/9"), None, "seamcheck.baseline/9"),
        (b"{\n\n\xff}", 3, "UTF-8"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    tmp_path: Path, content: str | bytes, line: int | None, words: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        read(written(tmp_path, content))
    assert (caught.value.path, caught.value.line) == ("seamcheck-baseline.json", line)
    assert words in str(caught.value)


def test_changes_of_different_functions_merge(tmp_path: Path) -> None:
    import subprocess

    def version(name: str, *functions: str) -> str:
        folder = tmp_path / name
        folder.mkdir()
        found = read(written(folder, text(*({**ENTRY, "function": each} for each in functions))))
        (folder / "merged.json").write_text(to_text(found))
        return str(folder / "merged.json")

    neighbours = (
        version("n1", "a", "b", "c", "d", "e"),
        version("n0", "b", "c", "d", "e"),
        version("n2", "b", "c", "e"),
    )
    clean = subprocess.run(["git", "merge-file", "-p", *neighbours], capture_output=True, check=True)
    folder = tmp_path / "out"
    folder.mkdir()
    assert [e.key.function for e in read(written(folder, clean.stdout)).entries] == ["a", "b", "c", "e"]
