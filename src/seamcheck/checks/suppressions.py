"""``# seamcheck: ignore[SEAM302] -- reason`` comments: what they silence, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial

import msgspec

from seamcheck.checks.codes import find_code, selected
from seamcheck.checks.findings import make, number
from seamcheck.config.schema import Config
from seamcheck.facts.ir import Directive, FileFacts
from seamcheck.facts.statements import Span, spans, statement_at
from seamcheck.model.evidence import Cells, Location, in_cell
from seamcheck.model.report import Finding

IGNORE = re.compile(r"ignore\[(?P<codes>[^\]]*)\]\s*(?:--\s*(?P<reason>.*))?$")
_CONSUMER = re.compile(r"consumer\[[^\]]*\]")


def suppress(
    found: list[Finding],
    files: Mapping[str, FileFacts],
    config: Config,
    not_run: Collection[str] = (),
) -> list[Finding]:
    """Findings with the reasons of the comments that silence them, and findings about the comments.

    In the files ``not_run`` (of test suites) no finding is looked for, so no comment can be seen to be unused there.
    """
    marks: dict[str, list[tuple[Directive, set[str], str, int, int]]] = {}
    extra: list[Finding] = []
    for path, facts in sorted(files.items()):
        about = partial(_about, path, facts.cells)
        known = spans(facts) if facts.directives else []
        for directive in facts.directives:
            text = directive.text.strip()
            if not text.startswith("ignore"):
                if not _CONSUMER.match(text) and not text.startswith("assume["):
                    extra.append(about("SEAM905", f"`# seamcheck: {text}` is no directive", directive))
                continue
            match = IGNORE.match(text)
            if match is None or not match["codes"].strip(" ,"):
                extra.append(about("SEAM905", "write `# seamcheck: ignore[CODE] -- reason`", directive))
                continue
            codes = _codes(match["codes"], about, directive, extra)
            reason = (match["reason"] or "").strip()
            if not reason:
                extra.append(about("SEAM903", "a suppression needs a reason after `--`", directive))
                continue
            start, end = _scope(facts, known, directive)
            marks.setdefault(path, []).append((directive, codes, reason, start, end))
    used: set[tuple[str, int, str]] = set()
    out = [_silence(finding, marks.get(finding.location.path, ()), used) for finding in found]
    for path, entries in marks.items():
        if path in not_run:
            continue
        about = partial(_about, path, files[path].cells)
        for directive, codes, _reason, _start, _end in entries:
            extra.extend(
                about("SEAM902", f"nothing here is silenced by `{code}`: remove it", directive)
                for code in sorted(codes) if (path, directive.line, code) not in used
            )  # fmt: skip
    more = number([f for f in extra if selected(f.code, config)], config)
    return sorted([*out, *more], key=lambda f: (f.location, f.code, f.message))


def _codes(
    text: str, about: Callable[[str, str, Directive], Finding], directive: Directive, extra: list[Finding]
) -> set[str]:
    codes = set()
    for word in (w.strip() for w in text.split(",") if w.strip()):
        entry = find_code(word)
        if entry is None:
            extra.append(about("SEAM904", f"`{word}` is no code", directive))
        else:
            codes.add(entry.code)
    return codes


def _silence(
    finding: Finding,
    entries: Iterable[tuple[Directive, set[str], str, int, int]],
    used: set[tuple[str, int, str]],
) -> Finding:
    for directive, codes, reason, start, end in entries:
        if finding.code in codes and start <= finding.location.line <= end:
            used.add((finding.location.path, directive.line, finding.code))
            return msgspec.structs.replace(finding, suppressed=reason)
    return finding


def _about(path: str, cells: Cells, code: str, message: str, directive: Directive) -> Finding:
    where = Location(path, directive.line, 1, directive.line, *in_cell(cells, directive.line))
    return make(code, message, where, directive.text, message)


def scope(facts: FileFacts, directive: Directive) -> tuple[int, int]:
    """The lines a comment speaks of: the statement it stands on, or the one below if it stands alone.

    The whole statement with its parentheses; of a compound one its header with the decorators, not its body.
    """
    return _scope(facts, spans(facts), directive)


def _scope(facts: FileFacts, known: list[Span], directive: Directive) -> tuple[int, int]:
    line = directive.line
    if not directive.trailing:
        alone = {each.line for each in facts.directives if not each.trailing}
        while line in alone:  # several, one below the other, speak of the same statement
            line += 1
    if in_cell(facts.cells, line)[0] != in_cell(facts.cells, directive.line)[0]:
        return directive.line, directive.line  # the last line of a cell: there is no statement below
    span = statement_at(known, line)
    return (span.start, span.end) if span is not None else (line, line)
