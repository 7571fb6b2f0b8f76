"""Where reports go: stdout or files, several in one run."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import click

#: Formats that programs read: an escape for a character that a terminal does not have would break them.
PROGRAMS = frozenset({"json", "sarif", "gitlab", "junit"})


class NotWritten(click.FileError):
    """A report that could not be written."""

    def format_message(self) -> str:
        """What, and why."""
        return f"{self.ui_filename}: the report could not be written: {self.message}"


class Target(NamedTuple):
    """One report to write; ``path`` None is stdout."""

    form: str
    path: Path | None


def parse_targets(words: Iterable[str], formats: tuple[str, ...]) -> list[Target]:
    """``FORMAT`` or ``FORMAT:PATH``, checked before the scan so that an hour is not lost on a typo."""
    targets: list[Target] = []
    for word in words or (formats[0],):
        form, _, path = word.partition(":")
        if form not in formats:
            from difflib import get_close_matches

            close = get_close_matches(form, formats, n=1)
            hint = f"did you mean {close[0]!r}?" if close else "known formats: " + ", ".join(formats)
            raise click.BadParameter(f"{form!r} is no format ({hint})", param_hint="--output")
        targets.append(Target(form, Path(path) if path and path != "-" else None))
    for target in targets:
        _check_target(target)
    places = [None if target.path is None else os.path.realpath(target.path) for target in targets]
    if places.count(None) > 1:
        raise click.BadParameter("only one report can go to stdout; write FORMAT:PATH", param_hint="--output")
    if len(set(places)) < len(places):
        raise click.BadParameter("two reports go to the same file", param_hint="--output")
    return targets


def _check_target(target: Target) -> None:
    path = target.path
    if path is None:
        return
    if path.is_dir():
        raise click.BadParameter(f"{path} is a folder", param_hint="--output")
    if not path.absolute().parent.is_dir():
        raise click.BadParameter(f"the folder of {path} does not exist", param_hint="--output")


def write_all(targets: Iterable[Target], text_of: Callable[[Target], str]) -> None:
    """Write every report; one that cannot be written is told of after the others are there.

    Files come first: the reader of stdout may go away at any time.
    """
    failed: list[NotWritten] = []
    for target in sorted(targets, key=lambda target: target.path is None):
        try:
            write_report(text_of(target), target.path, target.form in PROGRAMS)
        except NotWritten as refusal:
            failed.append(refusal)
    for each in failed[:-1]:
        each.show()
    if failed:
        raise failed[-1]


def write_report(text: str, path: Path | None, exact: bool = False) -> None:
    """Write to stdout or, whole or not at all, to a file. ``exact``: UTF-8 whatever the terminal's encoding."""
    if path is None:
        write_stdout(text, exact)
        return
    try:
        _replace(path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise NotWritten(str(path), error.strerror or str(error)) from error


def _replace(path: Path, data: bytes) -> None:
    """A reader never sees half a report. Devices and pipes cannot be replaced, so they are written to."""
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    handle, name = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_stdout(text: str, exact: bool = False) -> None:
    """Write with an escape for what the terminal's encoding does not have; ``exact`` is UTF-8 whatever it has."""
    try:
        if exact:
            sys.stdout.flush()
            sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        else:
            encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
            sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has what it wanted; the command group knows what to do.
        raise
    except OSError as error:
        _give_up_stdout()
        raise NotWritten("<stdout>", error.strerror or str(error)) from error


def _give_up_stdout() -> None:
    """What could not be written waits in a buffer; without this Python tries again at exit, and takes its code."""
    with contextlib.suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
