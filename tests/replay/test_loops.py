"""Plain loops: each pass is a trial, and the program does not notice."""

from __future__ import annotations

import ast
import contextlib
import os
import sys
import textwrap
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seamcheck.model.errors import ConfigError
from seamcheck.model.event import Event, Note
from seamcheck.replay import loops, modes, session
from seamcheck.replay.rewrite import rewrite
from seamcheck.replay.session import Session


class Seen:
    """A session that keeps what is written, and a stand-in for a train call."""

    def __init__(self, root: str) -> None:
        self.records: list[Event | Note] = []
        self.session = Session("run", root, lambda *_: pytest.fail("nothing to hash"), self.records.append)

    def train(self, name: object = "train") -> None:
        with self.session.train_call(str(name), "predictor", tuple):
            pass

    @property
    def calls(self) -> list[tuple[str, int | None]]:
        """What was trained in which trial."""
        return [(each.api, each.trial) for each in self.records if isinstance(each, Event)]

    @property
    def runs(self) -> list[tuple[int, int | None]]:
        """Trials that began: line and number."""
        return [(each.loop.line or 0, each.trial) for each in self.records
                if isinstance(each, Note) and each.kind == "trial" and each.loop]  # fmt: skip


@pytest.fixture
def seen(tmp_path: Path) -> Iterator[Seen]:
    before = sys.meta_path[:]
    found = Seen(str(tmp_path))
    session.start(found.session)
    yield found
    session.start(None)
    sys.meta_path[:] = before


def run(seen: Seen, text: str, *lines: int, guard: bool = False, **names: Any) -> dict[str, Any]:
    path = os.path.join(seen.session.root, "program.py")
    source = textwrap.dedent(text).lstrip("\n")
    Path(path).write_text(source, encoding="utf-8")
    loader = loops.install(seen.session, loops.Plan({path: frozenset(lines)}), guard)
    space: dict[str, Any] = {"__name__": "__main__", "train": seen.train, **names}
    exec(loader.compile(source.encode(), path), space)
    return space


def test_passes_of_a_for_are_trials(seen: Seen) -> None:
    space = run(seen, """
        train("before")
        out = []
        for a in [1, 2, 3]:
            train(a)
            out.append(a)
        else:
            train("else")
        train("after")
        """, 3)  # fmt: skip
    assert seen.calls == [("before", None), ("1", 0), ("2", 1), ("3", 2), ("else", None), ("after", None)]
    assert space["out"] == [1, 2, 3]
    assert {name for name in space if "seamcheck" in name} == set()


def test_break_continue_return_and_exceptions_end_the_trial(seen: Seen) -> None:
    run(seen, """
        for a in range(5):
            if a == 1:
                continue
            if a == 3:
                break
            train(a)
        train("after break")
        def f():
            for a in range(5):
                if a == 1:
                    return a
        f()
        train("after return")
        try:
            for a in range(5):
                raise ValueError
        except ValueError:
            train("handler")
        """, 1, 9, 15)  # fmt: skip
    assert seen.calls == [
        ("0", 0),
        ("2", 2),
        ("after break", None),
        ("after return", None),
        ("handler", None),
    ]


def test_what_makes_the_items_is_in_no_trial(seen: Seen) -> None:
    run(seen, """
        def items():
            for a in (1, 2):
                train("item")
                yield a
        for a in items():
            train(a)
        """, 5)  # fmt: skip
    assert seen.calls == [("item", None), ("1", 0), ("item", None), ("2", 1)]


def test_while_with_else_and_break(seen: Seen) -> None:
    run(seen, """
        i = 0
        while (i := i + 1) < 4:
            if i == 2:
                continue
            train(i)
        else:
            train("else")
        while True:
            train("once")
            break
        else:
            train("never")
        train("after")
        """, 2, 8)  # fmt: skip
    assert seen.calls == [("1", 0), ("3", 2), ("else", None), ("once", 0), ("after", None)]


def test_comprehensions(seen: Seen) -> None:
    space = run(seen, """
        a = [train(x) for x in (1, 2)]
        b = max(x for x in (3, 4)
                if train(x) is None)
        c = {x: train(x) for x in (5,)}
        """, 1, 2, 4)  # fmt: skip
    assert seen.calls == [("1", 0), ("2", 1), ("3", 0), ("4", 1), ("5", 0)]
    assert (space["b"], space["c"]) == (4, {5: None})


def test_nested_loops_the_innermost_wins(seen: Seen) -> None:
    run(seen, """
        for a in "xy":
            train(a)
            for b in (1, 2):
                train(b)
            train(a)
        """, 1, 3)  # fmt: skip
    assert seen.calls == [("x", 0), ("1", 0), ("2", 1), ("x", 0), ("y", 1), ("1", 0), ("2", 1), ("y", 1)]
    serials = [each.loop.serial for each in seen.records if isinstance(each, Event) and each.loop]
    assert serials == [0, 0, 0, 0, 0, 1, 1, 0]


def test_recursion_and_generators(seen: Seen) -> None:
    run(seen, """
        def walk(depth):
            i = 0
            while i < 2:
                train(depth)
                if depth:
                    walk(depth - 1)
                i += 1
        walk(1)
        def made():
            for a in (1, 2):
                yield a
        for a in made():
            train(a)
        """, 3, 10)  # fmt: skip
    assert seen.calls[:3] == [("1", 0), ("0", 0), ("0", 1)]
    assert seen.calls[-2:] == [("1", 0), ("2", 1)]


