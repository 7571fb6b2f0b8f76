"""Production code imports the guard: it must bring nothing along."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import seamcheck

SOURCE = Path(seamcheck.__file__).parents[1]


def test_the_guard_brings_nothing_along() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(SOURCE)!r}); before = set(sys.modules); import seamcheck.runtime; "
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True
    )
    loaded = done.stdout.split()
    ours = {name for name in loaded if name.startswith("seamcheck")}
    assert {name for name in ours if not name.startswith("seamcheck.runtime")} == {"seamcheck"}
    assert {name.partition(".")[0] for name in loaded} - {"seamcheck"} <= sys.stdlib_module_names
    assert not {"tomllib", "inspect", "dataclasses", "asyncio", "pathlib", "pickle"} & set(loaded)
