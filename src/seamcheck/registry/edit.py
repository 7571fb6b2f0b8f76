"""Changes of a registry as edits of its files: made in memory, checked, and written only as a whole."""

from __future__ import annotations

import codecs
import contextlib
import difflib
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from seamcheck.config.consumers import Requires, base_of
from seamcheck.config.load import OWN_FILE, section_of
from seamcheck.config.paths import relative
from seamcheck.config.schema import Config
from seamcheck.model.errors import RegistryError
from seamcheck.model.report import Problem
from seamcheck.registry.literal import read_literal
from seamcheck.registry.model import Entry
from seamcheck.registry.toml_edit import TomlEdits, edit_toml


class Home(NamedTuple):
    """Where new entries go: a TOML file, or with ``variable`` a literal whose keys ``pattern`` ties to functions."""

    file: str
    variable: str | None = None
    pattern: str | None = None


class Update(NamedTuple):
    """New values of an entry; ``fingerprint`` None leaves it as it is."""

    entry: Entry
    requires: Requires
    fingerprint: str | None


class Plan(NamedTuple):
    """What to change, and where additions go."""

    updates: tuple[Update, ...] = ()
    removals: tuple[Entry, ...] = ()
    additions: tuple[Entry, ...] = ()


class FileEdit(NamedTuple):
    """One file before (None: it is new) and after; ``shown`` is its path relative to the root."""

    path: str
    shown: str
    old: bytes | None
    new: bytes


def home_of(config: Config, root: str) -> Home:
    """The registry file, else the configuration where it has entries, else a literal, else the configuration."""
    base = base_of(config, root)
    if config.registry is not None:
        return Home(os.path.join(base, config.registry))
    if config.registry_literal and not config.consumer:
        first = config.registry_literal[0]
        return Home(os.path.join(base, first.path), first.variable, first.entry)
    return Home(os.path.abspath(config.file) if config.file is not None else os.path.join(root, OWN_FILE))


def file_edits(plan: Plan, root: str) -> list[FileEdit]:
    """The files that a plan changes; raises RegistryError where one cannot be edited. Nothing is written."""
    toml: dict[str, Plan] = defaultdict(Plan)
    literals: dict[tuple[str, str], Plan] = defaultdict(Plan)
    for name in Plan._fields:
        for change in getattr(plan, name):
            entry = change.entry if isinstance(change, Update) else change
            if entry.variable is None:
                known = toml[entry.file]
                toml[entry.file] = known._replace(**{name: (*getattr(known, name), change)})
            else:
                key = (entry.file, entry.variable)
                literals[key] = literals[key]._replace(**{name: (*getattr(literals[key], name), change)})
    out = [_toml_edit(file, relative(file, root), part) for file, part in sorted(toml.items())]
    pending: dict[str, FileEdit] = {}
    for (file, variable), part in sorted(literals.items()):
        shown = relative(file, root)
        before = pending[file] if file in pending else FileEdit(file, shown, _read(file, shown), b"")
        source = before.new or before.old or b""
        pending[file] = before._replace(new=_literal_edit(source, shown, variable, part))
    return [each for each in (*out, *pending.values()) if each.old != each.new]


def _toml_edit(file: str, shown: str, plan: Plan) -> FileEdit:
    data = _read(file, shown) if os.path.lexists(file) else None
    bom = codecs.BOM_UTF8 if (data or b"").startswith(codecs.BOM_UTF8) else b""
    try:
        text = (data or b"").removeprefix(bom).decode("utf-8")
    except UnicodeDecodeError as error:
        raise RegistryError("is not UTF-8", shown) from error
    put: dict[int, dict[str, str]] = {}
    for update in plan.updates:
        fields: dict[str, str] = {}
        if update.requires != update.entry.requires:
            fields["requires"] = update.requires
        if update.fingerprint is not None and update.fingerprint != update.entry.fingerprint:
            fields["fingerprint"] = update.fingerprint
        if fields:
            put[update.entry.index] = fields
    added = tuple(_fields(entry) for entry in plan.additions)
    edits = TomlEdits(put, frozenset(entry.index for entry in plan.removals), added)
    try:
        new = edit_toml(text, section_of(Path(file)), edits, shown)
    except ValueError as error:
        raise RegistryError(f"cannot be edited: {error}", shown) from error
    return FileEdit(file, shown, data, bom + new.encode("utf-8"))


def _fields(entry: Entry) -> dict[str, str]:
    fields = {
        "name": entry.name,
        "entry": entry.entry or "",
        "requires": entry.requires,
        "owner": entry.owner,
        "reason": entry.reason,
        "fingerprint": entry.fingerprint or "",
    }
    return {key: value for key, value in fields.items() if value}


def _literal_edit(data: bytes, shown: str, variable: str, plan: Plan) -> bytes:
    from seamcheck.syntax.deep import run_deep
    from seamcheck.syntax.edit_dict import edit_dict
    from seamcheck.syntax.parse import read_facts

    put: dict[str, str] = {update.entry.name: update.requires for update in plan.updates}
    put.update({entry.name: entry.requires for entry in plan.additions})
    removed = [entry.name for entry in plan.removals]

    def work() -> tuple[bytes | Problem, list[tuple[str, str]], list[tuple[str, str]]]:
        new = edit_dict(data, shown, variable, put, removed)
        facts = [read_facts(each, shown) for each in (data, new if isinstance(new, bytes) else data)]
        said = [[] if isinstance(f, Problem) else _said(read_literal(f, variable, shown)) for f in facts]
        return new, said[0], said[1]

    new, before, after = run_deep(work)
    if isinstance(new, Problem):
        raise RegistryError(f"cannot be edited: {new.message}", shown, new.line, "edit it by hand")
    meant = {key: value for key, value in before if key not in removed} | put
    if after != list(meant.items()):
        raise RegistryError(
            "cannot be edited safely, so it was left as it is", shown, None, "edit it by hand"
        )
    return new


def _said(items: Iterable[tuple[str, str, int]]) -> list[tuple[str, str]]:
    return [(key, value) for key, value, _ in items]


def _read(file: str, shown: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise RegistryError(f"cannot be read: {error.strerror}", shown) from error


def write(edits: Iterable[FileEdit]) -> None:
    """Replace each file as a whole, or none where somebody changed one meanwhile; raises RegistryError."""
    every = list(edits)
    for edit in every:
        now = _read(edit.path, edit.shown) if os.path.lexists(edit.path) else None
        if now != edit.old:
            raise RegistryError(
                "was changed meanwhile, so nothing was written", edit.shown, None, "run it again"
            )
    for edit in every:
        try:
            _replace(os.path.realpath(edit.path), edit.new)
        except OSError as error:
            raise RegistryError(f"cannot be written: {error.strerror}", edit.shown) from error


def _replace(path: str, data: bytes) -> None:
    """Others see the old file or the new one, with the permissions of the old one."""
    try:
        mode = os.stat(path).st_mode & 0o7777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    descriptor, temporary = tempfile.mkstemp(prefix=".seamcheck-", dir=os.path.dirname(path))
    try:
        with open(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def diff(edit: FileEdit) -> str:
    """A unified diff of one file."""
    old = (edit.old or b"").decode("utf-8", "replace").splitlines(keepends=True)
    new = edit.new.decode("utf-8", "replace").splitlines(keepends=True)
    rows = difflib.unified_diff(old, new, edit.shown if edit.old is not None else "/dev/null", edit.shown)
    return "".join(row if row.endswith("\n") else f"{row}\n\\ No newline at end of file\n" for row in rows)
