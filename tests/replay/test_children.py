"""Real programs in processes of their own; their events are read from the log of the run."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from seamcheck.model.event import Event, Note
from seamcheck.replay import children
from seamcheck.replay.log import RunData, create_run, read_run

# A replay without command line and report.
RUNNER = """
import os, runpy, sys
from pathlib import Path
from seamcheck.libraries.load import load_models
from seamcheck.replay import children, hooks, session, trials
from seamcheck.replay.leaves import hash_role
from seamcheck.replay.log import RunLog, read_run

folder, script = sys.argv[1:3]
sys.argv = sys.argv[2:]
log = RunLog(Path(folder))
run = Path(folder).name
made = session.Session(run, os.getcwd(), hash_role(), log.write)
session.start(made)
hooks.install(made, load_models())
trials.install(made)
children.install(made, children.Handed(run=run, folder=folder, root=os.getcwd()))
maker = os.getpid()
runpy.run_path(script, run_name="__main__")
if os.getpid() == maker:
    children.finish(made, read_run(Path(folder)).notes)
log.close()
"""

DATA = """
import sys
import numpy as np
import optuna
from sklearn.linear_model import Ridge
optuna.logging.set_verbosity(optuna.logging.ERROR)
X = np.arange(120.0).reshape(60, 2)
y = np.sin(np.arange(60.0))

def fit(start):
    Ridge().fit(X[start:], y[start:])
    return 0.0
