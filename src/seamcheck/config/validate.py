"""Checks a configuration table as a whole, so that one run tells every problem, each with a suggestion."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from seamcheck.config.complaint import Complaint, suggest
from seamcheck.config.consumers import check_consumers, check_literals, path_problem
from seamcheck.config.schema import FIELDS, SEVERITIES

_CODE_SHAPE = re.compile(r"SEAM\d{0,3}")
_NAME_SHAPE = re.compile(r"[a-z]+(-[a-z]+)+")
Codes = Mapping[str, str] | None


def check(table: dict[str, Any], codes: Codes) -> tuple[dict[str, Any], list[Complaint]]:
    """The valid values of a table by key, and everything that is wrong with the rest."""
    values: dict[str, Any] = {}
    complaints: list[Complaint] = []
    kinds = {field.key: field.kind for field in FIELDS}
    for key, value in table.items():
        if key not in kinds:
            hint = suggest(key, kinds) or "known options: " + ", ".join(kinds)
            complaints.append(Complaint((key,), f"unknown option `{key}`", hint))
            continue
        values[key] = _CHECKS[kinds[key]](key, value, codes, complaints)
    return values, complaints


def _neighbour(folder: Path, value: str) -> str | None:
    """A suggestion for a misspelt path: what is called like it in the same folder."""
    path = Path(value)
    if path.is_absolute() or ".." in path.parts:
        return None  # what lies outside the project is not listed
    try:
        names = sorted(each.name for each in (folder / path.parent).iterdir())
    except OSError:
        return None
    return suggest(value, [(path.parent / name).as_posix() for name in names])


def missing_paths(folder: Path, values: dict[str, Any]) -> list[Complaint]:
    """Paths that must exist and do not: a misspelt source root would silently change verdicts."""
    complaints = []
    for key in (field.key for field in FIELDS if field.kind == "paths"):
        for value in values.get(key, ()):
            if not (folder / value).exists():
                message = f"`{key}` names `{value}`, which does not exist"
                complaints.append(Complaint((key,), message, _neighbour(folder, value), value))
    return complaints


def _is_text(value: Any) -> bool:
    """A string that is neither empty nor holds control characters, which no name of a file needs."""
    return isinstance(value, str) and bool(value.strip()) and all(c >= " " for c in value)


def _strings(key: str, value: Any, complaints: list[Complaint]) -> list[str]:
    """The non-empty strings of a list; anything else is a complaint."""
    if not isinstance(value, list):
        wrapped = f'write `{key} = ["{value}"]`' if isinstance(value, str) else None
        complaints.append(Complaint((key,), f"`{key}` must be a list of strings", wrapped))
        return []
    for item in value:
        if not _is_text(item):
            complaints.append(Complaint((key,), f"`{key}` must hold non-empty strings, not {item!r}"))
    return [item for item in value if _is_text(item)]


def _check_list(key: str, value: Any, codes: Codes, complaints: list[Complaint]) -> list[str]:
    return _strings(key, value, complaints)


def _check_path(key: str, value: Any, codes: Codes, complaints: list[Complaint]) -> str:
    if not _is_text(value):
        complaints.append(Complaint((key,), f"`{key}` must be a non-empty string, not {value!r}"))
        return ""
    return str(value)


def _check_inside(key: str, value: Any, codes: Codes, complaints: list[Complaint]) -> str:
    if (wrong := path_problem(value)) is not None:
        complaints.append(Complaint((key,), f"`{key}` {wrong[0]}", wrong[1]))
        return ""
    return str(value)


def _check_consumers(key: str, value: Any, codes: Codes, complaints: list[Complaint]) -> list[dict[str, Any]]:
    return check_consumers(key, value, complaints)


def _check_literals(key: str, value: Any, codes: Codes, complaints: list[Complaint]) -> list[dict[str, Any]]:
    return check_literals(key, value, complaints)


def _check_codes(key: str, value: Any, codes: Codes, complaints: list[Complaint]) -> list[str]:
    found = []
    for word in _strings(key, value, complaints):
        code = _resolve(word, codes, prefix=True)
        if code is None:
            complaints.append(
                Complaint((key,), f"`{key}` names the unknown code `{word}`", _code_hint(word, codes), word)
            )
        else:
            found.append(code)
    return found


def _check_severities(key: str, value: Any, codes: Codes, complaints: list[Complaint]) -> dict[str, str]:
    if not isinstance(value, dict):
        complaints.append(
            Complaint((key,), f"`{key}` must be a table", f'[{key}] with lines `SEAM302 = "note"`')
        )
        return {}
    found = {}
    for word, severity in value.items():
        code = _resolve(word, codes, prefix=False)
        if code is None:
            complaints.append(
                Complaint((key, word), f"`{key}` names the unknown code `{word}`", _code_hint(word, codes))
            )
        if not isinstance(severity, str) or severity not in SEVERITIES:
            hint = suggest(str(severity), SEVERITIES) or "one of " + ", ".join(SEVERITIES)
            complaints.append(Complaint((key, word), f"{severity!r} is no severity", hint))
        elif code is not None:
            found[code] = severity
    return found


def _resolve(word: str, codes: Codes, prefix: bool) -> str | None:
    """The code or prefix that ``word`` stands for. Without a table of codes only the shape can be judged."""
    if codes is None:
        shaped = _CODE_SHAPE.fullmatch(word) if prefix else re.fullmatch(r"SEAM\d{3}", word)
        return word if shaped or _NAME_SHAPE.fullmatch(word) else None
    by_name = {name: code for code, name in codes.items()}
    if word in by_name:
        return by_name[word]
    if word in codes or (prefix and _CODE_SHAPE.fullmatch(word) and any(c.startswith(word) for c in codes)):
        return word
    return None


def _code_hint(word: str, codes: Codes) -> str | None:
    known = codes or {}
    hint = suggest(word, [*known, *known.values()]) or suggest(word.upper(), known)
    return hint or "`seamcheck rules` lists all codes"


_Check = Callable[[str, Any, Codes, list[Complaint]], Any]
_CHECKS: dict[str, _Check] = {
    "paths": _check_list,
    "patterns": _check_list,
    "path": _check_path,
    "codes": _check_codes,
    "severities": _check_severities,
    "inside": _check_inside,
    "consumers": _check_consumers,
    "literals": _check_literals,
}
