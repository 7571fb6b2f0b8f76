"""The static call graph against the truth of a run: which calls that a package's own tests make does it miss?

    venv/bin/python bench/traced_calls.py trace --source LIB --package NAME --out edges.json -- TESTS...
    python bench/traced_calls.py compare edges.json --source LIB --package NAME

``trace`` needs Python 3.12 with pytest and the package (its code in the folder LIB/NAME) and nothing of seamcheck;
what follows ``--`` goes to pytest. ``compare`` needs seamcheck. A missed edge is a defect of soundness; edges that no
test took say nothing, so precision cannot be measured this way.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from bench.missed_calls import Site, cause, is_explicit, plain_name  # noqa: E402

Edge = tuple[str, str]


def trace(source: Path, package: str, out: Path, arguments: list[str]) -> int:
    """Run pytest under the tracer and write what was seen."""
    sys.path.insert(0, str(source))
    import pytest

    from bench.call_tracer import CallTracer

    with CallTracer(source, package) as tracer:
        code = int(pytest.main(["-q", "-p", "no:cacheprovider", *arguments]))
    edges = [
        {"caller": caller, "callee": callee, "site": list(site)}
        for (caller, callee), site in sorted(tracer.edges.items())
    ]
    document = {"package": package, "edges": edges, "ran": sorted(tracer.ran), "outside": tracer.from_outside}
    out.write_text(json.dumps(document, indent=1))
    print(f"{len(edges)} edges between {len(tracer.ran)} functions, written to {out}")
    return code


def static_graph(source: Path, package: str, excluded: list[str]) -> dict[str, list[str]]:
    """``seamcheck graph`` of a copy of the package alone: names must not depend on what surrounds it."""
    with tempfile.TemporaryDirectory() as folder:
        for name in (package, f"{package}.py"):
            found = source / name
            if found.is_dir():
                shutil.copytree(
                    found, Path(folder) / name, ignore=shutil.ignore_patterns("__pycache__", *excluded)
                )
            elif found.is_file():
                shutil.copy(found, folder)
        (Path(folder) / "seamcheck.toml").write_text("")
        command = [sys.executable, "-m", "seamcheck", "graph", folder, "--format", "pycg", "--no-cache"]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            sys.exit(f"seamcheck graph ended with exit code {done.returncode}")
        found_graph: dict[str, list[str]] = json.loads(done.stdout)
        return found_graph


def compare(arguments: argparse.Namespace) -> int:
    """Print recall over the traced edges, the causes of misses by number, and a smallest example of each."""
    document = json.loads(arguments.edges.read_text())
    static = static_edges(arguments.source, arguments.package, arguments.exclude)
    traced = traced_edges(document, arguments.exclude)
    missed = sorted(pair for pair in traced if pair not in static)
    written = [pair for pair in traced if is_explicit(arguments.source, traced[pair])]
    seen = sum(pair in static for pair in written)
    print(f"{arguments.package}: {recall(len(traced) - len(missed), len(traced))} of all traced edges; "
          f"{recall(seen, len(written))} of those written as calls")  # fmt: skip
    silent = {caller for caller, _ in missed} - {caller for caller, _ in static}
    print(f"{len(missed)} missed; {len(silent)} of their callers have no static edge at all")
    ran = {plain_name(name) for name in document["ran"]}
    own = [edge for edge in static if edge[0] in ran and edge[1] in ran]
    print(
        f"of {len(own)} static edges between functions that ran, {sum(e in traced for e in own)} were taken"
    )
    groups = by_cause(arguments.source, missed, traced, static)
    for name in sorted(groups, key=lambda name: (-len(groups[name]), name)):
        texts = [(traced[pair].text(arguments.source), pair) for pair in groups[name]]
        text, pair = min(texts, key=lambda each: (not each[0], len(each[0]), each))
        site = traced[pair]
        print(
            f"\n{len(groups[name]):4}  {name}\n      {site.path}:{site.line}  {text}\n      {pair[0]} -> {pair[1]}"
        )
    for name in sorted(groups) if arguments.all else ():
        for a, b in groups[name]:
            print(f"{name}\t{a}\t{b}\t{traced[a, b].path}:{traced[a, b].line}")
    return 0


def recall(found: int, total: int) -> str:
    """``recall 0.750 (3 of 4)``."""
    return f"recall {found / max(total, 1):.3f} ({found} of {total})"


def static_edges(source: Path, package: str, excluded: list[str]) -> set[Edge]:
    """The edges of the static graph."""
    graph = static_graph(source, package, excluded)
    return {(plain_name(a), plain_name(b)) for a, callees in graph.items() for b in callees}


def traced_edges(document: dict[str, Any], excluded: list[str]) -> dict[Edge, Site]:
    """The traced edges, each with its first place; callers in excluded folders are left out."""
    traced: dict[Edge, Site] = {}
    for edge in document["edges"]:
        pair = plain_name(edge["caller"]), plain_name(edge["callee"])
        if not any(f".{part}." in f".{name}." for part in excluded for name in pair):
            traced.setdefault(pair, Site(*edge["site"]))
    return traced


def by_cause(
    source: Path, missed: list[Edge], traced: dict[Edge, Site], static: set[Edge]
) -> dict[str, list[Edge]]:
    """Missed edges by the class of their cause."""
    known: dict[str, set[str]] = defaultdict(set)
    for caller, callee in static:
        known[caller].add(callee)
    groups: dict[str, list[Edge]] = defaultdict(list)
    for pair in missed:
        groups[cause(source, traced[pair], pair[1], known[pair[0]])].append(pair)
    return groups


def main() -> int:
    """Arguments."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("trace", "compare"):
        command = commands.add_parser(name)
        command.add_argument("--source", type=Path, required=True, help="the folder that holds the package")
        command.add_argument("--package", required=True)
        if name == "trace":
            command.add_argument("--out", type=Path, required=True)
            command.add_argument("pytest", nargs="*", help="arguments of pytest, after --")
        else:
            command.add_argument("edges", type=Path)
            command.add_argument(
                "--exclude", action="append", default=[], help="folders left out, e.g. tests"
            )
            command.add_argument("--all", action="store_true", help="list every missed edge")
    arguments = parser.parse_args()
    if arguments.command == "trace":
        return trace(arguments.source.resolve(), arguments.package, arguments.out, arguments.pytest)
    return compare(arguments)


if __name__ == "__main__":
    sys.exit(main())
