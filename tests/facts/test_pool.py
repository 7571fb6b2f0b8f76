"""Parsing in worker processes: the same facts, and none lost when workers die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from seamcheck.facts.cache import FactCache
from seamcheck.facts.extract import BYTES_PER_WORKER, MAX_WORKERS, _workers, extract_all
from seamcheck.facts.pool import parse_elsewhere
from tests.facts.test_extract import project

PATH = os.pathsep.join(place for place in sys.path if place)
T = TypeVar("T")
posix = pytest.mark.skipif(os.name != "posix", reason="signals and process groups")


@pytest.fixture
def many(tmp_path: Path) -> list[Path]:
    """Bad and good files of all kinds, and enough more that several workers are busy for a while."""
    paths = project(tmp_path)
    for number in range(30):
        paths.append(tmp_path / f"more_{number:02}.py")
        paths[-1].write_text(f"def f{number}(x):\n    return x.a[{number}]\n" * (number * 5 + 1))
    return paths


@pytest.mark.parametrize("jobs", [2, 5])
def test_the_same_as_one_process(many: list[Path], tmp_path: Path, jobs: int) -> None:
    plain = extract_all(many, tmp_path)
    cold = extract_all(many, tmp_path, FactCache(str(tmp_path)), jobs=jobs)
    warm = extract_all(many, tmp_path, FactCache(str(tmp_path)), jobs=jobs)
    assert plain == cold == warm
    assert list(plain[0]) == list(cold[0]) == list(warm[0])


def test_every_file_is_counted_once(many: list[Path], tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    extract_all(many, tmp_path, None, lambda done, total: seen.append((done, total)), jobs=2)
    assert seen == [(n, len(many)) for n in range(1, len(many) + 1)]


def test_what_cannot_be_sent_is_left_to_the_caller() -> None:
    deep = "x = " + "+".join(["a"] * 2200) + "\n"
    found = dict(parse_elsewhere([("a.py", b"x = 1\n"), ("deep.py", deep.encode()), ("bad.py", b"x =")], 1))
    assert sorted(found) == [0, 1, 2]
    assert isinstance(found[0], bytes)
    assert found[1] is None
    assert isinstance(found[2], tuple)


@posix
def test_killed_workers_lose_nothing(many: list[Path], tmp_path: Path) -> None:
    killed: list[int] = []

    def kill(done: int, total: int) -> None:
        if not killed:
            killed.extend(children(os.getpid()))
            for worker in killed:
                os.kill(worker, signal.SIGKILL)

    got = extract_all(many, tmp_path, None, kill, jobs=2)
    assert killed
    assert got == extract_all(many, tmp_path)


@posix
def test_a_file_that_kills_twice_is_a_problem(tmp_path: Path) -> None:
    """The kernel ends a worker that spends more than a second on one file."""
    (tmp_path / "long.py").write_text("def f(x):\n    return x.a[1] + 2\n" * 300_000)
    (tmp_path / "short.py").write_text("x = 1\n")
    code = (
        "import resource\nfrom seamcheck.facts.extract import extract_all\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (1, resource.RLIM_INFINITY))\n"
        f"facts, problems = extract_all(['long.py', 'short.py'], {str(tmp_path)!r}, jobs=2)\n"
        "print(*facts, *problems, sep='\\n')"
    )
    done = python(code, tmp_path)
    assert done.returncode == 0, done.stderr
    facts, problem = done.stdout.splitlines()
    assert facts == "short.py"
    assert "path='long.py', line=1, message='the process that parsed this file died twice (signal" in problem


@pytest.mark.parametrize("executable", ["", "/no/such/python", "/bin/false"])
def test_without_workers_everything_is_parsed_here(
    many: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, executable: str
) -> None:
    plain = extract_all(many, tmp_path)
    monkeypatch.setattr(sys, "executable", executable)
    assert extract_all(many, tmp_path, jobs=2) == plain


def test_workers_import_nothing_from_where_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("libcst", "ast", "threading", "msgspec", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'executed')!r}, 'w')\n")
    monkeypatch.chdir(tmp_path)
    facts, problems = extract_all(sorted(tmp_path.glob("*.py")), tmp_path, jobs=2)
    assert len(facts) == 5
    assert not problems
    assert not (tmp_path / "executed").exists()


@posix
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_worker_outlives_the_scan(tmp_path: Path, how: signal.Signals) -> None:
    for number in range(4):
        (tmp_path / f"long_{number}.py").write_text("def f(x):\n    return x.a[1] + 2\n" * 20_000)
    command = [sys.executable, "-m", "seamcheck", "scan", str(tmp_path), "--no-cache", "--jobs", "2"]
    scan = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "PYTHONPATH": PATH},
    )  # fmt: skip
    workers = next(filter(None, polled(lambda: children(scan.pid))))
    if how is signal.SIGINT:
        os.killpg(scan.pid, how)  # as a terminal does
    else:
        os.kill(scan.pid, how)
    out, err = scan.communicate(timeout=60)  # its streams are open until the last worker is gone
    assert out == ""
    if how is signal.SIGINT:
        assert (scan.returncode, err.strip()) == (2, "seamcheck: interrupted")
    else:
        assert (scan.returncode, err) == (-how, "")
    assert next(gone for gone in polled(lambda: not set(workers) & set(everything())) if gone)


def test_few_files_take_one_process() -> None:
    assert _workers(None, []) == _workers(4, []) == 1
    assert _workers(None, [BYTES_PER_WORKER]) == 1
    assert _workers(None, [2 * BYTES_PER_WORKER - 1]) == 1
    assert _workers(None, [100 * BYTES_PER_WORKER]) == 1
    assert 1 <= _workers(None, [100_000] * 1000) <= MAX_WORKERS
    assert _workers(1, [BYTES_PER_WORKER] * 9) == 1
    assert _workers(5, [1] * 9) == 5
    assert _workers(5, [1] * 2) == 2


def test_a_warm_run_starts_nothing(tmp_path: Path) -> None:
    paths = [str(path) for path in project(tmp_path) if path.name in ("b.py", "mac.py", "bom.py")]
    extract_all(paths, tmp_path, FactCache(str(tmp_path)))
    code = (
        "import sys\nfrom seamcheck.facts.cache import FactCache\nfrom seamcheck.facts.extract import extract_all\n"
        f"facts, _ = extract_all({paths!r}, {str(tmp_path)!r}, FactCache({str(tmp_path)!r}), jobs=2)\n"
        "print(len(facts), [m for m in ('libcst', 'subprocess', 'seamcheck.facts.pool') if m in sys.modules])"
    )
    assert python(code, tmp_path).stdout == "3 []\n"


def python(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=120,
        env={**os.environ, "PYTHONPATH": PATH},
    )  # fmt: skip


def everything() -> dict[int, int]:
    """All processes that run, with their parents; not the one that looks."""
    with subprocess.Popen(["ps", "-A", "-o", "pid=,ppid=,stat="], stdout=subprocess.PIPE, text=True) as ps:
        rows = [line.split() for line in ps.communicate()[0].splitlines()]
        return {int(pid): int(above) for pid, above, state in rows if state[0] != "Z" and int(pid) != ps.pid}


def children(parent: int) -> list[int]:
    return [pid for pid, above in everything().items() if above == parent]


def polled(question: Callable[[], T]) -> Iterator[T]:
    for _ in range(1200):
        yield question()
        time.sleep(0.05)
    raise AssertionError("never happened")
