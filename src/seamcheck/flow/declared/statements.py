"""Statements: variables in the order of execution, branches joined, loop bodies twice."""

from __future__ import annotations

from collections.abc import Callable

from seamcheck.facts.ir import Body, Node
from seamcheck.flow import names
from seamcheck.flow.declared import calls, specials
from seamcheck.flow.declared.atoms import EMPTY, Inst, Kind, Map, Type, one
from seamcheck.flow.declared.expressions import bind, infer, operation
from seamcheck.flow.declared.likely import path_of
from seamcheck.flow.declared.scope import Scope, elements, joined
from seamcheck.flow.frames import Frame
from seamcheck.flow.values import Func

#: Loops inside this many others are read once.
MAX_TWICE = 2


def block(scope: Scope, body: Body) -> bool:
    """Read statements; False if control never reaches the end."""
    for node in body:
        handler, scope.line = HANDLERS.get(node[0]), node[1]
        if handler is not None and handler(scope, node) is False:
            return False
    return True


def _expr(scope: Scope, node: Node) -> None:
    infer(scope, node[3])


def _assign(scope: Scope, node: Node) -> None:
    value = infer(scope, node[4])
    for target in node[3]:
        bind(scope, target, value)


def _aug(scope: Scope, node: Node) -> None:
    from seamcheck.flow.special_names import DUNDERS

    left, right = infer(scope, node[3]), infer(scope, node[5])
    name = DUNDERS.get(node[4], "____")
    got = operation(scope, node[4], left, right, "__i" + name[2:])
    bind(scope, node[3], got or left)


def _ann(scope: Scope, node: Node) -> None:
    found = scope.annotation(node[4])
    value = infer(scope, node[5]) if node[5] is not None else EMPTY
    target = node[3]
    if target[0] == "attr" and found:
        for atom in infer(scope, target[2]):
            if isinstance(atom, Inst):
                scope.world.declared[atom.cls, target[3]] = found
    if found or node[5] is not None:
        bind(scope, target, found or value)


def _return(scope: Scope, node: Node) -> bool:
    if node[3] is not None:
        scope.result |= infer(scope, node[3])
    return False


def _if(scope: Scope, node: Node) -> bool:
    specials.truth(scope, infer(scope, node[3]))
    before = scope.env
    ends: list[dict[str, Type]] = []
    for body, outcome in ((node[4], True), (node[5], False)):
        scope.env = before
        scope.env = scope.narrowed(node[3], outcome)
        if block(scope, body):
            ends.append(scope.env)
    scope.env = joined(ends) if ends else before
    return bool(ends)


def _loop(scope: Scope, body: Body, orelse: Body, head: Callable[[], None]) -> None:
    before = scope.env
    scope.loops += 1
    for _ in range(2 if scope.loops <= MAX_TWICE else 1):
        scope.env = dict(before)
        head()
        block(scope, body)
        after = joined([before, scope.env])
        if after == before:
            break
        before = after
    scope.loops -= 1
    scope.env = before
    block(scope, orelse)


def _for(scope: Scope, node: Node) -> None:
    inside = specials.iterated(scope, infer(scope, node[4]))
    _loop(scope, node[5], node[6], lambda: bind(scope, node[3], inside))


def _while(scope: Scope, node: Node) -> None:
    def head() -> None:
        specials.truth(scope, infer(scope, node[3]))
        scope.env = scope.narrowed(node[3], True)

    _loop(scope, node[4], node[5], head)


def _with(scope: Scope, node: Node) -> bool:
    for context, target in node[3]:
        entered = specials.entered(scope, infer(scope, context))
        if target is not None:
            bind(scope, target, entered)
    return block(scope, node[4])


def _try(scope: Scope, node: Node) -> bool:
    _, _, _, body, handlers, orelse, final = node
    before = dict(scope.env)
    falls = block(scope, body)
    during = joined([before, scope.env])
    if falls and orelse:
        falls = block(scope, orelse)
    ends = [scope.env] if falls else []
    for kind, name, handler in handlers:
        scope.env = dict(during)
        if kind is not None:
            caught = infer(scope, kind)
            if name is not None:
                scope.env[name] = raised(caught)
        if block(scope, handler):
            ends.append(scope.env)
    scope.env = joined(ends) if ends else during
    return block(scope, final) and bool(ends)


