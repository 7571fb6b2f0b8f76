"""What a scan is asked for and what it gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from seamcheck.model.report import ScanReport

Progress = Callable[[str, int, int], None]


class Unsaved(msgspec.Struct, frozen=True):
    """The text of an editor that stands for a file: its absolute path (it may not exist) and what it would hold."""

    path: str
    data: bytes


class ScanOptions(msgspec.Struct, frozen=True):
    """What to scan and how. ``consumers`` are ``path::qualname`` to classify whether discovered or not.

    ``tests``: run the code of test suites, too; without, it is read and run only where other code imports it.
    ``progress`` is called with a phase, how much of it is done and how much there is. ``jobs`` processes parse; None
    is as many as pay, and 1, this process alone, is the default for callers: processes are for them to want.
    ``baseline`` is the file to use instead of the configured one; without ``use_baseline`` there is none.
    ``since``: report only what is new since this revision. ``unsaved``: this text stands for its file, and only what
    stands in that file is reported. ``cache_root`` is the project whose cache of facts is used, if it is another one:
    the report is not kept then.
    """

    paths: tuple[Path, ...]
    config_path: Path | None = None
    exclude: tuple[str, ...] = ()
    use_cache: bool = True
    consumers: tuple[str, ...] = ()
    progress: Progress | None = None
    tests: bool = False
    jobs: int | None = 1
    baseline: Path | None = None
    use_baseline: bool = True
    since: str | None = None
    unsaved: Unsaved | None = None
    cache_root: str | None = None


class ScanResult(msgspec.Struct, frozen=True):
    """A report, the seconds each phase took, and ``sources``: the lines of a scanned file, for frames."""

    report: ScanReport
    timings: dict[str, float]
    sources: Callable[[str], list[str]]
