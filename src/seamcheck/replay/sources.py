"""Which source files a replayed program consisted of: their digests, so that it shows when the code has changed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import msgspec
from xxhash import xxh3_128_hexdigest

from seamcheck.model.errors import LogError

NAME = "sources.json"


class Sources(msgspec.Struct, frozen=True):
    """``sources.json`` of a run: the project root, and the xxh3-128 of each file below it that was loaded.

    Paths are relative to the root with "/". A digest is empty where the file changed while the program ran: which of
    its versions ran is not known then.
    """

    root: str
    files: dict[str, str]


def loaded(root: str, extra: Iterable[str] = ()) -> list[str]:
    """The source files below ``root`` of all modules that are loaded, and those of ``extra``."""
    inside = os.path.abspath(root).rstrip(os.sep) + os.sep
    names = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    full = {os.path.abspath(name) for name in (*names, *extra) if isinstance(name, str)}
    return sorted(
        name
        for name in full
        if name.startswith(inside) and name.endswith(".py") and f"{os.sep}site-packages{os.sep}" not in name
    )


def record(folder: Path, root: str, start: float, extra: Iterable[str] = ()) -> None:
    """Write the digests of what is loaded now into a run folder. To be called when the program has ended.

    ``start`` is when it began (seconds since the epoch). Raises LogError.
    """
    files = {}
    for name in loaded(root, extra):
        try:
            changed = os.stat(name).st_mtime > start
            digest = xxh3_128_hexdigest(Path(name).read_bytes())
        except OSError:
            changed, digest = True, ""
        files[os.path.relpath(name, root).replace(os.sep, "/")] = "" if changed else digest
    document = msgspec.json.encode(Sources(os.path.abspath(root), files))
    try:
        (folder / NAME).write_bytes(msgspec.json.format(document, indent=2) + b"\n")
    except (OSError, UnicodeEncodeError) as error:
        raise LogError(f"the sources of a run could not be recorded: {error}", str(folder / NAME)) from error


def recorded(folder: Path) -> Sources | None:
    """What :func:`record` wrote; None where it wrote nothing. Raises LogError for a file that is damaged."""
    try:
        return msgspec.json.decode((folder / NAME).read_bytes(), type=Sources)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise LogError(f"cannot be read: {error}", str(folder / NAME)) from error
