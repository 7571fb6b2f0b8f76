"""Public exit codes of every command."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process says to its caller; where several apply: 2, 4, 1, 3."""

    OK = 0
    FINDINGS = 1
    COULD_NOT_RUN = 2
    NOTHING_ANALYSED = 3
    CONTRADICTED = 4
