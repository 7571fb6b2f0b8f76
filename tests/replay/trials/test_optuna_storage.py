from __future__ import annotations

import io
import pickle
from pathlib import Path

import optuna
import pytest

from seamcheck.replay import session
from tests.replay.trials.conftest import Recorder

optuna.logging.set_verbosity(optuna.logging.ERROR)

pytestmark = pytest.mark.filterwarnings(
    "ignore::optuna.exceptions.ExperimentalWarning", "ignore::FutureWarning"
)


def objective(trial: optuna.Trial) -> float:
    return trial.suggest_float("x", 0, 1)


def _journal(path: Path) -> optuna.storages.JournalStorage:
    return optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend(str(path)))


@pytest.fixture
def database(recorder: Recorder, tmp_path: Path) -> Path:
    """A database with a study of three trials, made without a replay."""
    session.start(None)
    path = tmp_path / "studies.db"
    storage = optuna.storages.RDBStorage(f"sqlite:///{path}")
    study = optuna.create_study(study_name="old", storage=storage, direction="maximize")
    study.optimize(objective, n_trials=3)
    study.set_user_attr("of", "before")
    storage.remove_session()
    storage.engine.dispose()
    session.start(recorder.session)
    return path


@pytest.fixture
def journal(recorder: Recorder, tmp_path: Path) -> Path:
    session.start(None)
    path = tmp_path / "journal.log"
    optuna.create_study(study_name="old", storage=_journal(path)).optimize(objective, n_trials=3)
    session.start(recorder.session)
    return path


def _state(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


def test_an_existing_database_is_read_and_not_touched(recorder: Recorder, database: Path) -> None:
    before = _state(database.parent)
    url = f"sqlite:///{database}"
    study = optuna.load_study(study_name="old", storage=url)
    assert [trial.number for trial in study.trials] == [0, 1, 2]
    assert study.direction.name == "MAXIMIZE"
    assert study.user_attrs == {"of": "before"}
    study.optimize(objective, n_trials=2)
    assert len(optuna.load_study(study_name=None, storage=url).trials) == 5
    assert study.best_trial.params
    optuna.create_study(study_name="new", storage=url).optimize(objective, n_trials=1)
    assert sorted(optuna.get_all_study_names(url)) == ["new", "old"]
    optuna.delete_study(study_name="old", storage=url)
    assert _state(database.parent) == before
    (note,) = recorder.notes("left_out")
    assert "kept in memory" in note.message


def test_a_database_is_not_made(recorder: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    optuna.create_study(study_name="a", storage="sqlite:///new.db").optimize(objective, n_trials=1)
    storage = optuna.storages.RDBStorage("sqlite:///other.db", engine_kwargs={"connect_args": {"timeout": 1}})
    study = optuna.create_study(storage=storage, directions=["minimize", "maximize"])
    study.optimize(lambda trial: (0.0, 1.0), n_trials=1)
    optuna.Study(study_name="a", storage=f"sqlite:///{tmp_path}/new.db").optimize(objective, n_trials=1)
    assert len(optuna.load_study(study_name="a", storage="sqlite:///new.db").trials) == 2
    assert len(study.directions) == 2
    assert list(tmp_path.iterdir()) == []


def test_a_study_that_is_created_starts_empty(recorder: Recorder, database: Path) -> None:
    url = f"sqlite:///{database}"
    study = optuna.create_study(study_name="old", storage=url, load_if_exists=True)
    assert study.trials == []
    study.optimize(objective, n_trials=1)
    again = optuna.create_study(study_name="old", storage=url, load_if_exists=True)
    assert len(again.trials) == 1
    with pytest.raises(optuna.exceptions.DuplicatedStudyError):
        optuna.create_study(study_name="old", storage=url)


def test_an_unreadable_database_is_an_empty_one(recorder: Recorder, tmp_path: Path) -> None:
    path = tmp_path / "broken.db"
    path.write_bytes(b"no database" * 100)
    with pytest.raises(KeyError):
        optuna.load_study(study_name="old", storage=f"sqlite:///{path}")
    assert optuna.create_study(study_name="old", storage=f"sqlite:///{path}").trials == []
    assert path.read_bytes() == b"no database" * 100
    assert "could not be read" in recorder.notes("problem")[0].message


def test_a_database_of_others_is_not_asked(recorder: Recorder) -> None:
    url = "mysql+pymysql://me:secret@nowhere.invalid/studies"
    optuna.create_study(study_name="a", storage=url).optimize(objective, n_trials=1)
    assert len(optuna.load_study(study_name="a", storage=url).trials) == 1
    assert "secret" not in recorder.notes("left_out")[0].message


def test_databases_in_memory_are_apart(recorder: Recorder) -> None:
    for _ in range(2):
        study = optuna.create_study(study_name="a", storage="sqlite:///:memory:")
        study.optimize(objective, n_trials=1)
        assert len(study.trials) == 1


def test_an_existing_journal_is_read_and_not_touched(recorder: Recorder, journal: Path) -> None:
    before = _state(journal.parent)
    study = optuna.load_study(study_name="old", storage=_journal(journal))
    assert len(study.trials) == 3
    study.optimize(objective, n_trials=2)
    assert len(optuna.load_study(study_name="old", storage=_journal(journal)).trials) == 5
    backend = optuna.storages.journal.JournalFileBackend(str(journal))
    backend.append_logs([{"op_code": 0}])
    assert _state(journal.parent) == before


def test_a_journal_is_not_made(recorder: Recorder, tmp_path: Path) -> None:
    path = tmp_path / "new.log"
    study = optuna.create_study(study_name="a", storage=_journal(path))
    study.optimize(objective, n_trials=2)
    assert len(optuna.load_study(study_name="a", storage=_journal(path)).trials) == 2
    assert list(tmp_path.iterdir()) == []


def test_a_study_goes_to_another_process(recorder: Recorder, tmp_path: Path) -> None:
    study = optuna.create_study(storage=f"sqlite:///{tmp_path}/new.db")
    study.optimize(objective, n_trials=1)
    copy = pickle.loads(pickle.dumps(study))
    copy.optimize(objective, n_trials=1)
    assert len(copy.trials) == 2
    assert list(tmp_path.iterdir()) == []


def test_artifacts_are_kept_in_memory(recorder: Recorder, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "model.txt").write_text("a model")
    store = optuna.artifacts.FileSystemArtifactStore(tmp_path / "out")
    study = optuna.create_study()
    name = optuna.artifacts.upload_artifact(
        artifact_store=store, file_path=str(tmp_path / "model.txt"), study_or_trial=study
    )
    with store.open_reader(name) as reader:
        assert reader.read() == b"a model"
    store.write("by hand", io.BytesIO(b"x"))
    assert list((tmp_path / "out").iterdir()) == []
    assert len(recorder.notes("left_out")) == 1


def test_without_a_session_databases_are_databases(recorder: Recorder, database: Path, journal: Path) -> None:
    session.start(None)
    url = f"sqlite:///{database}"
    study = optuna.load_study(study_name="old", storage=url)
    assert isinstance(study._storage, optuna.storages._CachedStorage)
    study.optimize(objective, n_trials=1)
    study._storage._backend.engine.dispose()
    study = optuna.load_study(study_name="old", storage=_journal(journal))
    study.optimize(objective, n_trials=1)
    assert len(optuna.load_study(study_name="old", storage=_journal(journal)).trials) == 4
