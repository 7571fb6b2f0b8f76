"""What ``seamcheck init`` says: what a scan finds, what was written, what to look at first, what comes next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from shlex import quote

from seamcheck.model.adoption import Adoption
from seamcheck.model.report import Consumer, Finding, ScanReport
from seamcheck.report import details
from seamcheck.report.ranking import top
from seamcheck.report.style import Line, Span, plain, table, to_text
from seamcheck.report.summary import CONSUMER, INVARIANCE, SEAM, active
from seamcheck.report.words import QUESTIONS, clip, count, place

_DONE = {"create": "written", "extend": "extended", "keep": "left as it is"}
_PLANNED = {"create": "would be written", "extend": "would be extended", "keep": "would be left as it is"}


def render(found: Adoption) -> str:
    """The whole text."""
    sections = [
        _head(found.report),
        _counts(found.report),
        _files(found),
        _first(active(found.report)),
        _next(found),
        _hook(found),
    ]
    lines: list[Line] = []
    for section in sections:
        if section:
            lines += [*section, plain()]
    return to_text(lines[:-1])


def _head(report: ScanReport) -> list[Line]:
    failures = [finding for finding in active(report) if finding.severity != "note"]
    read = f"{count(report.analysed, 'file')} read, {count(len(report.loops), 'trial loop')}, "
    read += count(len(report.consumers), "consumer")
    if not failures:
        return [plain(f"Nothing fails a scan of this project: {read}.")]
    words = Counter(finding.severity for finding in failures)
    kinds = " and ".join(count(words[word], word) for word in ("error", "warning") if words[word])
    lines = [plain(f"A scan of this project fails with {kinds}: {read}.")]
    return lines + details.paragraph(
        "Settle them, or say at the place why not: `# seamcheck: ignore[CODE] -- reason`.", ""
    )


def _counts(report: ScanReport) -> list[Line]:
    if not report.loops and not report.consumers:
        lines = [plain("No trial loop was found: nothing is said about any data.")]
        near = [plain(f"  {place(miss.location)}  {miss.message}") for miss in report.near_misses[:3]]
        return [*lines, plain("  What came near:"), *near] if near else lines
    rows: list[tuple[Span, ...]] = []
    claims: dict[str, list[str]] = {
        "invariance": [loop.invariance.verdict for loop in report.loops],
        "evaluation": [loop.evaluation.verdict for loop in report.loops],
        "seam": [loop.seam.claim.verdict for loop in report.loops],
    }
    for question, verdicts in claims.items():
        if verdicts:
            known = SEAM if question == "seam" else INVARIANCE
            rows.append(((QUESTIONS[question], "plain"), (_tally(verdicts, known), "plain")))
    if report.consumers:
        needs = [consumer.claim.verdict for consumer in report.consumers]
        rows.append((("consumers", "plain"), (_tally(needs, CONSUMER), "plain")))
    return table(("question", "verdicts"), rows)


def _tally(verdicts: Iterable[str], known: tuple[str, ...]) -> str:
    found = Counter(verdicts)
    return ", ".join(f"{found[word]} {word}" for word in known if found[word])


def _files(found: Adoption) -> list[Line]:
    words = _PLANNED if found.dry_run else _DONE
    lines = [plain("Files")]
    width = max(len(change.shown) for change in found.changes)
    for change in found.changes:
        why = f": {change.why}" if change.why else ""
        lines.append(plain(f"  {change.shown:<{width}}  {words[change.action]}{why}"))
        if found.dry_run:
            lines += [plain(f"    {line}") for line in change.added.splitlines()]
    return lines


def _first(findings: list[Finding]) -> list[Line]:
    lines = []
    for number, finding in enumerate(top(findings)[0], start=1):
        head = f"  {number}. {place(finding.location)}  {finding.code} {finding.name} ({finding.severity})"
        lines += [plain(head), plain(f"     {clip(finding.message, 160)}")]
        if finding.fix:
            lines.append(plain(f"     To settle it: {clip(finding.fix, 140)}"))
    return [plain("Look at first"), *lines] if lines else []


def _next(found: Adoption) -> list[Line]:
    rows: list[tuple[Span, ...]] = [(("seamcheck scan", "code"), ("the whole report", "plain"))]
    first = top(active(found.report))[0]
    if first:
        rows.append(
            ((f"seamcheck explain {first[0].code}", "code"), ("the first of these, with its chain", "plain"))
        )
    consumer = _to_register(found.report)
    if consumer is not None:
        entry = f"{consumer.location.path}::{consumer.function}"
        command = f"seamcheck registry add {quote(consumer.name)} {quote(entry)}"
        rows.append(((command, "code"), ("holds what this consumer needs", "plain")))
    others = len(found.report.consumers) - 1
    if others > 0:
        # Where there is a registry, whoever is not in it fails a scan.
        what = f"{count(others, 'other')} then {'needs' if others == 1 else 'need'} an entry, too"
        rows.append((("seamcheck registry sync --add-missing", "code"), (what, "plain")))
    written = any(change.action != "keep" for change in found.changes)
    if written and not found.dry_run:
        paths = " ".join(quote(change.shown) for change in found.changes if change.action != "keep")
        rows.append(((f"git add {paths}", "code"), ("so that everybody scans the same way", "plain")))
    return [plain("Next"), *table(("command", "what for"), rows)]


def _to_register(report: ScanReport) -> Consumer | None:
    """The consumer to begin with: one that saves a replay, as long as it stays as it is."""
    order = {"xy_only": 0, "trial_dynamics": 1, "unknown": 2}
    return min(report.consumers, key=lambda each: (order[each.claim.verdict], each.location), default=None)


def _hook(found: Adoption) -> list[Line]:
    if not found.hook:
        return []
    head = f"To scan before each commit, add to {found.hook_file} (`seamcheck init --pre-commit` does it):"
    return [plain(head), *(plain(f"  {line}") for line in ("repos:", *found.hook.splitlines()))]
