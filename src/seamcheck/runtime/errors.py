"""Errors of the guard. A tree of its own: this package may import nothing else of seamcheck.

None of them is an AttributeError, KeyError, LookupError or TypeError: ``hasattr``, ``getattr`` with a default, ``.get``
and ``except KeyError`` would turn a denial into "there is no such field", and the consumer would go on without it.
"""

from __future__ import annotations


class GuardError(Exception):
    """Base of all errors of the guard; also a guard that is set up in a way that cannot be meant. Picklable."""


class RequirementsError(GuardError):
    """Requirements that cannot be used; the message names the file, the line where known, and what to do."""


class UnknownConsumer(GuardError):
    """A consumer that nobody registered. What it needs is not known, so it gets no view; it needs the full run."""

    def __init__(self, consumer: str, declared: str) -> None:
        super().__init__(consumer, declared)
        self.consumer, self.declared = consumer, declared

    def __str__(self) -> str:
        return (
            f"`{self.consumer}` is not registered in {self.declared}: what it needs of a run is not known. "
            f'Register it (a [[consumer]] table with name = "{self.consumer}" and requires = "xy_only" or '
            '"trial_dynamics"), or pass requires='
        )


class DynamicsDenied(GuardError):
    """An ``xy_only`` consumer asked for something that is not X, y or open.

    ``field`` is what it asked for, ``owner`` the type that has it, ``declared`` where the requirement stands,
    ``allowed`` the names that may be read.
    """

    def __init__(
        self, consumer: str, field: str, owner: str, declared: str, allowed: tuple[str, ...]
    ) -> None:
        super().__init__(consumer, field, owner, declared, allowed)
        self.consumer, self.field, self.owner = consumer, field, owner
        self.declared, self.allowed = declared, allowed

    def __str__(self) -> str:
        return (
            f"`{self.consumer}` is xy_only ({self.declared}) and may not read {self.field} of {self.owner}. "
            f"Read only {self._only()}; or register `{self.consumer}` as trial_dynamics and give it a full replay"
        )

    def _only(self) -> str:
        return ", ".join(self.allowed) if self.allowed else "what `data` and `open` name (here: nothing)"
