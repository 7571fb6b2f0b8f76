"""Room for deeply nested code: generated programs nest operators and ``elif`` far beyond Python's default limit."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

#: Bytes of stack to try in turn: reserved, not used, unless the code is that deep.
_STACKS = (512 * 2**20, 64 * 2**20, 0)
_RECURSION = 100_000
_lock = threading.Lock()


def run_deep(function: Callable[[], T]) -> T:
    """Run ``function`` in a thread with a big stack and a high recursion limit, and give back what it gives.

    Exceptions pass through. Both settings are those of the process: they are put back before returning, and
    calls from several threads take turns. A keyboard interrupt leaves the thread behind as a daemon.
    """
    result: list[T] = []
    failure: list[BaseException] = []

    def work() -> None:
        try:
            result.append(function())
        except BaseException as error:
            failure.append(error)

    with _lock:
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, _RECURSION))
        try:
            _start(work).join()
        finally:
            sys.setrecursionlimit(limit)
    if failure:
        raise failure[0]
    return result[0]


def _start(work: Callable[[], Any]) -> threading.Thread:
    for size in _STACKS:
        previous = threading.stack_size()
        try:
            threading.stack_size(size)
            thread = threading.Thread(target=work, name="seamcheck-syntax", daemon=True)
            thread.start()
        except (RuntimeError, ValueError):
            # No such stack on this system or under this memory limit: the next smaller one.
            if size == 0:
                raise
        else:
            return thread
        finally:
            threading.stack_size(previous)
    raise AssertionError("unreachable")
