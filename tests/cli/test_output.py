"""Writing: odd characters, and progress that leaves no trace."""

import io
import sys
from pathlib import Path

import click
import pytest

from seamcheck.cli import progress
from seamcheck.cli.output import NotWritten, Target, parse_targets, write_all, write_report, write_stdout


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_what_the_terminal_cannot_show_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii", write_through=True))
    write_stdout("caf\xe9 \udcff\n")
    assert raw.getvalue() == b"caf\\xe9 \\udcff\n"


def test_a_file_takes_any_text(tmp_path: Path) -> None:
    write_report("caf\xe9 \udcff", tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == b"caf\xc3\xa9 \\udcff"


def test_a_failed_write_leaves_the_old_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: str, target: Path) -> None:
        raise OSError(28, "No space left")

    (tmp_path / "out").write_text("old")
    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(click.FileError, match="No space"):
        write_report("new", tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out").read_text() == "old"


def test_a_report_for_programs_is_utf8_whatever_the_terminal_has(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    write_report('"caf\xe9"\n', None, exact=True)
    assert raw.getvalue() == '"caf\xe9"\n'.encode()


def test_one_that_cannot_be_written_does_not_lose_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lost, last = tmp_path / "lost" / "a.json", tmp_path / "later" / "b.json"
    targets = [
        Target("full", None),
        Target("json", lost),
        Target("junit", tmp_path / "c.xml"),
        Target("sarif", last),
    ]
    with pytest.raises(NotWritten) as raised:
        write_all(targets, lambda target: target.form)
    problem = "the report could not be written: No such file or directory"
    assert raised.value.format_message() == f"{last}: {problem}"
    out, err = capsys.readouterr()
    assert out == "full"
    assert f"{lost}: {problem}" in err
    assert [path.name for path in tmp_path.iterdir()] == ["c.xml"]


def test_stdout_that_takes_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.StringIO):
        def flush(self) -> None:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "stdout", Full())
    with pytest.raises(NotWritten) as raised:
        write_stdout("text")
    assert raised.value.format_message().startswith("<stdout>: the report could not be written: No space")


def test_two_names_of_one_file(tmp_path: Path) -> None:
    (tmp_path / "b").symlink_to(tmp_path)
    words = [f"json:{tmp_path}/a.json", f"sarif:{tmp_path}/b/a.json"]
    with pytest.raises(click.BadParameter, match="same file"):
        parse_targets(words, ("json", "sarif"))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    monkeypatch.delenv("TERM", raising=False)
    return now


def test_progress_waits_and_cleans_up(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress.Progress() as shown:
        assert shown.report is not None
        shown.report("reading", 1, 9)
        assert terminal.getvalue() == ""
        clock[0] = 5.0
        shown.report("reading", 7, 9)
    assert terminal.getvalue() == "\rreading 7/9" + "\r" + " " * 11 + "\r"


def test_no_progress_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert progress.Progress().report is None
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("TERM", "dumb")
    assert progress.Progress().report is None
