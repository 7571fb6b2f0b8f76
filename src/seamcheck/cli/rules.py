"""``seamcheck rules``: what seamcheck knows, its finding codes and its library models."""

from __future__ import annotations

import click

from seamcheck.cli.output import write_stdout
from seamcheck.model.exit_codes import ExitCode


@click.command()
@click.argument("name", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print.",
)
def rules(name: str | None, form: str) -> ExitCode:
    """List finding codes and library models, or describe the one called NAME."""
    from seamcheck.report import rules_text

    write_stdout(rules_text.render(name, form))
    return ExitCode.OK