def raised(caught: Type) -> Type:
    """What ``except caught as e`` binds: an instance of the class, or of one of a tuple of them."""
    out: Type = EMPTY
    for atom in caught:
        if isinstance(atom, Kind):
            out |= one(Inst(atom.cls))
        else:
            out |= frozenset(Inst(k.cls) for k in elements(one(atom)) if isinstance(k, Kind))
    return out


def _raise(scope: Scope, node: Node) -> bool:
    for part in node[3:5]:
        if part is None:
            continue
        for atom in infer(scope, part):
            if isinstance(atom, Kind):
                calls.construct(scope, atom)
    return False


def _assert(scope: Scope, node: Node) -> None:
    specials.truth(scope, infer(scope, node[3]))
    if node[4] is not None:
        infer(scope, node[4])
    scope.env = scope.narrowed(node[3], True)


def _del(scope: Scope, node: Node) -> None:
    for target in node[3]:
        if target[0] == "sub":
            base, index = infer(scope, target[2]), infer(scope, target[3])
            specials.special(scope, base, "__delitem__")
            if any(isinstance(a, Map) for a in base):
                specials.hashed(scope, index)
        elif target[0] == "attr":
            specials.special(scope, infer(scope, target[2]), "__delattr__")
        path = path_of(target)
        if path is not None:
            scope.env.pop(path, None)


def _nested(scope: Scope, node: Node) -> None:
    scope.later.append((node[0], node[-1]))
    if node[0] == "class":
        _members(scope, node[3])
    if node[0] == "def" and scope.facts is not None:
        from seamcheck.flow.declared.atoms import Fn

        facts = scope.module.facts.functions[node[3]]
        scope.env[facts.name] = one(Fn(Func(scope.module.name, node[3], None)))


def _members(scope: Scope, index: int) -> None:
    """The members of an enumeration are made where its body ends: each value goes to its constructor."""
    cls = next((c for c in scope.world.of_index(scope.module.name, index)), None)
    if cls is None or not scope.world.is_enum(cls):
        return
    for node in scope.module.facts.classes[index].body:
        if node[0] != "assign" or node[3][0][0] != "name" or node[3][0][2].startswith("_"):
            continue
        parts = node[4][2] if node[4][0] == "tuple" else (node[4],)
        given = specials.Given([infer(scope, part) for part in parts], {})
        for name in ("__new__", "__init__"):
            for ptr in scope.world.members(Kind(cls, True), name):
                if isinstance(ptr, Func):
                    specials.call_function(scope, ptr, None, given, 1)


def _import(scope: Scope, node: Node) -> None:
    if node[0] == "from":
        _asks_module(scope, node)
    if scope.facts is None:
        return  # the interpreter knows what modules import
    eng = scope.world.eng
    scratch = Frame(scope.module, scope.facts, scope.name, None, None)
    (names.exec_import if node[0] == "import" else names.exec_from)(eng, scratch, node)
    for name, value in scratch.fields.items():
        scope.env[name] = scope.world.of_value(value)


def _asks_module(scope: Scope, node: Node) -> None:
    """``from m import x`` asks ``m`` for its ``__path__``: a plain module's ``__getattr__`` runs, whatever ``x`` is."""
    index = scope.world.eng.index
    _, _, _, name, level, _ = node
    home = index.relative(scope.module, name, level) if level else index.resolve(scope.module, name)
    if home is None or home.is_package or home.name not in scope.world.eng.modules:
        return
    for atom in scope.world.global_type(home, "__getattr__"):
        calls.one_call(scope, atom)


def _match(scope: Scope, node: Node) -> bool:
    infer(scope, node[3])
    before, ends = scope.env, [scope.env]
    for bound, guard, body in node[4]:
        scope.env = {**before, **dict.fromkeys(bound, EMPTY)}
        if guard is not None:
            infer(scope, guard)
        if block(scope, body):
            ends.append(scope.env)
    scope.env = joined(ends)
    return True


def _leave(scope: Scope, node: Node) -> bool:
    return False


HANDLERS: dict[str, Callable[[Scope, Node], bool | None]] = {
    "expr": _expr, "assign": _assign, "aug": _aug, "ann": _ann, "return": _return, "if": _if, "for": _for,
    "while": _while, "with": _with, "try": _try, "raise": _raise, "assert": _assert, "del": _del, "def": _nested,
    "class": _nested, "import": _import, "from": _import, "match": _match, "break": _leave, "continue": _leave,
}  # fmt: skip
