"""Writes changes: a new file is never written over another one, an extended one only if it is what was read."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterable

from seamcheck.model.adoption import Change
from seamcheck.model.errors import ConfigError


def write(changes: Iterable[Change]) -> None:
    """Make the changes; raises ConfigError for the first that cannot be made."""
    for change in changes:
        if change.action == "keep":
            continue
        path = os.path.join(change.folder, change.path)
        try:
            (_create if change.action == "create" else _extend)(path, change)
        except FileExistsError as error:
            raise ConfigError("is there already", path, hint="nothing is written over it") from error
        except OSError as error:
            raise ConfigError(f"cannot be written: {error.strerror}", path) from error


def _create(path: str, change: Change) -> None:
    with open(path, "xb") as file:
        file.write(change.after.encode("utf-8"))


def _extend(path: str, change: Change) -> None:
    """Whole or not at all: half a pyproject.toml would stop every tool of the project."""
    if os.path.islink(path):
        raise ConfigError("is a link", path, hint="add the section or the hook to the file that it leads to")
    with open(path, "rb") as file:
        if file.read() != change.before.encode("utf-8"):
            raise ConfigError("has changed meanwhile", path, hint="run `seamcheck init` again")
    handle, name = tempfile.mkstemp(dir=os.path.dirname(path), prefix=f".{os.path.basename(path)}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(change.after.encode("utf-8"))
        shutil.copymode(path, name)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
