"""The report for people: verdicts first, then the three things that matter most, then the rest."""

from __future__ import annotations

from seamcheck.model.report import Finding, ScanReport
from seamcheck.report import Sources, details, scope
from seamcheck.report.concise import problem_row
from seamcheck.report.ranking import top
from seamcheck.report.style import Line, Span, plain, severity_role, table, to_terminal, to_text, verdict_role
from seamcheck.report.summary import CONSUMER, INVARIANCE, SEAM, SEVERITY, active, summarise
from seamcheck.report.words import clip, consumer_why, count, loop_title, place, seam_verdict, verdict

STEPS = 4
#: What a finding of the baseline is suppressed with.
SUPPRESSED = "baseline"


def render(report: ScanReport, sources: Sources, color: bool = False) -> str:
    """The whole report; with ``color`` for a terminal."""
    left_out = [plain(row, "warn") for row in scope.scope_rows(report)]
    report = scope.shown(report)
    sections = [
        [*_head(report), *left_out],
        _loops(report),
        _consumers(report),
        *_findings(report, sources),
        _evidence(report),
        _suppressed(report),
        _problems(report),
        _totals(report),
    ]
    lines: list[Line] = []
    for section in sections:
        if section:
            lines += [*section, plain()]
    return (to_terminal if color else to_text)(lines[:-1])


def _head(report: ScanReport) -> list[Line]:
    text = f"seamcheck {report.version}: {count(report.analysed, 'file')} analysed"
    if report.tests_left:
        text += f", {count(report.tests_left, 'test file')} left aside (--tests follows them)"
    if report.problems:
        text += f", {count(len(report.problems), 'problem')}"
    return [plain(text, "dim")]


def _loops(report: ScanReport) -> list[Line]:
    if not report.loops:
        narrowed = scope.no_loop(report)
        return _no_loop(report) if narrowed is None else [plain(narrowed)]
    rows: list[tuple[Span, ...]] = []
    for loop in report.loops:
        seam = seam_verdict(loop.seam, loop.location.path)
        rows.append(
            (
                (place(loop.location), "code"),
                (loop_title(loop), "plain"),
                (verdict(loop.invariance), verdict_role(loop.invariance.verdict)),
                (verdict(loop.evaluation), verdict_role(loop.evaluation.verdict)),
                (seam, verdict_role(loop.seam.claim.verdict)),
            )
        )
    header = ("where", "trial loop", "X/y in every trial", "scored rows", "seam")
    return [plain("Trial loops", "title"), *table(header, rows)]


def _no_loop(report: ScanReport) -> list[Line]:
    """Silence must not be taken for a clean bill: say what was looked for and what came near."""
    lines = [plain("No trial loop was found: nothing is said about any data.", "warn")]
    if report.looked_for:
        lines += details.paragraph("Looked for: " + ", ".join(report.looked_for) + ".", "  ")
    if report.near_misses:
        lines.append(plain("  What came near:"))
    for miss in report.near_misses:
        lines.append([("    ", "plain"), (place(miss.location), "code"), (f"  {miss.message}", "plain")])
    return lines


def _consumers(report: ScanReport) -> list[Line]:
    if not report.consumers:
        return []
    rows: list[tuple[Span, ...]] = [
        (
            (place(consumer.location), "code"),
            (consumer.name, "plain"),
            (consumer.claim.verdict, verdict_role(consumer.claim.verdict)),
            (clip(consumer_why(consumer), 80), "dim"),
        )
        for consumer in report.consumers
    ]
    return [plain("Consumers", "title"), *table(("where", "consumer", "needs", "because"), rows)]


def _findings(report: ScanReport, sources: Sources) -> list[list[Line]]:
    first, rest = top(active(report))
    if not first:
        return []
    sections = [[plain("What matters most", "title")]]
    for number, finding in enumerate(first, start=1):
        sections.append(details.finding(finding, sources, number, limit=STEPS * 2))
    if rest:
        sections.append([plain("The rest", "title"), *(_row(finding) for finding in rest)])
    return sections


def _row(finding: Finding) -> Line:
    fix = f" To settle it: {finding.fix}" if finding.fix else ""
    return [
        ("  ", "plain"),
        (place(finding.location), "code"),
        (f"  {finding.code} ", "plain"),
        (finding.severity, severity_role(finding.severity)),
        (f"  {clip(finding.message + fix, 300)}", "plain"),
    ]


def _evidence(report: ScanReport) -> list[Line]:
    if not report.loops and not report.consumers:
        return []
    lines = [plain("Evidence", "title")]
    for loop in report.loops:
        lines += details.loop(loop, STEPS)
    for consumer in report.consumers:
        lines += details.consumer(consumer, STEPS)
    return lines


def _suppressed(report: ScanReport) -> list[Line]:
    known = SUPPRESSED if report.baseline is not None else None  # the head counts these
    rows = [finding for finding in report.findings if finding.suppressed not in (None, known)]
    if not rows:
        return []
    lines = [plain("Suppressed", "title")]
    for finding in rows:
        what = f"{place(finding.location)}  {finding.code} {finding.name}"
        lines.append(plain(f"  {what}: {clip(finding.suppressed or '', 200)}", "dim"))
    return lines


def _problems(report: ScanReport) -> list[Line]:
    if not report.problems:
        return []
    return [
        plain("Not analysed, or not as a whole", "title"),
        *(plain("  " + problem_row(p)) for p in report.problems),
    ]


def _totals(report: ScanReport) -> list[Line]:
    summary = summarise(report)
    loops, consumers, findings = summary["loops"], summary["consumers"], summary["findings"]
    severities = [count(findings[word], word) for word in SEVERITY if findings[word]]
    rows = [
        _total(loops["total"], "loop", _verdicts(loops["invariance"], INVARIANCE)),
        _total(loops["total"], "seam", _verdicts(loops["seam"], SEAM)) if loops["total"] else "",
        _total(consumers["total"], "consumer", _verdicts(consumers, CONSUMER)),
        _total(findings["total"], "finding", ", ".join(severities)),
    ]
    return [plain(row) for row in rows if row]


def _verdicts(counts: dict[str, int], known: tuple[str, ...]) -> str:
    return ", ".join(f"{counts[word]} {word}" for word in known if counts[word])


def _total(number: int, noun: str, parts: str) -> str:
    return count(number, noun) + (f": {parts}" if number else "")
