"""A made-up application with 300 files, as people write them around two tuning loops; the same in each run.

It imitates what seamcheck meets most: packages of plain code that nothing tunes (text, orders, reports), reading and
writing files, plots, settings, helpers that everybody calls, some preparation of tables, one loop of trials and one
over parameters with folds, ten readers of a finished run in a registry of consumers, and a test suite.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

PACKAGE = "forecasting_app"
NOUNS = "order invoice parcel route shelf ticket meter branch ledger season supplier customer".split()
VERBS = "collect arrange compare describe shorten merge check count split rank".split()
CONSUMERS = 10
#: Modules of each kind; with a package file for each kind and one above, the loops and what they share: 300.
KINDS = {
    "core": 97,
    "io": 24,
    "plots": 18,
    "config": 12,
    "utils": 40,
    "prep": 16,
    "consumers": CONSUMERS,
    "tests": 70,
}

PLAIN = '''\
def {verb}_{noun}s(rows, limit={number}):
    """The first {noun}s that pass, in the order of their size."""
    kept = [row for row in rows if row.get("{noun}", 0) >= limit]
    kept.sort(key=lambda row: row["{noun}"])
    total = 0
    for row in kept:
        total += {helper}(row["{noun}"])
    return {{"rows": kept, "total": total, "name": "{noun}"}}
'''
CLASS = '''\
class {title}Book:
    """{title}s by number."""

    def __init__(self, name, size={number}):
        self.name = name
        self.size = size
        self.entries = {{}}

    def add(self, number, entry):
        if len(self.entries) >= self.size:
            raise ValueError(f"{{self.name}} is full")
        self.entries[number] = entry
        return self

    def summary(self):
        lines = [f"{{number}}: {{entry}}" for number, entry in sorted(self.entries.items())]
        return "\\n".join([self.name, *lines])
'''
HELPER = '''\
def {name}(value):
    """A number that is easier to read."""
    scaled = value * {number} / 100
    if scaled > {number}:
        scaled = scaled - {number}
    return round(scaled, 2)
'''
IO = '''\
def read_{noun}(path):
    """The table in a file."""
    frame = pd.read_csv(path, sep=";")
    frame["{noun}"] = frame["{noun}"].fillna({number})
    return frame


def write_{noun}(frame, path):
    """Write a table and say how long it is."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    frame.to_csv(path, index=False)
    return len(frame)
'''
PLOT = '''\
def draw_{noun}(frame, path):
    """A line for each column."""
    figure, axis = plt.subplots(figsize=({number} % 7 + 4, 4))
    for column in frame.columns:
        axis.plot(frame.index, frame[column], label=column)
    axis.legend()
    figure.savefig(path)
    plt.close(figure)
'''
PREP = '''\
def add_{noun}_{number}(frame):
    """The table with what is known of each {noun}."""
    out = frame.copy()
    out["{noun}_{number}"] = out["size"].rolling({number}).mean().fillna(0.0)
    out["{noun}_{number}"] = np.log1p(out["{noun}_{number}"].clip(lower=0.0))
    return out
'''
TABLE = '''\
TARGET = "target"
PARTS = 5


def table(path):
    """What the models are trained on: one row per day."""
    frame = read_table(path)
{steps}
    return frame.dropna().reset_index(drop=True)


def columns(frame):
    """All but the target."""
    return frame.drop(columns=[TARGET]), frame[TARGET]
'''
TRIALS = '''\
X, Y = columns(table("data/days.csv"))
X_TRAIN, X_VALID, Y_TRAIN, Y_VALID = train_test_split(X, Y, test_size=0.2, random_state=3, shuffle=False)


def objective(trial):
    """The error of one trial."""
    model = RandomForestRegressor(
        n_estimators=trial.suggest_int("n_estimators", 50, 400),
        max_depth=trial.suggest_int("max_depth", 2, 12),
        random_state=3,
    )
    model.fit(X_TRAIN, Y_TRAIN)
    return mean_absolute_error(Y_VALID, model.predict(X_VALID))


