"""Randomness: which generator a call draws from, and whether its state is the same in each trial."""

from __future__ import annotations

from typing import Any

from seamcheck.flow.binding import Site, seed_of
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.labels import (
    ASSUMPTION,
    CLOCK,
    DYNAMIC,
    EXTERNAL,
    ORDER,
    PARAM,
    PERHAPS,
    RANDOM,
    TRIAL,
    Label,
)
from seamcheck.flow.objects import Obj
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import call_at
from seamcheck.flow.values import PLAIN, Const, Sym, Value, constants
from seamcheck.libraries.schema import Call, Random

NAMES = {
    "numpy": "numpy's global generator",
    "python": "the global generator of `random`",
    "torch": "torch's global generator",
    "tensorflow": "TensorFlow's global generator",
    "os": "a fresh seed of the operating system",
}
#: What seeds for generators are made of.
SEED_SEQUENCE = "numpy.random.SeedSequence"
#: The module that stands for numpy's global generator where a seed is asked for.
MODULE = "numpy.random"
#: Field of a generator that holds where it was seeded: a constant per set of trial loops.
SEEDED = "<seeded>"


def argument(eng: Engine, site: Site, name: str) -> Value | None:
    """An argument of the call, else of the receiver's constructor, else the constant default."""
    if name in site.bound:
        return site.bound[name]
    if site.receiver is not None:
        for ptr in sorted_pointers(site.receiver):
            if isinstance(ptr, Obj):
                v = setting(eng, ptr, name)
                if v is not None:
                    return v
    if name in site.model.defaults:
        return eng.table.const(site.model.defaults[name])
    return None


def setting(eng: Engine, obj: Obj, name: str) -> Value | None:
    """What an object was made with, its default, or what its attribute was set to afterwards: any of them may count."""
    made = obj.ctor.get(name)
    if obj.kind != "lib":
        return made
    if made is None:
        defaults = (kind.defaults for kind in eng.models.lineage(obj.type) if name in kind.defaults)
        known = next(defaults, None)
        made = eng.table.const(known[name]) if known is not None else None
    if name not in obj.fields:
        return made
    later = eng.heap.read(obj, name) or eng.table.empty
    return later if made is None else eng.table.join(made, later)


def holds(eng: Engine, site: Site, conditions: dict[str, Any]) -> bool | None:
    """Do all conditions on constant arguments hold? None if that is not known."""
    answer: bool | None = True
    for name, wanted in conditions.items():
        v = argument(eng, site, name)
        if v is None:
            return False
        known = constants(v)
        if known is None:
            answer = None
        elif all(k == wanted for k in known):
            continue
        elif not any(k == wanted for k in known):
            return False
        else:
            answer = None
    return answer


def draw(eng: Engine, frame: Frame, spec: Random, site: Site) -> frozenset[Label]:
    """Labels of a draw at this call."""
    wanted = holds(eng, site, spec.when) if spec.when else True
    if spec.unless:
        refused = holds(eng, site, spec.unless)
        if refused is True:
            return frozenset()
        wanted = None if refused is None and wanted else wanted
    if wanted is False:
        return frozenset()
    sized = bool(spec.perhaps) and holds(eng, site, spec.perhaps) is not False
    seed = argument(eng, site, spec.seed) if spec.seed else None
    kind = ORDER if "order" in site.model.effects else RANDOM
    if (
        spec.seed in site.bound
        and spec.seed in site.model.defaults
        and constants(site.bound[spec.seed]) == [None]
    ):
        # Left out the seed is a constant; None given on purpose is a draw.
        name = site.api.rpartition(".")[2]
        return from_global(
            eng, frame, spec.generator, site.node[1], name, kind, spec.seed, influences(eng, site)
        )
    labels = seeded(eng, frame, spec, seed, site.node[1], site.api, kind, influences(eng, site))
    if wanted is None or sized:
        on = "the size of its data" if sized else "an argument that is not known"
        text = f"whether `{site.api.rpartition('.')[2]}` draws at random depends on {on}"
        return frozenset(
            label._replace(kind=DYNAMIC, message=text)
            if label.kind == RANDOM
            else label._replace(detail=PERHAPS)
            if label.kind == ORDER and sized
            else label
            for label in labels
        )
    return labels


def draw_method(eng: Engine, frame: Frame, spec: Random, site: Site) -> frozenset[Label]:
    """Labels of a draw by a function, or by a method of a generator from its own state."""
    if site.receiver is not None:
        own = [
            p
            for p in sorted_pointers(site.receiver)
            if isinstance(p, Obj) and p.kind == "lib" and eng.models.category(p.type) == "generator"
        ]
        if own:
            name = site.api.rpartition(".")[2]
            moved = influences(eng, site)
            found = [from_generator(eng, frame, obj, site.node[1], name, RANDOM, moved) for obj in own]
            return frozenset().union(*found)
    if eng.models.category(site.model.returns) == "generator":
        return frozenset()
    return draw(eng, frame, spec, site)


