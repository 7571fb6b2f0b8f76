"""The command line: arguments, rendering and exit codes; one file per command.

Nothing heavy is imported here or at the top of a command's file: ``--version`` and ``--help`` stay instant.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import click

from seamcheck import __version__
from seamcheck.cli.baseline import baseline
from seamcheck.cli.config import config
from seamcheck.cli.explain import explain
from seamcheck.cli.graph import graph
from seamcheck.cli.group import SeamcheckGroup
from seamcheck.cli.init import init
from seamcheck.cli.registry import registry
from seamcheck.cli.replay import replay
from seamcheck.cli.rules import rules
from seamcheck.cli.scan import scan
from seamcheck.cli.verify import verify
from seamcheck.model.exit_codes import ExitCode


@click.group(cls=SeamcheckGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="seamcheck", message="%(prog)s %(version)s")
def main() -> None:
    """Say from the source what a tuning program trains on and what the readers of its runs need.

    Exit codes: 0 ok, 1 findings, 2 could not run, 3 nothing was analysed, 4 a replay contradicted a claim.
    """


def run() -> NoReturn:
    """The program: as :func:`main`, and ends at once. Taking an analysis down object by object can take seconds."""
    try:
        main(prog_name="seamcheck")
        code: object = 0
    except SystemExit as gone:
        code = gone.code
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (BrokenPipeError, ValueError):
            code = code or ExitCode.COULD_NOT_RUN
    os._exit(code if isinstance(code, int) else 0)


for command in (scan, init, explain, graph, rules, config, baseline, registry, replay, verify):
    main.add_command(command)
