"""What a modelled call does besides giving a result: clocks, files, changes in place."""

from __future__ import annotations

from seamcheck.flow import drawing, opaque
from seamcheck.flow.binding import Site, by_role, short
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Effect, Frame
from seamcheck.flow.labels import (
    CLOCK,
    DYNAMIC,
    DYNAMICS,
    ENVIRONMENT,
    EXTERNAL,
    IO,
    LAZY,
    ORDER,
    RANDOM,
    SUBSET,
    TRIAL,
    Label,
)
from seamcheck.flow.objects import Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.values import Value


def effect_labels(eng: Engine, frame: Frame, site: Site, labels: frozenset[Label]) -> frozenset[Label]:
    """Labels that the effects of a model add to its result."""
    model, line, api = site.model, site.node[1], short(site.api)
    out: set[Label] = set()
    for effect in model.effects:
        if effect == "clock":
            out.add(eng.label(CLOCK, f"`{api}` reads the clock", frame, line))
        elif effect == "environment":
            out.add(eng.label(ENVIRONMENT, f"`{api}` reads the environment", frame, line))
        elif effect == "trial":
            out.add(eng.label(TRIAL, f"`{api}` is chosen by the tuner", frame, line))
        elif effect == "external":
            out.add(eng.label(EXTERNAL, f"`{api}` runs outside what can be seen", frame, line))
            eng.effect(frame, Effect("external", frame.path, line, api))
        elif effect == "lazy":
            out.add(eng.label(LAZY, f"`{api}` gives its data while training runs", frame, line))
        elif effect == "ask":
            eng.effect(
                frame, Effect("ask", frame.path, line, site.model.kind or site.api, (frame.path, line))
            )
        elif effect == "truncates":
            text = f"`{api}` may cut a shuffled order short, which makes it a random subset"
            cut = [label for label in labels if label.kind == ORDER and label.loops]
            out.update(label._replace(kind=SUBSET, message=text) for label in cut)
        elif effect == "augments" and model.random is None:
            out.add(eng.label(RANDOM, f"`{api}` changes samples at random", frame, line))
        elif effect == "reads_file":
            out |= read_file(eng, frame, site)
        elif effect == "writes_file":
            write_file(eng, frame, site)
    return frozenset(out)


def read_file(eng: Engine, frame: Frame, site: Site) -> frozenset[Label]:
    """What the program wrote to a path that may be this one."""
    from seamcheck.flow.files import basename, patterns

    path = by_role(site, "path")
    if path is None and site.receiver is not None:
        path = site.receiver
    names = patterns(resolve_path(eng, path)) if path is not None else ["*"]
    nameless = all(basename(name) == "*" for name in names)
    # Nobody calls it, so nobody knows what runs before it: a file of unknown name may hold anything.
    anything = nameless and eng.mode == "generic"
    labels = frozenset() if anything else eng.files.read(names)[0]
    if any(label.kind == DYNAMICS for label in labels):
        eng.effect(frame, Effect("read", frame.path, site.node[1], names[0]))
        frame.receives = True
    if nameless:
        held = any(label.kind == DYNAMICS for label in eng.files.anything_written())
        if held or anything:
            text = (
                "a file whose name is not known is read, and the program may write results of training to it"
            )
            labels |= {eng.label(DYNAMIC, text, frame, site.node[1], loops=())}
    return labels


def write_file(eng: Engine, frame: Frame, site: Site) -> None:
    """Values travel through files by name."""
    from seamcheck.flow.files import patterns

    path, value = by_role(site, "path"), by_role(site, "value")
    if value is None:
        value = site.receiver
    labels = eng.labels_of(value) if value is not None else frozenset()
    if path is None and site.receiver is not None:
        path = site.receiver
    if value is not None:
        copied, _ = eng.files.read([n for n in patterns(resolve_path(eng, value)) if n != "*"])
        opaque.note_handed_over(eng, frame, copied, site.api, site.node)
        labels |= copied
    if eng.loops:
        labels |= {eng.label(IO, "written in a trial and read again", frame, site.node[1])}
    if path is not None:
        stored = frozenset(label for label in labels if label.kind != "open")
        if eng.files.write(patterns(resolve_path(eng, path)), stored):
            eng.heap.epoch += 1  # summaries made before may have read the file


def resolve_path(eng: Engine, v: Value) -> Value:
    """The text of a path: itself, or what an open file or path object was made from."""
    for ptr in sorted_pointers(v):
        if isinstance(ptr, Obj) and ptr.kind in ("lib", "data"):
            inner = ptr.fields.get("<path>")
            if inner is not None:
                return resolve_path(eng, inner)
    return v


def mutate(eng: Engine, frame: Frame, site: Site, labels: frozenset[Label]) -> None:
    """Change in place what the model says is changed."""
    from seamcheck.flow import trials

    model = site.model
    if not model.mutates or drawing.holds(eng, site, model.mutates_when) is False:
        return
    for name in model.mutates:
        v = site.receiver if name == "self" else site.bound.get(name)
        for ptr in sorted_pointers(v) if v is not None else ():
            if not isinstance(ptr, Obj):
                continue
            if ptr.kind in ("data", "param"):
                eng.heap.taint(ptr, labels)
                trials.changed_in_place(eng, frame, ptr, site.node[1], definite=not model.idempotent)
            elif ptr.kind in ("list", "dict", "set", "tuple"):
                eng.heap.taint(ptr, labels)
            elif ptr.kind in ("lib", "instance") and eng.models.category(str(ptr.type)) != "generator":
                eng.heap.write(ptr, "<state>", eng.table.value(frozenset(), labels))
