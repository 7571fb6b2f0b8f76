"""The shipped models as one file of the cache: reading that takes a tenth of reading all the TOML again.

The entry is named by the bytes of the model files and of the schema they were checked against, and used only if its
checksum holds and it decodes.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from xxhash import xxh3_128

from seamcheck.facts.cache import FOLDER, checksum, prepare, write_atomically
from seamcheck.libraries import schema
from seamcheck.libraries.schema import RuleFile

MODELS = "models-1"
_MAGIC = b"seammods"
_HEADER = len(_MAGIC) + 16


def cached(
    root: str, paths: Sequence[Path], read: Callable[[Sequence[Path]], list[RuleFile]]
) -> list[RuleFile]:
    """The models in these files, from the cache of the project at ``root`` or by ``read``, which then is kept."""
    key = _key(paths)
    if key is None:
        return read(paths)
    found = _load(root, key)
    if found is None:
        found = read(paths)
        _store(root, key, found)
    return found


def _key(paths: Sequence[Path]) -> str | None:
    digest = xxh3_128()
    try:
        for path in (Path(schema.__file__), *paths):
            data = path.read_bytes()
            digest.update(f"{path.name}\0{len(data)}\0".encode())
            digest.update(data)
    except OSError:
        return None  # whoever reads them says what is wrong
    return digest.hexdigest()


def _load(root: str, key: str) -> list[RuleFile] | None:
    folder = os.path.join(root, FOLDER)
    if os.path.islink(folder) or os.path.islink(os.path.join(folder, MODELS)):
        return None
    try:
        with open(os.path.join(folder, MODELS, key), "rb") as stream:
            data = stream.read()
    except OSError:
        return None
    payload = data[_HEADER:]
    if data[: len(_MAGIC)] != _MAGIC or data[len(_MAGIC) : _HEADER] != checksum(payload, key):
        return None
    try:
        return msgspec.msgpack.decode(payload, type=list[RuleFile])
    except (msgspec.DecodeError, RecursionError):
        return None


def _store(root: str, key: str, models: list[RuleFile]) -> None:
    folder = os.path.join(root, FOLDER)
    entries = os.path.join(folder, MODELS)
    if os.path.islink(folder) or os.path.islink(entries):
        return
    with contextlib.suppress(OSError, TypeError):
        payload = msgspec.msgpack.encode(models)
        prepare(folder, entries)
        for old in os.listdir(entries):
            os.unlink(os.path.join(entries, old))  # of another version
        write_atomically(entries, key, _MAGIC + checksum(payload, key) + payload)
