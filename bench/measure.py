"""Runs commands in processes of their own and sums up what they cost."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

#: What a command may take before it counts as not finished; the table then says so.
TIMEOUT = float(os.environ.get("SEAMCHECK_BENCH_TIMEOUT", "1800"))
SEAMCHECK = (sys.executable, "-m", "seamcheck")


class Cost(NamedTuple):
    """One run: seconds on the wall, seconds of CPU (with its children), the peak of memory in MB, and its output."""

    wall: float
    cpu: float
    peak: float
    out: str
    err: str
    code: int


class DidNotFinish(Exception):
    """A command took longer than TIMEOUT, or ended as it should not."""


def environment() -> dict[str, str]:
    """That of this process, but modules are compiled once and not in each run: installed ones are, too."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def run(
    command: Sequence[str],
    folder: Path | None = None,
    good: Iterable[int] = (0,),
    env: Mapping[str, str] | None = None,
) -> Cost:
    """Run a command to its end. Its cost comes from the kernel, so it includes starting up.

    ``env`` replaces :func:`environment`.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        try:
            process = subprocess.Popen(
                command,
                cwd=folder,
                stdout=out,
                stderr=err,
                stdin=subprocess.DEVNULL,
                env=env or environment(),
            )
        except OSError as error:
            raise DidNotFinish(f"{command[0]} cannot be started ({error.strerror})") from error
        code, usage = _wait(process, start)
        wall = time.perf_counter() - start
        out.seek(0)
        err.seek(0)
        texts = out.read().decode(errors="replace"), err.read().decode(errors="replace")
    if code not in tuple(good):
        raise DidNotFinish(f"exit code {code}: {texts[1].strip()[-300:]}")
    peak = usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
    return Cost(wall, usage.ru_utime + usage.ru_stime, peak, *texts, code)


def _wait(process: subprocess.Popen[bytes], start: float) -> tuple[int, resource.struct_rusage]:
    """Wait for the process with its resource usage; Popen's own wait would throw that away."""
    pause = 0.0005
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode, usage
        if time.perf_counter() - start > TIMEOUT:
            process.kill()
            os.wait4(process.pid, 0)
            process.returncode = -9
            raise DidNotFinish(f"more than {TIMEOUT:.0f} s")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.01)


class Series:
    """The values of one figure over the repeats."""

    def __init__(self, values: Iterable[float] = ()) -> None:
        self.values = list(values)

    def add(self, value: float) -> None:
        """One more repeat."""
        self.values.append(value)

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.values)

    def text(self, unit: str = "", digits: int = 2) -> str:
        """Median with the smallest and largest value."""
        if not self.values:
            return "-"
        low, high = min(self.values), max(self.values)
        return f"{self.median:.{digits}f}{unit} ({low:.{digits}f} to {high:.{digits}f})"


def ratios(above: Series, below: Series) -> Series:
    """Repeat by repeat: both were measured one after the other, so a slow moment hits both."""
    return Series(a / b for a, b in zip(above.values, below.values, strict=False))
