"""Scans after one edit: several kinds of it, and a sample of what people change."""

from __future__ import annotations

import contextlib
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.edits import Edit, answered, functions, kinds, sample
from bench.measure import SEAMCHECK, Series, ratios, run
from bench.table import Row
from bench.trees import Tree

#: Seconds after which a sample is cut short.
BUDGET = 300.0


class Answer(NamedTuple):
    """One scan: seconds on the wall, and how it came to its report."""

    wall: float
    how: str


def import_click() -> float:
    """Seconds on the wall of a program that only imports click."""
    return run([sys.executable, "-c", "import click"]).wall


def scanned(folder: Path) -> Answer:
    """One scan that writes the report for programs, as others do here."""
    report = f"json:{folder.with_suffix('.json')}"
    cost = run([*SEAMCHECK, "scan", ".", "--exit-zero", "--output", report, "--timings"], folder)
    return Answer(cost.wall, answered(cost.err))


@contextlib.contextmanager
def applied(tree: Tree, edit: Edit, number: int) -> Iterator[None]:
    """The tree with an edit, and with nothing cached but its last full scan."""
    tree.recall()
    before = edit.path.read_bytes()
    edit.path.write_bytes(edit.change(number))
    try:
        yield
    finally:
        edit.path.write_bytes(before)


def base(tree: Tree) -> None:
    """Scan a tree as it is and keep what that leaves behind."""
    tree.forget()
    scanned(tree.folder)
    tree.keep()


def rows(tree: Tree, repeats: int, samples: int) -> list[Row]:
    """A row for each kind of edit, and those of the sample."""
    base(tree)
    found = functions(tree)
    return [*kind_rows(tree, list(kinds(found)), repeats), *sample_rows(tree, sample(found, samples))]


def kind_rows(tree: Tree, edits: list[tuple[str, Edit | None]], repeats: int) -> list[Row]:
    """Wall of a scan after each kind of edit over that of importing click, all kinds interleaved."""
    walls: dict[str, Series] = defaultdict(Series)
    clicks: dict[str, Series] = defaultdict(Series)
    ways: dict[str, Counter[str]] = defaultdict(Counter)
    for count in range(repeats):
        for kind, edit in edits:
            if edit is None:
                continue
            print(
                f"  {tree.folder.name}: {kind}, repeat {count + 1} of {repeats}", file=sys.stderr, flush=True
            )
            clicks[kind].add(import_click())
            with applied(tree, edit, count):
                answer = scanned(tree.folder)
            walls[kind].add(answer.wall)
            ways[kind][answer.how] += 1
    return [_kind_row(kind, edit, walls[kind], clicks[kind], ways[kind]) for kind, edit in edits]


def _kind_row(kind: str, edit: Edit | None, walls: Series, clicks: Series, ways: Counter[str]) -> Row:
    work = f"changed: {kind}: wall / `import click`"
    if edit is None:
        return Row(
            work,
            "≤ 10 ×",
            "skipped: the tree has " + ("no test suite" if "test" in kind else "no such place"),
        )
    how = ", ".join(f"{way} {times}" for way, times in sorted(ways.items()))
    return Row(work, "≤ 10 ×", f"{ratios(walls, clicks).text(' ×', 1)}; {walls.text(' s')}; {how}")


def sample_rows(tree: Tree, edits: list[Edit], budget: float = BUDGET) -> list[Row]:
    """How many edits of one statement in any function are answered without analysis, and what each group takes."""
    groups: dict[str, tuple[Series, Series]] = defaultdict(lambda: (Series(), Series()))
    start = time.monotonic()
    done = 0
    for edit in edits:
        if time.monotonic() - start > budget:
            break
        print(f"  {tree.folder.name}: sample {done + 1} of {len(edits)}", file=sys.stderr, flush=True)
        click = import_click()
        with applied(tree, edit, done):
            answer = scanned(tree.folder)
        walls, below = groups["full" if answer.how == "full" else "reused"]
        walls.add(answer.wall)
        below.add(click)
        done += 1
    if not done:
        return [
            Row(
                "share of single-statement edits answered without analysis",
                "",
                "skipped: no function to edit",
            )
        ]
    reused = len(groups["reused"][0].values)
    cut = f", cut short after {budget:.0f} s" if done < len(edits) else ""
    shown = {name: f"{ratios(*pair).text(' ×', 1)}; {pair[0].text(' s')}" for name, pair in groups.items()}
    share = f"{reused} of {done} ({reused / done:.0%}){cut}"
    return [
        Row("share of single-statement edits answered without analysis", "", share),
        Row("the same, those: wall / `import click`", "≤ 10 ×", shown.get("reused", "none")),
        Row("the same, the others", "", shown.get("full", "none")),
    ]
