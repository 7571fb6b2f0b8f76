"""A configuration as the TOML that would produce it, with what each option means."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from seamcheck.config.schema import FIELDS, Config


def render(config: Config) -> str:
    """Every option with its value; options at their default say so."""
    defaults = msgspec.to_builtins(Config())
    values = msgspec.to_builtins(config)
    rows = [
        f"# from {config.file}" if config.file else "# no configuration file: all options at their defaults"
    ]
    tables = []
    for field in FIELDS:
        value = values[field.key]
        origin = " (default)" if value == defaults[field.key] else ""
        rows += ["", f"# {field.help}{origin}"]
        if field.kind == "severities":
            tables = [f"[{field.key}]", *(f"{code} = {_toml(word)}" for code, word in sorted(value.items()))]
            rows += tables
        elif field.kind in ("consumers", "literals"):
            for table in value:
                rows.append(f"[[{field.key}]]")
                rows += [f"{key} = {_toml(word)}" for key, word in table.items() if key != "line"]
        elif value is None:
            rows.append(f"# {field.key} = {'the built-in list' if field.kind == 'patterns' else 'left out'}")
        else:
            rows.append(f"{field.key} = {_toml(value)}")
    return "\n".join(rows) + "\n"


def _toml(value: Any) -> str:
    """Strings and lists of strings: there JSON's notation is TOML's."""
    return json.dumps(value, ensure_ascii=False)
