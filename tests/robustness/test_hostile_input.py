"""Input that must not hurt: each is a listed problem with path and line, and the rest is analysed."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.robustness.process import GOOD, scan
from tests.syntax.notebooks import notebook

DEEP = 2000

#: Files that cannot be read as Python, with the line their problem names (None: any from 1).
BROKEN: dict[str, tuple[bytes, int | None]] = {
    "syntax_error.py": (b"x = 1\ndef f(:\n    pass\n", 2),
    "unclosed.py": (b"x = 1\ny = (\n", None),
    "bad_indent.py": (b"def f():\n    x = 1\n  y = 2\n", 3),
    "python2.py": (b"import os\nprint 'hello'\nexec 'x = 1'\n", 2),
    "latin_without_a_cookie.py": (b"x = 1\ny = '\xe9'\n", None),
    "lying_cookie.py": (b"# -*- coding: utf-8 -*-\ny = '\xff\xfe'\n", None),
    "unknown_cookie.py": (b"# -*- coding: klingon -*-\nx = 1\n", None),
    "nul.py": (b"x = 1\ny = 2\x00\n", None),
    "binary.py": (bytes(range(256)) * 20, None),
    "utf16.py": ("x = 1\n".encode("utf-16"), None),
    "deep_parens.py": (b"x = " + b"(" * DEEP + b"1" + b")" * DEEP + b"\n", None),
    "half_conflict.py": (b"x = 1\n<<<<<<< HEAD\ny = 2\n", 2),
    "torn_conflict.py": (b"x = 1\n<<<<<<< HEAD\ny = (\n=======\ny = 2\n>>>>>>> b\n", 2),
    "conflict.py": (b"x = 1\n<<<<<<< HEAD\ny = 1\n=======\ny = 2\n>>>>>>> b\n", 2),
    "empty.ipynb": (b"", 1),
    "bad_json.ipynb": (b'{"cells": [\n{]}', 2),
    "list.ipynb": (b"[1]", 1),
    "latin.ipynb": (b'{"cells": [], "x":\n "\xe9"}', 2),
    "nul.ipynb": (b"\0" * 100, 1),
    "deep.ipynb": (b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", None),
    "types.ipynb": (b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": {"a": 1}}]}', 1),
    "surrogate.ipynb": (notebook("x = '\ud800'"), 1),
    "bad_cell.ipynb": (notebook("x = 1", "print 'hello'", "y = 2"), 2),
    "open_cell.ipynb": (notebook("x = 1", "y = (", "2)"), None),
    "old.ipynb": (b'{"nbformat": 2, "worksheets": []}', 1),
    "r.ipynb": (notebook("x <- 1", kernelspec={"language": "R"}), 1),
}

#: Odd files that are Python all the same.
ODD: dict[str, bytes] = {
    "empty.py": b"",
    "no_cells.ipynb": b'{"nbformat": 4, "cells": []}',
    "bom.ipynb": b"\xef\xbb\xbf" + notebook("x = 1"),
    "three.ipynb": notebook("x = 1", form=3),
    "magic.ipynb": notebook("%%bash\nfor (", "!ls\nx = !ls", "x?\nawait x", "%run a.py", "md:# x = ("),
    "twice.ipynb": notebook("import twice"),
    "__init__.ipynb": notebook("x = 1"),
    "pictures.ipynb": b'{"cells": [{"cell_type": "code", "source": "x = 1", "outputs": ["'
    + b"A" * 20_000_000
    + b'"]}]}',
    "markers.py": b"x = '''\n<<<<<<< a\n=======\n>>>>>>> b\n'''\n",
    "only_a_comment.py": b"# nothing",
    "bom.py": b"\xef\xbb\xbfx = 1\n",
    "crlf.py": b"x = 1\r\nif x:\r\n    y = 2\r\n",
    "mac.py": b"x = 1\ry = 2\r",
    "form_feed.py": b"x = 1\n\x0c\ndef f():\n    return x\n",
    "latin.py": b"# -*- coding: latin-1 -*-\nx = '\xe9'\n",
    "no_newline.py": b"x = 1",
    "tabs.py": b"if True:\n\tx = 1\n",
    "package/__init__.py": b"",
    "package/module.py/__init__.py": b"x = 1\n",
    "twice.py": b"x = 1\n",
    "twice/__init__.py": b"x = 2\n",
    "cycle_a.py": b"from cycle_b import b\ndef a(): return b()\n",
    "cycle_b.py": b"from cycle_a import a\ndef b(): return a()\n",
    "cycle_star.py": b"from cycle_star import *\nimport cycle_star\ncycle_star.x\n",
    "own_name.py": b"import own_name\nown_name = own_name.own_name\n",
    "na\xefve \u20ac.py": b"x = 1\n",
    "import.py": b"x = 1\n",
    "1st.py": b"x = 1\n",
    "surrogate.py": b"x = '\\ud800'\n",
    "deep_attributes.py": b"x = a" + b".b" * DEEP + b"\n",
    "deep_calls.py": b"x = a" + b"()" * DEEP + b"\n",
    "long_sum.py": b"x = " + b" + ".join([b"1"] * 5000) + b"\n",
    "long_list.py": b"x = [" + b"1, " * 50_000 + b"]\n",
    "long_elif.py": b"x = 1\nif x == 0:\n    pass\n"
    + b"".join(b"elif x == %d:\n    pass\n" % n for n in range(1000)),
    "deep_lambda.py": b"f = " + b"lambda: " * 300 + b"1\n",
    "recursion.py": (
        b"def f(n): return g(n) + f(n - 1)\ndef g(n): return f(n)\n"
        b"class C:\n    def __getattr__(self, n): return getattr(self, n)\nC().x\nf(3)\n"
    ),
    "own_base.py": b"class A(A): pass\nclass B(C): pass\nclass C(B): pass\nC().run()\n",
    "growing.py": b"x = []\nfor i in range(9):\n    x = [x, x]\n    x.append(x)\nf = lambda g: g(g)\nf(f)\n",
}


def make(root: Path) -> None:
    for name, (data, _) in BROKEN.items():
        (root / name).write_bytes(data)
    for name, data in ODD.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (root / "good.py").write_text(GOOD)
    (root / "loop_link").symlink_to(root, target_is_directory=True)
    (root / "self_link.py").symlink_to(root / "self_link.py")
    (root / "nowhere.py").symlink_to(root / "vanished.py")
    if hasattr(os, "mkfifo"):
        os.mkfifo(root / "pipe.py")
    (root / "unreadable.py").write_text("x = 1\n")
    (root / "unreadable.py").chmod(0)
    (root / "closed").mkdir()
    (root / "closed" / "a.py").write_text("x = 1\n")
    (root / "closed").chmod(0)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Any:
    root = tmp_path_factory.mktemp("hostile")
    (root / "pyproject.toml").write_text("")
    make(root)
    done = scan(root, "--output", "json", timeout=300)
    (root / "closed").chmod(0o700)
    assert done.returncode == 1, done.stderr[-2000:]
    assert "internal error" not in done.stderr
    return json.loads(done.stdout)


def problems(report: Any) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for problem in report["files"]["problems"]:
        found.setdefault(problem["path"], []).append(problem)
    return found


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_are_told_with_their_line(report: Any, name: str) -> None:
    told = problems(report)[name]
    line = BROKEN[name][1]
    assert all(problem["line"] >= 1 and problem["message"] for problem in told)
    if line is not None:
        assert [problem["line"] for problem in told] == [line]


@pytest.mark.parametrize("name", ["self_link.py", "nowhere.py"])
def test_links_to_nowhere_are_told(report: Any, name: str) -> None:
    assert name in problems(report)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
@pytest.mark.parametrize("name", ["unreadable.py", "closed"])
def test_what_may_not_be_read_is_told(report: Any, name: str) -> None:
    assert name in problems(report)


def test_a_pipe_is_not_waited_for(report: Any) -> None:
    assert "pipe.py" in problems(report)


@pytest.mark.parametrize("name", [n for n in ODD if n not in ("twice.py", "twice/__init__.py")])
def test_odd_files_are_no_problem(report: Any, name: str) -> None:
    assert name not in problems(report)


def test_two_modules_with_one_name_are_told(report: Any) -> None:
    told = problems(report)
    assert any(
        "module name" in p["message"]
        for name in ("twice.py", "twice/__init__.py")
        for p in told.get(name, [])
    )


def test_the_rest_is_analysed(report: Any) -> None:
    (loop,) = report["loops"]
    assert loop["location"]["path"] == "good.py"
    assert loop["invariance"]["verdict"] == "variant"
    assert report["files"]["analysed"] >= len(ODD) + 1


def test_every_problem_is_a_finding_too(report: Any) -> None:
    told = {(p["path"], p["line"]) for p in report["files"]["problems"]}
    found = {
        (f["location"]["path"], f["location"]["line"]) for f in report["findings"] if f["code"] == "SEAM901"
    }
    assert told == found


def test_no_file_is_read_twice_through_links(report: Any) -> None:
    paths = {f["location"]["path"] for f in report["findings"]}
    assert not any(path.startswith("loop_link") for path in paths)


def test_nesting(tmp_path: Path) -> None:
    """Deep blocks, which Python itself refuses, and deep brackets, which it takes up to 200."""
    blocks = "".join(" " * n + "if x:\n" for n in range(99)) + " " * 99 + "y = 1\n"
    (tmp_path / "blocks.py").write_text("x = 1\n" + blocks)
    (tmp_path / "brackets.py").write_text("x = " + "[" * 150 + "]" * 150 + "\n")
    (tmp_path / "good.py").write_text(GOOD)
    done = scan(tmp_path, "--output", "json")
    report = json.loads(done.stdout)
    assert report["files"]["analysed"] + len(problems(report)) >= 3
    assert len(report["loops"]) == 1


@pytest.mark.slow
def test_a_file_of_50_000_lines(tmp_path: Path) -> None:
    body = "".join(
        f"def f{n}(x):\n    y = f{n - 1 if n else 0}(x) + {n}\n    return y\n" for n in range(16_700)
    )
    (tmp_path / "long.py").write_text(body)
    (tmp_path / "good.py").write_text(GOOD)
    done = scan(tmp_path, "--output", "json", timeout=300)
    report = json.loads(done.stdout)
    assert report["files"]["analysed"] == 2
    assert [loop["location"]["path"] for loop in report["loops"]] == ["good.py"]


def test_a_vanished_file_does_not_end_the_scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from seamcheck import api, sources
    from seamcheck.config import discovery

    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "good.py").write_text(GOOD)
    (tmp_path / "gone.py").write_text("x = 1\n")
    plain = sources.discovered

    def vanish(*args: Any, **kwargs: Any) -> discovery.Discovery:
        found = plain(*args, **kwargs)
        (tmp_path / "gone.py").unlink()
        return found

    monkeypatch.setattr("seamcheck.scanning.discovered", vanish)
    report = api.scan(api.ScanOptions((tmp_path,), use_cache=False)).report
    assert [p.path for p in report.problems] == ["gone.py"]
    assert len(report.loops) == 1


@pytest.mark.parametrize("content", [None, "notes.txt", "a.pyc", "data.ipynb.txt"])
def test_a_folder_without_python(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / content).write_text("{}")
    done = scan(tmp_path)
    assert done.returncode == 3
    assert "no Python file" in done.stderr


def test_only_broken_files_are_nothing_analysed(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def f(:\n")
    done = scan(tmp_path, "--output", "json")
    assert json.loads(done.stdout)["files"]["analysed"] == 0
    assert done.returncode == 1, "the problem is a finding, which goes before an empty scan"
    assert scan(tmp_path, "--exit-zero").returncode == 3


def test_a_broken_import_makes_verdicts_unknown_not_good(tmp_path: Path) -> None:
    (tmp_path / "prep.py").write_text("import pandas as pd\ndef load(:\n    return 1\n")
    (tmp_path / "main.py").write_text(
        GOOD.replace("X, y = load_iris(return_X_y=True)", "from prep import load\n    X, y = load()")
    )
    (loop,) = json.loads(scan(tmp_path, "--output", "json").stdout)["loops"]
    assert loop["invariance"]["verdict"] == "variant"
    calm = (tmp_path / "main.py").read_text().replace("train_test_split(X, y)", "(X, X, y, y)")
    (tmp_path / "main.py").write_text(calm)
    (loop,) = json.loads(scan(tmp_path, "--output", "json").stdout)["loops"]
    assert loop["invariance"]["verdict"] == "unknown"


def test_the_interpreter_is_not_asked(tmp_path: Path) -> None:
    """Nothing that is scanned is imported or run."""
    (tmp_path / "boom.py").write_text("raise SystemExit('imported')\n")
    (tmp_path / "conftest.py").write_text("import boom\nopen('touched', 'w').close()\n")
    done = scan(tmp_path)
    assert "imported" not in done.stderr
    assert not (tmp_path / "touched").exists()
    assert sys.modules.get("boom") is None
