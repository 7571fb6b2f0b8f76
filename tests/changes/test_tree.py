"""A revision written out: what a scan reads of it, and nothing outside the folder."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from seamcheck.changes.git import commit_of, toplevel
from seamcheck.changes.tree import write_tree


def git(folder: Path, *words: str, given: bytes = b"") -> str:
    identity = ("-c", "user.name=tester", "-c", "user.email=tester@example.org")
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    env |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    done = subprocess.run(
        ["git", "-C", str(folder), *identity, *words], input=given, capture_output=True, check=True, env=env
    )
    return done.stdout.decode().strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q")
    return folder


def out(repository: Path, folder: Path) -> list[str]:
    """Everything that is written, links with their targets."""
    folder.mkdir()
    top = toplevel(str(repository))
    write_tree(top, commit_of(top, "HEAD"), str(folder))
    found = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found.append(f"{name} -> {os.readlink(path)}")
        elif path.is_file():
            found.append(name)
        elif not any(path.iterdir()):
            found.append(name + "/")
    return found


def test_what_is_written(repository: Path, tmp_path: Path) -> None:
    for name in (
        "a.py",
        "b/c.ipynb",
        "b/data.csv",
        "pyproject.toml",
        ".gitignore",
        "only_data/x.parquet",
        "k.json",
    ):
        (repository / name).parent.mkdir(exist_ok=True)
        (repository / name).write_text("then")
    (repository / "größe\n 1.py").write_text("x")
    git(repository, "add", "--all")
    git(repository, "commit", "-q", "-m", "state")
    (repository / "a.py").write_text("changed")
    assert out(repository, tmp_path / "out") == [
        ".git/", ".gitignore", "a.py", "b/c.ipynb", "größe\n 1.py", "k.json", "only_data/", "pyproject.toml",
    ]  # fmt: skip
    assert (tmp_path / "out" / "a.py").read_text() == "then"


LINKS = {
    "near.py": "a.py",
    "pkg/up.py": "../a.py",
    "pkg/out.py": "../../a.py",
    "out.py": "../a.py",
    "absolute.py": "/etc/hostname",
    "detour.py": "pkg/../../a.py",
    "git.py": ".git/config",
    "folder": "/etc",
}


def test_links_do_not_lead_out(repository: Path, tmp_path: Path) -> None:
    (repository / "a.py").write_text("x = 1\n")
    (repository / "pkg").mkdir()
    for name, target in LINKS.items():
        (repository / name).symlink_to(target)
    git(repository, "add", "--all")
    git(repository, "commit", "-q", "-m", "state")
    assert out(repository, tmp_path / "out") == [
        ".git/", "a.py", "near.py -> a.py", "pkg/up.py -> ../a.py",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["..", ".git", ".GIT", "."])
def test_names_do_not_lead_out(repository: Path, tmp_path: Path, name: str) -> None:
    # git itself makes no such tree; somebody else's may have been fetched.
    blob = git(repository, "hash-object", "-w", "--stdin", given=b"x = 1\n")
    inner = git(repository, "mktree", given=f"100644 blob {blob}\tbad.py\n".encode())
    raw = b"40000 " + name.encode() + b"\0" + bytes.fromhex(inner)
    tree = git(repository, "hash-object", "-w", "--literally", "-t", "tree", "--stdin", given=raw)
    commit = git(repository, "commit-tree", "-m", "state", tree)
    git(repository, "update-ref", "HEAD", commit)
    (tmp_path / "deep").mkdir()
    assert out(repository, tmp_path / "deep" / "out") == [".git/"]
    assert list((tmp_path / "deep").iterdir()) == [tmp_path / "deep" / "out"]


def test_submodules_are_left_out(repository: Path, tmp_path: Path) -> None:
    (repository / "a.py").write_text("x = 1\n")
    git(repository, "add", "--all")
    git(repository, "commit", "-q", "-m", "state")
    head = git(repository, "rev-parse", "HEAD")
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{head},sub.py")
    git(repository, "commit", "-q", "-m", "sub")
    assert out(repository, tmp_path / "out") == [".git/", "a.py"]


def test_large_data_is_not_written(repository: Path, tmp_path: Path) -> None:
    (repository / "data.json").write_bytes(b" " * (16 * 2**20 + 1))
    (repository / "large.py").write_bytes(b"#" * (16 * 2**20 + 1))
    git(repository, "add", "--all")
    git(repository, "commit", "-q", "-m", "state")
    assert out(repository, tmp_path / "out") == [".git/", "large.py"]
    assert (tmp_path / "out" / "large.py").stat().st_size == 16 * 2**20 + 1
