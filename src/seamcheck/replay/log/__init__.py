"""The event log of replays: written before training goes on, readable after ``kill -9`` at any instant.

A run is a folder ``<base>/<run id>``::

    run.json          which program, when, by which version
    complete          there from the start; renamed to ``records-lost`` by a process that could not write a record
    spool/            one append-only file per process, a line per record with a checksum and a number
    events.parquet    what :func:`compact` moved out of the spools, with notes.parquet beside it

Only hashes are written, never data.
"""

from seamcheck.replay.log.compaction import compact
from seamcheck.replay.log.reading import RunData, read_run
from seamcheck.replay.log.runs import Run, RunInfo, create_run, find, folder_of, latest
from seamcheck.replay.log.spool import OnFull, RunLog

__all__ = [
    "OnFull",
    "Run",
    "RunData",
    "RunInfo",
    "RunLog",
    "compact",
    "create_run",
    "find",
    "folder_of",
    "latest",
    "read_run",
]
