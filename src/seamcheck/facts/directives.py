"""What ``# seamcheck:`` comments of a file say about its functions."""

from __future__ import annotations

from seamcheck.facts.ir import FileFacts


def marked_consumers(facts: FileFacts) -> dict[int, str]:
    """Lines of defs that carry ``# seamcheck: consumer[name]`` (on the line, or alone on the line above)."""
    out: dict[int, str] = {}
    for directive in facts.directives:
        text = directive.text.strip()
        if text.startswith("consumer[") and "]" in text:
            name = text[len("consumer[") : text.index("]")].strip()
            out[directive.line if directive.trailing else directive.line + 1] = name
    return out
