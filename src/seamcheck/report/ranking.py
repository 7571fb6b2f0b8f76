"""Which findings matter most: the worst first, one of each kind before a second of any."""

from __future__ import annotations

from collections import Counter

from seamcheck.model.report import Finding

_SEVERITY = {"error": 0, "warning": 1, "note": 2}
# Within a severity: what makes comparisons wrong, then what costs a replay, then what is only unsettled.
_FAMILY = {"SEAM4": 0, "SEAM3": 1, "SEAM7": 2, "SEAM6": 3, "SEAM5": 4, "SEAM2": 5, "SEAM1": 6, "SEAM9": 7}


def _weight(finding: Finding) -> tuple[int, int, str, str, int, int]:
    family = _FAMILY.get(finding.code[:5], len(_FAMILY))
    here = finding.location
    return _SEVERITY[finding.severity], family, finding.code, here.path, here.line, here.column


def ranked(findings: list[Finding]) -> list[Finding]:
    """All findings, the ones that matter most first."""
    return sorted(findings, key=_weight)


def top(findings: list[Finding], limit: int = 3) -> tuple[list[Finding], list[Finding]]:
    """The ``limit`` findings that matter most and the rest, both ranked.

    Among equally severe ones, a second of a kind comes after a first of each.
    """
    order = ranked(findings)
    chosen = set(_by_variety(order)[:limit])
    return [order[i] for i in sorted(chosen)], [f for i, f in enumerate(order) if i not in chosen]


def varied(findings: list[Finding]) -> list[Finding]:
    """All findings, the worst first, and of equally severe ones a second of a kind after a first of each."""
    order = ranked(findings)
    return [order[index] for index in _by_variety(order)]


def _by_variety(order: list[Finding]) -> list[int]:
    seen: Counter[str] = Counter()
    keys: list[tuple[int, int, int]] = []
    for index, finding in enumerate(order):
        keys.append((_SEVERITY[finding.severity], seen[finding.code], index))
        seen[finding.code] += 1
    return [index for _, _, index in sorted(keys)]
