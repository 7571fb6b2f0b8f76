"""What verdicts rest on: files that are not read as they stand, and notebooks, whose cells may be run in any order."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamcheck import api
from seamcheck.facts.extract import extract
from seamcheck.facts.ir import FileFacts
from seamcheck.flow.modules import ModuleIndex
from seamcheck.model.report import Claim, Loop, ScanReport
from tests.syntax.notebooks import notebook

PREP = """\
from sklearn.datasets import load_iris


def load():
    return load_iris(return_X_y=True)
"""
IMPORTS = "import optuna\nfrom sklearn.linear_model import Ridge\nfrom sklearn.datasets import load_iris\n"
TRIALS = """\

def objective(trial):
    model = Ridge(alpha=trial.suggest_float("alpha", 0.1, 10.0))
    model.fit(X[:100], y[:100])
    return model.score(X[100:], y[100:])


study = optuna.create_study()
study.optimize(objective, n_trials=10)
"""
MAIN = IMPORTS + "from prep import load\n\nX, y = load()\n" + TRIALS
ALONE = IMPORTS + "\nX, y = load_iris(return_X_y=True)\n" + TRIALS
LOOK = "\n\n# seamcheck: consumer[look]\ndef look(X):\n    print(X.mean())\n\n\nlook(X)\n"
GOOD = ("invariant", "invariant", "clean")
OPEN = ("unknown", "unknown", "unknown")


def conflict(text: str, line: str) -> str:
    return text.replace(line, f"<<<<<<< HEAD\n{line}\n=======\n    pass\n>>>>>>> other")


def scan(folder: Path, files: dict[str, str | bytes]) -> ScanReport:
    folder.mkdir(exist_ok=True)
    (folder / "pyproject.toml").write_text("")
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return api.scan(api.ScanOptions((folder,), use_cache=False)).report


def claims(loop: Loop) -> tuple[Claim, ...]:
    return loop.invariance, loop.evaluation, loop.seam.claim


def verdicts(report: ScanReport, path: str) -> tuple[str, ...]:
    (loop,) = [each for each in report.loops if each.location.path == path]
    return tuple(claim.verdict for claim in claims(loop))


def test_without_conflict_the_verdicts_are_good(tmp_path: Path) -> None:
    report = scan(tmp_path, {"prep.py": PREP, "main.py": MAIN})
    assert verdicts(report, "main.py") == GOOD
    assert report.problems == ()


def test_a_conflict_is_told_and_good_verdicts_that_rest_on_it_are_unknown(tmp_path: Path) -> None:
    torn = conflict(PREP, "    return load_iris(return_X_y=True)")
    report = scan(tmp_path, {"prep.py": torn, "main.py": MAIN, "other.py": ALONE})
    ((path, line, message),) = [(p.path, p.line, p.message) for p in report.problems]
    assert (path, line) == ("prep.py", 5)
    assert "first side" in message
    assert verdicts(report, "main.py") == OPEN
    assert verdicts(report, "other.py") == GOOD
    (loop,) = [each for each in report.loops if each.location.path == "main.py"]
    for claim in claims(loop):
        (reason,) = claim.reasons
        assert (reason.kind, reason.location.path, reason.location.line) == ("dynamic", "prep.py", 5)
        assert "conflict" in reason.message
    assert loop.seam.location is None


def test_the_first_side_is_analysed(tmp_path: Path) -> None:
    torn = conflict(ALONE, "X, y = load_iris(return_X_y=True)").replace("    pass", "X, y = draw()")
    report = scan(tmp_path, {"main.py": torn + LOOK})
    assert verdicts(report, "main.py") == OPEN
    (loop,) = report.loops
    assert [call.api for call in loop.train_calls] == ["sklearn.linear_model.Ridge.fit"]
    assert loop.location.line == torn.split("\n").index("study.optimize(objective, n_trials=10)") + 1


def test_bad_verdicts_stay(tmp_path: Path) -> None:
    split = (
        PREP
        + "\n\ndef split(X, y):\n    from sklearn.model_selection import train_test_split as t\n    return t(X, y)\n"
    )
    main = MAIN.replace("import load", "import load, split").replace(
        "    model = ", "    A, B, C, D = split(X, y)\n    model = "
    ).replace("fit(X[:100], y[:100])", "fit(A, C)")  # fmt: skip
    report = scan(
        tmp_path, {"prep.py": conflict(split, "    return load_iris(return_X_y=True)"), "main.py": main}
    )
    assert verdicts(report, "main.py")[0] == "variant"


@pytest.mark.parametrize(
    "files",
    [
        {"pkg/__init__.py": "from .torn import x\n", "pkg/prep.py": PREP, "pkg/torn.py": "x = 1\n"},
        {
            "pkg/__init__.py": "__all__ = ['torn']\n",
            "prep.py": "from pkg import *\n" + PREP,
            "pkg/torn.py": "x = 1\n",
        },
        {"caller.py": "import main\nx = 1\n", "prep.py": PREP},
        {"prep.py": PREP + "import importlib\nimportlib.import_module('to' + 'rn')\n", "torn.py": "x = 1\n"},
        {
            "prep.py": "from deep import load\n",
            "deep.py": "import pkg.torn\n" + PREP,
            "pkg/torn.py": "x = 1\n",
        },
        {"prep.py": "from lib import torn\n" + PREP, "lib/torn.py": "x = 1\n"},
        {"prep.py": PREP + "open('a.csv').read()\n", "torn.py": "x = 1\nopen('a.csv', 'w').write('')\n"},
    ],
)
def test_ways_to_rest_on_a_file(tmp_path: Path, files: dict[str, str]) -> None:
    main = MAIN.replace("from prep", "from pkg.prep") if "pkg/prep.py" in files else MAIN
    everything: dict[str, str | bytes] = {"main.py": main, **files}
    assert verdicts(scan(tmp_path / "whole", everything), "main.py") == GOOD
    torn = {
        name: text.replace("x = 1", "<<<<<<< a\nx = 1\n=======\nx = 2\n>>>>>>> b")
        for name, text in files.items()
    }
    assert verdicts(scan(tmp_path / "torn", {"main.py": main, **torn}), "main.py") == OPEN


def test_a_consumer_of_a_torn_file(tmp_path: Path) -> None:
    (consumer,) = scan(tmp_path / "a", {"main.py": ALONE + LOOK}).consumers
    assert consumer.claim.verdict == "xy_only"
    torn = ALONE + LOOK + "<<<<<<< a\n=======\nx = 1\n>>>>>>> b\n"
    (consumer,) = scan(tmp_path / "b", {"main.py": torn}).consumers
    assert consumer.claim.verdict == "unknown"


def test_a_notebook_is_a_program_with_an_assumption(tmp_path: Path) -> None:
    head, tail = ALONE.split("\n\nX", 1)
    prep, objective = ("X" + tail).split("\n\ndef", 1)
    data = notebook("%matplotlib inline", head, "md:text", "%%time\n" + prep, "def" + objective, LOOK)
    report = scan(tmp_path, {"book.ipynb": data, "book.py": PREP})
    assert report.problems == ()
    assert verdicts(report, "book.ipynb") == GOOD
    (loop,), (consumer,) = report.loops, report.consumers
    assert (loop.location.cell, loop.location.cell_line) == (5, 8)
    assert loop.seam.location is not None
    assert (loop.seam.location.cell, loop.seam.location.cell_line) == (4, 2)
    for claim in (*claims(loop), consumer.claim):
        assert [a for a in claim.assumptions if "file order" in a and "book.ipynb" in a]
    assert not [a for claim in claims(loop) for a in claim.assumptions if "book.ipynb:" in a]


def test_verdicts_on_a_module_that_a_notebook_calls(tmp_path: Path) -> None:
    report = scan(tmp_path, {"main.py": ALONE, "other.py": ALONE, "run.ipynb": notebook("import main")})
    told = {loop.location.path: loop.invariance.assumptions for loop in report.loops}
    assert [text for text in told["main.py"] if "run.ipynb" in text]
    assert not [text for text in told["other.py"] if "run.ipynb" in text]


@pytest.mark.parametrize("cell", ["%run prep.py", "%store -r X", "x = (", "%%our_own\nX"])
def test_a_cell_that_may_do_anything_takes_good_verdicts(tmp_path: Path, cell: str) -> None:
    report = scan(tmp_path, {"book.ipynb": notebook(ALONE, cell)})
    assert verdicts(report, "book.ipynb") == OPEN
    (loop,) = report.loops
    assert {(r.location.cell, r.location.cell_line) for c in claims(loop) for r in c.reasons} == {(2, 1)}


def test_shell_output_is_unknown_not_none(tmp_path: Path) -> None:
    inside = ALONE.replace(
        "    model.fit(X[:100], y[:100])", "    n = !wc -l rows\n    model.fit(X[:n], y[:n])"
    )
    report = scan(tmp_path, {"book.ipynb": notebook(inside)})
    assert verdicts(report, "book.ipynb")[0] == "unknown"


def test_a_notebook_cannot_be_imported_and_takes_no_name(tmp_path: Path) -> None:
    files = {}
    for name, data in {
        "prep.ipynb": notebook(PREP),
        "main.py": MAIN.encode(),
        "book.py": b"",
        "book.ipynb": notebook(),
    }.items():
        (tmp_path / name).write_bytes(data)
        files[name] = extract(tmp_path / name, name)
    index = ModuleIndex({name: facts for name, facts in files.items() if isinstance(facts, FileFacts)})
    assert sorted(index.by_name) == ["book", "book[ipynb]", "main", "prep[ipynb]"]
    assert index.duplicates == []
    for name in ("prep", "prep.ipynb", "prep[ipynb]"):
        assert index.resolve(index.by_name["main"], name) is None


def test_places_in_messages_are_told_by_cell(tmp_path: Path) -> None:
    late = (
        ALONE.replace("    model.fit", "    notify(trial.number)\n    model.fit")
        + "from elsewhere import notify\n"
    )
    report = scan(tmp_path, {"book.ipynb": notebook("x = 1", late)})
    texts = [a for loop in report.loops for claim in claims(loop) for a in claim.assumptions]
    assert not [text for text in texts if "book.ipynb:" in text.replace("book.ipynb: cell", "")]


def test_a_suppression_at_the_end_of_a_cell_is_not_about_the_next(tmp_path: Path) -> None:
    split = ALONE.replace("X, y = load_iris(return_X_y=True)", "").replace(
        "def objective(trial):",
        "def objective(trial):\n    X, y = load_iris(return_X_y=True)\n    X = X.sample(frac=0.5)",
    )
    first = notebook("# seamcheck: ignore[SEAM302] -- meant", split)
    report = scan(tmp_path, {"book.ipynb": first})
    assert "SEAM902" in [finding.code for finding in report.findings]
    (about,) = [f for f in report.findings if f.code == "SEAM902"]
    assert (about.location.cell, about.location.cell_line) == (1, 1)
