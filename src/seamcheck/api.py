"""What the command line, tests and other programs call: one function per question, plain values back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from seamcheck.model.errors import ConfigError, NothingAnalysed, SeamcheckError
from seamcheck.model.evidence import Location
from seamcheck.model.report import Claim, Finding, ScanReport
from seamcheck.model.scan import Progress, ScanOptions, ScanResult
from seamcheck.report.explanation import Explanation

if TYPE_CHECKING:
    import networkx

    from seamcheck.baseline import Baseline, Match, Place
    from seamcheck.checks.suggestions import Suggestion
    from seamcheck.config.schema import Config
    from seamcheck.model.adoption import Adoption
    from seamcheck.model.comparison import RunComparison
    from seamcheck.model.event import LoopSeen as LoopSeen
    from seamcheck.model.event import ReplayReport as ReplayReport
    from seamcheck.model.verification import VerifyResult
    from seamcheck.registry.sync import Decision
    from seamcheck.registry.view import Outcome, View
    from seamcheck.scanning import Project

__all__ = [
    "BaselineChange",
    "Claim",
    "Finding",
    "Location",
    "Progress",
    "ScanOptions",
    "ScanReport",
    "ScanResult",
    "SeamcheckError",
    "as_text",
    "baseline_prune",
    "baseline_write",
    "compare_runs",
    "configuration",
    "configuration_schema",
    "explain",
    "init",
    "list_files",
    "program_graph",
    "registry_add",
    "registry_check",
    "registry_prune",
    "registry_sync",
    "registry_view",
    "replayed",
    "scan",
    "suggest_models",
    "verify",
    "written_configuration",
]


def scan(options: ScanOptions) -> ScanResult:
    """Read the program and say what is known about its loops and consumers.

    With ``since`` or ``unsaved`` the whole program is analysed, and the report narrowed (see ScanOptions).
    """
    config = configuration(options)
    if options.since is not None:
        from seamcheck.changes import scan_since

        return scan_since(options, config)
    if options.unsaved is not None:
        from seamcheck.changes import scan_unsaved

        return scan_unsaved(options, config)
    from seamcheck.rescan import run

    return run(options, config)


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


class BaselineChange(NamedTuple):
    """What was done to a baseline file: its path as reports show it, whether it was written, and how it changed.

    ``left_out`` are failing findings that no baseline takes.
    """

    path: str
    written: bool
    entries: int
    added: int
    removed: int
    left_out: tuple[Finding, ...] = ()


def baseline_write(options: ScanOptions, reason: str | None = None, force: bool = False) -> BaselineChange:
    """Record the findings that fail a scan now, so that only new ones do.

    Raises ConfigError where there is a baseline already and it would grow, unless ``force``: a baseline is to shrink,
    and what it takes in nobody looks at any more.
    """
    from seamcheck.baseline import plan, save

    config = configuration(options)
    report, place, old = _without_baseline(options, config)
    planned = plan(report, old, options, config, place.base, reason)
    if old is not None and planned.added and not force:
        shown = [f"{f.location.path}:{f.location.line} {f.code}" for f in planned.added[:5]]
        more = f" and {len(planned.added) - 5} more" if len(planned.added) > 5 else ""
        raise ConfigError(
            f"the baseline would grow by {', '.join(shown)}{more}",
            place.shown,
            None,
            "settle them, or take them in with --force; `baseline prune` only removes",
        )
    written = save(place.file, place.shown, planned.baseline)
    counts = len(planned.baseline.entries), len(planned.added), len(planned.removed)
    return BaselineChange(place.shown, written, *counts, planned.left_out)


def baseline_prune(options: ScanOptions) -> BaselineChange:
    """Remove the entries that stand for nothing any more, and nothing else; raises ConfigError without a baseline."""
    from seamcheck.baseline import pruned, save

    _, place, old = _without_baseline(options, configuration(options))
    if old is None:
        raise ConfigError("there is no baseline", place.shown, None, "`seamcheck baseline write` makes one")
    left = pruned(old[0], old[1].stale)
    # What has not shrunk stays as somebody laid it out.
    written = bool(old[1].stale) and save(place.file, place.shown, left)
    return BaselineChange(place.shown, written, len(left.entries), 0, len(old[1].stale))


def _without_baseline(
    options: ScanOptions, config: Config
) -> tuple[ScanReport, Place, tuple[Baseline, Match] | None]:
    """A scan without a baseline, where that is or would be, and what it says of this scan if it exists."""
    import os

    import msgspec

    from seamcheck.baseline import held_against, locate, read_baseline
    from seamcheck.rescan import run
    from seamcheck.sources import discovered

    found = discovered(options, config)
    place = locate(options, config, found.root)
    # A broken one is told before the work.
    known = read_baseline(place.file, place.shown) if os.path.lexists(place.file) else None
    report = run(msgspec.structs.replace(options, use_baseline=False), config).report
    if known is None:
        return report, place, None
    return report, place, (known, held_against(report, known, options, config, found, place.base))


def list_files(options: ScanOptions) -> list[str]:
    """The files a scan would read, relative to the project root, in order."""
    from seamcheck.config.paths import relative
    from seamcheck.sources import discovered

    found = discovered(options, configuration(options))
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


def registry_check(options: ScanOptions) -> ScanResult:
    """A scan with the findings about the registry alone; raises NothingAnalysed where there is no registry."""
    import msgspec

    from seamcheck.config.consumers import has_registry
    from seamcheck.registry.model import CODES

    if not has_registry(configuration(options)):
        raise NothingAnalysed("there is no registry, so nothing was checked", hint=_FIRST)
    result = scan(options)
    findings = tuple(finding for finding in result.report.findings if finding.code in CODES)
    return msgspec.structs.replace(result, report=msgspec.structs.replace(result.report, findings=findings))


def registry_view(options: ScanOptions) -> View:
    """Every entry beside what is proven now."""
    from seamcheck.registry.model import CODES
    from seamcheck.registry.view import View, rows
    from seamcheck.scanning import run

    config = configuration(options)
    project = _registered(options, config)
    report = run(options, config, project).report
    findings = tuple(finding for finding in report.findings if finding.code in CODES)
    return View(rows(project.registry, report.consumers), findings)


def registry_sync(
    options: ScanOptions, promote: bool = False, missing: bool = False, write: bool = True
) -> Outcome:
    """Bring the entries in step with the code; ``missing`` registers consumers without an entry, too.

    Raises RegistryError where a file cannot be edited; then nothing is written.
    """
    from seamcheck.registry import sync
    from seamcheck.scanning import run

    config = configuration(options)
    project = _registered(options, config)
    report = run(options, config, project).report
    decisions = [sync.sync(project.registry, report.consumers, promote)]
    if missing:
        skip = {f.location for f in report.findings if f.code == "SEAM103" and f.suppressed is not None}
        decisions.append(
            sync.add_missing(project.registry, report.consumers, config, project.root, project.files, skip)
        )
    return _edited(decisions, project.root, write)


def registry_prune(options: ScanOptions, write: bool = True) -> Outcome:
    """Remove the entries whose function is gone; raises RegistryError where a file cannot be edited."""
    from seamcheck.registry.sync import prune

    config = configuration(options)
    project = _registered(options, config)
    return _edited([prune(project.registry, config, project.root, project.files)], project.root, write)


def registry_add(
    options: ScanOptions,
    name: str,
    entry: str,
    requires: str | None = None,
    owner: str = "",
    reason: str = "",
    write: bool = True,
) -> Outcome:
    """Register a function, ``path::qualname`` or ``module:qualname``; ``requires`` None is what is proven.

    Raises RegistryError for a function that is not there, and for an ``xy_only`` that is not proven.
    """
    from seamcheck.config.discovery import find_root
    from seamcheck.registry.add import addition, candidate
    from seamcheck.scanning import analyse_project, run

    config = configuration(options)
    root = find_root(options.paths[0] if options.paths else Path())
    new = candidate(config, root, name, entry, requires, owner, reason)
    project = analyse_project(options, config, also=(new,))
    report = run(options, config, project).report
    decision = addition(project.registry, report.consumers, config, project.root, project.files, requires)
    return _edited([decision], project.root, write)


#: What to do where there is no registry.
_FIRST = "`seamcheck registry add NAME PATH::QUALNAME` writes the first entry"


def _registered(options: ScanOptions, config: Config) -> Project:
    from seamcheck.config.consumers import has_registry
    from seamcheck.scanning import analyse_project

    if not has_registry(config):
        raise NothingAnalysed("there is no registry", hint=_FIRST)
    return analyse_project(options, config)


def _edited(decisions: list[Decision], root: str, write: bool) -> Outcome:
    from seamcheck.registry import edit
    from seamcheck.registry.view import Outcome

    plans = [decision.plan for decision in decisions]
    plan = edit.Plan(*(tuple(each for part in parts for each in part) for parts in zip(*plans, strict=True)))
    edits = edit.file_edits(plan, root)
    if write:
        edit.write(edits)
    changes = tuple(change for decision in decisions for change in decision.changes)
    return Outcome(changes, tuple(edits), write)


def verify(
    options: ScanOptions, run: str | None = None, runs: Path = Path(".seamcheck_runs")
) -> VerifyResult:
    """Hold what a scan claims against what a replay recorded.

    ``run`` is a run's folder, its id below ``runs``, or a beginning of that; the latest one when left out. Raises
    LogError where there is no such run.
    """
    import msgspec

    from seamcheck.model.verification import VerifyResult
    from seamcheck.replay import sources as replayed
    from seamcheck.replay.log import folder_of, read_run
    from seamcheck.replay.summary import summarise
    from seamcheck.verify import stale, watch
    from seamcheck.verify import verify as held_against
    from seamcheck.verify.join import between, relocated

    folder = folder_of(run, runs)
    data, recorded = read_run(folder), replayed.recorded(folder)
    result = scan(msgspec.structs.replace(options, use_baseline=False))  # claims are held against a run
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


def replayed(run: str | None = None, runs: Path = Path(".seamcheck_runs")) -> ReplayReport:
    """What a recorded run showed: for each loop, whether its trials were given the same data.

    ``run`` is named as for :func:`verify`. Raises LogError where there is no such run.
    """
    from seamcheck.replay.log import folder_of, read_run
    from seamcheck.replay.summary import summarise

    return summarise(read_run(folder_of(run, runs)))


def compare_runs(one: str, other: str, runs: Path = Path(".seamcheck_runs")) -> RunComparison:
    """What differs between two recorded runs; they are named as for :func:`verify`. Raises LogError."""
    from seamcheck.replay.compare import compare
    from seamcheck.replay.log import folder_of, read_run

    return compare(read_run(folder_of(one, runs)), read_run(folder_of(other, runs)))


def as_text(report: ReplayReport | RunComparison) -> str:
    """What `seamcheck replay show` or `replay diff` prints of it, without colour."""
    from seamcheck.model.event import ReplayReport
    from seamcheck.report import replay_text

    if isinstance(report, ReplayReport):
        return replay_text.render(report)
    return replay_text.render_comparison(report)
