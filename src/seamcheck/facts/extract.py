"""Facts of files: from the cache where it knows them, else parsed and lowered. Imports libcst only on a miss."""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Callable, Iterable, Iterator

from seamcheck.config.paths import relative
from seamcheck.facts.cache import FactCache, content_key
from seamcheck.facts.ir import FileFacts
from seamcheck.model.report import Problem
from seamcheck.syntax.notebook import is_notebook
from seamcheck.syntax.source import problem_at, read

#: Called with the number of files done and of all files.
Progress = Callable[[int, int], None]


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
    facts, problems = _extract([(name, shown if shown is not None else name)], cache, None)
    return next(iter(facts.values())) if facts else problems[0]


def extract_all(
    paths: Iterable[str | os.PathLike[str]],
    root: str | os.PathLike[str],
    cache: FactCache | None = None,
    progress: Progress | None = None,
) -> tuple[dict[str, FileFacts], list[Problem]]:
    """Facts of many files by path relative to ``root``, in the order of these paths, and sorted problems.

    A bad file never ends the run. ``cache`` is used and pruned, ``progress`` is called after each file, maybe
    from another thread.
    """
    base = os.path.abspath(os.fspath(root))
    named = sorted({relative(os.fspath(path), base): os.fspath(path) for path in paths}.items())
    facts, problems = _extract([(path, shown) for shown, path in named], cache, progress)
    if cache is not None:
        cache.close()
    return facts, sorted(problems)


def _extract(
    files: list[tuple[str, str]], cache: FactCache | None, progress: Progress | None
) -> tuple[dict[str, FileFacts], list[Problem]]:
    results: dict[str, FileFacts | Problem | None] = {}
    misses: list[tuple[str, bytes, str]] = []
    done = 0
    with _no_gc():
        for path, shown in files:
            data = read(path, shown)
            if isinstance(data, Problem):
                results[shown] = data
            else:
                # The same bytes may be a notebook under one name and no Python under another.
                key = content_key(data) + is_notebook(shown) * "n" if cache is not None else ""
                results[shown] = cached = cache.load(key) if cache is not None else None
                if cached is None:
                    misses.append((shown, data, key))
                    continue
            done += 1
            if progress is not None:
                progress(done, len(files))
        if misses:
            _parse(misses, results, cache, progress, done, len(files))
    facts = {shown: result for shown, result in results.items() if isinstance(result, FileFacts)}
    return facts, [problem for shown, result in results.items() for problem in _problems(shown, result)]


def _problems(shown: str, result: FileFacts | Problem | None) -> Iterator[Problem]:
    """Why a file has no facts, or what they leave out."""
    if isinstance(result, Problem):
        yield result
    elif result is not None:
        for line, message, listed in result.caveats:
            if listed:
                yield problem_at(shown, line, message, result.cells)


def _parse(
    misses: list[tuple[str, bytes, str]],
    results: dict[str, FileFacts | Problem | None],
    cache: FactCache | None,
    progress: Progress | None,
    done: int,
    total: int,
) -> None:
    from seamcheck.syntax.deep import run_deep
    from seamcheck.syntax.parse import read_facts

    stopped = False

    def work() -> None:
        for count, (shown, data, key) in enumerate(misses, done + 1):
            if stopped:
                return
            result = results[shown] = read_facts(data, shown)
            if cache is not None and isinstance(result, FileFacts):
                cache.store(key, result)
            if progress is not None:
                progress(count, total)

    try:
        run_deep(work)
    finally:
        stopped = True
