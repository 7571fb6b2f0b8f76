"""Small pieces of file handling that a log needs: whole-file writes, locks that die with their process, errors."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from seamcheck.model.errors import LogError, LogFull

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def log_error(doing: str, path: Path, error: OSError) -> LogError:
    """The error to raise for a failed file operation; :class:`LogFull` where room is what was missing."""
    why = error.strerror or str(error)
    if error.errno in _FULL:
        return LogFull(
            f"the event log is full, {doing} failed: {why}",
            str(path),
            hint="make room, or keep the runs on another disk with --runs DIR",
        )
    return LogError(f"{doing} the event log failed: {why}", str(path))


def write_whole(path: Path, data: bytes) -> None:
    """Replace a file so that readers, also after a crash, see the old or the new one, never a part.

    Raises OSError.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(beside, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder durable; where folders cannot be opened (Windows) there is nothing to do."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError as error:
        # Some file systems refuse this for folders; the rename itself is done.
        if error.errno not in {errno.EINVAL, errno.EBADF, errno.ENOTSUP}:
            raise
    finally:
        os.close(handle)


def sync_data(handle: int) -> None:
    """Bring a file's content to the disk; raises OSError."""
    getattr(os, "fdatasync", os.fsync)(handle)


def hold(handle: int) -> bool | None:
    """Lock an open file for this process until it is closed or the process ends, however it ends.

    The kernel gives it back at once when a process dies, so unlike a process id it cannot be mistaken for another's.
    False: somebody else has it. None: there are no such locks here.
    """
    try:
        import fcntl
    except ImportError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


@contextlib.contextmanager
def held(path: Path, create: bool = False) -> Iterator[bool]:
    """Hold a file's lock for a while; yields False where somebody else has it or it cannot be had."""
    handle = os.open(path, os.O_RDWR | (os.O_CREAT if create else 0), 0o666)
    try:
        yield hold(handle) is True
    finally:
        os.close(handle)
