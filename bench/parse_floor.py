"""The floor under every cold scan: the CPU of ``libcst.parse_module`` alone over a list of files.

Run as a script, in a process of its own: ``python parse_floor.py LIST [gc-off]``. Prints ``seconds lines unparsable``.
"""

from __future__ import annotations

import gc
import sys
import time
from pathlib import Path


def main() -> None:
    """Reading the files and importing libcst are not part of the measured time."""
    import libcst

    texts = [Path(name).read_bytes() for name in Path(sys.argv[1]).read_text().splitlines()]
    libcst.parse_module("x = 1\n")
    if "gc-off" in sys.argv[2:]:
        gc.disable()
    bad = 0
    start = time.process_time()
    for text in texts:
        try:
            libcst.parse_module(text)
        except (libcst.ParserSyntaxError, UnicodeDecodeError):
            bad += 1
    spent = time.process_time() - start
    print(spent, sum(text.count(b"\n") for text in texts), bad)


if __name__ == "__main__":
    main()
