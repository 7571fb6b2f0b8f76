"""What a modelled call does besides giving a result: clocks, files, changes in place."""

from __future__ import annotations

from seamcheck.flow import assumed, binding, drawing, formats, opaque, patches, presence, training_data
from seamcheck.flow.binding import Site, by_role, short
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Effect, Frame
from seamcheck.flow.labels import (
    CLOCK,
    DYNAMIC,
    DYNAMICS,
    ENVIRONMENT,
    EXTERNAL,
    FEED,
    IO,
    LAZY,
    MUTATION,
    ORDER,
    RANDOM,
    READ,
    SUBSET,
    TABLE,
    TRIAL,
    Label,
)
from seamcheck.flow.objects import LEARNT, STATE, Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.values import Value, constants, only_constant


def effect_labels(eng: Engine, frame: Frame, site: Site, labels: frozenset[Label]) -> frozenset[Label]:
    """Labels that the effects of a model add to its result."""
    model, line, api = site.model, site.node[1], short(site.api)
    out: set[Label] = set()
    for effect in model.effects:
        if effect == "clock":
            out.add(eng.label(CLOCK, f"`{api}` reads the clock", frame, line))
        elif effect == "environment":
            out.add(eng.label(ENVIRONMENT, f"`{api}` reads the environment", frame, line))
            if site.api.startswith(("os.environ", "os.getenv")):
                out |= patches.item_labels(eng, frame, patches.ENVIRON, site.bound.get("key"), line)
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
            cut = [label for label in labels if label.kind == ORDER]
            out.update(label._replace(kind=SUBSET, message=text) for label in cut)
        elif effect == "augments" and model.random is None:
            out.add(eng.label(RANDOM, f"`{api}` changes samples at random", frame, line))
        elif effect == "reads_file":
            out |= read_file(eng, frame, site)
            if eng.loops:
                out.add(eng.label(READ, f"`{api}` reads a file", frame, line))
                eng.effect(frame, Effect("file", frame.path, line, api))
                frame.raised |= find_file(eng, frame, site, everything=False)
        elif effect == "opens_file":
            frame.raised |= _missing(eng, frame, site)
        elif effect in ("finds_file", "lists_files"):
            out |= find_file(eng, frame, site, everything=effect == "lists_files")
        elif effect == "makes_folder":
            presence.note(eng, _paths(eng, site), _path_labels(eng, site), frame, line)
        elif effect == "writes_file":
            write_file(eng, frame, site)
    return frozenset(out)


def read_file(eng: Engine, frame: Frame, site: Site) -> frozenset[Label]:
    """What the program wrote to a path that may be this one."""
    from seamcheck.flow.files import RESULTS, basename, patterns

    path = _path_of(site)
    names = patterns(resolve_path(eng, path)) if path is not None else ["*"]
    nameless = all(basename(name) == "*" for name in names)
    # Nobody calls it, so nobody knows what runs before it: a file of unknown name may hold anything.
    anything = nameless and (eng.mode == "generic" or eng.root_is_test)
    labels, own = (frozenset(), False) if anything else eng.files.read(names)
    if eng.files.unsettled and (own or nameless):
        text = "what the program wrote to this file has passed through too many others"
        labels |= {eng.label(DYNAMIC, text, frame, site.node[1], loops=())}
    labels = _perhaps_written(eng, labels, eng.files.certain(names, eng.pass_serial))
    # A loss that was stored is a number: no gradient step goes back through it.
    labels = frozenset(label for label in labels if label.kind != FEED)
    if any(label.kind == DYNAMICS for label in labels):
        eng.effect(frame, Effect("read", frame.path, site.node[1], names[0]))
        frame.receives = True
    if nameless:
        held = any(label.kind in RESULTS for label in eng.files.anything_written(formats.readable(site.api)))
        if held or anything:
            text = (
                "a file whose name is not known is read, and the program may write results of training to it"
            )
            table = eng.models.category(site.model.returns or "") in ("array", "frame")
            detail = TABLE if table else ""
            labels |= {eng.label(DYNAMIC, text, frame, site.node[1], detail, loops=())}
    return labels


