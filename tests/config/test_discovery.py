import os
from pathlib import Path

import pytest

from seamcheck.config.discovery import discover, find_root
from seamcheck.model import ConfigError


def tree(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("/"):
            path.mkdir(exist_ok=True)
        else:
            path.write_text("")


def found(root: Path, *paths: Path, **options: object) -> list[str]:
    result = discover(list(paths) or [root], **options)  # type: ignore[arg-type]
    assert result.problems == ()
    return [os.path.relpath(path, root).replace(os.sep, "/") for path in result.files]


@pytest.mark.parametrize("marker", ["seamcheck.toml", "pyproject.toml", ".git/"])
def test_root_is_the_nearest_marked_folder(tmp_path: Path, marker: str) -> None:
    tree(tmp_path, "pyproject.toml", f"a/{marker}", "a/b/c.py")
    for path in (tmp_path / "a/b/c.py", tmp_path / "a/b", tmp_path / "a"):
        assert find_root(path) == str(tmp_path / "a")
    assert discover([tmp_path / "a/b"]).root == str(tmp_path / "a")


def test_defaults_leave_out_what_is_no_code_of_the_project(tmp_path: Path) -> None:
    tree(
        tmp_path, "pyproject.toml", "z.py", "a/b.py", "a.txt", ".git/h.py", "venv/x.py", "a/node_modules/y.py",
        "a/__pycache__/z.py", "build/lib/a.py", "dist/a.py", "a/build/__init__.py", "a/build/steps.py",
        "named/pyvenv.cfg", "named/lib/p.py", ".seamcheck_cache/q.py", "env/gym.py",
    )  # fmt: skip
    assert found(tmp_path) == ["a/b.py", "a/build/__init__.py", "a/build/steps.py", "env/gym.py", "z.py"]
    assert found(tmp_path, tmp_path / "venv", tmp_path / "build/lib/a.py") == ["build/lib/a.py", "venv/x.py"]


def test_exclude_replaces_and_extend_exclude_adds(tmp_path: Path) -> None:
    tree(tmp_path, "pyproject.toml", "a.py", "build/b.py", "tests/c.py", "x/tests/d.py")
    assert found(tmp_path, exclude=["/tests"]) == ["a.py", "build/b.py", "x/tests/d.py"]
    assert found(tmp_path, extend_exclude=["tests/", "!x/tests/"]) == ["a.py", "x/tests/d.py"]
    assert found(tmp_path, tmp_path / "tests", tmp_path / "a.py", extend_exclude=["*"]) == [
        "a.py",
        "tests/c.py",
    ]
    with pytest.raises(ConfigError, match="pattern"):
        discover([tmp_path], extend_exclude=["!"])


def test_gitignore_files(tmp_path: Path) -> None:
    tree(
        tmp_path,
        ".git/",
        "p/pyproject.toml",
        "p/a.py",
        "p/gen/b.py",
        "p/gen/keep.py",
        "p/q/gen/c.py",
        "p/q/skip_d.py",
    )
    (tmp_path / ".gitignore").write_text("skip_*.py\n!\nbroken[\n")
    (tmp_path / "p/.gitignore").write_text("gen/*\n!gen/keep.py\n")
    (tmp_path / "p/q/.gitignore").write_text("!skip_d.py\n")
    assert found(tmp_path, tmp_path / "p") == ["p/a.py", "p/gen/keep.py", "p/q/gen/c.py", "p/q/skip_d.py"]
    assert found(tmp_path, tmp_path / "p/gen") == ["p/gen/keep.py"]
    assert found(tmp_path, tmp_path / "p/gen", tmp_path / "p/gen/b.py") == ["p/gen/b.py", "p/gen/keep.py"]
    assert len(found(tmp_path, tmp_path / "p", gitignore=False)) == 5


def test_named_folder_that_is_ignored_is_scanned(tmp_path: Path) -> None:
    tree(tmp_path, ".git/", "gen/a.py")
    (tmp_path / ".gitignore").write_text("gen/\n")
    assert found(tmp_path) == []
    assert found(tmp_path, tmp_path / "gen") == ["gen/a.py"]


def test_gitignore_above_another_repository_does_not_count(tmp_path: Path) -> None:
    tree(tmp_path, "inner/.git/", "inner/a.py")
    (tmp_path / ".gitignore").write_text("*\n")
    assert found(tmp_path, tmp_path / "inner") == ["inner/a.py"]


def test_links(tmp_path: Path) -> None:
    tree(tmp_path, "pyproject.toml", "a/b.py")
    (tmp_path / "a/loop").symlink_to(tmp_path)
    (tmp_path / "a/self.py").symlink_to(tmp_path / "a/self.py")
    (tmp_path / "a/gone.py").symlink_to(tmp_path / "nowhere.py")
    (tmp_path / "a/.#b.py").symlink_to("user@host.1")
    (tmp_path / "a/alias.py").symlink_to("b.py")
    (tmp_path / "a/folder.py").symlink_to(tmp_path)
    result = discover([tmp_path])
    assert [os.path.basename(path) for path in result.files] == ["alias.py", "b.py"]
    assert [problem.path for problem in result.problems] == ["a/gone.py", "a/self.py"]


def test_odd_entries(tmp_path: Path) -> None:
    tree(tmp_path, "pyproject.toml", "foo.py/__init__.py", "foo.py/bar.py", "pkg", "pkg.py", "B.py", "a b.py")
    os.mkfifo(tmp_path / "pipe.py")
    result = discover([tmp_path, tmp_path / "missing.py", tmp_path / "pkg"])
    names = [os.path.relpath(path, tmp_path) for path in result.files]
    assert names == ["B.py", "a b.py", "foo.py/__init__.py", "foo.py/bar.py", "pkg", "pkg.py"]
    assert [problem.path for problem in result.problems] == ["missing.py", "pipe.py"]


def test_unreadable_folder_and_gitignore(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, "pyproject.toml", "closed/a.py", "b.py", ".gitignore/")
    real = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    result = discover([tmp_path])
    assert [problem.path for problem in result.problems] == [".gitignore", "closed"]
    assert [os.path.basename(path) for path in result.files] == ["b.py"]


def test_same_file_once_and_order_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, "pyproject.toml", "b.py", "a.py", "c/a.py")
    assert found(tmp_path, tmp_path / "c", tmp_path, tmp_path / "b.py") == ["a.py", "b.py", "c/a.py"]
    monkeypatch.chdir(tmp_path)
    assert [os.path.basename(path) for path in discover([]).files] == ["a.py", "b.py", "a.py"]


def test_notebooks_are_read_but_not_their_checkpoints(tmp_path: Path) -> None:
    tree(
        tmp_path,
        "pyproject.toml",
        "a.ipynb",
        "a.py",
        "b/.ipynb_checkpoints/c.ipynb",
        "b/d.ipynb",
        "e.ipynb.bak",
    )
    assert found(tmp_path) == ["a.ipynb", "a.py", "b/d.ipynb"]
