"""Public exit codes of every command."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process says to its caller; where several apply: 2, 4, 1, 3."""

    OK = 0
    FINDINGS = 1
    COULD_NOT_RUN = 2
    NOTHING_ANALYSED = 3
    CONTRADICTED = 4


#: Which code wins where several apply.
ORDER = (ExitCode.COULD_NOT_RUN, ExitCode.CONTRADICTED, ExitCode.FINDINGS, ExitCode.NOTHING_ANALYSED)


def combined(*codes: ExitCode) -> ExitCode:
    """The one code of a process for which all of these apply."""
    return next((code for code in ORDER if code in codes), ExitCode.OK)