def seeded(
    eng: Engine,
    frame: Frame,
    spec: Random,
    seed: Value | None,
    line: int,
    api: str,
    kind: str,
    influence: frozenset[Label],
) -> frozenset[Label]:
    """Labels of a draw with this seed argument."""
    name = api.rpartition(".")[2]
    if seed is None or seed is eng.table.empty or constants(seed) == [None]:
        if spec.default == "constant":
            return frozenset()
        return from_global(eng, frame, spec.generator, line, name, kind, spec.seed, influence)
    labels: frozenset[Label] = frozenset(label for label in eng.labels_of(seed) if label.kind != "open")
    known = constants(seed)
    if any(label.kind == "open" for label in seed.labels):
        return labels | {
            eng.label(DYNAMIC, f"whether `{spec.seed}` of `{name}` is given is not known", frame, line)
        }
    if known is not None:
        if None in known and spec.default != "constant":
            labels |= {eng.label(DYNAMIC, f"`{spec.seed}` of `{name}` may be None", frame, line)}
        return labels
    for ptr in sorted_pointers(seed):
        if isinstance(ptr, Obj) and ptr.kind == "lib" and eng.models.category(ptr.type) == "generator":
            labels |= from_generator(eng, frame, ptr, line, name, kind, influence)
        elif isinstance(ptr, Sym) and ptr.name.startswith(MODULE):
            labels |= from_global(eng, frame, "numpy", line, name, kind, None, influence)
        elif isinstance(ptr, Obj) and ptr.kind == "param":
            text = f"`{spec.seed}` of `{name}` is given by the caller and may be None"
            labels |= {eng.label(DYNAMIC, text, frame, line)}
        elif isinstance(ptr, Const) and ptr.value is None and spec.default != "constant":
            labels |= {eng.label(DYNAMIC, f"`{spec.seed}` of `{name}` may be None", frame, line)}
    if seed.ptrs <= {PLAIN} and any(label.kind in (DYNAMIC, EXTERNAL, PARAM) for label in seed.labels):
        labels |= {eng.label(ASSUMPTION, f"`{spec.seed}` of `{name}` is a number, not None", frame, line)}
    return labels


def generator(eng: Engine, name: str) -> Obj:
    """The object of a library's global generator."""
    obj = eng.generators.get(name)
    if obj is None:
        obj, _ = eng.heap.allocate(("generator", name), "lib", "generator", ("", 0), ())
        eng.generators[name] = obj
    return obj


def from_global(
    eng: Engine,
    frame: Frame,
    name: str,
    line: int,
    api: str,
    kind: str,
    seed: str | None,
    influence: frozenset[Label],
) -> frozenset[Label]:
    """A draw from a global generator: the same in each trial only if this trial seeded it before."""
    detail = f"random_state:{seed}" if seed else ""
    if name != "os":
        state = eng.heap.read(generator(eng, name), SEEDED)
        if state is not None and constants(state) == [("seeded", eng.loops)]:
            move_on(eng, generator(eng, name), state, influence)
            return frozenset(label for label in state.labels)
    why = f"`{api}` draws from {NAMES[name]}" + (f" because `{seed}` is not given" if seed else "")
    return frozenset((eng.label(kind, why, frame, line, detail),))


def from_generator(
    eng: Engine, frame: Frame, obj: Obj, line: int, api: str, kind: str, influence: frozenset[Label]
) -> frozenset[Label]:
    """A draw from a generator object: the same in each trial only if this trial made it, from a constant."""
    state = eng.heap.read(obj, SEEDED)
    known = constants(state) if state is not None else None
    if state is not None and known == [("seeded", eng.loops)]:
        move_on(eng, obj, state, influence)
        return state.labels
    if known == ["unseeded"]:
        why = f"`{api}` draws from a generator that was made without a seed at {obj.site[0]}:{obj.site[1]}"
    else:
        why = (
            f"`{api}` draws from a generator made before the trial ({obj.site[0]}:{obj.site[1]}), "
            "whose state moves on from trial to trial"
        )
    return frozenset((eng.label(kind, why, frame, line),)) | (
        state.labels if state is not None else frozenset()
    )


def move_on(eng: Engine, obj: Obj, state: Value, influence: frozenset[Label]) -> None:
    """How far a draw moves a generator on depends on its arguments and on whether it happens: later draws do too."""
    if influence:
        eng.heap.write(obj, SEEDED, eng.table.labelled(state, influence))


