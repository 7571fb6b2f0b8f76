"""Where the baseline of a project is, and what the paths in it are relative to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from seamcheck.config.lines import key_line
from seamcheck.config.paths import relative
from seamcheck.config.schema import Config
from seamcheck.model.errors import ConfigError
from seamcheck.model.scan import ScanOptions

FILE_NAME = "seamcheck-baseline.json"


class Place(NamedTuple):
    """The file (absolute), as reports name it, and the absolute folder that paths in it are relative to.

    ``named``: somebody asked for this file, so that it must be there.
    """

    file: str
    shown: str
    base: str
    named: bool


def locate(options: ScanOptions, config: Config, root: str) -> Place:
    """The baseline file for this scan, whether it exists or not.

    ``--baseline``, else ``baseline`` of the configuration, else ``seamcheck-baseline.json`` beside it (beside the
    project's root where there is none). Raises ConfigError where the configuration names a file outside the project.
    """
    base = root
    if config.file is not None:
        folder = os.path.dirname(os.path.abspath(config.file))
        if _inside(root, folder):
            base = folder
    if options.baseline is not None:
        file = os.path.abspath(options.baseline)
        return Place(file, relative(file, root), base, True)
    if config.baseline is None or config.file is None:
        file = os.path.join(base, FILE_NAME)
        return Place(file, relative(file, root), base, False)
    folder = os.path.dirname(os.path.abspath(config.file))
    file = os.path.normpath(os.path.join(folder, config.baseline))
    # Real paths: a link must not lead out of the project either.
    if not (_inside(file, folder) and _inside(os.path.realpath(file), os.path.realpath(folder))):
        raise ConfigError(
            f"`baseline` names `{config.baseline}`, which is outside the project",
            config.file,
            _line(config.file),
            "give a path below the folder of this file",
        )
    return Place(file, relative(file, root), base, True)


def missing(place: Place, options: ScanOptions, config: Config) -> ConfigError:
    """The error for a file that was asked for and is not there."""
    if options.baseline is not None or config.file is None:
        return ConfigError(
            "the baseline does not exist", place.shown, None, "write it with `seamcheck baseline write`"
        )
    return ConfigError(
        f"`baseline` names `{config.baseline}`, which does not exist",
        config.file,
        _line(config.file),
        "write it with `seamcheck baseline write`, or remove the option",
    )


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _line(config: str) -> int | None:
    section = ("tool", "seamcheck") if os.path.basename(config) == "pyproject.toml" else ()
    text = Path(config).read_text(encoding="utf-8-sig", errors="replace")
    return key_line(text.splitlines(), (*section, "baseline"))
