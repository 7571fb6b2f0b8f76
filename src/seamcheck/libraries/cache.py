"""The shipped models as one file of the cache: reading that takes a tenth of reading all the TOML again.

The entry is named by the bytes of the model files and of the schema they were checked against, and used only if its
checksum holds and it decodes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from xxhash import xxh3_128

from seamcheck.facts import entries
from seamcheck.libraries import schema
from seamcheck.libraries.schema import RuleFile

MODELS = "models-1"


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
    payload = entries.load(root, MODELS, key)
    if payload is None:
        return None
    try:
        return msgspec.msgpack.decode(payload, type=list[RuleFile])
    except (msgspec.DecodeError, RecursionError):
        return None


def _store(root: str, key: str, models: list[RuleFile]) -> None:
    with contextlib.suppress(TypeError):
        entries.store(root, MODELS, key, msgspec.msgpack.encode(models), 1)  # not those of another version
