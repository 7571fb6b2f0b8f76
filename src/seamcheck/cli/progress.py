"""A line of progress on stderr, on terminals and for long scans only."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from types import TracebackType

QUIET_SECONDS = 0.7
INTERVAL_SECONDS = 0.1


class Progress:
    """A context manager; ``report`` is None where nobody would see it, so that the scan need not call it."""

    def __init__(self) -> None:
        self._start = self._last = time.monotonic()
        self._width = 0
        shown = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self.report: Callable[[str, int, int], None] | None = self._show if shown else None

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the line away: whatever follows starts on a clean one."""
        if self._width:
            sys.stderr.write("\r" + " " * self._width + "\r")
            sys.stderr.flush()

    def _show(self, phase: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._start < QUIET_SECONDS or now - self._last < INTERVAL_SECONDS:
            return
        self._last = now
        text = f"{phase} {done}/{total}" if total else phase
        sys.stderr.write("\r" + text.ljust(self._width))
        sys.stderr.flush()
        self._width = max(self._width, len(text))
