"""The JSON schema accepts what the loader accepts, and nothing else."""

import datetime
import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from seamcheck import api
from seamcheck.checks.codes import all_codes
from seamcheck.config import json_schema, validate
from seamcheck.config.json_schema import FILE_NAME, CodeInfo
from seamcheck.config.schema import FIELDS, SEVERITIES, Column, Field

CODES = {code: entry.name for code, entry in all_codes().items()}
INFOS = {code: CodeInfo(entry.name, entry.summary) for code, entry in all_codes().items()}
SCHEMA = json.loads(api.configuration_schema())
SHIPPED = Path(json_schema.__file__).with_name(FILE_NAME)

TABLES_OF = Field(
    "reader",
    "patterns",
    "who reads a run",
    (
        Column("name", "what it is called"),
        Column("requires", "what it needs", choices=("xy_only", "trial_dynamics")),
        Column("fingerprint", "written by seamcheck", required=False, pattern="^[0-9a-f]{4}$"),
    ),
)


def accepted(schema: dict[str, Any], table: dict[str, Any]) -> bool:
    return bool(jsonschema.Draft7Validator(schema).is_valid(table))


def test_the_shipped_schema_is_what_the_table_of_fields_says() -> None:
    assert SHIPPED.read_text(encoding="utf-8") == api.configuration_schema(), (
        f"{FILE_NAME} is out of date: run `make docs` and commit what it writes"
    )


def test_it_is_a_schema_for_old_and_new_validators() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    old = {key: value for key, value in SCHEMA.items() if key != "$schema"}
    jsonschema.Draft4Validator.check_schema(old)


def test_every_option_is_described_and_has_its_default() -> None:
    assert list(SCHEMA["properties"]) == [field.key for field in FIELDS]
    for field in FIELDS:
        assert SCHEMA["properties"][field.key]["description"] == field.help
    assert SCHEMA["properties"]["cache-dir"]["default"] == ".seamcheck_cache"
    assert SCHEMA["properties"]["select"]["default"] == ["SEAM"]
    assert "default" not in SCHEMA["properties"]["exclude"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        'src = ["a"]\nexclude = []\nextend-exclude = ["*.gen.py"]\nrules = ["own.toml"]\ncache-dir = "tmp"',
        'select = ["SEAM3", "SEAM", "SEAM30", "unknown-consumer"]\nignore = ["SEAM305"]',
        '[severity]\nSEAM302 = "error"\nmutated-across-trials = "note"',
        "severity = {}",
    ],
)
def test_valid_configurations(text: str) -> None:
    table = tomllib.loads(text)
    assert accepted(SCHEMA, table)
    assert validate.check(table, CODES)[1] == []


@pytest.mark.parametrize(
    "text",
    [
        "exlude = []",
        'exclude = "old"',
        "exclude = [1]",
        'exclude = ["  "]',
        'cache-dir = ""',
        'cache-dir = "a\\u0000b"',
        'src = ["a\\n"]',
        "cache-dir = 1979-05-27",
        'ignore = ["SEAM3O2"]',
        'ignore = ["SEAM8"]',
        'select = ["SEA"]',
        'select = ["seam302"]',
        'severity = "error"',
        '[severity]\nSEAM302 = "loud"',
        '[severity]\nSEAM30 = "note"',
        '[severity]\nSEAM999 = "note"',
        "[severity]\nSEAM302 = 1",
    ],
)
def test_invalid_configurations(text: str) -> None:
    table = tomllib.loads(text)
    assert not accepted(SCHEMA, table)
    assert validate.check(table, CODES)[1]


STRANGE = st.one_of(
    st.integers(),
    st.booleans(),
    st.floats(allow_nan=False),
    st.text(max_size=3),
    st.sampled_from([" ", "\t", "\u2003", "\x1c", "\x85"]),
    st.dates(),
    st.lists(st.text(max_size=2), max_size=2),
    st.dictionaries(st.text(max_size=2), st.text(max_size=2), max_size=1),
)
STRINGS = st.lists(st.text(min_size=1, max_size=4), max_size=3)
WORDS = st.sampled_from(
    ["SEAM", "SEAM3", "SEAM30", "SEAM302", "SEAM8", "no-clean-seam", "seam302", "", "SEAM3022"]
)
GOOD: dict[str, st.SearchStrategy[Any]] = {
    "paths": STRINGS,
    "patterns": STRINGS,
    "path": st.text(max_size=4),
    "codes": st.lists(WORDS, max_size=3),
    "severities": st.dictionaries(WORDS, st.sampled_from([*SEVERITIES, "loud"]), max_size=2),
}
#: Of other fields the loader may ask more than a schema can say.
EXACT = [field for field in FIELDS if field.kind in GOOD and not field.columns]
TABLES = st.fixed_dictionaries(
    {},
    optional={
        **{field.key: st.one_of(GOOD[field.kind], GOOD[field.kind], STRANGE) for field in EXACT},
        "exlude": STRINGS,
    },
)


@given(TABLES)
@example({"cache-dir": datetime.date(1979, 5, 27)})
@example({"severity": {"SEAM": "note"}})
def test_schema_and_loader_agree(table: dict[str, Any]) -> None:
    complaints = validate.check(table, CODES)[1]
    assert accepted(SCHEMA, table) is (complaints == []), complaints


@pytest.mark.parametrize(
    ("rows", "good"),
    [
        ([], True),
        ([{"name": "a", "requires": "xy_only"}], True),
        ([{"name": "a\nb", "requires": "xy_only"}], True),
        ([{"name": "a", "requires": "xy_only", "fingerprint": "00ff"}], True),
        ([{"name": "a", "requires": "xy_only"}, {"name": "a"}], False),
        ([{"name": " ", "requires": "xy_only"}], False),
        ([{"name": "a", "requires": "unknown"}], False),
        ([{"name": "a", "requires": "xy_only", "fingerprint": "00fg"}], False),
        ([{"name": "a", "requires": "xy_only", "resaon": "b"}], False),
        ({"name": "a", "requires": "xy_only"}, False),
    ],
)
def test_an_array_of_tables(rows: object, good: bool) -> None:
    found = json_schema.schema(INFOS, (*FIELDS, TABLES_OF))
    jsonschema.Draft7Validator.check_schema(found)
    assert accepted(found, {"reader": rows}) is good