def tune(n_trials=50):
    """The best parameters."""
    study = optuna.create_study(direction="minimize")
    study.optimize(objective, n_trials=n_trials)
    return study
'''
FOLDS = '''\
def score(X, Y, alpha):
    """The mean error over the folds."""
    errors = []
    for train, valid in KFold(n_splits=PARTS).split(X):
        model = Ridge(alpha=alpha)
        model.fit(X.iloc[train], Y.iloc[train])
        errors.append(mean_absolute_error(Y.iloc[valid], model.predict(X.iloc[valid])))
    return sum(errors) / len(errors)


def choose(path="data/days.csv"):
    """The best penalty."""
    X, Y = columns(table(path))
    best, best_error = None, float("inf")
    for alpha in (0.01, 0.1, 1.0, 10.0):
        error = score(X, Y, alpha)
        if error < best_error:
            best, best_error = alpha, error
    return best
'''
CONSUMER = '''\
def {noun}_of_run(study, X):
    """Something that is read off a finished run."""
    rows = len(X) - {number}
    means = X.mean(axis=0)
    {extra}
    return {{"rows": rows, "means": means, "{noun}": extra}}
'''
TEST = """\
def test_{verb}_{noun}s():
    rows = [{{"{noun}": number}} for number in range({number})]
    found = {verb}_{noun}s(rows, limit=2)
    assert found["name"] == "{noun}"
    assert len(found["rows"]) == max({number} - 2, 0)


def test_{verb}_nothing():
    assert {verb}_{noun}s([])["total"] == 0
"""


def write(folder: Path) -> None:
    """Write the application into a folder that is not there yet, as a project with a registry of its consumers."""
    for name, text in files():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def files() -> Iterator[tuple[str, str]]:
    """Path and text of each file; three of them are no Python."""
    chance = random.Random(300)
    yield "pyproject.toml", f'[project]\nname = "{PACKAGE.replace("_", "-")}"\nversion = "1.0"\n'
    yield "README.md", "An application that was generated to be measured.\n"
    yield f"{PACKAGE}/__init__.py", ""
    for kind, count in KINDS.items():
        top = "tests" if kind == "tests" else f"{PACKAGE}/{kind}"
        yield f"{top}/__init__.py", ""
        for number in range(count):
            prefix = "test_" if kind == "tests" else ""
            text = _module(kind, number, chance)
            yield f"{top}/{prefix}{_name(kind, number)}.py", text
    yield from _loops()
    yield "seamcheck.toml", "\n".join(_registry())


def _loops() -> Iterator[tuple[str, str]]:
    steps = [(f"{_name('prep', n)}", f"add_{_noun(n)}_{_size(n)}") for n in range(KINDS["prep"])]
    imports = "".join(f"from {PACKAGE}.prep.{module} import {name}\n" for module, name in steps)
    lines = "\n".join(f"    frame = {name}(frame)" for _, name in steps)
    reader = f"from {PACKAGE}.io.{_name('io', 0)} import read_{_noun(0)} as read_table\n"
    shared = f"from {PACKAGE}.table import columns, table\n"
    yield f"{PACKAGE}/table.py", f"{reader}{imports}\n{TABLE.format(steps=lines)}"
    head = "import optuna\nfrom sklearn.ensemble import RandomForestRegressor\nfrom sklearn.metrics import "
    head += f"mean_absolute_error\nfrom sklearn.model_selection import train_test_split\n\n{shared}\n"
    yield f"{PACKAGE}/tune_trials.py", head + TRIALS
    head = "from sklearn.linear_model import Ridge\nfrom sklearn.metrics import mean_absolute_error\n"
    head += f"from sklearn.model_selection import KFold\n\nfrom {PACKAGE}.table import PARTS, columns, table\n\n\n"
    yield f"{PACKAGE}/tune_folds.py", head + FOLDS
    head = f"from {PACKAGE}.tune_folds import choose\nfrom {PACKAGE}.tune_trials import X, tune\n"
    head += "".join(
        f"from {PACKAGE}.consumers.{_name('consumers', n)} import {_noun(n)}_of_run\n"
        for n in range(CONSUMERS)
    )
    body = "".join(f'    found["{_noun(n)}"] = {_noun(n)}_of_run(study, X)\n' for n in range(CONSUMERS))
    main = f'def main():\n    study = tune()\n    found = {{"penalty": choose()}}\n{body}    return found\n'
    yield f"{PACKAGE}/main.py", f'{head}\n\n{main}\n\nif __name__ == "__main__":\n    main()\n'


def _registry() -> Iterator[str]:
    for number in range(CONSUMERS):
        path = f"{PACKAGE}/consumers/{_name('consumers', number)}.py"
        needs = "trial_dynamics" if number % 3 == 0 else "xy_only"
        function = f"{_noun(number)}_of_run"
        yield f'[[consumer]]\nname = "{_noun(number)}"\nentry = "{path}::{function}"\nrequires = "{needs}"\n'


def _module(kind: str, number: int, chance: random.Random) -> str:
    noun, verb, size = _noun(number), _verb(number), _size(number)
    values = {"noun": noun, "verb": verb, "number": size, "title": noun.title(), "helper": _helper(number)}
    helper = f"from {PACKAGE}.utils.{_name('utils', number % KINDS['utils'])} import {_helper(number)}\n"
    if kind == "utils":
        extra = [
            HELPER.format(name=f"{_helper(number)}_{n}", number=size + n) for n in range(chance.randint(2, 6))
        ]
        return f'"""Helpers."""\n\n\n{_joined([HELPER.format(name=_helper(number), number=size), *extra])}'
    if kind == "io":
        return f'"""Files of {noun}s."""\n\nfrom pathlib import Path\n\nimport pandas as pd\n\n\n{IO.format(**values)}'
    if kind == "plots":
        return f'"""Pictures of {noun}s."""\n\nimport matplotlib.pyplot as plt\n\n\n{PLOT.format(**values)}'
    if kind == "config":
        lines = [
            f"{noun.upper()}_{n} = {size * n}  # {chance.choice(VERBS)}"
            for n in range(chance.randint(10, 30))
        ]
        return '"""Settings."""\n\n' + "\n".join(lines) + "\n"
    if kind == "prep":
        return f'"""Preparation by {noun}."""\n\nimport numpy as np\n\n\n{PREP.format(**values)}'
    if kind == "consumers":
        last = "extra = study.trials_dataframe()" if number % 3 == 0 else "extra = float(means.sum())"
        return f'"""A reader of a run."""\n\n\n{CONSUMER.format(**values, extra=last)}'
    if kind == "tests":
        module = f"{PACKAGE}.core.{_name('core', number)}"
        return f"from {module} import {verb}_{noun}s\n\n\n{TEST.format(**values)}"
    parts = [PLAIN.format(**values)]
    for other in chance.sample([verb for verb in VERBS if verb != values["verb"]], chance.randint(1, 7)):
        parts.append(PLAIN.format(**{**values, "verb": other, "number": chance.randint(1, 60)}))
    parts.insert(1, CLASS.format(**values))
    return f'"""Work with {noun}s."""\n\n{helper}\n\n{_joined(parts)}'


def _joined(parts: list[str]) -> str:
    return "\n\n".join(parts)


def _name(kind: str, number: int) -> str:
    return f"{_noun(number)}_{kind}_{number:02}"


def _noun(number: int) -> str:
    return NOUNS[number % len(NOUNS)]


def _verb(number: int) -> str:
    return VERBS[number % len(VERBS)]


def _size(number: int) -> int:
    return 3 + number * 7 % 50


def _helper(number: int) -> str:
    return f"readable_{_noun(number % KINDS['utils'])}_{number % KINDS['utils']:02}"