def influences(eng: Engine, site: Site) -> frozenset[Label]:
    """Labels that decide how much is drawn: of sizes and hyperparameters, and of the tests around the call."""
    found: frozenset[Label] = frozenset()
    for labels in eng.control:
        found |= labels
    for v in (*site.bound.values(), *((site.receiver,) if site.receiver is not None else ())):
        found |= eng.labels_of(v)
    return frozenset(label for label in found if label.kind in (TRIAL, CLOCK) and label.loops)


def mark(eng: Engine, frame: Frame, obj: Obj, seed: Value | None, line: int, weak_default: str) -> None:
    """Note that a generator was seeded now, with what, in which trial."""
    if seed is None or constants(seed) == [None]:
        eng.heap.write(obj, SEEDED, eng.table.const(weak_default))
        return
    if any(_fresh_entropy(eng, p) for p in seed.holders):
        eng.heap.write(obj, SEEDED, eng.table.const(weak_default))
        return
    labels = frozenset(label for label in eng.labels_of(seed) if label.kind not in ("open", ASSUMPTION))
    maybe_none = any(isinstance(p, Const) and p.value is None for p in sorted_pointers(seed)) or any(
        isinstance(p, Obj) and p.kind == "param" for p in sorted_pointers(seed)
    )
    if maybe_none:
        labels |= {eng.label(DYNAMIC, "the seed is given by a caller and may be None", frame, line)}
    where = Const(("seeded", eng.loops), "seeded")
    eng.heap.write(obj, SEEDED, eng.table.value(frozenset((where,)), labels))


def _fresh_entropy(eng: Engine, ptr: Any) -> bool:
    """Is this a source of seeds that was made just now, in the same trials, from fresh entropy?"""
    if not isinstance(ptr, Obj) or ptr.type != SEED_SEQUENCE or ptr.loops != eng.loops:
        return False
    state = eng.heap.read(ptr, SEEDED)
    return state is not None and constants(state) == ["unseeded"]


def new_generator(eng: Engine, frame: Frame, obj: Obj, site: Site) -> None:
    """A generator object was made: seeded by its ``seed`` argument, or not."""
    kind = next((k for k in eng.models.lineage(obj.type) if k.random is not None), None)
    name = kind.random.seed if kind is not None and kind.random is not None else None
    seed = site.bound.get(name) if name else None
    if seed is None and site.bound:
        seed = next((v for k, v in site.bound.items() if k in ("seed", "x", "a")), None)
    mark(eng, frame, obj, seed, site.node[1], "unseeded")


def same_generator(eng: Engine, obj: Obj, site: Site) -> Value:
    """The new generator, or that given as its seed: both draw from one stream then."""
    out = eng.table.pointer(obj)
    for v in site.bound.values():
        for ptr in sorted_pointers(v):
            if isinstance(ptr, Obj) and ptr.kind == "lib" and eng.models.category(ptr.type) == "generator":
                if ptr.type == SEED_SEQUENCE and obj.type != SEED_SEQUENCE:
                    continue  # gives the same seed as often as it is asked
                # What is read of either is read of both: the draws of an older one count.
                return eng.table.pointer(ptr) if len(v.ptrs) == 1 else eng.table.join(out, v)
    return out


def reseed(eng: Engine, frame: Frame, site: Site) -> None:
    """A call that seeds global generators."""
    seed = seed_of(site)
    for name in site.model.seeds:
        mark(eng, frame, generator(eng, name), seed, site.node[1], "unseeded")


def reseed_receiver(eng: Engine, frame: Frame, site: Site) -> None:
    """``Generator().manual_seed(0)``, ``rng.seed(0)``: a generator object is seeded anew."""
    seed = seed_of(site)
    if seed is None:
        seed = next(iter(site.bound.values()), None)
    for ptr in sorted_pointers(site.receiver) if site.receiver is not None else ():
        if isinstance(ptr, Obj) and ptr.kind == "lib" and eng.models.category(ptr.type) == "generator":
            mark(eng, frame, ptr, seed, site.node[1], "unseeded")


def draw_from_type(eng: Engine, frame: Frame, obj: Obj, line: int) -> frozenset[Label]:
    """The draw that using an instance makes (a splitter, a loader), by the condition of its type."""
    for kind in eng.models.lineage(obj.type):
        if kind.random is not None:
            effects = kind.effects
            model = Call(name=kind.name, defaults=kind.defaults, effects=effects)
            spec = kind.random
            given = dict(obj.ctor)
            for name in filter(None, (spec.seed, *spec.when, *spec.unless, *spec.perhaps)):
                if name in obj.fields and (v := setting(eng, obj, name)) is not None:
                    given[name] = v
            site = Site(model, obj.type, call_at(line, line), given, None, {})
            return draw(eng, frame, spec, site)
    return frozenset()
