"""From labels and events to locations, steps and reasons of the report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from seamcheck.facts.assumptions import Assumption
from seamcheck.facts.ir import FileFacts
from seamcheck.flow.labels import REASONS, Label
from seamcheck.flow.ledger import Ledger
from seamcheck.model.evidence import Location, Reason, Step, in_cell
from seamcheck.syntax.columns import Columns, NotebookColumns


class Places:
    """Makes locations, with exact columns for the files that a report names and the cells of notebooks."""

    def __init__(self, text_of: Callable[[str], str], files: Mapping[str, FileFacts]):
        self._text_of = text_of
        self._files = files
        self._columns: dict[str, Columns] = {}
        #: The place of the subject that is being judged.
        self.fallback = Location("", 1, 1, 1)

    def at(self, path: str, line: int, end_line: int = 0, callee: str | None = None) -> Location:
        """The location of a statement, or of the call of ``callee``, on this line."""
        facts = self._files.get(path)
        cells = facts.cells if facts is not None else ()
        columns = self._columns.get(path)
        if columns is None:
            text = self._text_of(path)
            columns = self._columns[path] = NotebookColumns(text, cells) if cells else Columns(text)
        column = columns.find(line, end_line, callee)
        return Location(path, line, column, max(line, end_line), *in_cell(cells, line))


def reasons(
    places: Places, labels: Iterable[Label], variables: dict[Label, str], end: Step | None
) -> tuple[Reason, ...]:
    """One reason per label that can be one, in the order of their places; ``end`` is where the value arrives."""
    found: dict[tuple[str, str, str, int], Reason] = {}
    for label in sorted(labels, key=lambda each: (each.path, each.line, each.kind, each.message, each)):
        if label.kind in REASONS:
            key = (label.kind, label.message, label.path, label.line)
            if key not in found:
                found[key] = reason(places, label, variables.get(label), end)
    return tuple(found.values())


def reason(places: Places, label: Label, variable: str | None, end: Step | None) -> Reason:
    """The reason that a label is, with the way the value took."""
    # A bound that was reached has no place of its own: it is said where its value arrives.
    here = (
        places.at(label.path, label.line)
        if label.path
        else end.location
        if end is not None
        else places.fallback
    )
    flow = [Step(f"called from `{name}`", places.at(path, line)) for path, line, name in label.trace]
    flow.append(Step(label.message, here))
    if end is not None:
        flow.append(end)
    return Reason(label.kind, label.message, variable, here, tuple(flow))  # type: ignore[arg-type]


def assumptions(labels: Iterable[Label]) -> tuple[str, ...]:
    """What a good verdict rests on, each with its place."""
    found = {f"{label.message} ({label.path}:{label.line})" for label in labels if label.kind == "assumption"}
    return tuple(sorted(found))


def assumed(labels: Iterable[Label], ledger: Ledger, places: Places) -> tuple[Step, ...]:
    """The comments that settle these labels, each with its place and the reason it gives."""
    found = {label.assumed.by for label in labels if label.assumed}
    return tuple(Step(said_of(by, ledger), places.at(by.path, by.line)) for by in sorted(found))


def said_of(by: Assumption, ledger: Ledger) -> str:
    """```load` (src/a.py:12) is deterministic: read from one file (assumed)``."""
    names = sorted(ledger.settled.get(by, ()))
    told = " and ".join(f"`{name}`" for name in names)
    return f"{told} ({by.path}:{by.line}) {by.promise(len(names) > 1)}: {by.why} (assumed)"
