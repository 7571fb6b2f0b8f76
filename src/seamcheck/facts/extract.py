"""Facts of files: from the cache where it knows them, else parsed and lowered. Imports libcst only on a miss."""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Callable, Iterable, Iterator, Mapping

from seamcheck.config.paths import relative
from seamcheck.facts.cache import FactCache, content_key
from seamcheck.facts.ir import FileFacts, decode
from seamcheck.model.report import Problem
from seamcheck.syntax.notebook import is_notebook
from seamcheck.syntax.source import problem_at, read

#: Called with the number of files done and of all files.
Progress = Callable[[int, int], None]

#: Starting a worker takes as long as parsing some 200 kB: with less than this for each, one process is as fast.
BYTES_PER_WORKER = 2**20
#: This process decodes what workers find, so more of them would wait; and each takes memory of its own.
MAX_WORKERS = 8

#: A file that has to be parsed: its path in a Problem, its bytes and its key in the cache.
Miss = tuple[str, bytes, str]


@contextlib.contextmanager
def _no_gc() -> Iterator[None]:
    """Trees and facts are free of cycles and many: collecting among them costs time and frees nothing."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def extract(
    path: str | os.PathLike[str], shown: str | None = None, cache: FactCache | None = None
) -> FileFacts | Problem:
    """Facts of one file, or why there are none; ``shown`` is its path in a Problem (default: as given)."""
    name = os.fspath(path)
    facts, problems = _extract([(name, shown if shown is not None else name)], cache, None, 1, {})
    return next(iter(facts.values())) if facts else problems[0]


def extract_all(
    paths: Iterable[str | os.PathLike[str]],
    root: str | os.PathLike[str],
    cache: FactCache | None = None,
    progress: Progress | None = None,
    jobs: int | None = 1,
    unsaved: Mapping[str, bytes] | None = None,
) -> tuple[dict[str, FileFacts], list[Problem]]:
    """Facts of many files by path relative to ``root``, in the order of these paths, and sorted problems.

    A bad file never ends the run. ``cache`` is used and pruned, ``progress`` is called after each file, maybe
    from another thread. ``jobs`` processes parse what the cache does not know; None is as many as pay. ``unsaved``
    has bytes that stand for files, by the path given here; these are not read.
    """
    base = os.path.abspath(os.fspath(root))
    named = sorted({relative(os.fspath(path), base): os.fspath(path) for path in paths}.items())
    files = [(path, shown) for shown, path in named]
    facts, problems = _extract(files, cache, progress, jobs, unsaved or {})
    if cache is not None:
        cache.close()
    return facts, sorted(problems)


class _Collected:
    """What is known of each file so far, in the order in which they were named."""

    def __init__(self, total: int, cache: FactCache | None, progress: Progress | None) -> None:
        self.results: dict[str, FileFacts | Problem | None] = {}
        self.cache = cache
        self._total, self._progress = total, progress
        self._done = 0

    def add(self, shown: str, result: FileFacts | Problem) -> None:
        """One more file is done."""
        self.results[shown] = result
        self._done += 1
        if self._progress is not None:
            self._progress(self._done, self._total)


def _extract(
    files: list[tuple[str, str]],
    cache: FactCache | None,
    progress: Progress | None,
    jobs: int | None,
    unsaved: Mapping[str, bytes],
) -> tuple[dict[str, FileFacts], list[Problem]]:
    collected = _Collected(len(files), cache, progress)
    misses: list[Miss] = []
    with _no_gc():
        for path, shown in files:
            data = unsaved[path] if path in unsaved else read(path, shown)
            if isinstance(data, Problem):
                collected.add(shown, data)
                continue
            # The same bytes may be a notebook under one name and no Python under another.
            key = content_key(data) + is_notebook(shown) * "n" if cache is not None else ""
            if cache is not None:
                cache.seen[shown] = key.removesuffix("n")
            known = cache.load(key) if cache is not None else None
            if known is not None:
                collected.add(shown, known)
            else:
                collected.results[shown] = None  # keeps its place
                misses.append((shown, data, key))
        workers = _workers(jobs, [len(data) for _, data, _ in misses])
        if workers > 1:
            misses = _parse_elsewhere(misses, collected, workers)
        if misses:
            _parse(misses, collected)
    facts = {shown: found for shown, found in collected.results.items() if isinstance(found, FileFacts)}
    return facts, [
        problem for shown, found in collected.results.items() for problem in _problems(shown, found)
    ]


def _problems(shown: str, result: FileFacts | Problem | None) -> Iterator[Problem]:
    """Why a file has no facts, or what they leave out."""
    if isinstance(result, Problem):
        yield result
    elif result is not None:
        for line, message, listed in result.caveats:
            if listed:
                yield problem_at(shown, line, message, result.cells)


def _workers(jobs: int | None, sizes: list[int]) -> int:
    """Processes that parse files of these sizes; 1 is this process alone."""
    if jobs is not None:
        return max(min(jobs, len(sizes)), 1)
    if sum(sizes) < 2 * BYTES_PER_WORKER:
        return 1
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, sum(sizes) // BYTES_PER_WORKER, len(sizes), MAX_WORKERS)


def _parse_elsewhere(misses: list[Miss], collected: _Collected, workers: int) -> list[Miss]:
    """Let worker processes parse; returns what is left to do here."""
    from seamcheck.facts.pool import parse_elsewhere

    left = []
    with contextlib.closing(parse_elsewhere([miss[:2] for miss in misses], workers)) as answers:
        for number, answer in answers:
            shown, _, key = misses[number]
            facts = decode(answer) if isinstance(answer, bytes) else None
            if isinstance(answer, tuple):
                collected.add(shown, Problem(*answer))
            elif facts is None:
                left.append(number)
            else:
                collected.add(shown, facts)
                if collected.cache is not None and isinstance(answer, bytes):
                    collected.cache.store_encoded(key, answer)
    return [misses[number] for number in sorted(left)]


def _parse(misses: list[Miss], collected: _Collected) -> None:
    """Parse in this process."""
    from seamcheck.syntax.deep import run_deep
    from seamcheck.syntax.parse import read_facts

    stopped = False

    def work() -> None:
        for shown, data, key in misses:
            if stopped:
                return
            result = read_facts(data, shown)
            if collected.cache is not None and isinstance(result, FileFacts):
                collected.cache.store(key, result)
            collected.add(shown, result)

    try:
        run_deep(work)
    finally:
        stopped = True
