"""Hamilton: every public function of a module is a node, its parameters name other nodes, inputs or configuration."""

from __future__ import annotations

from typing import Any

from seamcheck.facts.ir import Node
from seamcheck.flow import calls, iteration, wiring
from seamcheck.flow.engine import Engine
from seamcheck.flow.frames import Frame
from seamcheck.flow.objects import Obj, item
from seamcheck.flow.ordering import sorted_pointers
from seamcheck.flow.places import anchor
from seamcheck.flow.values import Const, Func, Value
from seamcheck.flow.wiring_hamilton_graph import Execution

BUILDER, DRIVER = "hamilton.driver.Builder", "hamilton.driver.Driver"
MODULE, CONFIG, RESULT = "<module>", "<config>", "<result>"
FRAMES = (
    "PandasDataFrameResult",
    "StrictIndexTypePandasDataFrameResult",
    "SimplePythonDataFrameGraphAdapter",
)
DICTS = ("DictResult", "DefaultAdapter", "SimplePythonAdapter")
#: Methods of the builder that change where nodes run, not what they compute.
HARMLESS = ("enable_dynamic_execution", "with_local_executor", "allow_module_overrides")


def new_builder(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``driver.Builder()``."""
    obj = eng.allocate((anchor(node), "builder"), frame, "lib", BUILDER, node[1])
    eng.heap.write(obj, RESULT, eng.table.const("dict"))
    return eng.table.pointer(obj)


def new_driver(eng: Engine, frame: Frame, args: calls.Args, node: Node) -> Value:
    """``driver.Driver(config, *modules, adapter=...)``."""
    obj = eng.allocate((anchor(node), "driver"), frame, "lib", DRIVER, node[1])
    named = dict(args.keywords)
    config = wiring.argument(args, 0, "config")
    if config is not None:
        _add_config(eng, frame, obj, config, node)
    _add_modules(eng, frame, obj, args._replace(positional=args.positional[1:]), node)
    eng.heap.write(obj, RESULT, eng.table.const("frame"))
    if wiring.is_given(named.get("adapter")):
        _add_adapter(eng, frame, obj, named["adapter"], node)
    for name in named.keys() - {"config", "adapter", "allow_module_overrides"}:
        wiring.doubt(eng, frame, obj, f"`{name}` of `driver.Driver` is not modelled", node[1])
    return eng.table.pointer(obj)


def _add_modules(eng: Engine, frame: Frame, obj: Obj, args: calls.Args, node: Node) -> None:
    known = sum(1 for field in eng.heap.keys(obj) if isinstance(field, str) and field.startswith(MODULE))
    for position, v in enumerate(args.positional, known):
        eng.heap.write(obj, f"{MODULE}{position:03}", v)
    if args.rest is not None or args.keyword_rest is not None:
        wiring.doubt(eng, frame, obj, "which modules are wired is not known", node[1])


def _add_config(eng: Engine, frame: Frame, obj: Obj, config: Value, node: Node) -> None:
    """Configuration is what the mapping holds now."""
    copy = eng.allocate((anchor(node), "config"), frame, "dict", None, node[1])
    old = eng.heap.read(obj, CONFIG)
    if old is not None:
        iteration.merge_mapping(eng, frame, copy, old, node)
    iteration.merge_mapping(eng, frame, copy, config, node)
    eng.heap.write(obj, CONFIG, eng.table.pointer(copy, config.labels))


def _add_adapter(eng: Engine, frame: Frame, obj: Obj, v: Value, node: Node) -> None:
    """A result builder says what ``execute`` gives; other adapters may change how nodes run."""
    for adapter in wiring.listed(eng, v) or [v]:
        for ptr in sorted_pointers(adapter):
            kind = ptr.type if isinstance(ptr, Obj) and ptr.kind == "lib" else ""
            last = str(kind).rpartition(".")[2] if str(kind).startswith("hamilton.base.") else ""
            inner = ptr.ctor.get("result_builder") if isinstance(ptr, Obj) else None
            if last == "SimplePythonGraphAdapter" and inner is not None:
                _add_adapter(eng, frame, obj, inner, node)
            elif last in FRAMES or last in DICTS or last == "NumpyMatrixResult":
                eng.heap.write(obj, RESULT, eng.table.const("dict" if last in DICTS else "frame"))
            else:
                wiring.doubt(eng, frame, obj, "an adapter without a model may change how nodes run", node[1])
        if not adapter.ptrs:
            wiring.doubt(eng, frame, obj, "an adapter that is not known may change how nodes run", node[1])


def with_modules(eng: Engine, frame: Frame, obj: Obj, args: calls.Args, node: Node) -> Value:
    """``builder.with_modules(a, b)``."""
    _add_modules(eng, frame, obj, args, node)
    return eng.table.pointer(obj)


def with_config(eng: Engine, frame: Frame, obj: Obj, args: calls.Args, node: Node) -> Value:
    """``builder.with_config({...})``."""
    config = wiring.argument(args, 0, "config")
    if config is None:
        wiring.doubt(eng, frame, obj, "the configuration is not known", node[1])
    else:
        _add_config(eng, frame, obj, config, node)
    return eng.table.pointer(obj)


def with_adapters(eng: Engine, frame: Frame, obj: Obj, args: calls.Args, node: Node) -> Value:
    """``builder.with_adapter(a)`` and ``with_adapters(a, b)``."""
    for v in args.all():
        _add_adapter(eng, frame, obj, v, node)
    return eng.table.pointer(obj)


def harmless(eng: Engine, frame: Frame, obj: Obj, args: calls.Args, node: Node) -> Value:
    """A step of the builder that leaves what the nodes compute as it is."""
    return eng.table.pointer(obj)


def not_modelled(name: str) -> wiring.MethodHandler:
    """A step of the builder that may change what is computed."""

    def handler(eng: Engine, frame: Frame, obj: Obj, args: calls.Args, node: Node) -> Value:
        wiring.doubt(eng, frame, obj, f"`Builder.{name}` may change what the nodes give", node[1])
        return eng.table.pointer(obj)

    return handler


def build(eng: Engine, frame: Frame, obj: Obj, args: calls.Args, node: Node) -> Value:
    """``builder.build()`` (and ``copy()``): a driver with what the builder knows now."""
    return _copied(eng, frame, obj, DRIVER, node)


def copy(eng: Engine, frame: Frame, obj: Obj, args: calls.Args, node: Node) -> Value:
    """``builder.copy()``."""
    return _copied(eng, frame, obj, BUILDER, node)


def _copied(eng: Engine, frame: Frame, obj: Obj, kind: str, node: Node) -> Value:
    made = eng.allocate((anchor(node), kind), frame, "lib", kind, node[1])
    for field in eng.heap.keys(obj):
        eng.heap.write(made, field, obj.fields[field])
    return eng.table.pointer(made)


# -- running ---------------------------------------------------------------------------------------------------


def execute(eng: Engine, frame: Frame, obj: Obj, args: calls.Args, node: Node) -> Value:
    """``driver.execute(names, inputs=..., overrides=...)``."""
    run = _execution(eng, frame, obj, args, node, ("inputs", 3), ("overrides", 1))
    named, labels = _outputs(run, wiring.argument(args, 0, "final_vars"))
    labels |= wiring.doubts(eng, frame, obj, "Driver.execute", node)
    return _result(run, obj, named, labels)


def raw_execute(eng: Engine, frame: Frame, obj: Obj, args: calls.Args, node: Node) -> Value:
    """``driver.raw_execute(names)``: always a dict."""
    run = _execution(eng, frame, obj, args, node, ("inputs", 3), ("overrides", 1))
    named, labels = _outputs(run, wiring.argument(args, 0, "final_vars"))
    labels |= wiring.doubts(eng, frame, obj, "Driver.raw_execute", node)
    return _as_dict(run, named, labels)


def materialize(eng: Engine, frame: Frame, obj: Obj, args: calls.Args, node: Node) -> Value:
    """``driver.materialize(to.csv(...), additional_vars=[...])``: metadata, and the additional outputs."""
    run = _execution(eng, frame, obj, args, node, ("inputs", 99), ("overrides", 99))
    stored: frozenset[Any] = wiring.NOTHING
    for v in args.positional if args.rest is None else (*args.positional, args.rest):
        stored |= _materialized(run, v)
    extra = dict(args.keywords).get("additional_vars")
    named, labels = _outputs(run, extra) if wiring.is_given(extra) else ([], wiring.NOTHING)
    labels |= wiring.doubts(eng, frame, obj, "Driver.materialize", node)
    out = eng.allocate((anchor(node), "materialized"), frame, "tuple", None, node[1])
    eng.heap.write(out, item(0), eng.table.value(frozenset(), stored | labels))
    eng.heap.write(out, item(1), _as_dict(run, named, labels))
    return eng.table.pointer(out)


def _materialized(run: Execution, v: Value) -> frozenset[Any]:
    """Nodes whose values are written to a file; labels of what was written."""
    eng, labels = run.eng, wiring.NOTHING
    for ptr in sorted_pointers(v) if v.ptrs else (None,):
        wanted = ptr.ctor.get("dependencies") if isinstance(ptr, Obj) else None
        if wanted is None:
            return labels | run.stopped("a materializer is not known").labels
        named, more = _outputs(run, wanted)
        labels |= more.union(*(eng.labels_of(got) for _, got in named))
        combine = ptr.ctor.get("combine")
        if wiring.is_given(combine):
            labels |= run.stopped("`combine` of a materializer is not followed").labels
        wiring.write_file(eng, run.frame, ptr.ctor.get("path"), labels, run.node)
    return labels


def _execution(
    eng: Engine,
    frame: Frame,
    obj: Obj,
    args: calls.Args,
    node: Node,
    inputs: tuple[str, int],
    overrides: tuple[str, int],
) -> Execution:
    modules = [
        eng.heap.read(obj, field) or eng.table.empty
        for field in sorted(f for f in eng.heap.keys(obj) if isinstance(f, str) and f.startswith(MODULE))
    ]
    config = eng.heap.read(obj, CONFIG)
    more = args.rest if args.rest is not None else args.keyword_rest
    run = Execution(
        eng,
        frame,
        node,
        modules,
        config if config is not None else eng.table.const(None),
        wiring.argument(args, inputs[1], inputs[0]),
        wiring.argument(args, overrides[1], overrides[0]),
    )
    if more is not None:
        wiring.doubt(eng, frame, obj, "arguments of the driver are not known", node[1])
    return run


def _outputs(run: Execution, v: Value | None) -> tuple[list[tuple[str, Value]], frozenset[Any]]:
    """The outputs asked for, by name, and the labels of the choice; all nodes run where the names are not known."""
    eng = run.eng
    wanted = wiring.listed(eng, v) if v is not None else None
    if v is None or wanted is None:
        run.everything()
        return [], run.stopped("which outputs are executed is not known").labels | run.all_labels()
    named: list[tuple[str, Value]] = []
    labels = wiring.choice(eng, v)
    for each in wanted:
        names = wiring.words(each) or _function_names(eng, each)
        if not names:
            run.everything()
            labels |= run.stopped("which outputs are executed is not known").labels | run.all_labels()
            continue
        chosen = wiring.choice(eng, each)
        named.extend((name, eng.table.labelled(run.need(name), chosen)) for name in names)
    return named, labels


def _function_names(eng: Engine, v: Value) -> list[str]:
    if not v.ptrs or not all(isinstance(p, Func) for p in v.ptrs):
        return []
    return [wiring.facts_of(eng, p).name for p in sorted_pointers(v)]


def _result(run: Execution, obj: Obj, named: list[tuple[str, Value]], labels: frozenset[Any]) -> Value:
    """A frame joins all outputs by their index; a dict holds them by name."""
    eng = run.eng
    kind = eng.heap.read(obj, RESULT)
    if kind is not None and all(isinstance(p, Const) and p.value == "dict" for p in kind.ptrs):
        return _as_dict(run, named, labels)
    labels = labels.union(*(eng.labels_of(v) for _, v in named))
    out = eng.data((anchor(run.node), "wired"), run.frame, run.node[1], labels, "pandas.DataFrame")
    if len(named) == 1:  # a single frame is handed on as it is
        (_, only) = named[0]
        out = eng.table.join(out, eng.table.labelled(only, labels)) if only.ptrs else out
    return out


def _as_dict(run: Execution, named: list[tuple[str, Value]], labels: frozenset[Any]) -> Value:
    eng = run.eng
    out = eng.allocate((anchor(run.node), "wired"), run.frame, "dict", None, run.node[1])
    if not out.summary:
        out.fields.clear()
    for name, v in named:
        eng.heap.write(out, item(name), eng.table.labelled(v, labels))
    return eng.table.pointer(out, labels)


wiring.FUNCTIONS.update({BUILDER: new_builder, DRIVER: new_driver})
wiring.METHODS.update(
    {
        f"{BUILDER}.with_modules": with_modules,
        f"{BUILDER}.with_config": with_config,
        f"{BUILDER}.with_adapter": with_adapters,
        f"{BUILDER}.with_adapters": with_adapters,
        f"{BUILDER}.*": wiring.not_followed,
        f"{BUILDER}.build": build,
        f"{BUILDER}.copy": copy,
        f"{DRIVER}.execute": execute,
        f"{DRIVER}.raw_execute": raw_execute,
        f"{DRIVER}.materialize": materialize,
        **{f"{BUILDER}.{name}": harmless for name in HARMLESS},
        **{
            f"{BUILDER}.{name}": not_modelled(name)
            for name in (
                "with_cache",
                "with_materializers",
                "with_execution_manager",
                "with_remote_executor",
                "with_grouping_strategy",
            )
        },
    }
)