def _perhaps_written(eng: Engine, labels: frozenset[Label], certain: frozenset[Label]) -> frozenset[Label]:
    """What a trial reads that a trial wrote, perhaps to another file: no certain cause of a difference."""
    text = "a trial may have written the file that is looked at"
    return frozenset(
        label._replace(kind=DYNAMIC, message=f"{text}: {label.message}")
        if label.kind in (TRIAL, RANDOM, CLOCK, MUTATION, IO)
        and label not in certain
        and any(loop in label.loops for loop in eng.loops)
        else label
        for label in labels
    )


def _path_of(site: Site) -> Value | None:
    path = by_role(site, "path")
    return site.receiver if path is None else path


def _paths(eng: Engine, site: Site) -> list[str]:
    """Patterns of the path that a call is about."""
    from seamcheck.flow.files import patterns

    path = _path_of(site)
    return patterns(resolve_path(eng, path)) if path is not None else ["*"]


def _path_labels(eng: Engine, site: Site) -> frozenset[Label]:
    path = _path_of(site)
    return eng.labels_of(path) if path is not None else frozenset()


def find_file(eng: Engine, frame: Frame, site: Site, everything: bool) -> frozenset[Label]:
    """Whether a file is there, or which are: another answer once a trial, or the training, has written one."""
    from seamcheck.flow.files import patterns

    names = _paths(eng, site)
    eng.files.read(names)
    if not eng.loops:
        inside = site.bound.get("pattern") if everything and site.receiver is not None else None
        if inside is not None:
            deep = "**/" if site.api.endswith(".rglob") else ""
            names = [f"{folder}/{deep}{part}" for folder in names for part in patterns(inside)]
        return presence.asked(eng, frame, names, everything, site.node[1])
    found = frozenset(label for label in eng.files.written_as(names, everything) if label.kind == IO)
    return _perhaps_written(eng, found, frozenset())


def _missing(eng: Engine, frame: Frame, site: Site) -> frozenset[Label]:
    """What decides whether opening a file to read it fails."""
    found = frozenset() if _opened(eng, site, ("w", "a")) else find_file(eng, frame, site, everything=False)
    if _opened(eng, site, ("w", "a", "x")):
        presence.note(eng, _paths(eng, site), _path_labels(eng, site), frame, site.node[1], opened=True)
    return found


def _opened(eng: Engine, site: Site, modes: tuple[str, ...]) -> bool:
    """Is a file certainly opened in one of these modes?"""
    mode = drawing.argument(eng, site, "mode")
    known = constants(mode) if mode is not None else None
    return known is not None and all(isinstance(m, str) and m[:1] in modes for m in known)


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
        presence.note(eng, patterns(resolve_path(eng, path)), eng.labels_of(path), frame, site.node[1])
        stored = frozenset(label for label in labels if label.kind != "open")
        form = formats.written_by(site.api, site.bound)
        if eng.files.write(patterns(resolve_path(eng, path)), stored, eng.pass_serial, form):
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
    from seamcheck.flow import rows, trials

    model = site.model
    overwrite(eng, frame, site, labels)
    said = drawing.holds(eng, site, model.mutates_when) if model.mutates else False
    if said is False:
        return
    for name in model.mutates:
        v = site.receiver if name == "self" else site.bound.get(name)
        if v is not None:
            assumed.changed(eng, frame, v, labels, site.node[1])
        for ptr in changed_objects(v) if v is not None else ():
            if ptr.kind in ("data", "param"):
                eng.heap.taint(ptr, labels)
                rows.spread(eng, ptr, labels)
                definite = said is True and not model.idempotent
                shared = not model.rebuilds
                trials.changed_in_place(eng, frame, ptr, site.node[1], definite=definite, shared=shared)
            elif ptr.kind in ("list", "dict", "set", "tuple"):
                eng.heap.taint(ptr, labels)
                if model.idempotent:
                    trials.note_change(eng, ptr)
                else:
                    trials.changed_in_place(eng, frame, ptr, site.node[1], definite=False)
            elif ptr.kind in ("lib", "instance") and eng.models.category(str(ptr.type)) != "generator":
                # Which of several objects is fitted is not known here: what was learnt before stays possible.
                fresh = binding.forgets(site, ptr)
                field = LEARNT if fresh else STATE
                eng.heap.write(ptr, field, eng.table.value(frozenset(), labels), weak=fresh)
                if name == "self":
                    _set_parameters(eng, site, ptr)


