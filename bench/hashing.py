"""The canonical hash against one call of xxh3_128 over the same bytes, side by side: ``python -m bench.hashing``.

One thread. A first trial starts with an empty memo; later ones present equal bytes again. Raw and canonical runs take
turns, and each figure is the median of their ratios: what the machine does besides changes both.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import xxhash

ROWS, COLUMNS = 1_000_000, 200
REPEATS = 7

Row = tuple[str, str, str]
Buffers = list[Any]


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def raw(buffers: Buffers) -> Callable[[], object]:
    """One call a buffer; the buffers of a matrix are one."""
    return lambda: [xxhash.xxh3_128_digest(buffer) for buffer in buffers]


def ratios(buffers: Buffers, prepare: Callable[[], object], work: Callable[[], object], repeats: int) -> str:
    """How fast canonical hashing is, raw hashing being 1: median (smallest to largest)."""
    floor = raw(buffers)
    floor()
    found, speeds = [], []
    gc.collect()
    for _ in range(repeats):
        prepare()
        before = timed(floor)
        spent = timed(work)
        after = timed(floor)
        found.append((before + after) / 2 / spent)
        speeds.append(sum(each.nbytes for each in buffers) / spent / 1e9)
    low, high = min(found), max(found)
    return f"{statistics.median(found):.2f} ({low:.2f} to {high:.2f}), {statistics.median(speeds):.1f} GB/s"


def measured(name: str, obj: Any, buffers: Buffers, first: str, warm: str, repeats: int) -> Iterator[Row]:
    from seamcheck.replay.canonical.hashing import canonical_hash
    from seamcheck.replay.canonical.memo import Memo

    memo = Memo()

    def work() -> object:
        return canonical_hash(obj, memo=memo)

    yield f"{name}, first trial", ratios(buffers, memo.clear, work, max(3, repeats // 2)), first
    work()
    yield f"{name}, from the second trial on", ratios(buffers, lambda: None, work, repeats), warm


def floats(order: str, rows: int, columns: int) -> np.ndarray[Any, Any]:
    values = np.empty((rows, columns), order=order)  # type: ignore[call-overload]
    generator = np.random.default_rng(0)
    for low in range(0, columns, 10):
        values[:, low : low + 10] = generator.normal(size=values[:, low : low + 10].shape)
    return values  # type: ignore[no-any-return]


def mixed(rows: int) -> tuple[Any, Buffers]:
    """20 float64, 5 int64, 3 str, 3 category, 5 Int64 with 10 % null, 4 datetime with NaT; and where its bytes lie."""
    import pandas as pd

    generator = np.random.default_rng(1)
    data: dict[str, Any] = {f"f{at}": generator.normal(size=rows) for at in range(20)}
    data |= {f"i{at}": generator.integers(0, 1000, rows) for at in range(5)}
    words = np.array([f"word {at}" for at in range(5000)], dtype=object)
    data |= {f"s{at}": pd.Series(words[generator.integers(0, 5000, rows)]) for at in range(3)}
    levels = [f"level {at}" for at in range(100)]
    for at in range(3):
        data[f"c{at}"] = pd.Categorical.from_codes(generator.integers(-1, 100, rows), levels)
    for at in range(5):
        mask = generator.random(rows) < 0.1
        data[f"n{at}"] = pd.arrays.IntegerArray(generator.integers(0, 9, rows), mask)
    for at in range(4):
        ticks = generator.integers(0, 2**60, rows)
        ticks[generator.random(rows) < 0.05] = np.iinfo(np.int64).min
        data[f"d{at}"] = ticks.view("M8[ns]")
    frame = pd.DataFrame(data)
    return frame, _buffers(frame)


def _buffers(frame: Any) -> Buffers:
    found: Buffers = []
    for block in frame._mgr.blocks:
        values = block.values
        if hasattr(values, "_pa_array"):
            for chunk in values._pa_array.chunks:
                found += [np.frombuffer(each, np.uint8) for each in chunk.buffers() if each is not None]
        elif hasattr(values, "categories"):
            found.append(np.ascontiguousarray(values.codes))
        elif hasattr(values, "_mask"):
            found += [values._data, values._mask]
        else:
            plain = values if isinstance(values, np.ndarray) else values._ndarray.view("i8")
            found.append(plain if plain.flags.c_contiguous else plain.T)
    return found


def rows(quick: bool = False) -> list[Row]:
    """What was measured: (what, the ratio, what it must reach)."""
    count, width, repeats = (100_000, 50, 3) if quick else (ROWS, COLUMNS, REPEATS)
    label = f"{count // 1000}k × {width} float64"
    found: list[Row] = []
    values = floats("F", count, width)
    found += measured(f"hash {label}, columns in one piece", values, [values.T], "≥ 0.40", "≥ 0.85", repeats)
    del values
    values = floats("C", count, width)
    found += measured(f"hash {label}, rows in one piece", values, [values], "≥ 0.10", "≥ 0.85", repeats)
    del values
    frame, buffers = mixed(count)
    found += measured(f"hash mixed {count // 1000}k × 40 frame", frame, buffers, "", "≥ 0.70", repeats)
    return found


if __name__ == "__main__":
    for name, value, required in rows("--quick" in sys.argv[1:]):
        print(f"{name}\n    {value}    [{required}]")
