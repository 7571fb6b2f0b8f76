"""Writing: odd characters, and progress that leaves no trace."""

import io
import sys
from pathlib import Path

import pytest

from seamcheck.cli import progress
from seamcheck.cli.output import write_report, write_stdout


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
    import click

    def refuse(source: str, target: Path) -> None:
        raise OSError(28, "No space left")

    (tmp_path / "out").write_text("old")
    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(click.FileError, match="No space"):
        write_report("new", tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out").read_text() == "old"


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
