import os
from pathlib import Path

import pytest

from seamcheck.model import Problem
from seamcheck.syntax.source import MAX_BYTES, decode, load, read


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        ("# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1"), "# -*- coding: latin-1 -*-\nx = 'é'\n"),
        (
            "#!x\n# vim: set fileencoding=cp1252 :\n'€'".encode("cp1252"),
            "#!x\n# vim: set fileencoding=cp1252 :\n'€'",
        ),
        (b"\xef\xbb\xbf# coding: utf-8\n", "# coding: utf-8\n"),
        (b"x = 1\n\n# coding: nonsense\n", "x = 1\n\n# coding: nonsense\n"),
        (b"x = 1\n# coding: nonsense\n", "x = 1\n# coding: nonsense\n"),
        (b"a\r\nb\rc\n", "a\nb\nc\n"),
        (b"a\n\x0cb\n", "a\n\x0cb\n"),
    ],
)
def test_decodes(data: bytes, text: str) -> None:
    assert decode(data, "t.py") == text


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (b"a\nb = '\xff'\n", 2, "not valid utf-8"),
        (b"# coding: ascii\n\n'\xc3\xa9'", 3, "not valid ascii although it says so"),
        (b"# coding: nonsense\n", 1, "unknown encoding"),
        (b"\xef\xbb\xbf# coding: latin-1\n", 1, "correct the coding comment"),
        (b"# coding: hex\n41", 1, "cannot be used"),
        (b"a\r\nb\r\n\0", 3, "NUL"),
        ("x = 1".encode("utf-16"), 1, "UTF-16"),
        (b"# coding: utf-7\n+AAA-\n", 1, "NUL"),
    ],
)
def test_undecodable_is_a_problem(data: bytes, line: int, message: str) -> None:
    problem = decode(data, "t.py")
    assert isinstance(problem, Problem)
    assert message in problem.message
    assert problem.line == line


def test_too_large_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "t.py"
    with path.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    for problem in (read(str(path), "t.py"), load(b"\n" * (MAX_BYTES + 1), "t.py")):
        assert isinstance(problem, Problem)
        assert "exclude it" in problem.message


def test_vanished_folder_pipe_and_impossible_name(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    for name in ("gone.py", ".", "pipe.py", "a\0b"):
        assert isinstance(read(f"{tmp_path}/{name}", name), Problem)


@pytest.mark.parametrize(
    ("error", "message"), [(PermissionError(13, "x"), "permission"), (OSError(5, "I/O error"), "I/O error")]
)
def test_unreadable(error: OSError, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise error

    monkeypatch.setattr(os, "open", refuse)
    problem = read("t.py", "t.py")
    assert isinstance(problem, Problem)
    assert message in problem.message


def test_reads_regular_files(tmp_path: Path) -> None:
    (tmp_path / "t.py").write_bytes(b"x\r\n")
    assert read(str(tmp_path / "t.py"), "t.py") == b"x\r\n"
