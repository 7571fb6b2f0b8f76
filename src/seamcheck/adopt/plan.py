"""What to write in a project that begins to use seamcheck, and what a scan of it says then."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from seamcheck.adopt import hooks, settings
from seamcheck.adopt.source_roots import source_roots
from seamcheck.config.discovery import find_root
from seamcheck.config.paths import relative
from seamcheck.config.schema import Config
from seamcheck.flow.modules import SOURCE_FOLDERS
from seamcheck.model.adoption import Adoption, Change
from seamcheck.model.errors import ConfigError
from seamcheck.model.scan import ScanOptions
from seamcheck.scanning import Project, analyse_project, run


def plan(options: ScanOptions, config: Config, pyproject: bool, pre_commit: bool) -> Adoption:
    """Look at the project around the first of the paths, whose configuration so far is ``config``. Writes nothing."""
    root = Path(find_root(options.paths[0] if options.paths else Path()))
    options = msgspec.structs.replace(options, paths=(root,))
    project = analyse_project(options, config)
    if config.file is not None:
        shown = relative(os.path.abspath(config.file), str(root))
        first = Change(str(root), shown, shown, "keep", why="the project has its configuration there")
    else:
        src = _sources(root, project)
        first = settings.section(root, src) if pyproject else settings.own_file(root, src)
        config = msgspec.structs.replace(config, src=src)
        if not set(src) <= set(SOURCE_FOLDERS):
            project = analyse_project(options, config)
    report = run(options, config, project).report
    top, folder = _repository(root)
    hook = _hook_change(root, top, folder)
    changes = (first, hook) if pre_commit else (first,)
    there = hook.action == "keep" and not hook.why.endswith(_BY_HAND)
    brought = there or (pre_commit and hook.action != "keep")
    return Adoption(report, changes, "" if brought else hooks.text(folder), hook.shown)


def _sources(root: Path, project: Project) -> tuple[str, ...]:
    libraries = {name.partition(".")[0] for name in project.engine.models.packages}
    return source_roots(str(root), project.engine.index, libraries)


def _repository(root: Path) -> tuple[Path, str]:
    """The top of the repository, where pre-commit is configured, and the project's folder below it."""
    for folder in (root, *root.parents):
        if (folder / ".git").exists():
            return folder, "" if folder == root else relative(str(root), str(folder))
    return root, ""


_BY_HAND = "add the hook by hand"


def _hook_change(root: Path, top: Path, folder: str) -> Change:
    """The change of pre-commit's file that brings the hook in."""
    path = top / hooks.FILE_NAME
    shown = relative(str(path), str(root))
    change = Change(str(top), hooks.FILE_NAME, shown, "keep")
    if not os.path.lexists(path):
        text = hooks.new_file(folder)
        return msgspec.structs.replace(change, action="create", after=text, added=text)
    if path.is_symlink() or not path.is_file():
        return msgspec.structs.replace(change, why=f"it is no regular file: {_BY_HAND}")
    try:
        before = path.read_bytes().decode("utf-8")
        if hooks.has_hook(before):
            return msgspec.structs.replace(change, why="the hook is there already")
        after, added = hooks.extended(before, folder)
    except (OSError, UnicodeDecodeError):
        return msgspec.structs.replace(change, why=f"it cannot be read as UTF-8 text: {_BY_HAND}")
    except ConfigError as error:
        return msgspec.structs.replace(change, why=f"{error.message}: {_BY_HAND}")
    return msgspec.structs.replace(change, action="extend", before=before, after=after, added=added)