def names_columns_only(site: Site) -> bool:
    """Is this an expression in text that reaches no variable of the program (``D.eval("a + b")``, without "@")?"""
    if site.receiver is None or not site.api.endswith((".eval", ".query")):
        return False
    text = only_constant(site.bound.get("expr", site.receiver))
    return text is not None and isinstance(text.value, str) and "@" not in text.value


def changed_objects(v: Value) -> list[Obj]:
    """What is written into: of a tuple the arrays it holds (``out=(X,)``)."""
    found = [p for p in sorted_pointers(v) if isinstance(p, Obj)]
    tuples = [p for p in found if p.kind == "tuple"]
    return found + [
        p for t in tuples for inner in t.fields.values() for p in inner.holders if isinstance(p, Obj)
    ]


def _set_parameters(eng: Engine, site: Site, obj: Obj) -> None:
    """``model.set_params(alpha=a)``: hyperparameters of what is fitted next, as if it had been made with them."""
    from seamcheck.flow.hyperparameters import RESEEDED, SEEDS, resamplers

    if "params" not in site.roles.values():
        return
    for name, v in site.bound.items():
        if name.rpartition("__")[2] not in SEEDS:
            eng.heap.write(obj, name, v, weak=True)
        else:
            for resampler in resamplers(eng, obj, 4, set()):
                eng.heap.write(resampler, RESEEDED, v, weak=True)


def overwrite(eng: Engine, frame: Frame, site: Site, labels: frozenset[Label]) -> None:
    """Change the arguments whose memory is used for the result: by the call itself, or by steps of the receiver."""
    found: list[tuple[str, bool]] = []
    for spec in site.model.overwrites:
        said = drawing.holds(eng, site, spec.when)
        if said is not False:
            found.extend((name, said is True and spec.certain) for name in spec.params)
    if "X" in site.bound and site.receiver is not None and _steps_overwrite(eng, site, site.receiver, 4):
        found.append(("X", False))
    if not found:
        return
    text = f"`{short(site.api)}` may use the memory of what it is given"
    doubtful = frozenset(
        label._replace(kind=DYNAMIC, message=text, assumed=())
        for label in labels
        if label.kind in (TRIAL, RANDOM, CLOCK, MUTATION, DYNAMIC)
    )
    for name, certain in found:
        write_into(eng, frame, site.bound.get(name), labels if certain else doubtful, site.node[1], certain)


def write_into(
    eng: Engine, frame: Frame, v: Value | None, labels: frozenset[Label], line: int, certain: bool
) -> None:
    """A result with these labels is written into the memory of an array."""
    from seamcheck.flow import trials

    if v is not None:
        assumed.changed(eng, frame, v, labels, line)
    for ptr in changed_objects(v) if v is not None else ():
        if ptr.kind in ("data", "param"):
            eng.heap.taint(ptr, labels)
            # A frame may be turned into an array first.
            framed = ptr.kind == "data" and eng.models.category(ptr.type) == "frame"
            trials.changed_in_place(eng, frame, ptr, line, definite=certain and not framed)


def _steps_overwrite(eng: Engine, site: Site, v: Value, depth: int) -> bool:
    """May an estimator or transformer inside this one overwrite what it is given?"""
    for ptr in sorted_pointers(v) if depth > 0 else ():
        if not isinstance(ptr, Obj) or ptr.kind not in ("lib", "list", "tuple", "dict"):
            continue
        inner = list(ptr.fields.values())
        if ptr.kind == "lib":
            roles = training_data.constructor_roles(eng, ptr)
            inner = [part for name, part in ptr.ctor.items() if roles.get(name) == "estimator"]
            if depth < 4 and _overwrites(eng, site, ptr):
                return True
        if any(_steps_overwrite(eng, site, part, depth - 1) for part in inner):
            return True
    return False


def _overwrites(eng: Engine, site: Site, obj: Obj) -> bool:
    for name in ("fit", "fit_transform", "transform"):
        model = eng.models.method(obj.type, name)
        if model is not None:
            here = Site(model, f"{obj.type}.{name}", site.node, {}, eng.table.pointer(obj), {})
            if any(drawing.holds(eng, here, spec.when) is not False for spec in model.overwrites):
                return True
    return False
