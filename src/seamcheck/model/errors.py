"""The one error tree. Findings are data and never appear here.

SeamcheckError
├── ConfigError       a configuration or command line that cannot be used
│   └── RegistryError ... a consumer registry, or an edit of one
├── RulesError        a model file under rules/ (or a project's own) that cannot be used
├── NothingAnalysed   no Python file was found where the user pointed
├── LogError          an event log that cannot be written or read
│   └── LogFull       ... because there is no room left for it
└── InternalError     a defect of seamcheck itself
"""

from __future__ import annotations


class SeamcheckError(Exception):
    """Base of all errors that seamcheck raises on purpose.

    ``path`` and ``line`` say where the cause stands, ``hint`` what to do; each is part of the message.
    Picklable: all state is in ``args``.
    """

    def __init__(
        self, message: str, path: str | None = None, line: int | None = None, hint: str | None = None
    ):
        super().__init__(message, path, line, hint)
        self.message, self.path, self.line, self.hint = message, path, line, hint

    def __str__(self) -> str:
        where = "" if self.path is None else self.path + (f":{self.line}" if self.line else "") + ": "
        return f"{where}{self.message}" + (f" ({self.hint})" if self.hint else "")


class ConfigError(SeamcheckError):
    """A configuration file or option that cannot be used."""


class RegistryError(ConfigError):
    """A consumer registry that cannot be used, or a change to it that cannot be made."""


class RulesError(SeamcheckError):
    """A library model that cannot be used."""


class NothingAnalysed(SeamcheckError):
    """No Python file was found where the user pointed."""


class LogError(SeamcheckError):
    """An event log that cannot be written or read."""


class LogFull(LogError):
    """There is no room left for the event log: disk, quota or file size limit."""


class InternalError(SeamcheckError):
    """A defect of seamcheck itself; the message asks for a report."""
