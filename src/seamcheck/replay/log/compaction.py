"""Spools to Parquet: smaller, and readable by whatever reads Parquet. Works, like everything here, by keys."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterable
from pathlib import Path

from seamcheck.model.errors import LogError
from seamcheck.model.event import Event, Note
from seamcheck.replay.log.files import held, log_error, write_whole
from seamcheck.replay.log.reading import Spool, read_spool, spool_files
from seamcheck.replay.log.runs import read_info

EVENTS, NOTES, LOCK = "events.parquet", "notes.parquet", "compact.lock"


def compact(folder: Path) -> bool:
    """Move the records of a run into Parquet and delete the spools of processes that have ended.

    May be called at any time, by several at once, and again: records are told apart by their keys. Spools that
    somebody still writes are copied and stay; so do damaged ones, as evidence. False where nothing was done:
    pyarrow is not installed, or another process compacts. Raises :class:`LogError` where files cannot be written;
    nothing is lost then.
    """
    if not _has_pyarrow():
        return False
    if not folder.is_dir():
        raise LogError("there is no such run", str(folder))
    try:
        with held(folder / LOCK, create=True) as ours, contextlib.ExitStack() as stack:
            if not ours:
                return False
            _compact(folder, stack)
    except OSError as error:
        raise log_error("compacting", folder, error) from error
    return True


def _compact(folder: Path, stack: contextlib.ExitStack) -> None:
    info = read_info(folder)
    run = folder.name if info is None else info.id
    spools: list[Spool] = []
    ended: list[Path] = []
    for path in spool_files(folder):
        # The lock comes first, so that what is read then is all there will ever be.
        free = stack.enter_context(held(path))
        spool = read_spool(path, run)
        if spool is None:
            continue
        spools.append(spool)
        # A lock says nothing about processes of another machine on every network file system.
        if free and not spool.lost and spool.host == socket.gethostname():
            ended.append(path)
    if not spools:
        return
    events: dict[str, Event] = {}
    notes: dict[str, Note] = {}
    for kept in read_compacted(folder):
        if kept.lost:
            raise LogError(f"{kept.lost[0]}; the spools stay as they are", str(folder))
        events.update(kept.events)
        notes.update(kept.notes)
    for spool in spools:
        events.update(spool.events)
        notes.update(spool.notes)
    from seamcheck.replay.log import tables

    write_whole(folder / EVENTS, tables.write_events(events.values()))
    write_whole(folder / NOTES, tables.write_notes(notes))
    for path in ended:
        path.unlink(missing_ok=True)


def read_compacted(folder: Path) -> Iterable[Spool]:
    """What the Parquet files of a run hold, as if they were spools. A file that cannot be read is a loss.

    Raises :class:`LogError` where pyarrow is needed and not installed.
    """
    events, notes = folder / EVENTS, folder / NOTES
    present = [path for path in (events, notes) if path.is_file() and not path.is_symlink()]
    if not present:
        return
    if not _has_pyarrow():
        raise LogError(
            "this run is compacted to Parquet, and pyarrow is not installed",
            str(folder),
            hint="pip install 'seamcheck[replay]'",
        )
    from seamcheck.replay.log import tables

    for path in present:
        try:
            data = path.read_bytes()
            if path == events:
                yield Spool(path, None, {event.uuid: event for event in tables.read_events(data)}, {}, ())
            else:
                yield Spool(path, None, {}, tables.read_notes(data), ())
        except (OSError, tables.Unreadable) as error:
            yield Spool(path, None, {}, {}, (f"{path.name} cannot be read: {error}",))


def _has_pyarrow() -> bool:
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError:
        return False
    return True
