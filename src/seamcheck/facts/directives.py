"""What ``# seamcheck:`` comments of a file say about its functions."""

from __future__ import annotations

from seamcheck.facts.ir import FileFacts


def marked_consumers(facts: FileFacts) -> dict[int, str]:
    """Lines of defs that carry ``# seamcheck: consumer[name]``: on the line, or alone above the def or its decorators.

    Several comments of ours, one below the other, speak of the same def.
    """
    out: dict[int, str] = {}
    alone = {each.line for each in facts.directives if not each.trailing}
    for directive in facts.directives:
        text = directive.text.strip()
        if not (text.startswith("consumer[") and "]" in text):
            continue
        line = directive.line
        while line in alone:
            line += 1
        out[_def_at(facts, line)] = text[len("consumer[") : text.index("]")].strip()
    return out


def _def_at(facts: FileFacts, line: int) -> int:
    """The line of the ``def`` that a decorator on this line belongs to, else the line itself."""
    decorated = (f.line for f in facts.functions for each in f.decorators if each[1] == line)
    return next(decorated, line)
