"""optuna studies that live in memory in place of a database or a journal. Imports optuna."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from optuna.storages import InMemoryStorage

from seamcheck.replay.session import current

_Base: Any = InMemoryStorage


class MemoryStorage(_Base):  # type: ignore[misc]  # optuna may not be installed where types are checked
    """Stands for a persistent storage that is never written.

    Studies that the program creates start empty. One it asks for by name, or a list of all, is first read from the
    real storage by ``read`` (studies with their trials, or None where it cannot be read).
    """

    def __init__(self, url: str, read: Callable[[], list[tuple[Any, list[Any]]]] | None) -> None:
        super().__init__()
        self.url = url
        self._read = read

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = super().__getstate__()
        # A copy in another process has what was read here and asks the real storage nothing.
        return state | {"_read": None}

    def get_study_id_from_name(self, study_name: str) -> int:
        """The study of this name, read from the real storage if the program made none."""
        if study_name not in self._study_name_to_id:
            self._load()
        found: int = super().get_study_id_from_name(study_name)
        return found

    def get_all_studies(self) -> list[Any]:
        """All studies, those of the real storage included."""
        self._load()
        studies: list[Any] = super().get_all_studies()
        return studies

    def _load(self) -> None:
        read, self._read = self._read, None
        if read is None:
            return
        try:
            studies = read()
        except Exception as error:  # any fault of any database; the program goes on with what it made itself
            session = current()
            if session is not None:
                message = f"studies of {self.url} could not be read: {type(error).__name__}: {error}"
                session.note("problem", message)
            return
        for study, trials in studies:
            if study.study_name in self._study_name_to_id:
                continue
            study_id = self.create_new_study(study.directions, study.study_name)
            for key, value in study.user_attrs.items():
                self.set_study_user_attr(study_id, key, value)
            for key, value in study.system_attrs.items():
                self.set_study_system_attr(study_id, key, value)
            for trial in trials:
                self.create_new_trial(study_id, template_trial=trial)


def contents(storage: Any) -> list[tuple[Any, list[Any]]]:
    """Studies of a storage with their trials."""
    return [(study, storage.get_all_trials(study._study_id)) for study in storage.get_all_studies()]
