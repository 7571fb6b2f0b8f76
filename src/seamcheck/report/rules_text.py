"""The finding codes and library models as lists and pages."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import Any

import msgspec

from seamcheck.checks.codes import Code, all_codes, find_code
from seamcheck.libraries.load import model_files, read_rule_file, rules_folder
from seamcheck.libraries.schema import Call, RuleFile, Type
from seamcheck.model.errors import ConfigError
from seamcheck.report.explain_text import render_code
from seamcheck.report.style import Span, plain, severity_role, table, to_text

SCHEMA = "seamcheck.rules/1"


def render(name: str | None, form: str) -> str:
    """Everything, or the code or library called ``name``; ``form`` is "text" or "json"."""
    if name is None:
        models = _models()
        return _as_json(list(all_codes().values()), models) if form == "json" else _overview(models)
    code = find_code(name)
    if code is not None:
        return _as_json([code], []) if form == "json" else render_code(code)
    models = _models()
    found = [file for file in models if name == file.library.name or name in file.library.packages]
    if not found:
        raise ConfigError(f"there is no code or library model called `{name}`", hint=_hint(name, models))
    return _as_json([], found) if form == "json" else "\n".join(_page(file) for file in found)


def _models() -> list[RuleFile]:
    return [read_rule_file(path) for path in model_files(rules_folder())]


def _hint(name: str, models: list[RuleFile]) -> str:
    codes = all_codes()
    known = [*codes, *(code.name for code in codes.values()), *(file.library.name for file in models)]
    close = get_close_matches(name, known, n=1) or get_close_matches(name.upper(), known, n=1)
    return f"did you mean `{close[0]}`?" if close else "`seamcheck rules` lists all"


def _overview(models: list[RuleFile]) -> str:
    codes: list[tuple[Span, ...]] = [
        (
            (code.code, "code"),
            (code.name, "plain"),
            (code.severity, severity_role(code.severity)),
            (code.summary, "dim"),
        )
        for code in all_codes().values()
    ]
    lines = [plain("Finding codes", "title"), *table(("code", "name", "severity", "meaning"), codes)]
    lines += [plain(), plain("Library models", "title")]
    rows: list[tuple[Span, ...]] = [
        (
            (file.library.name, "code"),
            (file.library.versions or "any", "plain"),
            (str(len(file.call)), "plain"),
            (str(len(file.type)), "plain"),
            (", ".join(file.library.packages), "dim"),
        )
        for file in models
    ]
    lines += (
        table(("library", "versions", "functions", "types", "packages"), rows) if rows else [plain("  none")]
    )
    return to_text(lines)


def _page(file: RuleFile) -> str:
    """One library: every function, type and method that is modelled and what it does."""
    head = f"{file.library.name} {file.library.versions}".strip()
    lines = [plain(f"{head} ({', '.join(file.library.packages)})")]
    lines += [plain(f"  below {d.prefix}: {d.policy} unless listed") for d in file.default]
    lines += [plain(f"  {call.name}  {_does(call)}") for call in file.call]
    for kind in file.type:
        lines.append(plain(f"  {kind.name}  {_does(kind)}"))
        lines += [plain(f"    .{method.name}  {_does(method)}") for method in kind.method]
    return to_text(lines)


def _does(entry: Call | Type) -> str:
    parts = [", ".join(entry.effects)]
    if isinstance(entry, Type):
        parts.append(entry.category)
    elif entry.returns != "data":
        parts.append(f"returns {entry.returns}")
    if entry.random is not None:
        seed = f"seed {entry.random.seed}" if entry.random.seed else "no seed"
        parts.append(f"random ({entry.random.generator}, {seed})")
    if isinstance(entry, Call) and entry.mutates:
        parts.append("changes " + ", ".join(entry.mutates))
    return "; ".join(part for part in parts if part)


def _as_json(codes: list[Code], models: list[RuleFile]) -> str:
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "codes": [msgspec.to_builtins(code) for code in codes],
        "models": [msgspec.to_builtins(file) for file in models],
    }
    return json.dumps(document, indent=2) + "\n"
