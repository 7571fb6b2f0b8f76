"""What the command line, tests and other programs call: one function per question, plain values back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from seamcheck.model.scan import Progress, ScanOptions, ScanResult
from seamcheck.report.explanation import Explanation

if TYPE_CHECKING:
    import networkx

    from seamcheck.checks.suggestions import Suggestion
    from seamcheck.config.schema import Config
    from seamcheck.model.adoption import Adoption
    from seamcheck.model.verification import VerifyResult

__all__ = [
    "Progress",
    "ScanOptions",
    "ScanResult",
    "configuration",
    "configuration_schema",
    "explain",
    "init",
    "list_files",
    "program_graph",
    "scan",
    "suggest_models",
    "verify",
    "written_configuration",
]


def scan(options: ScanOptions) -> ScanResult:
    """Read the program and say what is known about its loops and consumers."""
    from seamcheck.rescan import run

    return run(options, configuration(options))


def configuration(options: ScanOptions) -> Config:
    """The configuration a scan with these options runs under; raises ConfigError with all its problems.

    What it says is relative to the project root, wherever its file lies.
    """
    from seamcheck.config.anchor import anchored
    from seamcheck.config.discovery import find_root

    return anchored(written_configuration(options), find_root(_start(options)))


def written_configuration(options: ScanOptions) -> Config:
    """The same as its file says it, relative to that file."""
    from seamcheck.checks.codes import all_codes
    from seamcheck.config.load import load_config

    codes = {code: entry.name for code, entry in all_codes().items()}
    return load_config(_start(options), options.config_path, codes)


def _start(options: ScanOptions) -> Path:
    return options.paths[0] if options.paths else Path()


def configuration_schema() -> str:
    """The JSON schema of the configuration as text, for editors."""
    from seamcheck.checks.codes import all_codes
    from seamcheck.config.json_schema import CodeInfo, render

    return render({code: CodeInfo(entry.name, entry.summary) for code, entry in all_codes().items()})


def init(
    options: ScanOptions, pyproject: bool = False, pre_commit: bool = False, dry_run: bool = False
) -> Adoption:
    """Begin to use seamcheck in the project around the first of the paths: scan it and write what is missing.

    A configuration (``seamcheck.toml``, or a section of pyproject.toml) and, on request, the hook for pre-commit.
    Nothing is written over what is there; with ``dry_run`` nothing is written at all. Raises ConfigError where a
    file cannot be written, and NothingAnalysed.
    """
    import msgspec

    from seamcheck.adopt.plan import plan
    from seamcheck.adopt.writing import write

    options = msgspec.structs.replace(options, use_cache=options.use_cache and not dry_run)
    found = plan(options, configuration(options), pyproject, pre_commit)
    if not dry_run:
        write(found.changes)
    return msgspec.structs.replace(found, dry_run=dry_run)


def list_files(options: ScanOptions) -> list[str]:
    """The files a scan would read, relative to the project root, in order."""
    from seamcheck.config.discovery import discover
    from seamcheck.config.paths import relative

    config = configuration(options)
    found = discover(options.paths, config.exclude, (*config.extend_exclude, *options.exclude))
    return [relative(path, found.root) for path in found.files]


def program_graph(options: ScanOptions) -> networkx.DiGraph:
    """The call graph: nodes are dotted names with ``path`` and ``line``, edges go from caller to callee."""
    from seamcheck.flow.graph import call_graph
    from seamcheck.scanning import analyse_project

    return call_graph(analyse_project(options, configuration(options), everything=True).engine)


def explain(options: ScanOptions, target: str) -> list[Explanation]:
    """Everything known about the loops, consumers and findings that ``target`` names."""
    from seamcheck.report.explanation import select

    return select(scan(options).report, target)


def suggest_models(options: ScanOptions) -> list[Suggestion]:
    """The library calls without a model that stand in the way of verdicts, those that block most first."""
    from seamcheck.checks.suggestions import suggestions
    from seamcheck.scanning import analyse_project, run

    config = configuration(options)
    project = analyse_project(options, config)
    return suggestions(run(options, config, project).report, project.engine, project.files)


def verify(
    options: ScanOptions, run: str | None = None, runs: Path = Path(".seamcheck_runs")
) -> VerifyResult:
    """Hold what a scan claims against what a replay recorded.

    ``run`` is a run's folder, its id below ``runs``, or a beginning of that; the latest one when left out. Raises
    LogError where there is no such run.
    """
    from seamcheck.model.verification import VerifyResult
    from seamcheck.replay import sources as replayed
    from seamcheck.replay.log import folder_of, read_run
    from seamcheck.replay.summary import summarise
    from seamcheck.verify import stale, watch
    from seamcheck.verify import verify as held_against
    from seamcheck.verify.join import between, relocated

    folder = folder_of(run, runs)
    data, recorded = read_run(folder), replayed.recorded(folder)
    result = scan(options)
    root, scanned = result.report.root, frozenset(list_files(options))
    told = between(recorded.root if recorded is not None else root, root)
    details = watch(data.events, data.notes, data.lost, told)
    digests = {} if recorded is None else {told(path) or path: each for path, each in recorded.files.items()}
    changed = stale.changed(
        digests,
        details.sites,
        scanned,
        lambda path: stale.digest(root, path),
        lambda path: len(result.sources(path)),
    )
    report = held_against(
        result.report,
        relocated(summarise(data), told),
        details,
        scanned=scanned,
        stale=changed,
        config=configuration(options),
    )
    return VerifyResult(report, result.sources)
