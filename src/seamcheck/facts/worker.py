"""A process that parses for another one. Imports what parsing needs and nothing else of ours.

:mod:`seamcheck.facts.pool` starts it and speaks with it: it says :data:`READY` once, then each request on its
standard input, ``(path to show, bytes of the file)``, gets one answer on its standard output.
"""

from __future__ import annotations

import contextlib
import gc
import marshal
import os
import signal
import sys
from typing import Any, BinaryIO

from seamcheck.facts.ir import FileFacts, encode
from seamcheck.syntax.deep import run_deep

READY = "ready"

#: Encoded facts, the fields of a Problem, or None: only the process that asks can say.
Answer = bytes | tuple[Any, ...] | None


def answer(shown: str, data: bytes) -> Answer:
    """What a file says, or why nothing; None where it is safer to try again with nothing else running."""
    from seamcheck.syntax.parse import TOO_DEEP, read_facts

    try:
        found = read_facts(data, shown)
        if isinstance(found, FileFacts):
            return encode(found)
    except Exception:  # a defect, or no memory: it shall show where it can be reported
        return None
    # What looks too deep may have been a lack of memory, of which several processes have less than one.
    if TOO_DEEP in found.message:
        return None
    return found.path, found.line, found.message, found.cell, found.cell_line


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until nobody asks any more."""
    import seamcheck.syntax.parse  # noqa: F401  (long to import, so before it says that it is ready)

    # Who asked may be gone, for whatever reason; then there is nobody to tell.
    with contextlib.suppress(EOFError, OSError):
        marshal.dump(READY, answers)
        answers.flush()
        while True:
            marshal.dump(answer(*marshal.load(requests)), answers)
            answers.flush()


def main() -> None:
    """Serve on the standard streams and end."""
    # Ctrl-C reaches all processes of a terminal: it is for the one that asks to end the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    with contextlib.suppress(OSError):
        os.dup2(2, 1)  # whatever prints shall not get among the answers
    gc.disable()  # as where the asking process parses: trees are many and free of cycles
    code = 1
    try:
        run_deep(lambda: serve(sys.stdin.buffer, answers))
        code = 0
    finally:
        # At once and without a word: that this process ended is all that the other one needs to know.
        os._exit(code)
