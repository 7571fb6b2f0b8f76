"""The configuration: its fields, their defaults and what may stand in them."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from seamcheck.config.consumers import ConsumerEntry, LiteralSource, Requires
from seamcheck.model.report import Severity

SEVERITIES: tuple[str, ...] = get_args(Severity)
CACHE_FOLDER = ".seamcheck_cache"


class Config(msgspec.Struct, frozen=True, rename="kebab"):
    """A ``seamcheck.toml`` or ``[tool.seamcheck]``; paths are relative to the folder of that file.

    ``file`` is that file (None: all defaults). Codes are stored as codes, also where the file names them.
    """

    src: tuple[str, ...] = ()
    exclude: tuple[str, ...] | None = None
    extend_exclude: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    select: tuple[str, ...] = ("SEAM",)
    ignore: tuple[str, ...] = ()
    severity: dict[str, Severity] = {}
    cache_dir: str = CACHE_FOLDER
    baseline: str | None = None
    registry: str | None = None
    registry_literal: tuple[LiteralSource, ...] = ()
    consumer: tuple[ConsumerEntry, ...] = ()
    file: str | None = None


Kind = Literal["paths", "path", "patterns", "codes", "severities", "inside", "consumers", "literals"]


class Column(msgspec.Struct, frozen=True):
    """One key of a table in an array of tables: a non-empty string.

    Where there are ``choices`` it is one of them, where there is a ``pattern`` (a regular expression) it matches.
    """

    key: str
    help: str
    required: bool = True
    choices: tuple[str, ...] = ()
    pattern: str = ""


class Field(msgspec.Struct, frozen=True):
    """One option as people write it: its key, what it takes, and what it means.

    With ``columns`` it is an array of tables ``[[key]]``, each with these keys.
    """

    key: str
    kind: Kind
    help: str
    columns: tuple[Column, ...] = ()


# In the order they are shown; tables come last, as TOML wants it.
FIELDS: tuple[Field, ...] = (
    Field(
        "src",
        "paths",
        "folders that imports start from, besides `src/`, `lib/`, `python/` and the project root",
    ),
    Field("exclude", "patterns", "what is not read, in .gitignore notation; replaces the built-in list"),
    Field("extend-exclude", "patterns", "as `exclude`, in addition to it"),
    Field("rules", "paths", "model files of the project's own libraries; they win over the shipped ones"),
    Field("select", "codes", "codes, prefixes or names of findings that are wanted"),
    Field("ignore", "codes", "codes, prefixes or names that are not; the longest match wins over `select`"),
    Field("cache-dir", "path", "where facts about files are kept between scans"),
    Field(
        "baseline",
        "path",
        "the file of findings to live with; left out: `seamcheck-baseline.json`, if it is there",
    ),
    Field("registry", "inside", "a TOML file with more [[consumer]] entries"),
    Field("severity", "severities", "severity per code or name: " + ", ".join(SEVERITIES)),
    Field(
        "registry-literal",
        "literals",
        "a dict in a Python file that says what consumers need: path, variable and the entry pattern of its keys",
        (
            Column("path", "the Python file, relative to this one"),
            Column("variable", "the name that the dict is bound to"),
            Column("entry", "where the function of a key stands: `src/**/{name}_io.py::run_{name}`", False),
        ),
    ),
    Field(
        "consumer",
        "consumers",
        "what one consumer needs of a run: name, entry, requires; owner and reason",
        (
            Column("name", "what it is called in reports and at run time"),
            Column("entry", "its function: `path::qualname` or `module:qualname`"),
            Column("requires", "what it may rely on", choices=get_args(Requires)),
            Column("owner", "who answers for it", False),
            Column("reason", "why it needs that", False),
            Column("fingerprint", "what was proven of it", False, pattern="^[0-9a-f]{16}$"),
        ),
    ),
)
