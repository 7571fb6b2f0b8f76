"""What callers hand in and nobody shows: when is it data?

A parameter of a function that the project never calls may be anything: a frame, a configuration, a model, its
predictions. Its name proves nothing. What the program does with it can: rows that training is given, or that a
model predicts for, are data if they are also used as only arrays and frames are. Until the run is over nobody
knows, so a read of what was given is recorded with the parameters it derives from (an effect ``given``), and
judged when all train calls are known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seamcheck.flow.labels import DYNAMIC, ENVIRONMENT, EXTERNAL, MAX_GIVEN, MAX_PER_KIND, PARAM, TABLE, Label
from seamcheck.flow.objects import Obj
from seamcheck.flow.ordering import sorted_pointers

if TYPE_CHECKING:
    from seamcheck.flow.engine import Engine
    from seamcheck.flow.frames import Frame
    from seamcheck.flow.values import Value

#: What is open: a parameter by the place of its function and its name, a file by the place that reads it, an
#: unknown call by its place and what is said about it.
Given = tuple[str, int, str]

#: Stands for sources that a bound on labels may have dropped.
CUT = ("", 0, "more than can be kept")
#: The type of a value of which nothing is known but that it is no result of training.
PLAIN_DATA = "seamcheck.types.Data"
#: Attributes that give a part or a property of a frame.
PARTS = frozenset(
    """columns dtypes dtype iloc loc iat at T shape ndim index values size empty cat str dt codes name
    categories copy()""".split()
)
#: Those that nothing but arrays and frames has.
TELLING = frozenset({"columns", "dtypes", "dtype", "iloc", "loc", "iat", "shape", "ndim"})
#: Methods of frames and arrays that neither data streams nor containers share; none draws and none is a model's.
METHODS = frozenset(
    """abs add_prefix add_suffix agg all any argmax argmin argsort asfreq assign astype bfill clip corr cov
    cummax cummin cumprod cumsum describe diff drop drop_duplicates dropna duplicated eq explode ffill fillna
    ge groupby gt idxmax idxmin interpolate isin isna isnull iterrows itertuples kurt le lt max mean median melt
    memory_usage merge min mode ne nlargest notna notnull nsmallest nunique pct_change pivot pivot_table prod
    quantile rank reindex rename reset_index rolling round select_dtypes set_index shift skew sort_index
    sort_values stack std sum swapaxes to_numpy tolist transpose unique unstack value_counts var where""".split()
)


#: What may be read of a frame.
ASKED = PARTS | METHODS | {"copy"}
#: Methods of frames whose arguments are names of columns.
NAMING = frozenset({"drop", "groupby", "set_index", "sort_values"})


def is_data(obj: Obj, kinds: frozenset[str]) -> bool:
    """Is this data? What the environment says is a setting, unless it only says where a table or an array is."""
    return obj.kind == "data" and (ENVIRONMENT not in kinds or obj.type != PLAIN_DATA)


def part_of_frame(obj: Obj) -> bool:
    """Is this what a caller gave, or a part of it such as frames have?"""
    for _ in range(8):
        base = obj.base
        if base is None:
            return obj.kind == "param"
        if obj.kind != "param" or base.kind != "param":
            return False
        step = str(obj.type)[len(str(base.type)) + 1 :]
        if not step.startswith("[") and step not in PARTS:
            return False
        obj = base
    return False


def root(obj: Obj) -> Obj:
    """What the caller gave, of which this is a part."""
    while obj.base is not None and obj.base.kind == "param":
        obj = obj.base
    return obj


def tells(eng: Engine, obj: Obj) -> None:
    """The parameter is used as only arrays and frames are."""
    if obj.kind == "param" and obj.base is None:
        eng.frame_like.add((obj.site[0], obj.site[1], str(obj.type)))


def handed_to_training(eng: Engine, v: Value) -> None:
    """A parameter that is itself the rows of a train call, or those a model predicts for."""
    for ptr in sorted_pointers(v):
        if isinstance(ptr, Obj):
            tells(eng, ptr)


def predicted(eng: Engine, v: Value) -> None:
    """Rows that a model predicts for."""
    handed_to_training(eng, v)
    eng.predicted_for |= eng.labels_of(v)
    eng.predicted_rows.update(p for p in v.holders if isinstance(p, Obj) and p.kind == "data")


def names_columns(eng: Engine, base: Value, index: Value, method: bool = False) -> None:
    """A parameter that itself, or an element of it, chooses the columns of a frame: names, if that is a frame.

    ``method`` says that only a frame can be asked so.
    """
    frames: set[Given] = set()
    for ptr in base.holders:
        if not isinstance(ptr, Obj) or ptr.kind not in ("data", "param"):
            return
        if ptr.kind == "param":
            ptr = root(ptr)
            frames.add((ptr.site[0], ptr.site[1], str(ptr.type)))
        elif not method and eng.models.category(str(ptr.type)) != "frame":
            return
    for ptr in index.holders if base.holders else ():
        if isinstance(ptr, Obj) and ptr.kind == "param":
            if ptr.base is None or (ptr.base.base is None and str(ptr.type).endswith(".[*]")):
                ptr = root(ptr)
                eng.names_in.setdefault((ptr.site[0], ptr.site[1], str(ptr.type)), set()).update(frames)


def identity(label: Label) -> Given | None:
    """What a label of something open stands for: a parameter, a file, or the place where knowledge stopped."""
    if label.kind == PARAM or label.detail == TABLE:
        return (label.path, label.line, label.detail)
    return (label.path, label.line, label.message) if label.kind in (DYNAMIC, EXTERNAL) else None


def sources(labels: frozenset[Label]) -> frozenset[Given]:
    """The parameters, files and unknown calls that a value derives from; CUT if there may be more of them."""
    found = set()
    count: dict[str, int] = {}
    for label in labels:
        known = identity(label)
        if known is not None:
            found.add(known)
            count[label.kind] = count.get(label.kind, 0) + 1
    if any(number >= (MAX_GIVEN if kind == PARAM else MAX_PER_KIND) for kind, number in count.items()):
        found.add(CUT)  # a full set may have been cut
    return frozenset(found)


def note(eng: Engine, frame: Frame, labels: frozenset[Label], what: str, line: int) -> bool:
    """Record the read of something open, once for each file and each set of sources; False if they are not known."""
    from seamcheck.flow.frames import Effect

    found = eng.label_sources.get(labels)
    if found is None:
        found = eng.label_sources[labels] = sources(labels)
    if not found:
        return False
    first = eng.given_reads.setdefault((frame.path, found), (line, what))
    eng.effect(frame, Effect("given", frame.path, first[0], first[1], found))
    return True


class Known:
    """What turned out to be data, once the run is over."""

    def __init__(self, eng: Engine):
        labels: set[Label] = set(eng.predicted_for)
        for event in eng.trains.values():
            for part in () if event.preparation else event.parts.values():
                if part.role in ("X", "y", "data", "weight", "group"):
                    labels.update(part.labels)
        self._eng = eng
        self._trained = {found for label in labels if (found := identity(label)) is not None}
        self._roots = {_origin(obj) for obj in (*eng.captured, *eng.predicted_rows)}
        tables = {found for found in self._trained if found[2] == TABLE}
        #: Parameters that are used as frames are, and trained on or predicted for; tables with unknown files.
        known = (self._trained & eng.frame_like) | tables
        known |= {name for name, frames in eng.names_in.items() if frames <= known}
        self.everywhere = frozenset(known)

    def arguments(self, frame: Frame) -> frozenset[Given]:
        """What the arguments of a call derive from, where the very array or frame was trained on.

        A source that an argument of another kind shares proves nothing.
        """
        good: set[Given] = {CUT}
        bad: set[Given] = set()
        for v in frame.key[1]:
            found = sources(self._eng.labels_of(v))
            if self._same(v, 2) and found - {CUT} <= self._trained | self.everywhere:
                good |= found
            elif not found <= self.everywhere:
                bad |= found | {CUT}
        return frozenset(good - bad) | self.everywhere

    def _same(self, v: Value, depth: int) -> bool:
        """Is this nothing but arrays and frames that were trained on, parts of them, and containers of those?"""
        return bool(v.holders) and all(isinstance(p, Obj) and self._is_data(p, depth) for p in v.holders)

    def _is_data(self, obj: Obj, depth: int) -> bool:
        if obj.kind == "data":
            return _origin(obj) in self._roots
        if obj.kind == "param":
            first = root(obj)
            return part_of_frame(obj) and (first.site[0], first.site[1], str(first.type)) in self.everywhere
        held = obj.kind in ("list", "tuple", "set") and depth > 0
        return held and not obj.labels and all(self._same(v, depth - 1) for v in obj.fields.values())


def _origin(obj: Obj) -> Obj:
    """The array or frame that this one is a part of."""
    for _ in range(16):
        if obj.base is None or obj.base.kind != "data":
            break
        obj = obj.base
    return obj
