"""Lines of a spool: whatever happens to the bytes is seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamcheck.model.event import Event, Note
from seamcheck.replay.log.records import Damage, Numbered, decode, encode, encode_body
from tests.replay.made_events import event, table

RECORDS = [event(0, table("X", a="1", b="2")), Note("trial", "", None, 1, 5, 1.5), event(1), event(None)]
DATA = b"".join(encode(number, encode_body(record)) for number, record in enumerate(RECORDS))


def held(data: bytes) -> list[Event | Note | None]:
    return [found.line.event or found.line.note for found in decode(data) if isinstance(found, Numbered)]


def test_round_trip() -> None:
    assert held(DATA) == RECORDS


def test_cut_at_every_byte_of_the_last_line() -> None:
    start = DATA[:-1].rindex(b"\n") + 1
    for end in range(start + 1, len(DATA)):
        found = list(decode(DATA[:end]))
        assert found[-1] == Damage(start, end - start, torn=True)
        assert held(DATA[:end]) == RECORDS[:-1]
    assert held(DATA[:start]) == RECORDS[:-1]


@given(st.integers(0, len(DATA) - 1), st.integers(1, 255))
def test_a_flipped_byte_is_seen_and_the_other_lines_are_read(at: int, mask: int) -> None:
    data = bytearray(DATA)
    data[at] ^= mask
    found = list(decode(bytes(data)))
    assert any(isinstance(each, Damage) for each in found)
    assert len(held(bytes(data))) >= len(RECORDS) - 2
    assert all(record in RECORDS for record in held(bytes(data)))


@given(st.binary(max_size=200))
def test_garbage_is_damage_and_no_error(data: bytes) -> None:
    assert held(data) == []
    assert sum(each.size for each in decode(data) if isinstance(each, Damage)) == len(data)


def test_a_line_of_another_version_with_a_right_checksum_is_damage() -> None:
    for body in (b'{"event": {"uuid": 3}}', b"[]", b"{", b"\xff"):
        assert [type(each) for each in decode(encode(1, body))] == [Damage]


@pytest.mark.parametrize("name", ["\udcff.py", "naïve\n.py", "a\tb", "列"])
def test_any_file_name_can_be_written(name: str) -> None:
    line = encode(1, encode_body(event(0, path=name)))
    assert line.count(b"\n") == 1
    (found,) = held(line)
    assert isinstance(found, Event)
    assert found.path == name.encode("utf-8", "backslashreplace").decode()
