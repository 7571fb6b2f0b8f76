"""kill -9 at any instant: what was acknowledged is there."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from seamcheck.replay.log import compact, create_run, read_run

WRITER = """
import os, sys
from pathlib import Path
from seamcheck.model.event import Note
from seamcheck.replay.log import RunLog
log = RunLog(Path(sys.argv[1]))
number = 0
while True:
    log.write(Note("problem", f"{number} " + "x" * (number % 3000)))
    os.write(1, b"%d\\n" % number)   # acknowledged: only said when the write has returned
    number += 1
"""


def killed(folder: Path, seconds: float) -> int:
    """Write into a run until killed; how many records were acknowledged."""
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    rest = process.stdout.read()
    process.stdout.close()
    assert process.wait() == -signal.SIGKILL
    return (first + rest).count(b"\n")


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 here")
def test_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    chance = random.Random(4)
    for _ in range(20):
        run = create_run(tmp_path)
        acknowledged = killed(run.folder, chance.uniform(0, 0.02))
        numbers = [int(note.message.split()[0]) for note in read_run(run.folder).notes]
        assert numbers[:acknowledged] == list(range(acknowledged))
        assert len(numbers) <= acknowledged + 1


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 here")
def test_the_spool_of_a_killed_process_is_compacted(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    run = create_run(tmp_path)
    acknowledged = killed(run.folder, 0.01)
    before = read_run(run.folder)
    assert compact(run.folder)
    assert list((run.folder / "spool").iterdir()) == []
    assert read_run(run.folder) == before
    assert len(before.notes) >= acknowledged
