"""What is new since a revision: the program is scanned as it was and as it is, and findings are compared.

A finding is new if none of the same identity was there. Looking at changed lines instead would miss what a change does
to a consumer two modules away.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from seamcheck import report_cache
from seamcheck.changes import git
from seamcheck.changes.tree import write_tree
from seamcheck.checks.codes import all_codes
from seamcheck.config.discovery import find_root
from seamcheck.config.load import load_config
from seamcheck.config.paths import relative
from seamcheck.config.schema import Config
from seamcheck.model.errors import ConfigError, NothingAnalysed, SeamcheckError
from seamcheck.model.report import Finding, Loop, Narrowed, ScanReport
from seamcheck.model.scan import ScanOptions, ScanResult
from seamcheck.rescan import run

_T = TypeVar("_T")
_RANK = {"note": 0, "warning": 1, "error": 2}
#: Path from the top of the repository, function, code, statement, and which of several alike.
_Key = tuple[str, str, str, str, int]


class _Tree(NamedTuple):
    """A report and the real path of the top of the repository that its paths lie below."""

    report: ScanReport
    top: str

    def path(self, shown: str) -> str:
        """A path of the report from the top of the repository."""
        return relative(os.path.join(os.path.realpath(self.report.root), shown), self.top)


def scan_since(options: ScanOptions, config: Config) -> ScanResult:
    """The report of the work tree, narrowed to what is new since the revision ``options.since``.

    Raises ConfigError where there is no repository, no such revision, or one that cannot be scanned.
    """
    assert options.since is not None
    paths = options.paths or (Path(),)
    root = find_root(paths[0])
    top = git.toplevel(root)
    commit = git.commit_of(top, options.since)
    inside = [_below(path, top) for path in paths]
    result = run(options, config)
    before = _as_it_was(options, root, top, commit, inside)
    moved = git.renames(top, commit)
    report = _narrowed(_Tree(result.report, top), before, moved, options.since)
    return msgspec.structs.replace(result, report=report)


def _below(path: str | os.PathLike[str], top: str) -> str:
    """A scanned path from the top of the repository; ``.`` is the top."""
    found = os.path.relpath(os.path.realpath(path), top)
    if found == os.pardir or found.startswith(os.pardir + os.sep):
        raise ConfigError(f"{path} is outside the git repository", hint="`--diff` compares one repository")
    return found


def _as_it_was(options: ScanOptions, root: str, top: str, commit: str, inside: list[str]) -> _Tree | None:
    """The report of the commit, from the cache if it is known; None if nothing of it was there."""
    key = _cache_key(options, top, commit, inside) if options.use_cache else None
    known = report_cache.load(root, key) if key is not None else None
    if known is not None:
        # Such a report is kept with the path from the top of the repository as its root.
        return _Tree(msgspec.structs.replace(known, root=os.path.join(top, known.root)), top)
    with tempfile.TemporaryDirectory(prefix="seamcheck-", ignore_cleanup_errors=True) as made:
        folder = os.path.realpath(made)
        write_tree(top, commit, folder)
        there = [os.path.join(folder, path) for path in inside]
        there = [os.path.normpath(path) for path in there if os.path.lexists(path)]
        if not there:
            return None
        report = _scanned(options, root, top, folder, there)
    if report is None:
        return None
    kept = msgspec.structs.replace(report, root=os.path.relpath(report.root, folder))
    if key is not None:
        report_cache.store(root, key, kept)
    return _Tree(msgspec.structs.replace(kept, root=os.path.join(top, kept.root)), top)


def _scanned(options: ScanOptions, root: str, top: str, folder: str, there: list[str]) -> ScanReport | None:
    """The report of a tree in a folder, with the configuration and the baseline that it had."""
    config_path, baseline = _then(options.config_path, top, folder), _then(options.baseline, top, folder)
    missing = options.baseline is not None and (baseline is None or not baseline.exists())
    if config_path is not None and not config_path.exists():
        config_path = None
    then = msgspec.structs.replace(
        options,
        paths=tuple(Path(path) for path in there),
        config_path=config_path,
        baseline=None if missing else baseline,
        use_baseline=options.use_baseline and not missing,
        progress=None,
        since=None,
        cache_root=root,
    )
    codes = {code: entry.name for code, entry in all_codes().items()}
    try:
        config = load_config(then.paths[0], then.config_path, codes)
        return run(_without_missing_baseline(then, config), config).report
    except NothingAnalysed:
        return None
    except SeamcheckError as error:
        where = error.path
        if where is not None and os.path.isabs(where):
            where = relative(os.path.realpath(where), folder)
        raise ConfigError(
            f"{options.since} cannot be scanned: {error.message}",
            where,
            error.line,
            "compare with a later revision, or scan without --diff",
        ) from error


def _without_missing_baseline(options: ScanOptions, config: Config) -> ScanOptions:
    """A configuration that names a baseline which was not there yet has none."""
    if options.baseline is None and config.baseline is not None and config.file is not None:
        named = os.path.join(os.path.dirname(config.file), config.baseline)
        if not os.path.lexists(named):
            return msgspec.structs.replace(options, use_baseline=False)
    return options


def _then(path: Path | None, top: str, folder: str) -> Path | None:
    """A file that an option names, as it was: one outside the repository is what it is."""
    if path is None:
        return None
    real = os.path.realpath(path)
    return Path(folder, os.path.relpath(real, top)) if real.startswith(top + os.sep) else path


def _cache_key(options: ScanOptions, top: str, commit: str, inside: list[str]) -> str | None:
    """The name of the report of a commit: a commit does not change, so it says what was read."""
    parts: list[object] = [
        "since", commit, inside, options.exclude, options.consumers, options.tests, options.use_baseline,
    ]  # fmt: skip
    for path in (options.config_path, options.baseline):
        if path is None:
            parts.append(None)
            continue
        real = os.path.realpath(path)
        if real.startswith(top + os.sep):
            parts.append(os.path.relpath(real, top))
            continue
        try:
            parts.append([real, Path(real).read_bytes()])
        except OSError:
            return None
    return report_cache.name_of(msgspec.msgpack.encode(parts))


def _keys(tree: _Tree, moved: Mapping[str, str]) -> Iterator[tuple[Finding, _Key]]:
    count: Counter[tuple[str, str, str, str]] = Counter()
    for finding in tree.report.findings:
        path = tree.path(finding.location.path)
        parts = (moved.get(path, path), finding.function, finding.code, finding.statement)
        count[parts] += 1
        yield finding, (*parts, count[parts])


def _narrowed(now: _Tree, before: _Tree | None, moved: Mapping[str, str], since: str) -> ScanReport:
    """The report with what is new. A finding that a comment or the baseline silenced before and does not now is."""
    report = now.report
    ranks: dict[_Key, int] = {}
    known: set[_Key] = set()
    for finding, key in _keys(before, moved) if before is not None else ():
        known.add(key)
        if finding.suppressed is None:
            ranks[key] = _RANK[finding.severity]
    findings = tuple(
        finding
        for finding, key in _keys(now, {})
        if (_RANK[finding.severity] > ranks.get(key, -1) if finding.suppressed is None else key not in known)
    )
    old = before.report if before is not None else None
    problems = _new(report.problems, old.problems if old else (), lambda each: (each.path, each.message))
    loops = _new(report.loops, old.loops if old else (), _verdicts)
    consumers = _new(
        report.consumers, old.consumers if old else (), lambda each: (each.id, each.claim.verdict)
    )
    narrowed = Narrowed(
        since=since,
        path=None,
        findings_left=len(report.findings) - len(findings),
        problems_left=len(report.problems) - len(problems),
        loops=tuple(loop.id for loop in loops),
        consumers=tuple(consumer.id for consumer in consumers),
    )
    return msgspec.structs.replace(report, findings=findings, problems=problems, narrowed=narrowed)


def _verdicts(loop: Loop) -> tuple[str, ...]:
    return (loop.id, loop.invariance.verdict, loop.evaluation.verdict, loop.seam.claim.verdict)


def _new(now: Iterable[_T], before: Iterable[_T], key: Callable[[_T], object]) -> tuple[_T, ...]:
    """Those of now that were not there before."""
    known = {key(each) for each in before}
    return tuple(each for each in now if key(each) not in known)
