"""What a commit waits for: the hook of `.pre-commit-hooks.yaml` in a real repository, with one changed file staged."""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import shutil
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from bench import application
from bench.edits import Edit, answered, functions, kinds
from bench.measure import SEAMCHECK, Cost, Series, run
from bench.rescans import applied, base
from bench.table import Row
from bench.trees import Tree

HOOKS = Path(__file__).resolve().parents[1] / ".pre-commit-hooks.yaml"
GOAL = "≤ 0.6 s in all"
#: Findings fail a hook; that is measured like any other end.
ENDS = (0, 1)
#: The kinds of edits whose hook is measured: one that is reused, one as often in test suites, one that is followed.
KINDS = (
    "a comment in a function that is followed",
    "a new test",
    "a statement in a function that is followed",
)


def rows(source: Path | None, folder: Path, repeats: int) -> list[Row]:
    """The hook on the main tree, if there is one, and on the generated application."""
    if importlib.util.find_spec("pre_commit") is None or shutil.which("git") is None:
        return [Row("warm hook", GOAL, "skipped: pre-commit (a package of this Python) or git is missing")]
    made = folder / "generated"
    application.write(made)
    found = []
    for name, each in (("main tree", source), ("generated application", made)):
        if each is not None:
            found += measured(name, each, folder / f"hook_{each.name}", repeats)
    return found


def measured(name: str, source: Path, folder: Path, repeats: int) -> list[Row]:
    """Seconds on the wall of the scan alone, of `pre-commit run`, and of `pre-commit run` with nothing to run."""
    tree = Tree(source, folder)
    if (source / "seamcheck.toml").is_file():
        shutil.copy(source / "seamcheck.toml", folder)
    prepare(folder)
    base(tree)
    edits = [(kind, edit) for kind, edit in kinds(functions(tree)) if kind in KINDS]
    walls: dict[tuple[str, str], Series] = defaultdict(Series)
    ways: dict[str, Counter[str]] = defaultdict(Counter)
    codes: set[int] = set()
    for count in range(repeats):
        for kind, edit in edits:
            if edit is None:
                continue
            print(f"  hook, {name}: {kind}, repeat {count + 1} of {repeats}", file=sys.stderr, flush=True)
            for what in ("alone", "hook", "nothing"):
                with applied(tree, edit, count):
                    cost = once(folder, edit, what)
                walls[kind, what].add(cost.wall)
                if what == "alone":
                    ways[kind][answered(cost.err)] += 1
                    codes.add(cost.code)
    found = []
    for kind, edit in edits:
        work = f"warm hook, {name} ({len(tree.files)} files), changed: {kind}: `pre-commit run`"
        if edit is None:
            why = "the tree has " + ("no test suite" if "test" in kind else "no such place")
            found.append(Row(work, GOAL, f"skipped: {why}"))
            continue
        how = ", ".join(f"{way} {times}" for way, times in sorted(ways[kind].items()))
        alone, nothing = walls[kind, "alone"].text(" s"), walls[kind, "nothing"].text(" s")
        found += [
            Row(work, GOAL, walls[kind, "hook"].text(" s")),
            Row("the same, `seamcheck scan` alone; pre-commit alone", "", f"{alone}, {how}; {nothing}"),
        ]
    if 1 in codes:
        found[-1] = found[-1]._replace(
            measured=found[-1].measured + "; the tree has findings, so its hook fails"
        )
    return found


def once(folder: Path, edit: Edit, what: str) -> Cost:
    """Stage the edit, then run the scan ``alone``, the ``hook``, or pre-commit with ``nothing`` to run."""
    git(folder, "add", str(edit.path))
    if what == "alone":
        return run([*SEAMCHECK, *entry().split()[1:], "--timings"], folder, ENDS, environment(folder))
    hook = "seamcheck" if what == "hook" else "nothing"
    return run([sys.executable, "-m", "pre_commit", "run", hook], folder, ENDS, environment(folder))


def prepare(folder: Path) -> None:
    """Make a folder a repository with the hook and all that is in it committed."""
    (folder / ".pre-commit-config.yaml").write_text(json.dumps(configuration()))  # JSON is YAML
    git(folder, "init", "-q")
    git(folder, "config", "user.name", "bench")
    git(folder, "config", "user.email", "bench@example.org")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "The tree")


def configuration() -> dict[str, Any]:
    """The hook as it is shipped, run by this Python, and one beside it that runs nothing."""
    hook = {
        key: value for key, value in shipped().items() if key not in ("minimum_pre_commit_version", "args")
    }
    del hook["additional_dependencies"]
    command = " ".join(f'"{word}"' for word in SEAMCHECK)
    hook.update(language="system", entry=f"{command} {entry().partition(' ')[2]}")
    nothing = {**hook, "id": "nothing", "name": "nothing", "entry": "true"}
    return {"repos": [{"repo": "local", "hooks": [hook, nothing]}]}


def entry() -> str:
    """The command line of the shipped hook."""
    return str(shipped()["entry"])


def shipped() -> dict[str, Any]:
    """The hook in `.pre-commit-hooks.yaml`; what is read with is there wherever pre-commit is."""
    hooks = importlib.import_module("yaml").safe_load(HOOKS.read_text(encoding="utf-8"))
    return next(dict(hook) for hook in hooks if hook["id"] == "seamcheck")


def environment(folder: Path) -> dict[str, str]:
    """Neither the settings of whoever measures nor what their pre-commit keeps."""
    home = str(folder.with_suffix(".home"))
    return {
        **os.environ,
        "PRE_COMMIT_HOME": home,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
    }


def git(folder: Path, *words: str) -> None:
    """Run git in the repository."""
    run(["git", *words], folder, env=environment(folder))