@pytest.mark.parametrize(
    "text",
    [
        "for a in 5:\n    pass\n",
        "for a in [1]:\n    x = 1\n    int('x')\n",
        "def g():\n    yield 1\n    raise KeyError(1)\nfor a in (\n    g()):\n    pass\n",
        "i = 0\nwhile i < 3:\n    i += 1\n    1 / (i - 2)\n",
        "i = 0\nwhile 1 / i:\n    i += 1\n",
        "x = [1 / a for a in\n     (1, 0)]\n",
    ],
)
def test_tracebacks_are_unchanged(seen: Seen, text: str) -> None:
    line = next(n for n, each in enumerate(text.splitlines(), 1) if each.startswith(("for", "while", "x =")))
    path = os.path.join(seen.session.root, "program.py")
    Path(path).write_text(text, encoding="utf-8")
    loader = loops.install(seen.session, loops.Plan({path: frozenset([line])}))

    def trace(code: Any) -> list[str]:
        try:
            exec(code, {})
        except Exception:
            # Without the line of this exec itself, and without carets.
            lines = traceback.format_exc().splitlines()[3:]
            return [each for each in lines if each.strip(" ^~")]
        return []

    assert trace(loader.compile(text.encode(), path)) == trace(compile(text, path, "exec"))


def test_a_limit_ends_the_loop(seen: Seen) -> None:
    seen.session.limit = 2
    space = run(seen, """
        pulled = []
        def items():
            for a in range(9):
                pulled.append(a)
                yield a
        for a in items():
            train(a)
        while True:
            train("w")
        """, 6, 8)  # fmt: skip
    assert seen.calls == [("0", 0), ("1", 1), ("w", 0), ("w", 1)]
    assert space["pulled"] == [0, 1]


def test_a_pass_that_is_ended_early_goes_on_with_the_next(seen: Seen) -> None:
    modes.install(seen.session, "hash_only_until_seam")
    space = run(seen, """
        done = []
        for a in (1, 2):
            train(a)
            done.append(a)
        i = 0
        while i < 2:
            i += 1
            train("w")
            done.append(i)
        last = [train(x) for x in (1, 2)]
        """, 2, 6, 10, guard=True)  # fmt: skip
    assert space["done"] == []
    assert seen.calls == [("1", 0), ("2", 1), ("w", 0), ("w", 1), ("1", 0), ("2", 1)]


def test_delayed_tasks_know_their_trial(seen: Seen) -> None:
    space = run(seen, """
        def delayed(f):
            return lambda *a, **k: (f, a, k)
        tasks = list(delayed(train)(a) for a in (1, 2))
        """, 3)  # fmt: skip
    for function, args, kwargs in reversed(space["tasks"]):
        function(*args, **kwargs)
    assert seen.calls == [("2", 1), ("1", 0)]


def test_marks_of_the_program(seen: Seen) -> None:
    run(seen, """
        import seamcheck.replay
        from seamcheck.replay import cell
        for a in (1, 2):
            with seamcheck.replay.trial(a):
                train(a)
            train("between")
        for a in "xy":
            seamcheck.replay.trial(a)
            train(a)
        train("after")
        with cell("btc", fold=3):
            train("cell")
        """)  # fmt: skip
    assert seen.calls == [("1", 1), ("between", None), ("2", 2), ("between", None), ("x", 0), ("y", 1),
                          ("after", None), ("cell", None)]  # fmt: skip
    last = seen.records[-1]
    assert isinstance(last, Event)
    assert (last.cell, last.fold) == ("btc", "3")


def test_marks_do_nothing_where_nothing_is_replayed() -> None:
    from seamcheck import replay

    session.start(None)
    with replay.trial(1), replay.cell("a", 2):
        replay.trial(2)


def test_only_loops_that_are_there_are_found() -> None:
    tree = ast.parse("for a in b:\n    c\nx = [\n  d for e in f]\n")
    assert rewrite(tree, "p", frozenset([1, 2, 4])) == {1, 4}


def test_a_mark_names_a_loop(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("x = 1\nfor a in b:\n    pass\n")
    assert loops.parse_mark(f"{path}:2") == (str(path), 2)
    for wrong in (f"{path}:1", f"{path}:", "nowhere.py:3", str(path)):
        with pytest.raises(ConfigError):
            loops.parse_mark(wrong)


def test_modules_of_the_plan_are_loaded_changed(seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path(seen.session.root, "tuned_module_for_loops.py")
    path.write_text("for a in (1, 2):\n    pass\n")
    monkeypatch.syspath_prepend(seen.session.root)
    loops.install(seen.session, loops.Plan({str(path): frozenset([1])}))
    with contextlib.suppress(KeyError):
        del sys.modules["tuned_module_for_loops"]
    import tuned_module_for_loops  # type: ignore[import-not-found]  # noqa: F401

    assert seen.runs == [(1, 0), (1, 1)]
    assert not list(path.parent.glob("__pycache__/*"))


def test_the_scan_finds_plain_loops_in_what_is_imported(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "tuning.py").write_text(textwrap.dedent("""
        from sklearn.linear_model import Ridge

        def tune(X, y):
            best = []
            for a in [0.1, 1.0]:
                best.append(Ridge(alpha=a).fit(X, y).score(X, y))
            model = Ridge()
            for a in [0.1, 1.0]:
                model.set_params(alpha=a)
                model.fit(X, y)
            return best
    """))  # fmt: skip
    script = tmp_path / "main.py"
    script.write_text("import numpy as np\nfrom tuning import tune\ntune(np.eye(3), np.arange(3))\n")
    made = loops.plan(str(script), [str(tmp_path)], str(tmp_path), ())
    assert made == loops.Plan({str(tmp_path / "tuning.py"): frozenset([6, 9])})
