"""Worker processes that parse files side by side, and what happens when one of them dies.

They are plain child processes with pipes, the same on every system: nothing is forked with its locks and threads,
nothing of the calling program is imported again, no semaphores stay behind. A worker ends when its pipe does, so
none outlives this process by more than the file it is at.
"""

from __future__ import annotations

import contextlib
import marshal
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from typing import NamedTuple

from seamcheck.facts.worker import READY, Answer

#: A file to parse: its path in a Problem and its bytes.
Task = tuple[str, bytes]

# A worker imports from where this process does: the folder it is started in may hold anything.
_CODE = """
import marshal, sys
try:
    sys.path[:] = marshal.load(sys.stdin.buffer)
except EOFError:
    sys.exit(1)  # who started it is gone already
from seamcheck.facts.worker import main
main()
"""
#: Where waiting cannot be interrupted (Windows), Ctrl-C waits so long.
_POLL_SECONDS = 0.25
#: What ends by itself keeps its exit code; what talks nonsense instead is ended.
_DYING_SECONDS = 5.0


class _Event(NamedTuple):
    """A file was answered, or (``ended``) a worker stopped, at this file or at none (-1)."""

    number: int
    answer: Answer = None
    ended: subprocess.Popen[bytes] | None = None


def parse_elsewhere(tasks: Sequence[Task], workers: int) -> Generator[tuple[int, Answer], None, None]:
    """Every task by its number with its answer, once, as they come; None is for the caller to parse.

    Close it to end the workers early. A file whose worker died is tried again in a new one, alone; if that dies,
    too, the answer is a Problem. Where no worker can be started, everything is left to the caller.
    """
    # The longest first: otherwise one worker may start it when the others are done.
    left = deque(sorted(range(len(tasks)), key=lambda number: -len(tasks[number][1])))
    died = yield from _round(tasks, left, workers)
    for number, _ in died:
        alone = deque([number])
        again = yield from _round(tasks, alone, 1)
        if again:
            yield number, _killed(tasks[number][0], again[0][1])
        left.extend(alone)
    for number in left:
        yield number, None


def _round(
    tasks: Sequence[Task], left: deque[int], workers: int
) -> Generator[tuple[int, Answer], None, list[tuple[int, int]]]:
    """Give the tasks in ``left`` to new workers; returns those at which one died, with its exit code."""
    died: list[tuple[int, int]] = []
    events: queue.SimpleQueue[_Event] = queue.SimpleQueue()
    with _started(workers) as processes:
        threads = [
            threading.Thread(target=_drive, args=(process, tasks, left, events), daemon=True)
            for process in processes
        ]
        try:
            for thread in threads:
                thread.start()
            running = len(threads)
            while running:
                try:
                    event = events.get(timeout=_POLL_SECONDS)
                except queue.Empty:
                    continue
                if event.ended is None:
                    yield event.number, event.answer
                    continue
                running -= 1
                if event.number >= 0:
                    died.append((event.number, event.ended.wait()))
        finally:
            for process in processes:
                process.kill()
            for thread in threads:
                if thread.ident is not None:
                    thread.join()
    return sorted(died)


def _drive(
    process: subprocess.Popen[bytes],
    tasks: Sequence[Task],
    left: deque[int],
    events: queue.SimpleQueue[_Event],
) -> None:
    """Hand tasks to one worker, one at a time, until there are none or it dies."""
    requests, answers = process.stdin, process.stdout
    assert requests is not None
    assert answers is not None
    number = -1
    # A broken pipe, whatever a dying process leaves in it, no memory for an answer: this worker is done.
    with contextlib.suppress(Exception):
        marshal.dump(sys.path, requests)
        requests.flush()
        alive = marshal.load(answers) == READY
        while alive and left:
            try:
                number = left.popleft()
            except IndexError:  # another thread was faster
                break
            marshal.dump(tasks[number], requests)
            requests.flush()
            events.put(_Event(number, marshal.load(answers)))
            number = -1
    if number >= 0:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_DYING_SECONDS)
        process.kill()
    events.put(_Event(number, ended=process))


@contextlib.contextmanager
def _started(workers: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """So many worker processes, or fewer where the system has no more; all are gone afterwards."""
    with contextlib.ExitStack() as stack:
        processes: list[subprocess.Popen[bytes]] = []
        with _uninterrupted():
            for _ in range(workers):
                try:
                    process = _start()
                except (OSError, ValueError):
                    break
                stack.callback(_end, process)
                processes.append(process)
        yield processes


def _start() -> subprocess.Popen[bytes]:
    if not sys.executable or getattr(sys, "frozen", False):
        raise OSError("this program is no Python interpreter that could be started again")
    same = {"-I": sys.flags.isolated, "-E": sys.flags.ignore_environment, "-s": sys.flags.no_user_site,
            "-B": sys.flags.dont_write_bytecode}  # fmt: skip
    command = [sys.executable, "-P", *(flag for flag, wanted in same.items() if wanted), "-c", _CODE]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C waits; and what is started here never sees one, also not before it can say that it ignores it."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _killed(shown: str, code: int) -> Answer:
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    return shown, 1, f"the process that parsed this file died twice ({how}): exclude it and report this", 0, 0
