"""The configuration: its fields, their defaults and what may stand in them."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from seamcheck.config.consumers import ConsumerEntry, LiteralSource
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


class Field(msgspec.Struct, frozen=True):
    """One option as people write it: its key, what it takes, and what it means."""

    key: str
    kind: Kind
    help: str


# In the order they are shown; tables come last, as TOML wants it.
FIELDS: tuple[Field, ...] = (
    Field(
        "src", "paths", "folders that imports start from; left out: `src/` where there is one, and the root"
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
    ),
    Field(
        "consumer", "consumers", "what one consumer needs of a run: name, entry, requires; owner and reason"
    ),
)
