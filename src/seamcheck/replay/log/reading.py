"""The reading end: everything a run's processes wrote, from spools and Parquet together."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from seamcheck.model.errors import LogError
from seamcheck.model.event import Event, Note
from seamcheck.replay.log.files import log_error
from seamcheck.replay.log.records import FORMAT, Damage, Numbered, decode
from seamcheck.replay.log.runs import COMPLETE, INFO, LOST, SPOOL, RunInfo, read_info


class RunData(NamedTuple):
    """A run as its log has it. Events and notes are in the order of their time.

    ``problems`` are for people. ``lost`` are those of them that mean that records are missing: no verdict of equality
    may rest on this log.
    """

    run: RunInfo | None
    events: tuple[Event, ...]
    notes: tuple[Note, ...]
    problems: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


class Spool(NamedTuple):
    """One spool file: its records by key, and what is wrong with it. Keys tell records apart over files."""

    path: Path
    host: str | None
    events: dict[str, Event]
    notes: dict[str, Note]
    lost: tuple[str, ...]


def read_run(folder: Path) -> RunData:
    """The run in this folder, also while its processes still write.

    Damaged lines are reported and the rest is read. Raises :class:`LogError` where there is no run, or where it is
    compacted and pyarrow is not installed.
    """
    from seamcheck.replay.log.compaction import read_compacted

    if not folder.is_dir():
        raise LogError("there is no such run", str(folder))
    info = read_info(folder)
    events: dict[str, Event] = {}
    notes: dict[str, Note] = {}
    lost = _marked(folder)
    # Spools before Parquet: what a compaction moves in between is then seen twice, never missed.
    for path in spool_files(folder):
        spool = read_spool(path, folder.name if info is None else info.id)
        if spool is not None:
            events.update(spool.events)
            notes.update(spool.notes)
            lost += spool.lost
    for kept in read_compacted(folder):
        events.update(kept.events)
        notes.update(kept.notes)
        lost += kept.lost
    problems = (
        [] if info is not None else [f"{INFO} is missing or damaged: it is not known what was replayed"]
    )
    return RunData(
        info,
        tuple(sorted(events.values(), key=lambda e: (e.wall, e.pid, e.monotonic, e.uuid))),
        tuple(note for _, note in sorted(notes.items(), key=lambda item: (item[1].wall, item[0]))),
        tuple(lost + problems),
        tuple(lost),
    )


def _marked(folder: Path) -> list[str]:
    """What the marker file says: there from the start, renamed by a process that could not write a record."""
    if (folder / LOST).exists():
        return ["records could not be written (full disk?): what is read here is not all that happened"]
    if (folder / INFO).exists() and not (folder / COMPLETE).exists():
        return [f"the file `{COMPLETE}` is missing: the folder was not copied as a whole"]
    return []


def spool_files(folder: Path) -> list[Path]:
    """The spools of a run; links are not followed, so nothing outside is read or, later, deleted."""
    try:
        paths = sorted((folder / SPOOL).glob("*.jsonl"))
    except OSError as error:
        raise log_error("reading", folder / SPOOL, error) from error
    return [path for path in paths if path.is_file() and not path.is_symlink()]


def read_spool(path: Path, run: str) -> Spool | None:
    """One spool; None if it went away meanwhile (compacted by another process). Raises :class:`LogError`."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise log_error("reading", path, error) from error
    lines = list(decode(data))
    good = [line for line in lines if isinstance(line, Numbered)]
    name = path.name
    lost = [_damage(name, line) for line in lines if isinstance(line, Damage)]
    header = good[0].line.header if good else None
    if header is None:
        if data:
            lost.append(f"{name}: the first line is no header")
    elif header.format > FORMAT:
        lost.append(f"{name}: written by a newer seamcheck ({header.version}); not read")
        good = []
    elif header.run != run:
        lost.append(f"{name}: belongs to run {header.run}; not read")
        good = []
    lost += _gaps(name, good)
    events, strangers = {}, 0
    for each in good:
        if each.line.event is None:
            continue
        if header is not None and each.line.event.run != header.run:
            strangers += 1
        else:
            events[each.line.event.uuid] = each.line.event
    if strangers:
        lost.append(f"{name}: {strangers} events of another run; not read")
    notes = {f"{name}:{each.number:010}": each.line.note for each in good if each.line.note is not None}
    return Spool(path, None if header is None else header.host, events, notes, tuple(lost))


def _damage(name: str, damage: Damage) -> str:
    if damage.torn:
        return f"{name}: the last line is torn ({damage.size} bytes at {damage.offset})"
    return f"{name}: a damaged line at byte {damage.offset} ({damage.size} bytes)"


def _gaps(name: str, lines: list[Numbered]) -> list[str]:
    """Numbers that no line has although later ones are there."""
    numbers = {line.number for line in lines}
    missing = max(numbers) + 1 - len(numbers) if numbers else 0
    return [f"{name}: {missing} records are missing"] if missing else []
