"""optuna: whatever a program asks to be persistent stays in memory. Databases, journals and artifacts are only read."""

from __future__ import annotations

import functools
import importlib
import io
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

from seamcheck.replay.session import Session, current
from seamcheck.replay.trials.when_imported import when_imported
from seamcheck.replay.trials.wrapping import Function, bound, wrap

#: Where the file of a journal would be, on a backend that stands for it.
_JOURNAL = "_seamcheck_path"
#: The storages in memory of a session, by what they stand for.
_STORAGES: WeakKeyDictionary[Session, dict[str, Any]] = WeakKeyDictionary()


def install() -> None:
    """Hook optuna's storages and artifact stores as soon as they are imported."""
    when_imported("optuna.storages", _patch_storages)
    for name, store in _STORES.items():
        when_imported(f"optuna.artifacts.{name}", functools.partial(_patch_artifacts, store))


def _patch_storages(module: ModuleType) -> None:
    wrap(module, "get_storage", _get_storage)
    _replace_new(module.RDBStorage, _rdb)
    _replace_new(module._CachedStorage, _cached)
    _replace_new(module.JournalStorage, _journal)
    if hasattr(module, "GrpcStorageProxy"):
        _replace_new(module.GrpcStorageProxy, _grpc)
    from optuna.storages import journal

    wrap(journal.JournalFileBackend, "__init__", _journal_file)
    for backend in (journal.JournalFileBackend, journal.JournalRedisBackend):
        wrap(backend, "append_logs", _append_nothing)
        wrap(backend, "save_snapshot", _append_nothing)


def _replace_new(cls: Any, stand_in: Callable[[type, dict[str, Any]], Any]) -> None:
    """Let the class make a stand-in instead of itself. That is no instance of it, so ``__init__`` does not run."""
    initialise = cls.__init__

    def __new__(made: type, *args: Any, **kwargs: Any) -> Any:
        given = bound(initialise, (None, *args), kwargs) if args or kwargs else None
        other = stand_in(made, given.arguments) if given is not None and current() is not None else None
        return object.__new__(made) if other is None else other

    cls.__new__ = staticmethod(__new__)


def _get_storage(original: Function) -> Function:
    def get_storage(storage: Any) -> Any:
        if current() is None or storage is None:
            return original(storage)
        if isinstance(storage, str) and not storage.startswith("redis"):
            return _for_url(storage)
        kind = type(storage).__name__
        if kind == "_CachedStorage":
            return get_storage(storage._backend)
        if kind == "RDBStorage":  # made before the hooks were there
            return _for_url(storage.url)
        if kind == "JournalStorage":
            return _for_journal(storage._backend)
        return original(storage)

    return get_storage


def _memory(key: str | None, shown: str, read: Callable[[], list[Any]] | None) -> Any:
    """The storage in memory that stands for this one, the same one for all who ask."""
    from seamcheck.replay.trials.memory_storage import MemoryStorage

    session = current()
    if session is None or key is None:
        return MemoryStorage(shown, read)
    storages = _STORAGES.setdefault(session, {})
    if key not in storages:
        storages[key] = MemoryStorage(shown, read)
        session.note(
            "left_out", f"optuna storage {shown}: its studies are kept in memory, nothing is written"
        )
    return storages[key]


def _rdb(made: type, given: dict[str, Any]) -> Any:
    return _for_url(given["url"])


def _cached(made: type, given: dict[str, Any]) -> Any:
    from seamcheck.replay.trials.memory_storage import MemoryStorage

    backend = given["backend"]
    return backend if isinstance(backend, MemoryStorage) else None


def _grpc(made: type, given: dict[str, Any]) -> Any:
    where = f"grpc://{given.get('host', 'localhost')}:{given.get('port', 13000)}"
    return _memory(where, where, None)


def _journal(made: type, given: dict[str, Any]) -> Any:
    return _for_journal(next(value for name, value in given.items() if name != "self"))


def _for_journal(backend: Any) -> Any:
    path = getattr(backend, _JOURNAL, None) or getattr(backend, "_file_path", None)
    if path is None:
        return _memory(None, type(backend).__name__, None)
    return _memory(f"journal:{path}", path, lambda: _read_journal(path))


