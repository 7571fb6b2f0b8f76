"""Run folders: made so that two runs never share one, and found again by id, prefix or age."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from seamcheck import __version__
from seamcheck.model.errors import LogError
from seamcheck.model.event import SPEC
from seamcheck.replay.log.files import log_error, write_whole

#: A moment (UTC) and a random number. Nothing else is a run id, so an id can never lead out of its folder.
RUN_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{8}")
_PREFIX = re.compile(r"[0-9a-f-]{1,24}")
INFO, SPOOL, COMPLETE, LOST = "run.json", "spool", "complete", "records-lost"


class Run(NamedTuple):
    """A run: its id and its folder."""

    id: str
    folder: Path


class RunInfo(msgspec.Struct, frozen=True):
    """``run.json``: which program was replayed. ``start`` is seconds since the epoch."""

    id: str
    argv: tuple[str, ...]
    cwd: str
    version: str
    spec: str
    start: float
    format: int = 1


def create_run(base: Path, argv: Sequence[str] = ()) -> Run:
    """A new run below ``base``, which is made if need be and kept out of version control.

    Raises :class:`LogError`.
    """
    base = base.absolute()
    try:
        base.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError), open(base / ".gitignore", "x", encoding="ascii") as file:
            file.write("*\n")
        run = _new_folder(base)
        info = RunInfo(
            run.id, tuple(map(_printable, argv)), _printable(os.getcwd()), __version__, SPEC, time.time()
        )
        (run.folder / SPOOL).mkdir()
        (run.folder / COMPLETE).touch()
        write_whole(run.folder / INFO, msgspec.json.format(msgspec.json.encode(info), indent=2) + b"\n")
    except OSError as error:
        raise log_error("starting", base, error) from error
    return run


def _new_folder(base: Path) -> Run:
    while True:
        name = time.strftime("%Y%m%d-%H%M%S-", time.gmtime()) + secrets.token_hex(4)
        with contextlib.suppress(FileExistsError):
            (base / name).mkdir()
            return Run(name, base / name)


def _printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def read_info(folder: Path) -> RunInfo | None:
    """What ``run.json`` says; None where it is missing or damaged."""
    try:
        return msgspec.json.decode((folder / INFO).read_bytes(), type=RunInfo)
    except (OSError, ValueError, msgspec.MsgspecError):
        return None


def runs(base: Path) -> list[Run]:
    """All runs below ``base``, the oldest first."""
    try:
        names = sorted(entry.name for entry in os.scandir(base) if entry.is_dir(follow_symlinks=False))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise log_error("reading", base, error) from error
    found = [Run(name, base / name) for name in names if RUN_ID.fullmatch(name)]
    return sorted(found, key=_age)


def _age(run: Run) -> tuple[str, float, str]:
    # Ids tell seconds; within one second what the run itself says decides.
    info = read_info(run.folder)
    return run.id[:15], 0.0 if info is None else info.start, run.id


def latest(base: Path) -> Run | None:
    """The run that was started last, or None."""
    found = runs(base)
    return found[-1] if found else None


def find(base: Path, name: str) -> Run:
    """The run of this id or unique beginning of one; raises :class:`LogError` if there is none or several."""
    if not _PREFIX.fullmatch(name):
        raise LogError(f"{name!r} is no run id", hint="a run id looks like 20260131-120000-0a1b2c3d")
    found = [run for run in runs(base) if run.id.startswith(name)]
    if not found:
        raise LogError(f"there is no run {name!r}", str(base), hint="`ls` this folder to see the runs")
    if len(found) > 1:
        listed = ", ".join(run.id for run in found[:5])
        raise LogError(f"{name!r} could be {len(found)} runs", str(base), hint=listed)
    return found[0]


def folder_of(name: str | None, base: Path) -> Path:
    """The folder of a run as people name it: by its folder, an id, the beginning of one, or not at all (the latest).

    Raises LogError.
    """
    if name is None:
        newest = latest(base)
        if newest is None:
            raise LogError("there is no run", str(base), hint="make one: seamcheck replay run SCRIPT")
        return newest.folder
    folder = Path(name)
    return folder if os.sep in name or (folder / "run.json").is_file() else find(base, name).folder
