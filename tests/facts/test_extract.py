import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from seamcheck.facts.cache import FOLDER, FactCache
from seamcheck.facts.extract import extract, extract_all
from seamcheck.facts.ir import FileFacts
from seamcheck.model import Problem
from tests.syntax.notebooks import notebook

SRC = Path(__file__).parents[2] / "src"


def project(root: Path) -> list[Path]:
    files = {
        "b.py": b"x = 1\n",
        "a/c.py": b"def f(): pass\r\n",
        "bad.py": b"def f(:\n",
        "nul.py": b"\0",
        "two.py": b"print 'x'\n",
        "lies.py": b"# coding: utf-8\n'\xff'\n",
        "empty.py": b"",
        "mac.py": b"a = 1\rb = 2\r",
        "bom.py": b"\xef\xbb\xbfa = 1\n",
        "book.ipynb": notebook("%run x.py", "def f(): pass  # seamcheck: consumer[f]"),
        "half.ipynb": notebook("x = 1", "x = ="),
        "merge.py": b"<<<<<<< a\nx = 1\n=======\nx = 2\n>>>>>>> b\n",
        "same.py": notebook("x = 1"),
        "same.ipynb": notebook("x = 1"),
        "deep.py": b"(" * 2000 + b")" * 2000,
    }
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return [root / name for name in files]


def test_bad_files_never_end_the_run(tmp_path: Path) -> None:
    paths = [*project(tmp_path), tmp_path / "gone.py", tmp_path]
    facts, problems = extract_all(paths, tmp_path)
    assert list(facts) == [
        "a/c.py", "b.py", "bom.py", "book.ipynb", "empty.py", "half.ipynb", "mac.py", "merge.py", "same.ipynb",
        "same.py",
    ]  # fmt: skip
    assert facts["mac.py"].body[1][1] == 2
    assert [p.path for p in problems] == [
        ".", "bad.py", "deep.py", "gone.py", "half.ipynb", "lies.py", "merge.py", "nul.py", "two.py",
    ]  # fmt: skip
    assert all(p.line >= 1 for p in problems)


def test_cold_and_warm_say_the_same_whatever_the_order(tmp_path: Path) -> None:
    paths = project(tmp_path)
    plain = extract_all(paths, tmp_path)
    cold = extract_all(paths[::-1], tmp_path, FactCache(str(tmp_path)))
    warm = extract_all(paths, tmp_path, FactCache(str(tmp_path)))
    assert plain == cold == warm
    assert list(plain[0]) == list(cold[0]) == list(warm[0])


def test_warm_run_does_not_import_libcst(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    extract_all([tmp_path / "a.py"], tmp_path, FactCache(str(tmp_path)))
    code = (
        "import sys\nfrom seamcheck.facts.cache import FactCache\nfrom seamcheck.facts.extract import extract_all\n"
        f"facts, _ = extract_all([r'{tmp_path}/a.py'], r'{tmp_path}', FactCache(r'{tmp_path}'))\n"
        "assert facts['a.py'].lines == 1\nassert 'libcst' not in sys.modules\nassert 'pathspec' not in sys.modules\n"
    )
    subprocess.run(
        [sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": str(SRC)}, timeout=60
    )


def test_changed_content_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    for text in ("x = 1\n", "x = 2\n", "x = 1\n"):
        path.write_text(text)
        facts, _ = extract_all([path], tmp_path, FactCache(str(tmp_path)))
        assert facts["a.py"].body[0][4][2] == int(text[4])
    assert len(list((tmp_path / FOLDER).glob("facts-*/*"))) == 2


def test_progress_counts_every_file(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    paths = project(tmp_path)
    extract_all(paths, tmp_path, FactCache(str(tmp_path)), lambda done, total: seen.append((done, total)))
    assert seen == [(n, len(paths)) for n in range(1, len(paths) + 1)]


@pytest.mark.parametrize("enabled", [True, False])
def test_collector_is_put_back(tmp_path: Path, enabled: bool) -> None:
    was = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    try:
        extract_all(project(tmp_path), tmp_path)
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if was else gc.disable)()


def test_one_file(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("x = 1\n")
    cache = FactCache(str(tmp_path))
    first = extract(path, "a.py", cache)
    assert isinstance(first, FileFacts)
    assert extract(str(path), "a.py", cache) == first
    assert extract(tmp_path / "gone.py", "gone.py") == Problem(
        "gone.py", 1, "the file vanished before it could be read"
    )


def test_paths_outside_the_root_and_odd_names(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    odd = os.fsencode(tmp_path) + b"/\xff.py"
    with open(odd, "wb") as stream:
        stream.write(b"x\n")
    facts, problems = extract_all([os.fsdecode(odd)], root)
    assert not problems
    assert list(facts) == ["../\N{REPLACEMENT CHARACTER}.py"]
