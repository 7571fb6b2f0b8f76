"""The hook in ``.pre-commit-config.yaml``: its text, and where it goes in a file that is there already.

YAML is not parsed here. A file is extended only if its list of repositories is written the common way, line by line;
the new lines go behind the last one of that list, and every other byte stays as it is.
"""

from __future__ import annotations

import json
import re

from seamcheck.model.errors import ConfigError

FILE_NAME = ".pre-commit-config.yaml"
_HOOK = """\
- repo: local
  hooks:
    - id: seamcheck
      name: seamcheck
      entry: seamcheck scan
      language: system
      # Whatever has changed: files that are gone and a baseline decide, too.
      always_run: true
      # The whole program is read, never the changed files alone.
      pass_filenames: false
      require_serial: true
"""
_HAS_HOOK = re.compile(r"^\s*(?:-\s+)?[\"']?id[\"']?:\s*[\"']?seamcheck[\"']?\s*(?:#.*)?$", re.MULTILINE)
_REPOS = re.compile(r"^repos:[ \t]*(?:#.*)?$")
_ITEM = re.compile(r"( *)- ")
#: What makes the end of a list or the sense of a line depend on more than its indentation.
_TOO_MUCH = re.compile(r"^\s*\t|^(?:\.\.\.|%)|[|>][-\d]*\+", re.MULTILINE)


def text(folder: str, indent: int = 2) -> str:
    """The hook as an item of ``repos``; ``folder`` is that of the project below the repository, or empty."""
    hook = _HOOK
    if folder:
        hook = hook.replace("seamcheck scan\n", f"seamcheck scan\n      args: [{json.dumps(folder)}]\n")
    return "".join(" " * indent + line + "\n" for line in hook.splitlines())


def new_file(folder: str) -> str:
    """A whole file with this hook alone."""
    return "repos:\n" + text(folder)


def has_hook(content: str) -> bool:
    """Is the hook there already?"""
    return _HAS_HOOK.search(content) is not None


def extended(content: str, folder: str) -> tuple[str, str]:
    """The content with the hook behind the last repository, and the part that is new.

    Raises ConfigError, without a path, where the file is written in another way than the common one.
    """
    lines = content.splitlines(keepends=True)
    starts = [number for number, line in enumerate(lines) if _REPOS.match(line.rstrip("\r\n"))]
    if len(starts) != 1 or _TOO_MUCH.search(content) or _has_second_document(lines):
        raise _unusual()
    indent, end = _list_end(lines, starts[0] + 1)
    newline = "\r\n" if "\r\n" in content else "\n"
    added = text(folder, indent).replace("\n", newline)
    head, tail = "".join(lines[:end]), "".join(lines[end:])
    if not head.endswith("\n"):
        added = newline + added
    return head + added + tail, added


def _has_second_document(lines: list[str]) -> bool:
    """Is there a mark of a document behind the beginning of one?"""
    begun = False
    for line in lines:
        if line.startswith("---") and begun:
            return True
        begun = begun or bool(line.strip() and not line.lstrip().startswith("#"))
    return False


def _list_end(lines: list[str], start: int) -> tuple[int, int]:
    """How far the items of the list that begins in line ``start`` are indented, and the line behind its last one."""
    indent: int | None = None
    end = start
    for number, line in enumerate(lines[start:], start=start):
        stripped = line.strip()
        depth = len(line) - len(line.lstrip(" "))
        if not stripped:
            continue
        item = _ITEM.match(line)
        if indent is None and not stripped.startswith("#"):
            if item is None:
                raise _unusual()
            indent = depth
        if indent is None or (stripped.startswith("#") and depth <= indent):
            continue
        if depth < indent or (depth == indent and item is None):
            if depth:
                raise _unusual()
            break
        end = number + 1
    if indent is None:
        raise _unusual()
    return indent, end


def _unusual() -> ConfigError:
    return ConfigError("its `repos` are not written as a plain list of lines")
