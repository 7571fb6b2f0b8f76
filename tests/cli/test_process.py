"""The program as a process: what it imports, how it ends."""

import os
import subprocess
import sys

import pytest

HEAVY = ("libcst", "networkx", "rich")


def python(code: str) -> str:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "args",
    [["--version"], ["--help"], ["scan", "--help"], ["rules"], ["config", "show"], ["config", "schema"]],
)
def test_quick_commands_import_nothing_heavy(args: list[str]) -> None:
    out = python(
        f"import sys\nsys.argv = ['seamcheck', *{args!r}]\nfrom seamcheck.cli import main\n"
        f"try: main()\nexcept SystemExit: pass\nprint('loaded:', [m for m in {HEAVY!r} if m in sys.modules])"
    )
    assert out.splitlines()[-1] == "loaded: []"


def test_a_report_without_colour_needs_no_rich() -> None:
    code = (
        "import sys\nfrom tests.sample_reports import FULL, sources\nfrom seamcheck.report import render\n"
        "for form in ('full', 'concise', 'json'): render(form, FULL, sources)\nprint('rich' in sys.modules)"
    )
    assert python(code).strip() == "False"


def test_a_reader_that_goes_away_is_no_finding() -> None:
    code = (
        "import sys\nfrom seamcheck.cli import main\n"
        "sys.argv = ['seamcheck', 'rules', '--format', 'json']\nmain()"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as closed:
        done = subprocess.run(
            [sys.executable, "-c", code], stdout=closed, stderr=subprocess.PIPE, env=env, timeout=60
        )
    assert done.returncode == 2
    assert done.stderr == b""
