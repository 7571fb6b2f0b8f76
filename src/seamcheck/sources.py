"""Which files a scan reads, and their texts: from the disk, or for one of them what an editor has not saved."""

from __future__ import annotations

import os

from seamcheck.config.discovery import Discovery, discover
from seamcheck.config.paths import relative
from seamcheck.config.schema import Config
from seamcheck.model.report import Problem
from seamcheck.model.scan import ScanOptions, Unsaved


def discovered(options: ScanOptions, config: Config) -> Discovery:
    """The files of a scan; the one that unsaved text stands for is among them, whether it exists or not."""
    found = discover(options.paths, config.exclude, (*config.extend_exclude, *options.exclude))
    if options.unsaved is None or options.unsaved.path in found.files:
        return found
    files = sorted((*found.files, options.unsaved.path), key=lambda path: relative(path, found.root))
    return found._replace(files=tuple(files))


def text_of(root: str, path: str, unsaved: Unsaved | None = None) -> str:
    """The text of a scanned file; empty if it has vanished meanwhile."""
    from seamcheck.syntax.source import load, read

    file = os.path.join(root, path)
    data = unsaved.data if unsaved is not None and unsaved.path == file else read(file, path)
    if isinstance(data, Problem):
        return ""
    text = load(data, path)
    return "" if isinstance(text, Problem) else text
