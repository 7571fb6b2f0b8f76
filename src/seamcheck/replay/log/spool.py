"""The writing end: each process appends to a file of its own, one unbuffered write per record.

When :meth:`RunLog.write` returns, the record is with the kernel: a ``kill -9`` or a crash in native code at any later
instant does not lose it. Only a power failure can, up to the last :data:`SYNC_SECONDS`.
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import threading
import time
import weakref
from pathlib import Path
from typing import Literal

from seamcheck import __version__
from seamcheck.model.errors import LogError
from seamcheck.model.event import SPEC, Event, Note
from seamcheck.replay.log.files import hold, log_error, sync_data
from seamcheck.replay.log.records import FORMAT, Header, encode, encode_body
from seamcheck.replay.log.runs import COMPLETE, LOST, SPOOL, read_info

#: What to do when a record cannot be written: "stop" the program with an error, or "go_on" without it. Either way the
#: run remembers, and no verdict of equality is possible any more.
OnFull = Literal["stop", "go_on"]
#: How often the file is brought to the disk, so that a power failure loses no more than this.
SYNC_SECONDS = 30.0

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


class RunLog:
    """The log of this process in a run's folder. Threads may share it; a forked child goes on in a file of its own.

    A write after :meth:`close` opens a new file: a late thread loses nothing.
    """

    def __init__(self, folder: Path, on_full: OnFull = "stop") -> None:
        self.folder, self.on_full = folder.absolute(), on_full
        #: How many records this process could not write.
        self.lost = 0
        info = read_info(self.folder)
        self._run = self.folder.name if info is None else info.id
        self._error: LogError | None = None
        self._forget()
        _LOGS.add(self)

    def _forget(self) -> None:
        """As if nothing had been written yet."""
        # Reentrant: a signal handler may train, too, while the code it interrupted is writing.
        self._lock = threading.RLock()
        self._handle: int | None = None
        self._identity = (0, 0)
        self._path = self.folder / SPOOL
        self._pid = 0
        self._number = 0
        self._torn = False
        self._synced = 0.0

    # -- writing -------------------------------------------------------------------------------------

    def write(self, record: Event | Note) -> None:
        """Append a record; it is safe from the death of this process when this returns.

        Raises :class:`LogError` (:class:`LogFull` where there is no room), unless the log was told to go on. A log
        that raised once raises for ever: code that swallows the error must not get a log with a hole in it.
        """
        body = encode_body(record)
        with self._lock:
            if self._error is not None and self.on_full == "stop":
                self.lost += 1
                raise self._error
            try:
                self._append(body)
            except OSError as error:
                self._lose(error)

    def close(self) -> None:
        """Bring what was written to the disk and close the file. May be called again."""
        with self._lock:
            if self.lost and self.on_full == "go_on":
                self._say_loss()
            handle = self._own_handle()
            self._handle = None
            if handle is None:
                return
            try:
                sync_data(handle)
            except OSError as error:
                self._lose(error)
            finally:
                os.close(handle)

    def _append(self, body: bytes) -> None:
        handle = self._own_handle()
        if handle is None:
            handle = self._open()
        number = self._number
        # Also a record that fails uses up its number: a reader sees the gap.
        self._number += 1
        self._put(handle, encode(number, body))
        now = time.monotonic()
        if now - self._synced > SYNC_SECONDS:
            self._synced = now
            sync_data(handle)

    def _put(self, handle: int, data: bytes) -> None:
        """One write. If only a part went in, the rest; if that fails, the part is taken back."""
        whole = b"\n" + data if self._torn else data
        done = os.write(handle, whole)
        try:
            while done < len(whole):
                done += os.write(handle, whole[done:])
        except OSError:
            self._take_back(handle, done)
            raise
        self._torn = False

    def _take_back(self, handle: int, done: int) -> None:
        try:
            os.ftruncate(handle, os.fstat(handle).st_size - done)
        except OSError:
            self._torn = True  # the next record starts on a line of its own

    # -- the file ------------------------------------------------------------------------------------

    def _own_handle(self) -> int | None:
        """The open file, if it is still ours and still in its folder.

        Programs fork, and some close every descriptor they find; its number may then be a file of theirs.
        """
        if self._handle is None or self._pid != os.getpid():
            return None
        state = self._state(self._handle)
        return self._handle if state is not None and state.st_nlink else None

    def _state(self, handle: int) -> os.stat_result | None:
        """What the descriptor is, or None where it is not the file we opened."""
        try:
            state = os.fstat(handle)
        except OSError:
            return None
        return state if (state.st_dev, state.st_ino) == self._identity else None

    def _open(self) -> int:
        """Start a file with its header; raises OSError."""
        host, start = socket.gethostname(), time.time()
        safe = re.sub(r"[^A-Za-z0-9_.-]", "_", host)[:64]
        folder = self.folder / SPOOL
        folder.mkdir(exist_ok=True)
        while True:
            path = folder / f"{safe}-{os.getpid()}-{time.time_ns():x}.jsonl"
            with contextlib.suppress(FileExistsError):
                handle = os.open(path, _FLAGS, 0o666)
                # Held as long as the process lives: compaction leaves this file alone until then. If one was
                # quicker, the file stays empty and another one is taken.
                if hold(handle) is not False:
                    break
                os.close(handle)
        state = os.fstat(handle)
        self._path, self._pid, self._torn = path, os.getpid(), False
        self._identity = (state.st_dev, state.st_ino)
        header = Header(FORMAT, SPEC, __version__, self._run, host, os.getpid(), start)
        try:
            self._put(handle, encode(0, encode_body(header)))
        except OSError:
            os.close(handle)
            with contextlib.suppress(OSError):
                path.unlink()
            raise
        self._handle, self._number, self._synced = handle, 1, time.monotonic()
        return handle

    # -- loss ----------------------------------------------------------------------------------------

    def _lose(self, error: OSError) -> None:
        self.lost += 1
        # A rename needs no room, so this works on a full disk, and for processes that could not even start a file.
        with contextlib.suppress(OSError):
            os.rename(self.folder / COMPLETE, self.folder / LOST)
        self._error = log_error("writing", self._path, error)
        if self.on_full == "stop":
            raise self._error from error

    def _say_loss(self) -> None:
        message = f"{self.lost} records of process {os.getpid()} could not be written: {self._error}"
        with contextlib.suppress(OSError):
            self._append(encode_body(Note("lost", message, pid=os.getpid(), wall=time.time())))

    def after_fork(self) -> None:
        """In a forked child: let go of the parent's file and of a lock that another thread may have held."""
        handle = self._handle
        inherited = handle is not None and self._state(handle) is not None
        self._forget()
        self.lost = 0
        if handle is not None and inherited:
            os.close(handle)


_LOGS: weakref.WeakSet[RunLog] = weakref.WeakSet()


def _after_fork() -> None:
    for log in list(_LOGS):
        log.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
