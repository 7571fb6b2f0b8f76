"""The rules of a SARIF run: the pages of the codes that its results have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from seamcheck.checks.codes import Code, all_codes
from seamcheck.model.report import Finding
from seamcheck.report.escapes import visible

#: What a family of codes is about, by its digit.
FAMILIES = {
    "1": "consumers",
    "2": "seam",
    "3": "invariance",
    "4": "leakage",
    "5": "hpo",
    "6": "certification",
    "7": "replay",
    "9": "hygiene",
}
#: What code scanning calls a severity of something that is no vulnerability.
_PROBLEM = {"error": "error", "warning": "warning", "note": "recommendation"}
Json = dict[str, Any]


def rules(findings: Iterable[Finding]) -> list[Json]:
    """One rule for each code among the findings, in the order of the codes."""
    named = {finding.code: finding for finding in findings}
    table = all_codes()
    return [
        _rule(table[code]) if code in table else {"id": code, "name": visible(named[code].name)}
        for code in sorted(named)
    ]


def _rule(code: Code) -> Json:
    explanation = _prose(code.explanation)
    return {
        "id": code.code,
        "name": code.name,
        "shortDescription": {"text": code.summary},
        "fullDescription": {"text": explanation},
        "help": {"text": _help(code, explanation), "markdown": _markdown(code, explanation)},
        "defaultConfiguration": {"level": code.severity},
        "properties": {
            "tags": ["reproducibility", FAMILIES.get(code.code[4], "other")],
            "precision": "high",
            "problem.severity": _PROBLEM[code.severity],
            "since": code.since,
        },
    }


def _prose(text: str) -> str:
    return " ".join(text.split())


def _help(code: Code, explanation: str) -> str:
    example = "\n".join(f"    {line}".rstrip() for line in code.example.strip("\n").splitlines())
    return f"{explanation}\n\nExample:\n\n{example}\n\nWhat to do: {_prose(code.remedy)}\n"


def _markdown(code: Code, explanation: str) -> str:
    example = code.example.strip("\n")
    return f"{explanation}\n\n```python\n{example}\n```\n\n**What to do:** {_prose(code.remedy)}\n"
