"""Tells when a module has been imported: a finder in front of the others that lets these find, and looks on."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

#: Called with a watched module's name right after its code has run.
Loaded = Callable[[str], None]


class Watcher:
    """A finder for ``sys.meta_path``. It finds nothing itself: it marks the loader that another finder gave."""

    def __init__(self, watched: Iterable[str], loaded: Loaded):
        self.watched = frozenset(watched)
        #: Modules that were being imported when watching began: nothing says when they are done.
        self.missed: list[str] = []
        self._loaded = loaded
        self._asking = threading.local()

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of a watched module, its loader told to call back; None for all others."""
        if name not in self.watched or getattr(self._asking, "name", None) == name:
            return None
        self._asking.name, before = name, getattr(self._asking, "name", None)
        try:
            spec = _ask_others(self, name, path, target)
        finally:
            self._asking.name = before
        if spec is not None and spec.loader is not None:
            self._mark(spec.loader, name)
        return spec

    def _mark(self, loader: Any, name: str) -> None:
        """An attribute of this one loader, so that its type and what else it offers stay as they are."""
        execute = getattr(loader, "exec_module", None)
        if execute is None or isinstance(loader, type):
            return

        def exec_module(module: ModuleType) -> None:
            execute(module)
            if module.__name__ == name:  # an archive's loader serves all its modules
                with contextlib.suppress(AttributeError):
                    del loader.exec_module
                self._loaded(name)

        with contextlib.suppress(AttributeError):  # a loader without attributes: the canary reports the hook
            loader.exec_module = exec_module


def _ask_others(
    us: Watcher, name: str, path: Sequence[str] | None, target: ModuleType | None
) -> ModuleSpec | None:
    for finder in sys.meta_path:
        find = getattr(finder, "find_spec", None)
        if finder is us or find is None:
            continue
        spec: ModuleSpec | None = find(name, path, target)
        if spec is not None:
            return spec
    return None


def watch(names: Iterable[str], loaded: Loaded) -> Watcher:
    """Call ``loaded`` for each of these modules: now for those imported already, else when they are."""
    watcher = Watcher(names, loaded)
    sys.meta_path.insert(0, watcher)
    for name in sorted(watcher.watched):
        module = sys.modules.get(name)
        if module is not None and _initializing(module):
            watcher.missed.append(name)
        elif module is not None:
            loaded(name)
    return watcher


def unwatch(watcher: Watcher) -> None:
    """Stop calling back."""
    with contextlib.suppress(ValueError):
        sys.meta_path.remove(watcher)


def _initializing(module: ModuleType) -> bool:
    return bool(getattr(getattr(module, "__spec__", None), "_initializing", False))
