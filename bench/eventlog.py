"""What it costs to write a record to the event log, and what ``kill -9`` takes from it.

``python -m bench.eventlog`` prints the rows; ``--quick`` kills fewer processes.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from seamcheck.model.event import SPEC, ColumnHash, Digests, Event, LoopRef, RoleHash
from seamcheck.replay.log import RunLog, compact, create_run, read_run

RECORDS = 2000
KILLS = 100

WRITER = """
import os, sys
from pathlib import Path
from bench.eventlog import event
from seamcheck.replay.log import RunLog
log, number = RunLog(Path(sys.argv[1])), 0
while True:
    log.write(event(Path(sys.argv[1]).name, number, 20))
    os.write(1, b"%d\\n" % number)  # acknowledged: said when the write has returned
    number += 1
"""


def event(run: str, number: int, columns: int) -> Event:
    """An event as a train call on a frame of so many columns gives it."""
    digest = f"{number:032x}"
    digests = Digests(digest, digest, digest)
    hashes = tuple(ColumnHash(f"feature_{index}", digest) for index in range(columns))
    return Event(
        uuid=digest,
        run=run,
        spec=SPEC,
        loop=LoopRef("optuna", "tune.py", 30),
        trial=number,
        cell=None,
        fold=None,
        ordinal=0,
        api="lightgbm.train",
        part="predictor",
        path="tune.py",
        line=20,
        function="objective",
        roles=(
            RoleHash("X", "pandas.DataFrame", 1_000_000, columns, digests, hashes),
            RoleHash("y", "pandas.Series", 1_000_000, 1, digests),
        ),
        status="ok",
        reason=None,
        host="host",
        pid=1,
        thread=1,
        monotonic=float(number),
        wall=float(number),
    )


def write_times(base: Path, columns: int) -> list[float]:
    """Microseconds of each of RECORDS writes."""
    run = create_run(base)
    log = RunLog(run.folder)
    made = [event(run.id, number, columns) for number in range(RECORDS)]
    times = []
    for each in made:
        start = time.perf_counter()
        log.write(each)
        times.append((time.perf_counter() - start) * 1e6)
    log.close()
    return times[1:]  # the first one opens the file


def kill_once(base: Path, seconds: float) -> tuple[int, int]:
    """How many records a process acknowledged before ``kill -9``, and how many of these are lost."""
    run = create_run(base)
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(run.folder)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(seconds)
    process.kill()
    acknowledged = (first + process.stdout.read()).count(b"\n")
    process.stdout.close()
    process.wait()
    found = {each.trial for each in read_run(run.folder).events}
    return acknowledged, len(set(range(acknowledged)) - found)


def rows(quick: bool = False) -> list[tuple[str, str, str]]:
    """The figures as (name, value, what it must reach)."""
    out = []
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        for columns, required in ((20, "≤ 50 µs median"), (200, "-")):
            times = write_times(base, columns)
            tail = statistics.quantiles(times, n=100)[-1]
            text = f"{statistics.median(times):.1f} µs (99 of 100 below {tail:.0f} µs)"
            out.append((f"record to log, {columns} columns", text, required))
        chance, acknowledged, lost = random.Random(9), 0, 0
        kills = 10 if quick else KILLS
        for _ in range(kills):
            one, gone = kill_once(base, chance.uniform(0, 0.05))
            acknowledged, lost = acknowledged + one, lost + gone
        out.append((f"acknowledged records lost in {kills} kill -9", f"{lost} of {acknowledged}", "0"))
        out.append(("compaction", _compaction(base), "-"))
    return out


def _compaction(base: Path) -> str:
    run = create_run(base)
    log = RunLog(run.folder)
    for number in range(800):
        log.write(event(run.id, number, 20))
    log.close()
    before = sum(path.stat().st_size for path in run.folder.rglob("*.jsonl"))
    start = time.perf_counter()
    if not compact(run.folder):
        return "not measured: pyarrow is not installed"
    spent = time.perf_counter() - start
    after = sum(path.stat().st_size for path in run.folder.rglob("*.parquet"))
    return f"800 records of 20 columns in {spent * 1e3:.0f} ms, {before / 1024:.0f} KiB to {after / 1024:.0f} KiB"


if __name__ == "__main__":
    for name, value, required in rows("--quick" in sys.argv[1:]):
        print(f"{name}\n    {value}    [{required}]")
