"""Speed and size, measured side by side: ``make bench BENCH="--tree DARTS"`` or ``python -m bench --quick``.

Each figure is a ratio of two things measured one after the other, repeat by repeat, all kinds interleaved in one run:
machines are noisy, ratios less so. Nothing is asserted; `bench/RESULTS.md` gets the table.
"""

from __future__ import annotations

import argparse
import math
import os
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bench.measure import SEAMCHECK, DidNotFinish, Series, ratios, run
from bench.rescans import import_click
from bench.rescans import rows as rescan_rows
from bench.table import Row, markdown, plain
from bench.trees import Tree

HERE = Path(__file__).resolve().parent
FLOOR = str(HERE / "parse_floor.py")
FACTS = re.compile(r"([\d.]+) s +facts$", re.MULTILINE)
HEAVY = ("libcst", "networkx", "rich")
FIXTURES = HERE.parent / "fixtures" / "captured_fold"
#: Findings are what is measured, not a failure.
SCAN = (*SEAMCHECK, "scan", ".", "--exit-zero")


def say(text: str) -> None:
    """Progress goes to stderr, the table to stdout."""
    print(text, file=sys.stderr, flush=True)


def floor(tree: Tree, *flags: str) -> float:
    """Seconds of CPU that parsing alone takes."""
    return float(run([sys.executable, FLOOR, str(tree.listing()), *flags]).out.split()[0])


class Scan(NamedTuple):
    """What one scan cost; ``facts`` are the seconds on the wall in which files were read and parsed."""

    wall: float
    cpu: float
    peak: float
    facts: float


def scan(tree: Tree, report: Path, jobs: str = "1") -> Scan:
    """One scan, in one process unless told otherwise."""
    command = [*SCAN, "--output", f"json:{report}", "--jobs", jobs, "--timings"]
    cost = run(command, tree.folder)
    facts = FACTS.search(cost.err)
    return Scan(cost.wall, cost.cpu, cost.peak, float(facts[1]) if facts else 0.0)


def heavy_imports(tree: Tree) -> list[str]:
    """Packages that a scan without news imported and should not have."""
    command = [
        sys.executable,
        "-X",
        "importtime",
        *SCAN[1:],
        "--output",
        f"json:{tree.folder.with_suffix('.json')}",
    ]
    names = {
        line.rpartition("|")[2].strip().partition(".")[0]
        for line in run(command, tree.folder).err.splitlines()
    }
    return [name for name in HEAVY if name in names]


def main_tree(tree: Tree, repeats: int) -> list[Row]:
    """Cold, two processes, nothing changed."""
    seen: dict[str, Series] = defaultdict(Series)
    report, other = tree.folder.with_suffix(".json"), tree.folder.with_suffix(".2.json")
    same = True
    for number in range(repeats):
        say(f"  {tree.folder.name}: repeat {number + 1} of {repeats}")
        seen["floor"].add(floor(tree))
        for name, jobs, path in (("one", "1", report), ("two", "2", other)):
            tree.forget()
            cost = scan(tree, path, jobs)
            for figure in cost._fields:
                seen[f"{name} {figure}"].add(getattr(cost, figure))
        same = same and report.read_bytes() == other.read_bytes()
        seen["floor without gc"].add(floor(tree, "gc-off"))
        seen["click"].add(import_click())
        seen["warm"].add(scan(tree, report, "auto").wall)
    return cold_rows(tree, seen, same) + warm_rows(tree, seen)


def cold_rows(tree: Tree, seen: dict[str, Series], same: bool) -> list[Row]:
    """The main tree, scanned for the first time."""
    cold, without = (ratios(seen["one cpu"], seen[name]) for name in ("floor", "floor without gc"))
    size = f"{len(tree.files)} files, {tree.lines} lines"
    seconds = f"{seen['one cpu'].text(' s', 1)}; {seen['floor'].text(' s', 1)}"
    two = ratios(seen["two wall"], seen["one wall"]).text(" ×") + ("" if same else "; **the reports differ**")
    facts = ratios(seen["two facts"], seen["one facts"])
    return [
        Row(f"cold scan, one process ({size}): CPU / CPU of parsing alone", "≤ 1.6 ×", cold.text(" ×")),
        Row("the same / parsing with the garbage collector off", "", without.text(" ×")),
        Row("the same, seconds of CPU and of parsing", "", seconds),
        Row("the same, peak of memory", "≤ 350 MB", seen["one peak"].text(" MB", 0)),
        Row("cold scan, two processes: wall / one process", "≤ 0.7 ×", two),
        Row("the same, reading and parsing alone", "", facts.text(" ×")),
        Row("the same, peak of memory of the largest process", "", seen["two peak"].text(" MB", 0)),
    ]


