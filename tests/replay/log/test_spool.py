"""Writing: threads, forks, programs that close descriptors, disks without room."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from seamcheck.model.errors import LogError, LogFull
from seamcheck.model.event import Note
from seamcheck.replay.log import Run, RunData, RunLog, create_run, read_run
from tests.replay.made_events import event

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return create_run(tmp_path)


def note(message: str) -> Note:
    return Note("problem", message)


def said(run: Run) -> list[str]:
    data = read_run(run.folder)
    assert data.problems == ()
    return sorted(each.message for each in data.notes)


def spools(run: Run) -> list[Path]:
    return sorted((run.folder / "spool").iterdir())


def in_fork(work: Callable[[], None]) -> int:
    """Run ``work`` in a forked child; its exit code. Ends there: the child is no second test run."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_what_was_written_is_read_before_the_log_is_closed(run: Run) -> None:
    log = RunLog(run.folder)
    one, two = event(0, run=run.id), event(1, run=run.id)
    for record in (one, note("a"), two):
        log.write(record)
    data = read_run(run.folder)
    assert data.events == (one, two)
    assert [each.message for each in data.notes] == ["a"]
    log.close()
    log.close()
    assert read_run(run.folder) == data


def test_a_log_that_writes_nothing_leaves_nothing(run: Run) -> None:
    RunLog(run.folder).close()
    assert spools(run) == []


def test_a_write_after_close_is_not_lost(run: Run) -> None:
    log = RunLog(run.folder)
    log.write(note("a"))
    log.close()
    log.write(note("b"))
    log.close()
    assert said(run) == ["a", "b"]


def test_threads_share_a_log(run: Run) -> None:
    log = RunLog(run.folder)

    def work(name: int) -> None:
        for number in range(50):
            log.write(note(f"{name}-{number}" + "x" * 5000))

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.close()
    assert len(said(run)) == 200
    assert len(spools(run)) == 1


@needs_fork
def test_a_fork_goes_on_in_its_own_file(run: Run) -> None:
    log = RunLog(run.folder)
    log.write(note("parent before"))
    assert in_fork(lambda: log.write(note("child"))) == 0
    log.write(note("parent after"))
    log.close()
    assert said(run) == ["child", "parent after", "parent before"]
    assert len(spools(run)) == 2


@needs_fork
def test_a_fork_does_not_wait_for_a_lock_that_nobody_holds_there(run: Run) -> None:
    log = RunLog(run.folder)
    log.write(note("a"))
    done, taken = threading.Event(), threading.Event()

    def hold() -> None:
        with log._lock:
            taken.set()
            done.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    taken.wait(30)
    try:
        # Forking with threads is what is tested; newer Pythons warn of it.
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            code = in_fork(lambda: log.write(note("child")))
    finally:
        done.set()
        thread.join()
    assert code == 0
    assert said(run) == ["a", "child"]


def test_several_processes_write_at_once(run: Run) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from seamcheck.model.event import Note; from seamcheck.replay.log import RunLog\n"
        "log = RunLog(Path(sys.argv[1]))\n"
        "for number in range(200): log.write(Note('problem', f'{sys.argv[2]}-{number:03}'))\n"
    )
    started = [subprocess.Popen([sys.executable, "-c", program, str(run.folder), name]) for name in "ab"]
    assert [each.wait() for each in started] == [0, 0]
    assert said(run) == sorted(f"{name}-{number:03}" for name in "ab" for number in range(200))


def test_a_program_that_closes_every_descriptor(run: Run, tmp_path: Path) -> None:
    log = RunLog(run.folder)
    log.write(note("a"))
    handle = log._handle
    assert handle is not None
    os.close(handle)
    theirs = os.open(tmp_path / "theirs.txt", os.O_WRONLY | os.O_CREAT)
    assert theirs == handle
    log.write(note("b"))
    log.close()
    os.close(theirs)
    assert (tmp_path / "theirs.txt").read_bytes() == b""
    assert said(run) == ["a", "b"]


def test_a_folder_that_was_deleted_is_an_error(run: Run) -> None:
    import shutil

    log = RunLog(run.folder)
    log.write(note("a"))
    shutil.rmtree(run.folder)
    with pytest.raises(LogError, match="writing the event log failed"):
        log.write(note("b"))
    log.close()


def test_two_runs_never_mix(tmp_path: Path) -> None:
    one, two = create_run(tmp_path), create_run(tmp_path)
    for run in (one, two):
        log = RunLog(run.folder)
        log.write(event(0, run=run.id))
        log.close()
    (stray,) = spools(one)
    stray.rename(two.folder / "spool" / ("z" + stray.name))
    data = read_run(two.folder)
    assert [each.run for each in data.events] == [two.id]
    assert f"belongs to run {one.id}" in data.lost[0]


def test_events_of_another_run_in_a_right_spool(run: Run) -> None:
    log = RunLog(run.folder)
    log.write(event(0, run="another"))
    log.close()
    data = read_run(run.folder)
    assert data.events == ()
    assert "1 events of another run" in data.lost[0]


# -- damage ---------------------------------------------------------------------------------------


def written(run: Run, count: int = 5) -> tuple[Path, bytes, RunData]:
    log = RunLog(run.folder)
    for trial in range(count):
        log.write(event(trial, run=run.id))
    log.close()
    (path,) = spools(run)
    return path, path.read_bytes(), read_run(run.folder)


def test_a_file_cut_anywhere_in_the_last_line(run: Run) -> None:
    path, data, whole = written(run)
    start = data[:-1].rindex(b"\n") + 1
    for end in range(start + 1, len(data)):
        path.write_bytes(data[:end])
        found = read_run(run.folder)
        assert found.events == whole.events[:-1]
        assert "the last line is torn" in found.lost[0]


