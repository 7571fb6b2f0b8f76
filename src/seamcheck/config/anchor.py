"""A configuration that lies elsewhere than at the project root, as it reads from there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

import msgspec

from seamcheck.config.paths import relative
from seamcheck.config.schema import Config


def anchored(config: Config, root: str) -> Config:
    """The same configuration with everything relative to ``root`` (absolute) that was relative to its file.

    Paths always are. Patterns are where the file lies above the root, as a ``.gitignore`` there would be; a file
    below it (``--config ci/strict.toml``) speaks of the whole project.
    """
    folder = root if config.file is None else os.path.dirname(os.path.abspath(config.file))
    if folder == root:
        return config
    above = root.startswith(folder.rstrip(os.sep) + os.sep)
    below = relative(root, folder).split("/") if above else []
    return msgspec.structs.replace(
        config,
        src=_moved(config.src, folder, root),
        rules=_moved(config.rules, folder, root),
        exclude=None if config.exclude is None else tuple(_patterns(config.exclude, below)),
        extend_exclude=tuple(_patterns(config.extend_exclude, below)),
    )


def _moved(paths: Iterable[str], folder: str, root: str) -> tuple[str, ...]:
    return tuple(relative(os.path.normpath(os.path.join(folder, path)), root) for path in paths)


def _patterns(patterns: Iterable[str], below: list[str]) -> Iterator[str]:
    """The patterns of a folder as they read in its subfolder ``below``; those that speak of other folders go."""
    for pattern in patterns:
        body = pattern.removeprefix("!")
        if not below or "/" not in body.rstrip("/"):
            yield pattern  # a mere name is meant at any depth
            continue
        end = "/" if body.endswith("/") else ""
        for parts in _inside(body.strip("/").split("/"), below):
            yield f"{pattern[: len(pattern) - len(body)]}/{'/'.join(parts)}{end}"


def _inside(parts: list[str], below: list[str]) -> Iterator[list[str]]:
    """What is left of a pattern, part by part, when ``below`` has been gone down."""
    if not below or not parts:
        if parts:
            yield parts
    elif parts[0] == "**":
        yield from _inside(parts[1:], below)
        yield from _inside(parts, below[1:])
    elif fnmatchcase(below[0], parts[0]):
        yield from _inside(parts[1:], below[1:])
