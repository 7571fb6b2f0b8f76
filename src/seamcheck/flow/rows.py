"""Storing into arrays and frames: which rows and columns are written, and whether the next trial meets them changed.

What was stored under a column name, or at a place, is a field of the array of its own. A trial leaves it to the next
one marked as left behind; storing it anew, before anything reads it, replaces it. So a constant at a constant place
changes nothing from the second trial on, and a value that is computed from what it replaces carries the mark.
"""

from __future__ import annotations

from typing import Any

from seamcheck.facts.ir import Node
from seamcheck.flow import branches, items, iteration, trials
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.labels import CLOCK, DYNAMIC, DYNAMICS, MUTATION, PARAM, RANDOM, TRIAL, Label
from seamcheck.flow.objects import Obj, item
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.values import Value, constants, only_constant

#: Attributes that stand for the array or frame itself, and those whose second index names columns.
LOCATORS = frozenset({"loc", "iloc", "at", "iat", "ix"})
BY_LABEL = frozenset({"loc", "at", "ix"})
#: Kinds of the fields that rows are stored in, and of the one that says in which trials a column was made.
ROWS, MADE = "rows ", "made"
#: More columns than this are all of them.
MAX_COLUMNS = 16
#: Views of views that are followed to what they show.
MAX_BASES = 4


def locator(target: Node) -> str:
    """``loc`` for the target ``x.loc[...]``; "" where the array itself is indexed."""
    base = target[2] if target[0] == "sub" else ()
    return base[3] if base and base[0] == "attr" and base[3] in LOCATORS else ""


def whole(eng: Engine, base: Value, target: Node) -> Value:
    """What ``x.loc[...] = value`` stores into: the array or frame behind its locator."""
    if not locator(target):
        return base
    behind = (
        p.base if isinstance(p, Obj) and p.kind in ("data", "param") and p.base is not None else p
        for p in sorted_pointers(base)
    )
    return eng.table.value(frozenset(behind), base.labels)


def store(
    eng: Engine, frame: Frame, obj: Obj, index: Value, value: Value, target: Node, source: Node, weak: bool
) -> None:
    """A column by constant name replaces that column; anything else changes rows in place."""
    eng.write_sites[obj] = (frame.path, target[1])
    columns = None if locator(target) else items.column_names(eng, index)
    if columns is None or target[2][0] == "attr":
        # A new column of a part stays there; rows, and what hangs on the whole (`X.attrs`), may be written through.
        spread(eng, obj, eng.labels_of(value))
    if columns is not None and len(columns) <= MAX_COLUMNS:
        # Several constants: one of these columns is stored, nobody knows which.
        _store_columns(eng, obj, columns, index, value, weak or len(index.ptrs) > 1)
    else:
        _store_rows(eng, frame, obj, index, value, target, source, weak)


def _store_columns(
    eng: Engine, obj: Obj, columns: frozenset[Any], index: Value, value: Value, weak: bool
) -> None:
    stored = eng.table.value(frozenset(), eng.labels_of(value) | eng.labels_of(index))
    for name in sorted(columns):
        eng.heap.write(obj, item(name), stored, weak)
        if not weak:
            for field in eng.heap.keys(obj):
                if isinstance(field, tuple) and field[1] == name and field[2].startswith(ROWS):
                    eng.heap.delete(obj, field)
            if older(eng, obj):
                eng.heap.write(obj, ("[]", name, MADE), eng.table.const(("made", eng.loops)))


def _store_rows(
    eng: Engine, frame: Frame, obj: Obj, index: Value, value: Value, target: Node, source: Node, weak: bool
) -> None:
    """Rows at a constant place hold the value; of any others nobody knows whether the next trial writes the same."""
    line = target[1]
    place = place_of(eng, index)
    columns = _labelled_columns(eng, index) if locator(target) in BY_LABEL else None
    own = _reads_itself(target, source, columns)
    labels = eng.labels_of(value) if own else _settled(eng, obj, eng.labels_of(value))
    labels |= _settled(eng, obj, eng.labels_of(index))
    if not own and older(eng, obj) and trials.conditional(eng):
        eng.heap.taint(obj, labels | branches.control_of(eng))
        trials.changed_in_place(eng, frame, obj, line, definite=False)
        return
    certain = place is not None and not weak
    if not certain and not (columns and all(_made_now(eng, obj, name) for name in columns)):
        labels |= trials.change_labels(eng, frame, obj, line, definite=False)
    stored = eng.table.value(frozenset(), labels)
    text = f"{ROWS}{place}" if place is not None else f"{ROWS}at line {line}"
    fields = [("[]", name, text) for name in sorted(columns)] if columns else [f"[{text}]"]
    for field in fields:
        eng.heap.write(obj, field, stored, weak)
    trials.bases_changed_in_place(eng, frame, obj, line)


