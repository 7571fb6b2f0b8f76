"""What makes a finding the same one after the code around it has moved.

It is its code, its file, the function around it and the wording of its statement, and which of several alike it is.
Lines, indentation, layout and comments are no part of it; neither is the message, which may name places.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec
from xxhash import xxh3_64_hexdigest, xxh3_128_hexdigest

from seamcheck.facts.ir import FileFacts
from seamcheck.facts.statements import Span, enclosing, spans, statement_at, wording
from seamcheck.model.report import Finding


def identify(found: Iterable[Finding], files: Mapping[str, FileFacts]) -> list[Finding]:
    """The same findings with ``function``, ``statement`` and a fingerprint made of them.

    A finding that stands on no statement (of a comment, of a file that is not Python) is told by what
    :func:`seamcheck.checks.findings.make` was given.
    """
    known: dict[str, list[Span]] = {}
    count: Counter[tuple[str, ...]] = Counter()
    out = []
    for finding in found:
        path, line = finding.location.path, finding.location.line
        facts = files.get(path)
        function, statement = "", ""
        if facts is not None:
            if path not in known:
                known[path] = spans(facts)
            function = enclosing(facts, line)
            span = statement_at(known[path], line)
            statement = "" if span is None else _short(wording(span.node, facts))
        statement = statement or _short(finding.fingerprint.partition(":")[0])
        key = (finding.code, path, function, statement)
        count[key] += 1
        seed = xxh3_128_hexdigest("\0".join(key).encode("utf-8", "surrogatepass"))
        out.append(
            msgspec.structs.replace(
                finding, function=function, statement=statement, fingerprint=f"{seed}:{count[key]}"
            )
        )
    return out


def _short(text: str) -> str:
    return xxh3_64_hexdigest(text.encode("utf-8", "surrogatepass"))