def test_a_flipped_byte_loses_its_line_only_and_says_so(run: Run) -> None:
    path, data, whole = written(run)
    for at in range(0, len(data), 7):
        flipped = bytearray(data)
        flipped[at] ^= 0x10
        path.write_bytes(flipped)
        found = read_run(run.folder)
        assert found.lost
        assert set(found.events) <= set(whole.events)
        assert len(found.events) >= 3


def test_a_line_that_went_missing_as_a_whole(run: Run) -> None:
    path, data, _ = written(run)
    lines = data.splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:2] + lines[3:]))
    assert "1 records are missing" in read_run(run.folder).lost[0]


def test_a_newer_format_is_not_read(run: Run) -> None:
    from seamcheck.replay.log.records import Header, encode, encode_body

    header = encode_body(Header(99, "seamcheck-ch/9", "9.9", run.id, "h", 1, 0.0))
    (run.folder / "spool" / "h-1-1.jsonl").write_bytes(encode(0, header))
    assert "written by a newer seamcheck (9.9)" in read_run(run.folder).lost[0]


# -- no room --------------------------------------------------------------------------------------

FULL = """
import os, resource, signal, sys
from pathlib import Path
from seamcheck.model.errors import LogFull
from seamcheck.model.event import Note
from seamcheck.replay.log import RunLog

log = RunLog(Path(sys.argv[1]), sys.argv[2])
errors = written = 0
for number in range(100):
    if number == 10:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
    if number == 90:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    try:
        log.write(Note("problem", f"{number:03}" + "x" * 100))
    except LogFull as error:
        errors += 1
        assert "File too large" in str(error) and "--runs" in str(error), error
log.close()
print(errors, log.lost)
"""


@pytest.mark.parametrize("limit", range(4000, 4120, 17))
def test_full_and_stop(run: Run, limit: int) -> None:
    pytest.importorskip("resource")
    command = [sys.executable, "-c", FULL, str(run.folder), "stop", str(limit)]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    errors, lost = map(int, out.split())
    data = read_run(run.folder)
    # Once it raised it raises for ever, also when there is room again.
    assert len(data.notes) + errors == 100
    assert (lost, errors > 10) == (errors, True)
    assert [each.message[:3] for each in data.notes] == [f"{number:03}" for number in range(100 - errors)]
    assert data.lost == (
        "records could not be written (full disk?): what is read here is not all that happened",
    )


@pytest.mark.parametrize("limit", [4000, 4050])
def test_full_and_go_on(run: Run, limit: int) -> None:
    pytest.importorskip("resource")
    command = [sys.executable, "-c", FULL, str(run.folder), "go_on", str(limit)]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    errors, lost = map(int, out.split())
    data = read_run(run.folder)
    assert errors == 0
    assert lost > 50
    kept = [each for each in data.notes if each.kind == "problem"]
    assert len(kept) + lost == 100
    assert kept[-1].message[:3] == "099"
    assert [each.kind for each in data.notes if each.kind != "problem"] == ["lost"]
    assert data.lost[0].startswith("records could not be written")
    assert f"{lost} records are missing" in data.lost[1]


@needs_fork
def test_a_child_without_room_for_a_file_leaves_a_mark(run: Run) -> None:
    resource = pytest.importorskip("resource")
    log = RunLog(run.folder, "go_on")
    log.write(note("a"))

    def child() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
        log.write(note("b"))
        assert log.lost == 1

    assert in_fork(child) == 0
    log.close()
    data = read_run(run.folder)
    assert [each.message for each in data.notes] == ["a"]
    assert data.lost[0].startswith("records could not be written")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("on_full", ["stop", "go_on"])
def test_no_space_on_the_device(run: Run, on_full: str) -> None:
    log = RunLog(run.folder, on_full)  # type: ignore[arg-type]
    log.write(note("a"))
    handle = log._handle
    assert handle is not None
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, handle)
    os.close(full)
    state = os.fstat(handle)
    log._identity = (state.st_dev, state.st_ino)
    if on_full == "stop":
        with pytest.raises(LogFull, match="No space left on device"):
            log.write(note("b"))
    else:
        log.write(note("b"))
    assert log.lost == 1
    assert read_run(run.folder).lost[0].startswith("records could not be written")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB, where mounting one is permitted."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    if mount is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    done = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("mounting a small disk is not permitted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_is_really_full(small_disk: Path) -> None:
    run = create_run(small_disk)
    log = RunLog(run.folder)
    written = 0
    with contextlib.suppress(LogFull):
        while True:
            log.write(note(f"{written} " + "x" * 700))
            written += 1
    with pytest.raises(LogFull, match="No space left on device"):
        log.write(note("once more"))
    log.close()
    data = read_run(run.folder)
    assert [int(each.message.split()[0]) for each in data.notes] == list(range(written))
    assert [text.partition(" (")[0] for text in data.lost] == ["records could not be written"]
    with pytest.raises(LogFull, match="No space left on device"):
        create_run(small_disk / "another", ["x" * 5000])


def test_a_disk_that_is_full_for_a_while(small_disk: Path) -> None:
    run = create_run(small_disk)
    log = RunLog(run.folder, "go_on")
    filler = small_disk / "filler"
    for number in range(30):
        if number == 10:
            with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
                while True:
                    file.write(b"x" * 512)
        if number == 20:
            filler.unlink()
        log.write(note(f"{number:02}" + "x" * 1500))
    log.close()
    data = read_run(run.folder)
    kept = [each.message[:2] for each in data.notes if each.kind == "problem"]
    assert len(kept) + log.lost == 30
    assert kept[-10:] == [f"{number}" for number in range(20, 30)]
    assert data.lost[0].startswith("records could not be written")
