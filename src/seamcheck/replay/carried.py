"""Where a program is goes along to what it starts: threads, executors, pools, joblib.

Work that is handed over in parallel is numbered, and the number is part of its fold: which of three tasks a worker
takes first is chance, and trials are compared task by task.
"""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

from seamcheck.replay.session import context, current, resume
from seamcheck.replay.trials.when_imported import when_imported
from seamcheck.replay.trials.wrapping import Function, called_by_user, wrap

#: Further variables that go along, by name; their values can be pickled.
_CARRIED: dict[str, ContextVar[Any]] = {}
Luggage = tuple[tuple[Any, ...], dict[str, Any]]


def carry(variable: ContextVar[Any]) -> None:
    """Let the value of this variable go along too."""
    _CARRIED[variable.name] = variable


def pack() -> Luggage:
    """Where this code is, as plain data."""
    return context(), {name: variable.get(None) for name, variable in _CARRIED.items()}


@contextlib.contextmanager
def unpacked(luggage: Luggage, which: int | None = None) -> Iterator[None]:
    """Go on where the sender was. ``which``: the number of this task among those that were handed over together."""
    shipped, values = luggage
    if which is not None:
        shipped = (*shipped[:-1], (*shipped[-1], which))
    known = [(_CARRIED[name], value) for name, value in values.items() if name in _CARRIED]
    tokens = [(variable, variable.set(value)) for variable, value in known]
    try:
        with resume(shipped):
            yield
    finally:
        for variable, token in tokens:
            variable.reset(token)


class Task:
    """A function to be called elsewhere, as if it were called here. ``number``: among those handed over together."""

    def __init__(self, function: Function, luggage: Luggage, number: int | None):
        self.function, self.luggage, self.number = function, luggage, number

    def __reduce__(self) -> tuple[Any, ...]:
        return Task, (self.function, self.luggage, self.number)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it; without a session here, nothing but that."""
        if current() is None:
            return self.function(*args, **kwargs)
        with unpacked(self.luggage, self.number):
            return self.function(*args, **kwargs)


def install() -> None:
    """Let context go along wherever work is handed to other threads and processes."""
    wrap(threading.Thread, "start", _start_thread)
    when_imported(
        "concurrent.futures.thread", lambda module: wrap(module.ThreadPoolExecutor, "submit", _submit)
    )
    for name in ("concurrent.futures.process", "loky.process_executor"):
        when_imported(name, lambda module: wrap(module.ProcessPoolExecutor, "submit", _submit))
    when_imported("multiprocessing.pool", _patch_pool)
    when_imported("joblib.parallel", lambda module: wrap(module.Parallel, "__call__", _parallel))


# -- threads and executors -------------------------------------------------------------------------------

_COUNTS: WeakKeyDictionary[Any, dict[Any, int]] = WeakKeyDictionary()
_COUNTS_LOCK = threading.Lock()


def number(owner: Any) -> int:
    """How many tasks this one was given before, within the trial that runs here."""
    trial = context()[0]
    key = None if trial is None else (trial.loop, trial.number)
    with _COUNTS_LOCK:
        counts = _COUNTS.setdefault(owner, {})
        before = counts.get(key, 0)
        counts[key] = before + 1
    return before


def after_fork() -> None:
    """In a forked child: another thread may have held the lock."""
    global _COUNTS_LOCK
    _COUNTS_LOCK = threading.Lock()


def _start_thread(original: Function) -> Function:
    def start(self: threading.Thread) -> None:
        session = current()
        if session is not None:
            # Only threads of the program itself are numbered: how many a pool starts is chance.
            which = number(session) if called_by_user() and context()[0] is not None else None
            _runs_as(self, Task(self.run, pack(), which))
        original(self)

    return start


def _runs_as(thread: threading.Thread, task: Task) -> None:
    """Let it run this, once, and hold nothing of it then: a thread that refers to itself would stay in memory."""
    own = vars(thread)
    before = {name: own[name] for name in ("run",) if name in own}

    def run() -> None:
        del own["run"]
        own.update(before)
        task()

    own["run"] = run


def _submit(original: Function) -> Function:
    def submit(self: Any, fn: Function, /, *args: Any, **kwargs: Any) -> Any:
        if current() is not None:
            fn = Task(fn, pack(), number(self))
        return original(self, fn, *args, **kwargs)

    return submit


# -- pools of multiprocessing ------------------------------------------------------------------------------


def _patch_pool(module: ModuleType) -> None:
    wrap(module.Pool, "apply_async", _apply_async)
    for name in ("_map_async", "imap", "imap_unordered"):
        wrap(module.Pool, name, _map)


def _apply_async(original: Function) -> Function:
    def apply_async(self: Any, func: Function, *args: Any, **kwargs: Any) -> Any:
        if current() is not None:
            func = Task(func, pack(), number(self))
        return original(self, func, *args, **kwargs)

    return apply_async


class _Numbered:
    """The function of a map over numbered items."""

    def __init__(self, function: Function, luggage: Luggage, star: bool):
        self.function, self.luggage, self.star = function, luggage, star

    def __call__(self, item: tuple[int, Any]) -> Any:
        which, value = item
        task = Task(self.function, self.luggage, which)
        return task(*value) if self.star else task(value)


def _map(original: Function) -> Function:
    def map_items(self: Any, func: Function, iterable: Iterable[Any], *args: Any, **kwargs: Any) -> Any:
        if current() is None:
            return original(self, func, iterable, *args, **kwargs)
        # starmap comes here with a mapper of its own: one item then is the arguments of a call
        star = bool(args) and getattr(args[0], "__name__", "") == "starmapstar"
        if star:
            from multiprocessing.pool import mapstar  # type: ignore[attr-defined]

            args = (mapstar, *args[1:])
        numbered = enumerate(iterable)
        items: Any = list(numbered) if hasattr(iterable, "__len__") else numbered
        return original(self, _Numbered(func, pack(), star), items, *args, **kwargs)

    return map_items


# -- joblib ------------------------------------------------------------------------------------------------


def _parallel(original: Function) -> Function:
    def __call__(self: Any, iterable: Iterable[Any]) -> Any:
        if current() is None:
            return original(self, iterable)
        luggage = pack()
        tasks = (
            (Task(function, luggage, which), args, kwargs)
            for which, (function, args, kwargs) in zip(itertools.count(), iterable, strict=False)
        )
        return original(self, list(tasks) if hasattr(iterable, "__len__") else tasks)

    return __call__
