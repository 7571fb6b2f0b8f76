"""``# seamcheck: ignore[SEAM302] -- reason`` comments: what they silence, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial

import msgspec

from seamcheck.checks.codes import find_code, selected
from seamcheck.checks.findings import make, number
from seamcheck.config.schema import Config
from seamcheck.facts.ir import Directive, FileFacts
from seamcheck.model.evidence import Cells, Location, in_cell
from seamcheck.model.report import Finding

IGNORE = re.compile(r"ignore\[(?P<codes>[^\]]*)\]\s*(?:--\s*(?P<reason>.*))?$")
KNOWN = ("ignore[", "consumer[", "assume[")


def suppress(found: list[Finding], files: Mapping[str, FileFacts], config: Config) -> list[Finding]:
    """Findings with the reasons of the comments that silence them, and findings about the comments."""
    marks: dict[str, list[tuple[Directive, set[str], str, int, int]]] = {}
    extra: list[Finding] = []
    for path, facts in sorted(files.items()):
        about = partial(_about, path, facts.cells)
        for directive in facts.directives:
            text = directive.text.strip()
            if not text.startswith("ignore"):
                if not text.startswith(KNOWN):
                    extra.append(about("SEAM905", f"`# seamcheck: {text}` is no directive", directive))
                continue
            match = IGNORE.match(text)
            if match is None:
                extra.append(about("SEAM905", "write `# seamcheck: ignore[CODE] -- reason`", directive))
                continue
            codes = _codes(match["codes"], about, directive, extra)
            reason = (match["reason"] or "").strip()
            if not reason:
                extra.append(about("SEAM903", "a suppression needs a reason after `--`", directive))
                continue
            start, end = scope(facts, directive)
            marks.setdefault(path, []).append((directive, codes, reason, start, end))
    used: set[tuple[str, int, str]] = set()
    out = [_silence(finding, marks.get(finding.location.path, ()), used) for finding in found]
    for path, entries in marks.items():
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
    """The lines a comment speaks of: the statement it stands on, or the one below if it stands alone."""
    line = directive.line if directive.trailing else directive.line + 1
    if in_cell(facts.cells, line)[0] != in_cell(facts.cells, directive.line)[0]:
        return directive.line, directive.line  # the last line of a cell: there is no statement below
    best: tuple[int, int] | None = None
    bodies = [facts.body, *(f.body for f in facts.functions), *(c.body for c in facts.classes)]
    pending = [statement for body in bodies for statement in body]
    while pending:
        node = pending.pop()
        start, end = node[1], node[2]
        if node[0] in ("if", "for", "while", "with", "try", "match"):
            pending.extend(_inner(node))
            end = (
                min([end, *(inner[1] - 1 for inner in _inner(node) if inner[1] > start)])
                if line == start
                else end
            )
            if line == start:
                return start, max(start, end)
            continue
        if start <= line <= end and (best is None or end - start < best[1] - best[0]):
            best = (start, end)
    return best if best is not None else (line, line)


def _inner(node: tuple[object, ...]) -> list[tuple]:  # type: ignore[type-arg]
    """Statements inside a compound statement."""
    out: list[tuple] = []  # type: ignore[type-arg]
    for part in node[3:]:
        if isinstance(part, tuple):
            for inner in part:
                if (
                    isinstance(inner, tuple)
                    and len(inner) > 2
                    and isinstance(inner[0], str)
                    and isinstance(inner[1], int)
                    and isinstance(inner[2], int)
                ):
                    out.append(inner)
                elif isinstance(inner, tuple):
                    out.extend(_inner((None, None, None, *inner)))
    return out
