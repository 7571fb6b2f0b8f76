"""The hook in a file of pre-commit: YAML says the same as before, and the hook besides."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from seamcheck.adopt import hooks
from seamcheck.model import ConfigError

ROOT = Path(__file__).resolve().parents[2]

COMMON = """\
# what we check
default_language_version:
  python: python3.12
repos:
  # formatting
  - repo: https://example.org/black
    rev: "24.1"   # pinned
    hooks:
      - id: black
        args: [--line-length=99]

  - repo: local
    hooks:
    - id: script
      entry: |
        echo "- repo: nothing"
        # no comment, but text
      language: system
# after the list
"""
NO_INDENT = "repos:\n- repo: a\n  rev: b\n  hooks:\n  - id: c\nci:\n  skip: [c]\n"
DEEP = "repos:\n\n    # one\n    -   repo: a\n        rev: b\n        hooks:\n        -   id: c\n    # last\n"
NO_NEWLINE = "exclude: x\nrepos:\n  - repo: a\n    rev: b\n    hooks: [{id: c}]"
MARKED = (
    "# ours\n---\nrepos:  # all\n  - repo: a\n    rev: b\n    hooks:\n      - id: c\n\n\nfail_fast: true\n"
)
DOS = NO_INDENT.replace("\n", "\r\n")
SIMILAR = "repos:\n  - repo: a\n    hooks:\n      - id: seamcheck-registry-sync\n"


def items(text: str) -> list[Any]:
    found = yaml.safe_load(text)["repos"]
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("before", [COMMON, NO_INDENT, DEEP, NO_NEWLINE, MARKED, DOS, SIMILAR], ids=range(7))
@pytest.mark.parametrize("folder", ["", "models/tuning"])
def test_the_hook_comes_last_and_nothing_else_changes(before: str, folder: str) -> None:
    after, added = hooks.extended(before, folder)
    at = after.index(added)
    assert after[:at] + after[at + len(added) :] == before
    old, new = yaml.safe_load(before), yaml.safe_load(after)
    hook = new["repos"].pop()
    assert new == old
    assert hook == items(hooks.new_file(folder))[0]
    assert hook["hooks"][0].get("args") == ([folder] if folder else None)
    assert not hooks.has_hook(before)
    assert hooks.has_hook(after)
    assert ("\r\n" in added) == ("\r\n" in before)


@pytest.mark.parametrize(
    "before",
    [
        "",
        "repos: []\n",
        "repos: [{repo: a}]\n",
        "repos:\n",
        "repos:\n# nothing\n",
        "repos: &all\n  - repo: a\n",
        "repos:\n  {a: b}\n",
        "repos:\n  - repo: a\n - repo: b\n",
        "repos:\n  - repo: a\n\t- repo: b\n",
        "repos:\n  - repo: a\nrepos:\n  - repo: b\n",
        "repos:\n  - repo: a\n---\nb: c\n",
        "---\na: b\n---\nrepos:\n  - repo: a\n",
        "repos:\n  - repo: a\n...\n",
        "repos:\n  - entry: |+\n      a\n\n\n",
        "- repo: a\n",
        '"repos":\n  - repo: a\n',
    ],
)
def test_an_unusual_file_is_left_alone(before: str) -> None:
    with pytest.raises(ConfigError, match="plain list"):
        hooks.extended(before, "")


@pytest.mark.parametrize(
    ("line", "there"),
    [
        ("  - id: seamcheck", True),
        ('    id: "seamcheck"  # ours', True),
        ("  - id: seamcheck-registry-sync", False),
        ("  # - id: seamcheck", False),
        ("  - id: other  # id: seamcheck", False),
        ("  name: seamcheck", False),
    ],
)
def test_is_the_hook_there(line: str, there: bool) -> None:
    assert hooks.has_hook(f"repos:\n{line}\n") is there


def test_the_hook_says_what_the_manifest_says() -> None:
    manifest = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))[0]
    (item,) = items(hooks.new_file(""))
    (hook,) = item["hooks"]
    assert item["repo"] == "local"
    assert hook.pop("language") == "system"
    assert hook == {key: manifest[key] for key in hook}
    assert {"id", "entry", "always_run", "pass_filenames", "require_serial"} <= set(hook)
