"""What is asked of git. It is only read: no index is touched, no hook and no filter of the work tree is run.

Every question names its folder; what the environment says of another repository is not heeded.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from seamcheck.model.errors import ConfigError

_FOREIGN = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_NAMESPACE")
SUBMODULE, LINK = "160000", "120000"


class Blob(NamedTuple):
    """A file of a revision: its mode, object name, and path from the top of the repository."""

    mode: str
    name: str
    path: str


def toplevel(folder: str) -> str:
    """The real path of the work tree that ``folder`` is in; raises ConfigError where there is none."""
    done = _git(folder, "rev-parse", "--show-toplevel")
    if done.returncode or not done.stdout.strip():
        raise ConfigError(
            f"`--diff` needs a git repository: {_said(done) or 'this is no work tree'}",
            hint="run it inside the work tree, or leave --diff out",
        )
    return os.path.realpath(os.fsdecode(done.stdout.rstrip(b"\r\n")))


def commit_of(top: str, revision: str) -> str:
    """The full name of the commit that ``revision`` names; ``REV...`` is where HEAD and REV parted.

    Raises ConfigError for one that is not there.
    """
    word = revision.removesuffix("...")
    # A leading dash would be an option of git; no name of a revision begins with one.
    if not word or word.startswith("-") or not word.isprintable():
        raise ConfigError(f"{revision!r} is no revision", hint="give a commit, a branch or a tag")
    commit = _one(_git(top, "rev-parse", "--verify", "--quiet", f"{word}^{{commit}}"))
    if commit is None:
        hint = "`git log` and `git branch --all` list what there is"
        if _one(_git(top, "rev-parse", "--is-shallow-repository")) == "true":
            hint = "this clone is shallow: fetch more of it (`git fetch --unshallow`; in CI `fetch-depth: 0`)"
        raise ConfigError(f"git knows no commit {revision!r}", hint=hint)
    if word == revision:
        return commit
    parted = _one(_git(top, "merge-base", commit, "HEAD"))
    if parted is None:
        raise ConfigError(
            f"{word!r} and HEAD have no commit in common that is known here",
            hint="in a shallow clone fetch more (`git fetch --unshallow`), else name the commit itself",
        )
    return parted


def blobs(top: str, commit: str) -> list[Blob]:
    """All files of a commit, links and submodules among them."""
    done = _checked(_git(top, "ls-tree", "-r", "-z", "--full-tree", commit), "list the files of", commit)
    found = []
    for row in done.split(b"\0")[:-1]:
        head, _, path = row.partition(b"\t")
        mode, _, name = head.decode().split()
        found.append(Blob(mode, name, os.fsdecode(path)))
    return found


def sizes(top: str, wanted: Iterable[Blob]) -> list[int]:
    """The sizes of files in bytes; 0 for what is not there, which :func:`contents` tells."""
    asked = "".join(f"{blob.name}\n" for blob in wanted).encode()
    done = _git(top, "cat-file", "--batch-check=%(objectsize)", given=asked)
    rows = _checked(done, "measure", "the revision").split(b"\n")[:-1]
    return [int(row) if row.isdigit() else 0 for row in rows]


def contents(top: str, wanted: Iterable[Blob]) -> Iterator[tuple[Blob, bytes]]:
    """The bytes of files, as they are in the repository."""
    listed = list(wanted)
    asked = "".join(f"{blob.name}\n" for blob in listed).encode()
    data = _checked(_git(top, "cat-file", "--batch", given=asked), "read", "the revision")
    position = 0
    for blob in listed:
        end = data.index(b"\n", position)
        words = data[position:end].split()
        if words[1:2] != [b"blob"]:
            raise ConfigError(
                f"git has no content for {blob.path} of that revision",
                hint="is this a partial clone? fetch it",
            )
        start = end + 1
        position = start + int(words[2]) + 1
        yield blob, data[start : position - 1]


def renames(top: str, commit: str) -> dict[str, str]:
    """Paths of the commit that are called otherwise in the work tree now, as git sees it."""
    done = _git(
        top, "diff", "--no-ext-diff", "--no-textconv", "--find-renames", "--diff-filter=R", "--name-status",
        "-z", commit, "--",
    )  # fmt: skip
    words = _checked(done, "compare with", commit).split(b"\0")[:-1]
    return {os.fsdecode(old): os.fsdecode(new) for old, new in zip(words[1::3], words[2::3], strict=True)}


def _git(folder: str, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    env = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
    env |= {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
    quiet = ("-c", "core.quotePath=false", "-c", "core.fsmonitor=false")
    try:
        return subprocess.run(
            ["git", "-C", folder, *quiet, *words], input=given, capture_output=True, env=env, check=False
        )
    except FileNotFoundError as error:
        raise ConfigError("`--diff` needs git, which is not installed", hint="install it") from error
    except OSError as error:
        raise ConfigError(f"git could not be started: {error.strerror}") from error


def _one(done: subprocess.CompletedProcess[bytes]) -> str | None:
    words = done.stdout.decode("utf-8", "replace").split()
    return words[0] if not done.returncode and words else None


def _checked(done: subprocess.CompletedProcess[bytes], doing: str, what: str) -> bytes:
    if done.returncode:
        raise ConfigError(f"git could not {doing} {what}: {_said(done)}")
    return done.stdout


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return lines[0].removeprefix("fatal: ") if lines else ""
