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

__all__ = [
    "Progress",
    "ScanOptions",
    "ScanResult",
    "configuration",
    "explain",
    "list_files",
    "program_graph",
    "scan",
    "suggest_models",
]


def scan(options: ScanOptions) -> ScanResult:
    """Read the program and say what is known about its loops and consumers."""
    from seamcheck.rescan import run

    return run(options, configuration(options))


def configuration(options: ScanOptions) -> Config:
    """The configuration a scan with these options runs under; raises ConfigError with all its problems."""
    from seamcheck.checks.codes import all_codes
    from seamcheck.config.load import load_config

    codes = {code: entry.name for code, entry in all_codes().items()}
    start = options.paths[0] if options.paths else Path()
    return load_config(start, options.config_path, codes)


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
