"""Trials whose data a program has saved: hashed from the files instead of running anything."""

from __future__ import annotations

import glob
import os
import re
import socket
import threading
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seamcheck.model.errors import ConfigError
from seamcheck.model.event import SPEC, Event, LoopRef, Note, ReplayReport, RoleHash

#: The kind of the loop in the report.
KIND = "snapshots"
#: The name under which each saved trial stands for its train call.
API = "seamcheck.snapshot"


def replay_snapshots(patterns: Mapping[str, str], runs: Path) -> ReplayReport:
    """One trial per file of each role, in natural order (``run_2`` before ``run_10``).

    ``patterns`` are globs by role ("X", "y", "weight"). Raises ConfigError where roles have different numbers of
    files, and LogError.
    """
    from seamcheck.replay.leaves import hash_role
    from seamcheck.replay.log import RunLog, compact, create_run, read_run
    from seamcheck.replay.summary import summarise

    files = {role: found(pattern) for role, pattern in patterns.items()}
    counts = {role: len(paths) for role, paths in files.items()}
    if len(set(counts.values())) > 1:
        listed = ", ".join(f"{count} of {role}" for role, count in counts.items())
        raise ConfigError(f"each trial needs one file per role, and there are {listed}")
    run = create_run(runs.absolute(), ["from-snapshots", *patterns.values()])
    log = RunLog(run.folder)
    hashed = hash_role(consume=True)
    loop = LoopRef(KIND, None, None)
    for number in range(min(counts.values())):
        log.write(Note("trial", "", loop, number, os.getpid(), time.time()))
        roles = tuple(_hashed(hashed, role, paths[number]) for role, paths in files.items())
        log.write(_event(run.id, loop, number, roles))
    log.write(Note("end", "ok", pid=os.getpid(), wall=time.time()))
    log.close()
    report = summarise(read_run(run.folder))
    compact(run.folder)
    return report


def found(pattern: str) -> list[str]:
    """The files of a pattern in natural order; raises ConfigError if there is none."""
    paths = [path for path in glob.glob(pattern, recursive=True) if os.path.isfile(path)]
    if not paths:
        raise ConfigError("no file is named like that", pattern, hint="quote the pattern")
    return sorted(paths, key=natural)


def natural(text: str) -> list[tuple[int, int | str]]:
    """A sort key in which numbers count as numbers."""
    parts = re.split(r"(\d+)", text)
    return [(0, int(part)) if part.isdecimal() else (1, part) for part in parts if part]


def _hashed(hash_role: Any, role: str, path: str) -> RoleHash:
    try:
        opened = _open(path)
    except Exception as error:  # whatever a reader says of a damaged file
        return RoleHash(role, "file", None, None, None, reason=f"{path} cannot be read: {error}")
    hashed: RoleHash = hash_role(role, 0, opened)
    return hashed


def _open(path: str) -> Any:
    """What is in a file, without loading more than need be. Pickles are never read: they can run code."""
    suffix = os.path.splitext(path)[1].lower()
    if suffix == ".npy":
        import numpy as np

        return np.load(path, mmap_mode="r", allow_pickle=False)
    if suffix == ".csv":
        from pyarrow import csv

        return csv.read_csv(path)
    forms = {".parquet": "parquet", ".pq": "parquet", ".feather": "ipc", ".arrow": "ipc", ".ipc": "ipc"}
    if suffix not in forms:
        raise ValueError("only .parquet, .feather, .arrow, .csv and .npy files are read")
    import pyarrow.dataset

    dataset = pyarrow.dataset.dataset(path, format=forms[suffix])
    index = _index_columns(dataset.schema)
    return dataset.scanner(columns=[name for name in dataset.schema.names if name not in index]).to_reader()


def _index_columns(schema: Any) -> set[str]:
    """Columns in which pandas saved an index: no part of the data."""
    saved = (schema.pandas_metadata or {}).get("index_columns", ())
    return {each for each in saved if isinstance(each, str)}


def _event(run: str, loop: LoopRef, number: int, roles: tuple[RoleHash, ...]) -> Event:
    refused = "; ".join(f"{role.role}: {role.reason}" for role in roles if role.digests is None) or None
    return Event(
        uuid=uuid.uuid4().hex,
        run=run,
        spec=SPEC,
        loop=loop,
        trial=number,
        cell=None,
        fold=None,
        ordinal=0,
        api=API,
        part="predictor",
        path=None,
        line=None,
        function=None,
        roles=roles,
        status="unknown" if refused else "ok",
        reason=refused,
        host=socket.gethostname(),
        pid=os.getpid(),
        thread=threading.get_ident(),
        monotonic=time.monotonic(),
        wall=time.time(),
    )
