"""``seamcheck rules``: what seamcheck knows, its finding codes and its library models, and which models it lacks."""

from __future__ import annotations

from pathlib import Path

import click

from seamcheck.cli.options import ProgramOptions, paths_argument, program_options, scan_options
from seamcheck.cli.output import write_report, write_stdout
from seamcheck.cli.progress import Progress
from seamcheck.model.exit_codes import ExitCode


class RulesGroup(click.Group):
    """``rules NAME`` is ``rules show NAME``: whatever is no command of its own is a name to show."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put ``show`` where no command is named."""
        named = args[:1] and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named else ["show", *args])


@click.group(cls=RulesGroup)
def rules() -> None:
    """List finding codes and library models (`rules`), describe one (`rules NAME`), or suggest missing ones."""


@rules.command()
@click.argument("name", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print.",
)
def show(name: str | None, form: str) -> ExitCode:
    """List finding codes and library models, or describe the one called NAME; `show` may be left out."""
    from seamcheck.report import rules_text

    write_stdout(rules_text.render(name, form))
    return ExitCode.OK


@rules.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def pages(folder: Path) -> ExitCode:
    """Write a Markdown page for each finding code, and their index, into FOLDER; pages that are there are renewed."""
    from seamcheck.report.code_pages import pages

    found = pages()
    for name, text in found.items():
        write_report(text, folder / name)
    click.echo(f"{len(found)} pages written to {folder}", err=True)
    return ExitCode.OK


@rules.command()
@paths_argument
@program_options
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="Print stubs for so many functions and classes.",
)
@click.option("--library", metavar="PACKAGE", help="Only those of this package.")
def suggest(
    paths: tuple[Path, ...],
    program: ProgramOptions,
    limit: int,
    library: str | None,
) -> ExitCode:
    """Print a model file with blanks for the library calls below PATHS that block most verdicts."""
    from seamcheck import api
    from seamcheck.report import suggest as text

    with Progress() as progress:
        options = scan_options(paths, program, progress=progress.report)
        found = [each for each in api.suggest_models(options) if library in (None, each.package)]
    write_stdout(text.render(found[:limit], len(found[limit:])))
    return ExitCode.OK
