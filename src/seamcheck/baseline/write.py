"""Makes a baseline from a report, and shrinks one. Nothing is written that has not changed, and never by halves."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Collection
from typing import NamedTuple

import msgspec

from seamcheck import __version__
from seamcheck.baseline.match import Match, keys
from seamcheck.baseline.schema import SCHEMA, Baseline, Entry, Key, Settings
from seamcheck.checks.codes import all_codes
from seamcheck.config.schema import Config
from seamcheck.model.errors import ConfigError
from seamcheck.model.report import Finding, ScanReport
from seamcheck.model.scan import ScanOptions


class Plan(NamedTuple):
    """A baseline to write: what is new in it and gone from it, and the failing findings that it cannot take."""

    baseline: Baseline
    added: tuple[Finding, ...]
    removed: tuple[Entry, ...]
    left_out: tuple[Finding, ...]


def plan(
    report: ScanReport,
    old: tuple[Baseline, Match] | None,
    options: ScanOptions,
    config: Config,
    base: str,
    reason: str | None = None,
) -> Plan:
    """The baseline that lets this report pass. ``report`` has none applied; ``old`` is the one there is, matched.

    Entries that this scan cannot judge stay, and so do reasons; ``reason`` is that of the new ones. Notes are left
    out: they fail nothing.
    """
    before = {} if old is None else {entry.key: entry for entry in old[0].entries}
    gone = frozenset() if old is None else frozenset(entry.key for entry in old[1].stale)
    entries = {key: entry for key, entry in before.items() if key not in gone}
    added, left_out = [], []
    for finding, key in keys(report, base):
        if finding.severity == "note" or finding.suppressed is not None:
            continue
        if all_codes()[finding.code].never_baseline or ".." in key.path.split("/"):
            left_out.append(finding)
        elif key not in before:
            added.append(finding)
            entries[key] = Entry(key, reason)
    ordered = tuple(entries[key] for key in sorted(entries))
    settings = Settings(config.select, config.ignore, config.severity, options.tests)
    removed = tuple(entry for key, entry in before.items() if key not in entries)
    return Plan(Baseline(__version__, settings, ordered), tuple(added), removed, tuple(left_out))


def pruned(known: Baseline, stale: Collection[Entry]) -> Baseline:
    """The baseline without these entries, and otherwise as it was."""
    gone = {entry.key for entry in stale}
    return msgspec.structs.replace(
        known, entries=tuple(entry for entry in known.entries if entry.key not in gone)
    )


def to_text(baseline: Baseline) -> str:
    """The file: one line for each entry, in the order they have."""
    import json

    def line(value: object) -> str:
        return json.dumps(value, ensure_ascii=False)

    settings = msgspec.to_builtins(baseline.settings, order="deterministic")
    head = [
        "{",
        f'  "schema": {line(SCHEMA)},',
        f'  "version": {line(baseline.version)},',
        f'  "settings": {line(settings)},',
    ]
    rows = [f"    {line(_row(entry.key, entry.reason))}" for entry in baseline.entries]
    body = '  "entries": [' + ("\n" + ",\n".join(rows) + "\n  ]" if rows else "]")
    return "\n".join([*head, body, "}"]) + "\n"


def _row(key: Key, reason: str | None) -> dict[str, object]:
    row: dict[str, object] = dict(key._asdict())
    if reason is not None:
        row["reason"] = reason
    return row


def save(file: str, shown: str, baseline: Baseline) -> bool:
    """Write a baseline, whole or not at all; False if the file says so already. Raises ConfigError if it cannot."""
    data = to_text(baseline).encode()
    if os.path.islink(file):
        raise ConfigError("is a symbolic link: nothing is written through it", shown, None, "name its target")
    try:
        mode = None
        if os.path.exists(file):
            with open(file, "rb") as stream:
                if stream.read() == data:
                    return False
                mode = os.fstat(stream.fileno()).st_mode & 0o777
        _replace(file, data, mode)
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror}", shown) from error
    return True


def _replace(file: str, data: bytes, mode: int | None) -> None:
    handle, name = tempfile.mkstemp(dir=os.path.dirname(file), prefix=".seamcheck-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        if mode is None:
            mask = os.umask(0)
            os.umask(mask)
            mode = 0o666 & ~mask
        os.chmod(name, mode)
        os.replace(name, file)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