def _for_url(url: str) -> Any:
    make_url = importlib.import_module("sqlalchemy.engine").make_url  # there wherever databases are used
    try:
        parsed = make_url(url)
    except Exception:
        return _memory(url, "of an unknown form", None)
    shown = parsed.render_as_string(hide_password=True)
    if not parsed.drivername.startswith("sqlite"):
        return _memory(url, shown, None)
    database = (parsed.database or "").removeprefix("file:").split("?")[0]
    if database in ("", ":memory:"):
        return _memory(None, shown, None)
    path = os.path.abspath(database)
    return _memory(f"sqlite:{path}", shown, lambda: _read_sqlite(path))


def _read_sqlite(path: str) -> list[tuple[Any, list[Any]]]:
    """What is in the file, read from a copy: even opening a database can write to it or beside it."""
    from optuna.storages import RDBStorage

    from seamcheck.replay.trials.memory_storage import contents

    if not os.path.exists(path):
        return []
    with tempfile.TemporaryDirectory(prefix="seamcheck-") as folder:
        copy = os.path.join(folder, "studies.db")
        for suffix in ("", "-wal", "-journal"):
            if os.path.exists(path + suffix):
                shutil.copyfile(path + suffix, copy + suffix)
        storage: Any = object.__new__(RDBStorage)
        RDBStorage.__init__(storage, f"sqlite:///{copy}")
        try:
            return contents(storage)
        finally:
            storage.remove_session()
            storage.engine.dispose()


def _read_journal(path: str) -> list[tuple[Any, list[Any]]]:
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    from seamcheck.replay.trials.memory_storage import contents

    if not os.path.exists(path):
        return []
    storage: Any = object.__new__(JournalStorage)
    JournalStorage.__init__(storage, JournalFileBackend(path))
    return contents(storage)


def _journal_file(original: Function) -> Function:
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        given = bound(original, (self, *args), kwargs)
        if current() is None or given is None:
            return original(self, *args, **kwargs)  # type: ignore[no-any-return]
        path = os.path.abspath(given.arguments["file_path"])
        if not os.path.exists(path):  # the constructor would make it
            given.arguments["file_path"] = os.devnull
        original(*given.args, **given.kwargs)
        setattr(self, _JOURNAL, path)
        return None

    return __init__


def _append_nothing(original: Function) -> Function:
    def append(self: Any, *args: Any, **kwargs: Any) -> Any:
        return original(self, *args, **kwargs) if current() is None else None

    return append


# -- artifacts -----------------------------------------------------------------------------------------

#: Modules of artifact stores, and the class in each.
_STORES = {
    "_boto3": "Boto3ArtifactStore",
    "_filesystem": "FileSystemArtifactStore",
    "_gcs": "GCSArtifactStore",
}
#: Artifacts that the program wrote, by store and name.
_ARTIFACTS: dict[tuple[str, str], bytes] = {}


def _patch_artifacts(name: str, module: ModuleType) -> None:
    store = getattr(module, name)
    wrap(store, "write", _write_artifact)
    wrap(store, "open_reader", _read_artifact)
    wrap(store, "remove", _remove_artifact)


def _key(store: Any, artifact_id: str) -> tuple[str, str]:
    known = store.__dict__.setdefault("_seamcheck_id", uuid.uuid4().hex)
    return known, artifact_id


def _write_artifact(original: Function) -> Function:
    def write(self: Any, artifact_id: str, content_body: Any) -> None:
        session = current()
        if session is None:
            original(self, artifact_id, content_body)
            return
        if not any(store == _key(self, "")[0] for store, _ in _ARTIFACTS):
            session.note("left_out", f"{type(self).__name__}: artifacts are kept in memory")
        _ARTIFACTS[_key(self, artifact_id)] = content_body.read()

    return write


def _read_artifact(original: Function) -> Function:
    def open_reader(self: Any, artifact_id: str) -> Any:
        held = None if current() is None else _ARTIFACTS.get(_key(self, artifact_id))
        return original(self, artifact_id) if held is None else io.BytesIO(held)

    return open_reader


def _remove_artifact(original: Function) -> Function:
    def remove(self: Any, artifact_id: str) -> None:
        if current() is None:
            original(self, artifact_id)
        else:
            _ARTIFACTS.pop(_key(self, artifact_id), None)

    return remove