def warm_rows(tree: Tree, seen: dict[str, Series]) -> list[Row]:
    """The main tree, scanned again."""
    heavy = heavy_imports(tree)
    imports = "imports none of " if not heavy else f"**imports {', '.join(heavy)}**, of "
    unchanged = ratios(seen["warm"], seen["click"])
    return [
        Row("nothing changed: wall / `import click`", "≤ 5 ×", unchanged.text(" ×", 1)),
        Row("nothing changed, seconds", "about 0.25 s", f"{seen['warm'].text(' s')}; {imports}{', '.join(HEAVY)}"),
    ]  # fmt: skip


def second_tree(tree: Tree, name: str, repeats: int) -> list[Row]:
    """A tree that nobody tuned for: cold only."""
    cpu, base, peak = Series(), Series(), Series()
    for number in range(repeats):
        say(f"  {tree.folder.name}: repeat {number + 1} of {repeats}")
        base.add(floor(tree))
        tree.forget()
        cost = scan(tree, tree.folder.with_suffix(".json"))
        cpu.add(cost.cpu)
        peak.add(cost.peak)
    size = f"{len(tree.files)} files, {tree.lines} lines"
    return [
        Row(f"second tree ({name}; {size}), cold: CPU / CPU of parsing alone", "≤ 1.7 ×", ratios(cpu, base).text(" ×")),
        Row("the same, seconds of CPU and of parsing", "", f"{cpu.text(' s', 1)}; {base.text(' s', 1)}"),
        Row("the same, peak of memory", "≤ 600 MB", peak.text(" MB", 0)),
    ]  # fmt: skip


def growth(source: Path, folder: Path, sizes: list[int], repeats: int) -> list[Row]:
    """CPU against lines for copies side by side."""
    trees = {size: Tree(source, folder / f"times_{size}", size) for size in sizes}
    cpu = {size: Series() for size in sizes}
    for number in range(repeats):
        for size, tree in trees.items():
            say(f"  {size} copies: repeat {number + 1} of {repeats}")
            tree.forget()
            cpu[size].add(scan(tree, tree.folder.with_suffix(".json")).cpu)
    per_line = ", ".join(f"{size}: {cpu[size].median / trees[size].lines * 1e6:.0f}" for size in sizes)
    slopes = Series(
        exponent([(trees[size].lines, cpu[size].values[number]) for size in sizes])
        for number in range(repeats)
    )
    return [
        Row(f"copied {', '.join(map(str, sizes))} times: exponent of CPU over lines", "≤ 1", slopes.text()),
        Row("the same, microseconds of CPU per line by number of copies", "", per_line),
    ]


def exponent(points: list[tuple[float, float]]) -> float:
    """The slope of the least-squares line through the logarithms."""
    xs, ys = [math.log(x) for x, _ in points], [math.log(y) for _, y in points]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((each - x) ** 2 for each in xs)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / spread if spread else float("nan")


def guarded(work: str, measure: Callable[[], list[Row]]) -> list[Row]:
    """What does not finish is a line of the table, not the end of the run."""
    try:
        return measure()
    except DidNotFinish as error:
        return [Row(work, "completes", f"**did not finish**: {' '.join(str(error).split())}")]


def measure_all(arguments: argparse.Namespace, folder: Path) -> list[Row]:
    """All rows for which there is a tree."""
    rows: list[Row] = []
    if arguments.part == "replay":
        return guarded("replay", lambda: replay_rows(arguments.quick))
    main, second = arguments.tree, arguments.second
    if arguments.part == "edits":
        return edit_rows(arguments, folder)
    if main is None:
        rows.append(Row("cold, warm, changed, copies", "", "skipped: no --tree (or SEAMCHECK_BENCH_TREE)"))
    else:
        rows += guarded("main tree", lambda: main_tree(Tree(main, folder / "main"), arguments.repeats))
    rows += edit_rows(arguments, folder)
    if second is None:
        rows.append(Row("second tree", "", "skipped: no --second, nor scikit-learn in --python"))
    else:
        rows += guarded(
            "second tree",
            lambda: second_tree(Tree(second, folder / "second"), second.name, arguments.second_repeats),
        )
    if main is not None and arguments.copies:
        rows += guarded("copies", lambda: growth(main, folder, arguments.copies, arguments.copy_repeats))
    if arguments.part != "scan":
        rows += guarded("replay", lambda: replay_rows(arguments.quick))
    return rows


