"""Edits of TOML: what changes is what was meant, and everything else stays byte by byte."""

from __future__ import annotations

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamcheck.model import RegistryError
from seamcheck.registry.toml_edit import TomlEdits, edit_toml

TEXT = """\
# our consumers
src = ["src"]   # here

# about a
[[consumer]]   # the first
name = 'a'
# the reason stands elsewhere
  entry   =   "a.py::a"
requires = 'xy_only'   # by hand

# about b
[[consumer]]
name = "b"
entry = "b.py::b"
requires = "trial_dynamics"
reason = \"\"\"
long
[[consumer]]
\"\"\"

# the end of the entries
[severity]
SEAM103 = "warning"
"""
NEW = {"name": "c", "entry": "c.py::c", "requires": "xy_only", "owner": 'the "desk"', "fingerprint": "0" * 16}
BLOCK = (
    '[[consumer]]\nname = "c"\nentry = "c.py::c"\nrequires = "xy_only"\nowner = "the \\"desk\\""\n'
    'fingerprint = "0000000000000000"\n'
)


def edited(text: str, put: dict[int, dict[str, str]] | None = None, remove: tuple[int, ...] = (),
           add: tuple[dict[str, str], ...] = (), section: tuple[str, ...] = ()) -> str:  # fmt: skip
    return edit_toml(text, section, TomlEdits(put or {}, frozenset(remove), add), "seamcheck.toml")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_value_is_set_within_its_quotes_and_beside_its_comment(newline: str) -> None:
    text = TEXT.replace("\n", newline)
    assert edited(text, {0: {"requires": "trial_dynamics"}}) == text.replace(
        "requires = 'xy_only'   # by hand", "requires = 'trial_dynamics'   # by hand"
    )


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_new_key_stands_at_the_end_of_its_table(newline: str) -> None:
    text = TEXT.replace("\n", newline)
    wanted = text.replace(
        "# by hand\n".replace("\n", newline), f'# by hand{newline}fingerprint = "ab"{newline}'
    )
    assert edited(text, {0: {"fingerprint": "ab"}}) == wanted
    wanted = text.replace(
        f'"""{newline}{newline}# the end', f'"""{newline}fingerprint = "ab"{newline}{newline}# the end'
    )
    assert edited(text, {1: {"fingerprint": "ab"}}) == wanted


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_an_entry_is_removed_and_comments_around_it_stay(newline: str) -> None:
    text = TEXT.replace("\n", newline)
    first = edited(text, remove=(0,))
    assert "# the first" not in first
    for kept in ("# our consumers", "# about a", "# about b", "# the end of the entries"):
        assert kept in first
    assert first.replace(newline, "").count("[[consumer]]") == 2  # one of them is text
    both = edited(text, remove=(0, 1))
    assert tomllib.loads(both.replace("\r\n", "\n")) == {"src": ["src"], "severity": {"SEAM103": "warning"}}
    assert ("\n" in both.replace("\r\n", "")) is (newline == "\n")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_an_entry_is_added_behind_the_last_one(newline: str) -> None:
    text = TEXT.replace("\n", newline)
    block = BLOCK.replace("\n", newline)
    wanted = text.replace(
        f'"""{newline}{newline}# the end', f'"""{newline}{newline}{block}{newline}# the end'
    )
    assert edited(text, add=(NEW,)) == wanted


@pytest.mark.parametrize("ending", ["", "\n"])
def test_a_missing_final_newline_stays_missing(ending: str) -> None:
    text = '[[consumer]]\nname = "a"\nrequires = "xy_only"' + ending
    assert edited(text, {0: {"requires": "trial_dynamics"}}) == text.replace("xy_only", "trial_dynamics")
    assert edited(text, {0: {"fingerprint": "ab"}}) == text.rstrip("\n") + '\nfingerprint = "ab"' + ending
    assert edited(text, add=(NEW,)) == text.rstrip("\n") + "\n\n" + BLOCK.rstrip("\n") + ending


@pytest.mark.parametrize("blank", ["\n", "\r\n", "\n\n"])
def test_so_it_does_where_the_last_entry_goes(blank: str) -> None:
    entry = '[[consumer]]\nname = "{0}"'
    first = entry.format("a").replace("\n", blank[: blank.index("\n") + 1])
    text = f"{first}{blank}{blank}{entry.format('b')}"
    assert edit_toml(text, (), TomlEdits({}, frozenset({1})), "c.toml") == first


def test_the_first_entry_of_a_file() -> None:
    assert edited("", add=(NEW,)) == BLOCK
    assert edited("# only a comment\n", add=(NEW,)) == "# only a comment\n\n" + BLOCK
    text = '[tool.other]\na = 1\n\n[tool.seamcheck]\nsrc = ["src"]\n\n[tool.last]\nb = 2\n'
    assert edited(text, add=(NEW,), section=("tool", "seamcheck")) == text + "\n" + BLOCK.replace(
        "[[consumer]]", "[[tool.seamcheck.consumer]]"
    )


def test_removing_all_and_adding_one() -> None:
    assert edited('[[consumer]]\nname = "a"\n', remove=(0,), add=(NEW,)) == BLOCK


@pytest.mark.parametrize("text", ['consumer = [{name = "a"}]\n', 'consumer = [\n  {name = "a"},\n]\n[x]\n'])
def test_inline_tables_are_refused(text: str) -> None:
    with pytest.raises(RegistryError, match="inline tables"):
        edited(text, {0: {"requires": "xy_only"}})
    with pytest.raises(RegistryError, match="inline tables"):
        edited(text, add=(NEW,))


def test_what_cannot_be_edited_safely_is_left_alone() -> None:
    with pytest.raises(RegistryError):
        edited("consumer = []\n", add=(NEW,))


VALUES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=12)
COMMENTS = st.sampled_from(["", "# a comment\n", "\n", "\n\n# [[consumer]]\n", "  # x\n"])


@given(st.data(), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_any_edit_says_what_was_meant_and_keeps_every_comment(
    data: st.DataObject, newline: str, ended: bool
) -> None:
    number = data.draw(st.integers(0, 4))
    text = data.draw(COMMENTS)
    for index in range(number):
        text += f'[[consumer]] # h{index}\nname = "n{index}" # c{index}\n' + data.draw(COMMENTS)
        text += 'requires = "x"\n' + data.draw(COMMENTS)
    text = text.replace("\n", newline)
    text = text if ended else text.removesuffix(newline)
    indexes = st.sampled_from(range(number)) if number else st.nothing()
    put = {
        i: {"requires": data.draw(VALUES), "owner": data.draw(VALUES)} for i in data.draw(st.sets(indexes))
    }
    remove = data.draw(st.sets(indexes))
    add = tuple(
        {"name": name, "reason": data.draw(VALUES)} for name in data.draw(st.lists(VALUES, max_size=2))
    )
    after = edited(text, put, tuple(remove), add)
    entries = tomllib.loads(after.replace("\r\n", "\n")).get("consumer", [])
    kept = [{"name": f"n{i}", "requires": "x", **put.get(i, {})} for i in range(number) if i not in remove]
    assert entries == [*kept, *add]
    if newline in text:
        assert ("\n" in after.replace("\r\n", "")) is (newline == "\n" and "\n" in after)
    if not remove:
        # Every line that holds a comment is still there, in order.
        rest = iter(re.split("\r?\n", after))
        assert all(line in rest for line in re.split("\r?\n", text) if "#" in line)
    if text:
        assert after.endswith("\n") == text.endswith("\n") or not after


def test_nothing_to_do_changes_nothing() -> None:
    assert edited(TEXT) == TEXT