def store_handed_in(eng: Engine, frame: Frame, obj: Obj, index: Value, value: Value, target: Node) -> None:
    """The same for what a caller hands in, of which no column is known: what came with it may derive from it."""
    place = place_of(eng, index)
    labels = eng.labels_of(value) | eng.labels_of(index)
    derived = any(label.kind == PARAM for label in eng.labels_of(value))
    if place is not None and not derived:
        eng.write_sites[obj] = (frame.path, target[1])
        eng.heap.write(obj, f"[{ROWS}{place}]", eng.table.value(frozenset(), labels))
        trials.bases_changed_in_place(eng, frame, obj, target[1])
    else:
        eng.heap.taint(obj, labels)
        trials.changed_in_place(eng, frame, obj, target[1], definite=False)


def spread(eng: Engine, obj: Obj, labels: frozenset[Label]) -> None:
    """What came out of training and is written into a view is in all that may share its memory, too."""
    found = frozenset(label for label in labels if label.kind == DYNAMICS)
    base = obj.base if found else None
    for _ in range(MAX_BASES):
        if base is None or base.kind not in ("data", "param"):
            return
        eng.heap.taint(base, found)
        base = base.base


def changed_behind(eng: Engine, obj: Obj) -> frozenset[Label]:
    """What a trial did to the array whose memory one made before the trials may share."""
    labels: set[Label] = set()
    base = obj.base if older(eng, obj) else None
    for _ in range(MAX_BASES):
        if base is None or base.kind not in ("data", "param"):
            break
        labels.update(label for label in base.labels if label.loops)
        labels.update(_row_labels(eng, base))
        base = base.base
    text = "data that this may share its memory with are changed in a trial"
    return frozenset(
        label._replace(assumed=()) if label.kind == DYNAMIC else label._replace(kind=DYNAMIC, message=text)
        for label in labels
        if label.kind in (DYNAMIC, MUTATION, RANDOM, TRIAL, CLOCK)
    )


def older(eng: Engine, obj: Obj) -> bool:
    """Was this made before a trial that runs now?"""
    return any(loop not in obj.loops for loop in eng.loops)


def _reads_itself(target: Node, source: Node, columns: frozenset[Any] | None) -> bool:
    """Is the value computed from what it replaces: does the same place, or the same column, stand in its text?"""
    from seamcheck.flow.training_data import spell

    base = target[2][2] if locator(target) else target[2]
    here, owner = spell(target), spell(base)
    pending: list[Any] = [source]
    while pending:
        node = pending.pop()
        if not isinstance(node, tuple) or not node:
            continue
        if node[0] == "sub" and len(node) == 4:
            if spell(node) == here:
                return True
            named = node[3][2] if node[3][0] == "const" else None
            if columns and named in columns and spell(node[2]) == owner:
                return True
        elif node[0] == "attr" and len(node) == 4 and columns and node[3] in columns:
            if spell(node[2]) == owner:
                return True
        pending.extend(node)
    return False


def _made_now(eng: Engine, obj: Obj, name: Any) -> bool:
    """Has this trial stored the whole column already?"""
    made = eng.heap.read(obj, ("[]", name, MADE))
    return made is not None and constants(made) == [("made", eng.loops)] and not made.labels


def _settled(eng: Engine, obj: Obj, labels: frozenset[Label]) -> frozenset[Label]:
    """Labels without certainty: what looks at rows that an earlier trial wrote need not come out different."""
    left = _row_labels(eng, obj)
    text = "what is written into rows depends on what an earlier trial left in others"
    return frozenset(
        label._replace(kind=DYNAMIC, message=text) if label.kind == MUTATION and label in left else label
        for label in labels
    )


def _row_labels(eng: Engine, obj: Obj) -> set[Label]:
    """Labels of everything that was stored into rows."""
    labels: set[Label] = set()
    for field in eng.heap.keys(obj):
        if field[2].startswith(ROWS) if isinstance(field, tuple) else field.startswith(f"[{ROWS}"):
            found = eng.heap.read(obj, field)
            labels.update(found.labels if found is not None else ())
    return labels


def place_of(eng: Engine, index: Value) -> str | None:
    """The text of an index that is certainly the same in each trial: constants, and slices and tuples of them."""
    known = only_constant(index)
    if known is not None:
        return repr(known.value)
    parts = iteration.known_items(eng, index)
    places = [place_of(eng, part) for part in parts] if parts is not None else [None]
    return f"({', '.join(str(p) for p in places)})" if all(p is not None for p in places) else None


def _labelled_columns(eng: Engine, index: Value) -> frozenset[Any] | None:
    """The columns of ``frame.loc[rows, columns]`` if they are certain."""
    parts = iteration.known_items(eng, index)
    if parts is None or len(parts) != 2 or len(parts[1].ptrs) != 1:
        return None
    found = items.column_names(eng, parts[1])
    return found if found is not None and len(found) <= MAX_COLUMNS else None
