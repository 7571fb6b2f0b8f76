"""Which files are there: what asking for one, or for those in a folder, tells of the training that wrote it.

Trials are judged by what earlier ones wrote (:mod:`seamcheck.flow.library_effects`); here it is who asks when they are
over. A file that holds results of training, or that a result decided about, is there because of the training.
"""

from __future__ import annotations

from collections.abc import Iterable

from seamcheck.flow.engine import Engine
from seamcheck.flow.files import basename, last_part, overlap
from seamcheck.flow.frames import Effect, Frame
from seamcheck.flow.labels import DYNAMIC, DYNAMICS, IO, Label

NO_LABELS: frozenset[Label] = frozenset()
MAY = "a file that training writes may be among those that are looked for"


def normal(pattern: str) -> str:
    """A path pattern with plain slashes and without ``./`` in front."""
    path = pattern.replace("\\", "/").rstrip("/")
    while path.startswith("./"):
        path = path[2:]
    return "" if path == "." else path


def note(
    eng: Engine, names: list[str], labels: frozenset[Label], frame: Frame, line: int, opened: bool = False
) -> None:
    """Something makes these files, or takes them away: where a branch decides about that, the file tells of it.

    ``labels`` are those of the path: a result of training may be in the name. ``opened``: a file is made right now.
    """
    told = frozenset(label for label in labels if label.kind == DYNAMICS)
    if eng.loops:
        if opened:
            # It is there for the next trial, whatever is written to it.
            told |= {eng.label(IO, "written in a trial and read again", frame, line)}
            if eng.files.write(names, told, eng.pass_serial):
                eng.heap.epoch += 1
            return
        for name in names if told else ():
            eng.files.whole[name] = eng.files.whole.get(name, NO_LABELS) | told
        return
    if eng.present is None:
        eng.present, _ = eng.heap.allocate(("present",), "present", None, (frame.path, line), ())
        eng.heap.epoch += 1
    for name in map(normal, names):
        if last_part(name) != "*":
            made = eng.table.labelled(eng.table.plain, told)
            eng.heap.write(eng.present, name, made, weak=True)
            if eng.heap.regions:
                # Written before as well: the region has to see that it is written again.
                eng.heap.regions[-1].setdefault((eng.present, name), None)


def asked(eng: Engine, frame: Frame, names: list[str], everything: bool, line: int) -> frozenset[Label]:
    """Labels of whether these files are there, or of which are in these folders; outside trials."""
    if eng.loops:
        return NO_LABELS
    eng.files.read(["*"] if everything else names)
    labels = NO_LABELS
    for written, found in _made(eng):
        told = frozenset(label for label in found if label.kind in (DYNAMICS, IO))
        if told and any(_tells(name, written, everything) for name in map(normal, names)):
            labels |= told
    if not labels:
        return labels
    certain = not everything and "*" not in names[0] and any(label.kind == DYNAMICS for label in labels)
    detail = "/".join(names[0].rsplit("/", 2)[-2:])
    if certain:
        eng.effect(frame, Effect("read", frame.path, line, detail))
        return frozenset(label for label in labels if label.kind == DYNAMICS)
    eng.effect(frame, Effect("opaque", frame.path, line, f"which files are there ({detail})"))
    return frozenset((eng.label(DYNAMIC, MAY, frame, line),))


def _made(eng: Engine) -> Iterable[tuple[str, frozenset[Label]]]:
    """Files the program makes, with labels of what they hold and of what decided about them."""
    yield from eng.files.whole.items()
    if eng.present is not None:
        for name in eng.heap.keys(eng.present):
            held = eng.heap.read(eng.present, name)
            if held is not None and held.labels:
                yield name, held.labels


def _tells(name: str, written: str, everything: bool) -> bool:
    """Does a look at this path, or into this folder, see that file? Of an unknown path only a list of files does."""
    if not everything:
        return (
            basename(name) != "*" and basename(written) != "*" and overlap(basename(name), basename(written))
        )
    folder, _, last = written.rpartition("/")
    if "*" not in name:
        return _one_folder(name, folder)
    above, _, pattern = name.rpartition("/")
    if not last or not overlap(pattern, last):
        return False
    return "**" in name or _one_folder(above, folder)


def _one_folder(a: str, b: str) -> bool:
    """May two paths mean one folder, or the second one below the first? Where they start is not known."""
    if "*" in a or "*" in b:
        return overlap(a, b) or overlap(f"{a}/*", b)
    return a == b or not a or b.startswith(f"{a}/") or f"/{a}/" in f"/{b}/" or f"{a}/".endswith(f"/{b}/")
