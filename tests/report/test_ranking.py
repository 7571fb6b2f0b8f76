"""What matters most comes first."""

from seamcheck.model import Finding, Location
from seamcheck.model.report import Severity
from seamcheck.report.ranking import top


def finding(code: str, severity: Severity, line: int = 1) -> Finding:
    return Finding(code, "x-y", severity, "m", Location("a.py", line))


def test_severity_decides_first() -> None:
    findings = [finding("SEAM101", "note"), finding("SEAM305", "error"), finding("SEAM901", "warning")]
    assert [f.code for f in top(findings)[0]] == ["SEAM305", "SEAM901", "SEAM101"]


def test_one_of_each_kind_before_a_second_of_any() -> None:
    findings = [finding("SEAM302", "warning", n) for n in range(1, 40)] + [finding("SEAM201", "warning")]
    first, rest = top(findings)
    assert [(f.code, f.location.line) for f in first] == [("SEAM302", 1), ("SEAM302", 2), ("SEAM201", 1)]
    assert len(rest) == 37


def test_hygiene_comes_last_among_equals() -> None:
    findings = [finding("SEAM902", "warning"), finding("SEAM307", "warning")]
    assert top(findings, 1)[0][0].code == "SEAM307"


def test_nothing_is_lost_or_told_twice() -> None:
    findings = [finding("SEAM302", "warning", n) for n in range(5)] + [
        finding("SEAM101", "note", n) for n in range(5)
    ]
    first, rest = top(findings)
    assert sorted(map(repr, [*first, *rest])) == sorted(map(repr, findings))
