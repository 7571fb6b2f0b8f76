"""The command group: turns every way a command can end into one of the public exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from seamcheck.model.errors import NothingAnalysed, SeamcheckError
from seamcheck.model.exit_codes import ExitCode

DEBUG_VARIABLE = "SEAMCHECK_DEBUG"


class SeamcheckGroup(click.Group):
    """A click group whose commands return an ExitCode; click's own 1 for trouble would mean "findings"."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command and leave the process with its exit code."""
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        sys.exit(self._run(args, prog_name, complete_var, **extra))

    def _run(
        self, args: Sequence[str] | None, prog_name: str | None, complete_var: str | None, **extra: Any
    ) -> int:
        try:
            # With standalone_mode off, click returns what the command returned, or the code of ctx.exit().
            code = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
            sys.stdout.flush()
            return int(code or ExitCode.OK)
        except click.ClickException as error:
            error.show()
        except NothingAnalysed as error:
            click.echo(f"seamcheck: {error}", err=True)
            return ExitCode.NOTHING_ANALYSED
        except SeamcheckError as error:
            click.echo(f"seamcheck: {error}", err=True)
        except SystemExit as gone:
            # click leaves with 1 when the reader of stdout went away.
            return ExitCode.COULD_NOT_RUN if gone.code == 1 else int(gone.code or 0)
        except (click.Abort, KeyboardInterrupt):
            click.echo("seamcheck: interrupted", err=True)
        except BrokenPipeError:
            # The reader went away; without this Python complains once more while it shuts down.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except Exception as error:
            _report_defect(error)
        return ExitCode.COULD_NOT_RUN


def _report_defect(error: Exception) -> None:
    """A defect of seamcheck is told as one, the traceback on request: it must not look like a finding."""
    import traceback

    if os.environ.get(DEBUG_VARIABLE):
        click.echo(traceback.format_exc(), err=True)
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = f" in {os.path.basename(last[0].filename)}:{last[0].lineno}" if last else ""
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    click.echo(f"seamcheck: internal error{where}: {text}", err=True)
    click.echo(
        f"This is a defect of seamcheck, not of your code. Set {DEBUG_VARIABLE}=1 for the traceback "
        "and report it with the command that led here.",
        err=True,
    )