"""


def _replay(
    folder: Path, program: str, *args: str, data: str = DATA, env: dict[str, str] | None = None
) -> RunData:
    folder.mkdir(exist_ok=True)
    (folder / "runner.py").write_text(RUNNER)
    (folder / "program.py").write_text(data + textwrap.dedent(program))
    run = create_run(folder / "runs")
    done = subprocess.run(
        [sys.executable, "runner.py", str(run.folder), "program.py", *args],
        cwd=folder,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return read_run(run.folder)


def _key(event: Event) -> tuple[object, ...]:
    digests = tuple((role.role, role.digests.train if role.digests else role.reason) for role in event.roles)
    loop = None if event.loop is None else (event.loop.kind, event.loop.line, event.loop.serial)
    return (
        *(loop, event.trial, event.cell, event.fold, event.ordinal, event.api, event.part),
        *(event.path, event.line, digests),
    )


def _keys(run: RunData) -> list[str]:
    return sorted(str(_key(event)) for event in run.events)


def _without_lines(run: RunData) -> list[str]:
    return sorted(str((*_key(event)[:-2], _key(event)[-1])) for event in run.events)


def _line_of(text: str, folder: Path) -> int:
    lines = (folder / "program.py").read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def _kinds(run: RunData, kind: str) -> list[Note]:
    return [note for note in run.notes if note.kind == kind]


def _in_children(run: RunData) -> list[Event]:
    return [event for event in run.events if event.pid in {note.pid for note in _kinds(run, "hello")}]


def _folds(run: RunData) -> list[tuple[int | None, str | None]]:
    return sorted((event.trial, event.fold) for event in run.events)


def test_cross_validation_in_workers(tmp_path: Path) -> None:
    program = """
    from sklearn.model_selection import cross_val_score

    def objective(trial):
        return cross_val_score(Ridge(), X, y, cv=3, n_jobs=int(sys.argv[1])).mean()

    if __name__ == "__main__":
        optuna.create_study().optimize(objective, n_trials=3)
    """
    alone, together = (_replay(tmp_path, program, jobs) for jobs in "12")
    assert len(alone.events) == 12
    assert len(_in_children(together)) == 9
    assert not _in_children(alone)
    assert _keys(together) == _keys(alone)
    assert not _kinds(together, "unhooked")
    assert not _kinds(together, "problem")


@pytest.mark.slow
def test_searches_in_workers(tmp_path: Path) -> None:
    program = """
    from sklearn.model_selection import GridSearchCV

    def objective(trial):
        return GridSearchCV(Ridge(), {"alpha": [1, 2]}, cv=2, n_jobs=int(sys.argv[1])).fit(X, y).best_score_

    if __name__ == "__main__":
        optuna.create_study().optimize(objective, n_trials=2)
        GridSearchCV(Ridge(), {"alpha": [1, 2, 3]}, cv=3, n_jobs=int(sys.argv[1])).fit(X, y)
    """
    alone, together = (_replay(tmp_path, program, jobs) for jobs in "12")
    assert len(_in_children(together)) == 2 * 4 + 9
    assert _keys(together) == _keys(alone)
    searches = {event.loop for event in together.events if event.loop and event.loop.kind == "search"}
    assert len(searches) == 3


@pytest.mark.slow
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_executors_and_pools_of_processes(tmp_path: Path, method: str) -> None:
    program = """
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    if __name__ == "__main__":
        methods = multiprocessing.get_context(sys.argv[1])
        with ProcessPoolExecutor(2, mp_context=methods) as executor, methods.Pool(2) as pool:

            def objective(trial):
                executor.submit(fit, 0).result()
                list(executor.map(fit, [1, 2]))
                pool.map(fit, [3, 4])
                return 0.0

            optuna.create_study().optimize(objective, n_trials=2)
    """
    run = _replay(tmp_path, program, method)
    assert len(_in_children(run)) == len(run.events) == 10
    assert _folds(run) == sorted((n, fold) for n in range(2) for fold in ["0", "1", "2", "0", "1"])
    # The same data by the same task in both trials, whichever worker took it.
    by_task = [sorted(str(_key(e)[3:]) for e in run.events if e.trial == n) for n in range(2)]
    assert by_task[0] == by_task[1]
    assert not _kinds(run, "unhooked")


@pytest.mark.slow
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes_of_an_objective(tmp_path: Path, method: str) -> None:
    program = """
    import multiprocessing

    if __name__ == "__main__":
        methods = multiprocessing.get_context(sys.argv[1])

        def objective(trial):
            processes = [methods.Process(target=fit, args=(start,)) for start in range(2)]
            for process in processes:
                process.start()
            for process in processes:
                process.join()
                assert process.exitcode == 0
            return 0.0

        optuna.create_study().optimize(objective, n_trials=2)
    """
    run = _replay(tmp_path, program, method)
    assert _folds(run) == [(0, "0"), (0, "1"), (1, "0"), (1, "1")]
    assert len({event.pid for event in run.events}) == 4
    assert not _kinds(run, "unhooked")


def test_a_forked_child_goes_on_in_its_trial(tmp_path: Path) -> None:
    program = """
    import os

    def objective(trial):
        pid = os.fork()
        if not pid:
            fit(0)
            os._exit(0)
        os.waitpid(pid, 0)
        return fit(0)

    optuna.create_study().optimize(objective, n_trials=2)
    """
    run = _replay(tmp_path, program)
    assert sorted(event.trial or 0 for event in run.events) == [0, 0, 1, 1]
    assert sorted(event.trial or 0 for event in _in_children(run)) == [0, 1]


@pytest.mark.slow
def test_programs_started_by_an_objective(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(DATA + "fit(int(sys.argv[1]))\n")
    program = """
    import os, subprocess

    def objective(trial):
        subprocess.run([sys.executable, "train.py", "0"], check=True)
        subprocess.run([sys.executable, "train.py", "1"], check=True, env={"PATH": os.environ["PATH"]})
        subprocess.run(f"{sys.executable} train.py 2; true", shell=True, check=True)
        subprocess.run(["true"], check=True)
        return 0.0

    optuna.create_study().optimize(objective, n_trials=2)
    """
    run = _replay(tmp_path, program)
    assert _folds(run) == [(n, str(fold)) for n in range(2) for fold in range(3)]
    assert {event.path for event in run.events} == {"train.py"}
    assert len(_kinds(run, "child")) == 6
    assert not _kinds(run, "unhooked")


def test_a_python_that_reads_no_environment_is_reported(tmp_path: Path) -> None:
    program = """
    import subprocess
    subprocess.run([sys.executable, "-I", "-c", "pass"], check=True)
    subprocess.run([sys.executable, "-S", "-c", "pass"], check=True)
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    subprocess.run([sys.executable, "--version"], check=True, capture_output=True)
    """
    run = _replay(tmp_path, program, data="import sys\n")
    messages = [note.message for note in _kinds(run, "unhooked")]
    assert [message.split(": ", 1)[1].split(" ", 1)[1] for message in messages] == [
        "-I -c pass",
        "-S -c pass",
    ]


def test_a_sitecustomize_of_the_user_runs_too(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "sitecustomize.py").write_text("import os; os.environ['THEIRS'] = 'yes'\n")
    program = """
    import os, subprocess
    code = (
        "import os, sys, sitecustomize;"
        "assert os.environ['THEIRS'] == 'yes';"
        "assert 'theirs' in sitecustomize.__file__;"
        "assert not any('child_site' in entry for entry in sys.path);"
        "assert 'numpy' not in sys.modules"
    )
    assert os.environ["THEIRS"] == "yes"
    del os.environ["THEIRS"]
    subprocess.run([sys.executable, "-c", code], check=True)
    """
    run = _replay(tmp_path, program, data="import sys\n", env={"PYTHONPATH": str(tmp_path / "theirs")})
    assert len(_kinds(run, "hello")) == 1


@pytest.mark.slow
def test_children_of_children(tmp_path: Path) -> None:
    (tmp_path / "middle.py").write_text(
        "import subprocess, sys\nsubprocess.run([sys.executable, 'train.py', '0'], check=True)\n"
    )
    (tmp_path / "train.py").write_text(DATA + "fit(int(sys.argv[1]))\n")
    program = """
    import subprocess
    optuna.create_study().optimize(
        lambda trial: float(subprocess.run([sys.executable, "middle.py"]).returncode), n_trials=2
    )
    """
    run = _replay(tmp_path, program)
    assert _folds(run) == [(0, "0/0"), (1, "0/0")]
    assert not _kinds(run, "unhooked")


@pytest.mark.slow
def test_joblib_by_hand(tmp_path: Path) -> None:
    program = """
    from joblib import Parallel, delayed

    def objective(trial):
        Parallel(n_jobs=int(sys.argv[1]), prefer=sys.argv[2])(delayed(fit)(start) for start in range(4))
        return 0.0

    if __name__ == "__main__":
        optuna.create_study().optimize(objective, n_trials=2)
    """
    alone, threads, processes = (
        _replay(tmp_path, program, *how) for how in [("1", "threads"), ("2", "threads"), ("2", "processes")]
    )
    assert _folds(alone) == [(n, str(start)) for n in range(2) for start in range(4)]
    assert _keys(threads) == _keys(alone)
    assert _without_lines(processes) == _without_lines(alone)
    # cloudpickle keeps no file names, the copy that older versions of joblib carry does: without one the place is
    # where the work was handed over.
    (own,) = {event.line for event in alone.events}
    assert {event.line for event in processes.events} in ({own}, {_line_of("Parallel(n_jobs", tmp_path)})


def test_who_was_never_heard_of() -> None:
    notes = [
        Note("child", "7 python a.py", pid=1),
        Note("child", "8 sh -c python b.py", pid=1),
        Note("child", "9 python -I c.py", pid=1),
        Note("hello", "child of 1", pid=7),
        Note("hello", "child of 8", pid=88),
    ]
    assert children.unhooked(notes) == ["process 9 ran without hooks: python -I c.py"]


@pytest.mark.parametrize(
    ("command", "python"),
    [
        (["python3.12", "a.py"], True),
        ([sys.executable, "-m", "a"], True),
        (["python", "--version"], False),
        ("cd x && python a.py", True),
        ("ls -l", False),
        (["git", "log", "python"], False),
        (["no-such-program"], False),
        ([], False),
    ],
)
def test_which_commands_are_python(command: list[str] | str, python: bool) -> None:
    assert children._is_python(command) is python


def test_scripts_of_a_python_are_python(tmp_path: Path) -> None:
    script = tmp_path / "tool"
    script.write_text(f"#!{sys.executable}\npass\n")
    script.chmod(0o755)
    assert children._is_python([str(script)])


def test_a_thread_that_is_over_is_not_held(tmp_path: Path) -> None:
    run = _replay(
        tmp_path,
        """
        import gc, threading, weakref
        gc.disable()

        class Own(threading.Thread):
            def run(self):
                Ridge().fit(X, y)

        thread = Own()
        thread.start()
        thread.join()
        assert "run" not in vars(thread)
        held = weakref.ref(thread)
        del thread
        assert held() is None
        """,
    )
    assert len(run.events) == 1
