"""A program runs as Python would run it: the same output, the same tracebacks, the same exit code."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from seamcheck.model.errors import ConfigError
from seamcheck.replay.program import Target, located, search_path

DRIVER = """
import os, sys
from seamcheck.replay import loops, program
module = sys.argv[1] == "-m"
words = sys.argv[2:] if module else sys.argv[1:]
target = program.Target(words[0], tuple(words[1:]), module)
main = program.prepare(target)
ending = program.execute(target, main, loops.Loader(None, loops.Plan({}), False).compile)
os._exit(ending.code)
"""
SHOW = """
import os, sys
main = sys.modules["__main__"]
print(__name__, __file__, sys.argv, sys.path[:2], os.getcwd(), __package__, bool(__spec__), main.__dict__ is globals())
print(sorted(globals()))
"""


def both(folder: Path, *words: str, **options: str) -> list[subprocess.CompletedProcess[str]]:
    driver = folder.parent / "driver.py"
    driver.write_text(DRIVER)
    return [
        subprocess.run(
            [sys.executable, *command, *words], cwd=folder, capture_output=True, text=True, check=False
        )
        for command in ([], [str(driver)])
    ]


def check_same(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    plain, ours = both(folder, *words)
    assert (ours.stdout, ours.stderr, ours.returncode) == (plain.stdout, plain.stderr, plain.returncode)
    return ours


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "project"
    made.mkdir()
    return made


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text), encoding="utf-8")


def test_a_script_sees_itself_as_main(folder: Path) -> None:
    write(folder, "inner/show.py", SHOW)
    done = check_same(folder, "inner/show.py", "-x", "--trials", "3")
    assert "'-x', '--trials', '3'" in done.stdout


def test_a_module_and_a_package(folder: Path) -> None:
    write(folder, "pkg/__init__.py", "import sys\nprint('imported', sys.argv[1:])\n")
    write(folder, "pkg/tune.py", SHOW)
    write(folder, "pkg/__main__.py", SHOW)
    for name in ("pkg.tune", "pkg"):
        check_same(folder, "-m", name, "a")


def test_a_folder_with_main(folder: Path) -> None:
    write(folder, "app/__main__.py", "import other, sys\nprint(sys.argv, sys.path[0], other.x)\n")
    write(folder, "app/other.py", "x = 1\n")
    assert located(Target(str(folder / "app"))) == str(folder / "app" / "__main__.py")
    done = both(folder, "app")[1]
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "text",
    [
        "import sys\nsys.exit(3)\n",
        "import sys\nsys.exit('no data')\n",
        "raise SystemExit\n",
        "def f():\n    return 1 / 0\ntry:\n    f()\nexcept ZeroDivisionError as e:\n    raise KeyError(2) from e\n",
        "x = (1,\n  2 +\n",
        "import sys\nsys.excepthook = lambda *a: print('hooked', a[0])\nint('x')\n",
        "import atexit, threading, time\natexit.register(print, 'exit')\n"
        "threading.Thread(target=lambda: (time.sleep(0.2), print('thread'))).start()\nprint('end')\n",
        "from concurrent.futures import ThreadPoolExecutor\np = ThreadPoolExecutor()\np.submit(print, 'pool')\n",
        "import warnings\nwarnings.warn('careful')\n",
        "# -*- coding: latin-1 -*-\nfrom __future__ import annotations\nx: nothing = 1\nprint(x)\n",
        "import no_such_module\n",
        "import logging\nlogging.basicConfig()\nlogging.error('said')\nprint('no newline', end='')\n",
    ],
)
def test_ends_as_python_ends(folder: Path, text: str) -> None:
    write(folder, "script.py", text)
    check_same(folder, "script.py")


def test_workers_that_are_spawned_find_the_script(folder: Path) -> None:
    write(folder, "spawns.py", """
        import multiprocessing

        def double(x):
            return 2 * x

        if __name__ == "__main__":
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                print(pool.map(double, [1, 2]))
    """)  # fmt: skip
    assert check_same(folder, "spawns.py").stdout == "[2, 4]\n"


def test_what_cannot_run_is_told_before(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    write(folder, "pkg/__init__.py", "")
    write(folder, "pkg/tune.py", "")
    for target in (
        Target("no.py"),
        Target(str(folder)),
        Target("nothing.here", (), True),
        Target("pkg", (), True),
    ):
        with pytest.raises(ConfigError):
            located(target)
    assert located(Target("pkg.tune", (), True)) == str(folder / "pkg" / "tune.py")
    assert search_path(Target("pkg/tune.py")) == str(folder / "pkg")
    assert search_path(Target("pkg.tune", (), True)) == str(folder)
