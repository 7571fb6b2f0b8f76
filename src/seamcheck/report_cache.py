"""The last reports of a project on disk: a scan of what has not changed needs none of the analysis.

An entry is named by everything that a report depends on: the bytes of all scanned files, the configuration, the
options, the model files and this version of seamcheck. It is used only if its checksum holds and it decodes to
a report; anything else is scanned anew. This module imports neither the parser nor the analysis.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec
from xxhash import xxh3_128

from seamcheck import __version__
from seamcheck.config.consumers import has_registry, registry_files
from seamcheck.config.paths import relative
from seamcheck.config.schema import Config
from seamcheck.facts import entries
from seamcheck.facts.cache import content_key
from seamcheck.model.report import Problem, ScanReport
from seamcheck.model.scan import ScanOptions
from seamcheck.syntax.source import read

REPORTS = "reports-1"
#: Reports that are kept: of the branches and options somebody switches between.
MAX_REPORTS = 8


def settings_key(
    options: ScanOptions, config: Config, root: str, files: Sequence[str], problems: Iterable[Problem]
) -> str | None:
    """The name of all that a report depends on but what stands in the scanned files; None if that cannot be read."""
    digest = xxh3_128()
    for part in (__version__, sys.implementation.cache_tag or "", root, *_own_files()):
        _add(digest, part.encode())
    _add(digest, msgspec.json.encode(config, order="deterministic"))
    _add(
        digest,
        msgspec.json.encode(
            [options.consumers, options.tests, [[p.path, p.line, p.message] for p in problems]]
        ),
    )
    if has_registry(config):
        # What is registered but not there is told where the scan looked.
        given = (os.path.abspath(os.fspath(path)) for path in options.paths or (os.getcwd(),))
        _add(digest, msgspec.json.encode(sorted({relative(path, root) for path in given})))
    for path in (*(os.path.join(root, rule) for rule in config.rules), *registry_files(config, root)):
        data = read(path, path)
        if isinstance(data, Problem):
            return None
        _add(digest, path.encode(errors="surrogateescape"))
        _add(digest, data)
    for path in files:
        _add(digest, path.encode(errors="surrogateescape"))
    return digest.hexdigest()


def content_keys(root: str, files: Sequence[str]) -> dict[str, str] | None:
    """The key of what stands in each file, by its path below ``root``; None if one cannot be read."""
    found: dict[str, str] = {}
    for path in files:
        data = read(path, path)
        if isinstance(data, Problem):
            return None
        found[relative(path, root)] = content_key(data)
    return found if len(found) == len(files) else None


def report_key(settings: str, contents: Mapping[str, str]) -> str:
    """The name of the report of a scan under these settings of files with these contents."""
    digest = xxh3_128()
    for part in (settings, *(part for pair in contents.items() for part in pair)):
        _add(digest, part.encode(errors="surrogateescape"))
    return digest.hexdigest()


def name_of(what: bytes) -> str:
    """A name for a report that ``what`` decides together with this version of seamcheck."""
    digest = xxh3_128()
    for part in (__version__, sys.implementation.cache_tag or "", *_own_files()):
        _add(digest, part.encode())
    _add(digest, what)
    return digest.hexdigest()


def _add(digest: xxh3_128, data: bytes) -> None:
    # The length keeps neighbours apart.
    digest.update(len(data).to_bytes(8, "little"))
    digest.update(data)


def _own_files() -> Iterable[str]:
    """Size and time of the files of seamcheck itself: a changed checkout has another version in all but name."""
    folders = [Path(__file__).parent]
    shared = folders[0].parent.parent / "rules"
    if shared.is_dir():
        folders.append(shared)
    for folder in folders:
        for path, _, names in sorted(os.walk(folder)):
            if path.endswith("__pycache__"):
                continue
            for name in sorted(names):
                status = os.stat(os.path.join(path, name))
                yield f"{path}/{name}:{status.st_size}:{status.st_mtime_ns}"


def load(root: str, key: str) -> ScanReport | None:
    """The report stored under this name, or None."""
    payload = entries.load(root, REPORTS, key)
    if payload is None:
        return None
    entries.touch(root, REPORTS, key)
    try:
        return msgspec.msgpack.decode(payload, type=ScanReport)
    except (msgspec.DecodeError, RecursionError):
        return None


def store(root: str, key: str, report: ScanReport) -> None:
    """Keep a report; does nothing where it cannot."""
    with contextlib.suppress(UnicodeEncodeError):
        entries.store(root, REPORTS, key, msgspec.msgpack.encode(report), MAX_REPORTS)