def edit_rows(arguments: argparse.Namespace, folder: Path) -> list[Row]:
    """Scans after edits, and the hook."""
    from bench import hooks

    main: Path | None = arguments.tree
    rows = []
    if main is not None:
        rows += guarded(
            "edits",
            lambda: rescan_rows(Tree(main, folder / "edited"), arguments.repeats, arguments.samples),
        )
    return rows + guarded("warm hook", lambda: hooks.rows(main, folder, arguments.hook_repeats))


def replay_rows(quick: bool) -> list[Row]:
    """Hashing, the log, and whole studies replayed."""
    from bench import eventlog, hashing, replay_study

    found: list[tuple[str, str, str]] = []
    say("  hashing")
    found += hashing.rows(quick)
    say("  the event log")
    found += eventlog.rows(quick)
    say("  replayed studies")
    found += replay_study.rows(0.001, 1) if quick else replay_study.rows()
    return [Row(name, required, measured) for name, measured, required in found]


def installed(name: str, python: str = sys.executable) -> Path | None:
    """The folder of a package that an interpreter has, without importing it."""
    found = f"s = importlib.util.find_spec({name!r})"
    code = f"import importlib.util; {found}; print(*(s and s.submodule_search_locations or ()), sep='\\n')"
    place = run([python, "-c", code], HERE).out.partition("\n")[0]
    return Path(place) if place else None


def parse(words: list[str]) -> argparse.Namespace:
    """Arguments before environment variables before defaults."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip

    def path(variable: str) -> Path | None:
        return Path(os.environ[variable]) if os.environ.get(variable) else None

    parser.add_argument("--tree", type=Path, default=path("SEAMCHECK_BENCH_TREE"), help="the main tree")
    parser.add_argument("--second", type=Path, default=path("SEAMCHECK_BENCH_SECOND"),
                        help="another one (default: scikit-learn, if --python has it)")  # fmt: skip
    parser.add_argument(
        "--python", default=sys.executable, help="where to look for scikit-learn (default: this Python)"
    )
    parser.add_argument(
        "--part", choices=["all", "scan", "edits", "replay"], default="all", help="what to measure"
    )
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--second-repeats", type=int, default=3)
    parser.add_argument(
        "--samples", type=int, default=12, help="random edits of one statement, each a scan (default: 12)"
    )
    parser.add_argument("--hook-repeats", type=int, default=3)
    parser.add_argument(
        "--copies", type=lambda text: [int(n) for n in text.split(",") if n], default=[1, 2, 4, 8]
    )
    parser.add_argument("--copy-repeats", type=int, default=1)
    parser.add_argument(
        "--results", type=Path, help="the table (default: bench/RESULTS.md; none with --quick)"
    )
    parser.add_argument(
        "--quick", action="store_true", help="the fixtures instead of real trees; under a minute"
    )
    arguments = parser.parse_args(words)
    if arguments.quick:
        arguments.tree, arguments.second = FIXTURES, None
        arguments.repeats = arguments.copy_repeats = 3
        arguments.hook_repeats = 1
    elif arguments.second is None:
        try:
            arguments.second = installed("sklearn", arguments.python)
        except DidNotFinish as error:
            parser.error(f"--python: {error}")
    if arguments.results is None and not arguments.quick:
        arguments.results = HERE / "RESULTS.md"
    return arguments


def main(words: list[str]) -> int:
    """Measure, print, write."""
    arguments = parse(words)
    with tempfile.TemporaryDirectory(prefix="seamcheck-bench-") as folder:
        rows = measure_all(arguments, Path(folder))
    for row in rows:
        print(plain(row))
    if arguments.results is not None:
        heading = [
            f"Medians of {arguments.repeats} repeats ({arguments.second_repeats} on the second tree, "
            f"{arguments.copy_repeats} of the copies, {arguments.hook_repeats} of the hook), "
            "interleaved in one run of `make bench`."
        ]
        arguments.results.write_text(markdown(rows, heading), encoding="utf-8")
        say(f"written to {arguments.results}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
