"""Names of special methods, and which of them Python runs for what."""

from __future__ import annotations

#: Methods that are all run; a tuple within: the first of them that is defined.
Names = tuple[str | tuple[str, ...], ...]
#: Methods of the binary operators, without their underscores.
BINARY = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "@": "matmul", "%": "mod", "|": "or", "&": "and", "^": "xor",
    "//": "floordiv", "**": "pow", ">>": "rshift", "<<": "lshift",
}  # fmt: skip
DUNDERS = {op: f"__{name}__" for op, name in BINARY.items()}
UNARY = {"-": "__neg__", "+": "__pos__", "~": "__invert__"}
#: What a comparison runs on the left side, and on the right one if that knows no answer: the first that is defined
#: (``functools.total_ordering`` makes three of them from the fourth).
COMPARING = {
    "==": (("__eq__",), ("__eq__",)),
    "!=": (("__ne__", "__eq__"), ("__ne__", "__eq__")),
    "<": (("__lt__", "__ge__", "__gt__", "__le__"), ("__gt__", "__le__", "__lt__", "__ge__")),
    ">": (("__gt__", "__le__", "__lt__", "__ge__"), ("__lt__", "__ge__", "__gt__", "__le__")),
    "<=": (("__le__", "__gt__", "__lt__", "__ge__"), ("__ge__", "__lt__", "__gt__", "__le__")),
    ">=": (("__ge__", "__lt__", "__gt__", "__le__"), ("__le__", "__gt__", "__lt__", "__ge__")),
}
TRUTH = ("__bool__", "__len__")
TEXT = ("__str__", "__repr__")
FORMATTED = ("__format__", *TEXT)
KEY = ("__hash__", "__eq__")
INDEX = ("__index__", *KEY)
ORDER = ("__lt__", "__gt__", "__le__", "__ge__")
NUMBER = ("__int__", "__float__", "__complex__", "__index__", "__trunc__")
ADDED = ("__add__", "__radd__")
#: Methods that are mostly given another instance of the same class.
WITH_ALIKE = frozenset(
    {"__eq__", "__ne__", *ORDER, *(f"__{s}{name}__" for name in BINARY.values() for s in ("", "r"))}
)
PICKLED = ("__reduce__", "__reduce_ex__", "__getstate__", "__getnewargs__", "__getnewargs_ex__")
#: Special methods by the function of Python that runs them; a tuple within: the first that is defined.
BY_FUNCTION: dict[str, Names] = {
    "len": ("__len__",), "int": NUMBER, "float": NUMBER, "complex": NUMBER, "bool": (TRUTH,), "str": (TEXT,),
    "repr": ("__repr__",), "ascii": ("__repr__",), "format": (FORMATTED,), "print": (TEXT,),
    "bytes": ("__bytes__", *NUMBER),
    "hash": ("__hash__",), "abs": ("__abs__",), "round": ("__round__",), "divmod": ("__divmod__", "__rdivmod__"),
    "pow": ("__pow__", "__rpow__"), "hex": ("__index__",), "oct": ("__index__",), "bin": ("__index__",),
    "range": ("__index__",), "slice": (), "chr": ("__index__",), "dir": ("__dir__",), "sorted": ORDER, "max": ORDER,
    "min": ORDER, "sum": ADDED, "any": (TRUTH,), "all": (TRUTH,), "filter": (TRUTH,), "set": KEY, "frozenset": KEY,
    "dict": KEY, "reversed": ("__reversed__",), "list": ("__length_hint__",), "tuple": ("__length_hint__",),
    "open": ("__fspath__",), "isinstance": (), "issubclass": (), "type": (), "id": (), "getattr": (), "setattr": (),
    "hasattr": (), "super": (), "callable": (), "property": (), "staticmethod": (), "classmethod": (), "vars": (),
    "map": (), "zip": (), "enumerate": (), "iter": (), "next": (), "globals": (), "locals": (), "object": (),
    "delattr": (), "eval": (), "exec": (),
}  # fmt: skip
#: The same for functions of other modules: what they run besides, or instead of, what any of a library's may.
BY_NAME: dict[str, Names] = {
    "copy.copy": ("__copy__", *PICKLED),
    "copy.deepcopy": ("__deepcopy__", *PICKLED),
    "operator.index": ("__index__",),
    "operator.length_hint": ("__length_hint__", "__len__"),
    "functools.partial": (), "functools.reduce": (), "functools.wraps": (), "functools.lru_cache": (),
    "functools.cache": (), "typing.cast": (), "dataclasses.field": (), "dataclasses.replace": (),
    "contextlib.contextmanager": (), "itertools.chain": (), "collections.deque": (), "types.SimpleNamespace": (),
    "gc.collect": (), "weakref.ref": (), "seamcheck.identity": (), "seamcheck.record": (), "joblib.delayed": (),
}  # fmt: skip
#: Methods of containers that ask their arguments, or what they hold, for something.
BY_METHOD: dict[str, Names] = {
    "index": ("__eq__",), "count": ("__eq__",), "remove": KEY, "add": KEY, "discard": KEY, "get": KEY, "pop": KEY,
    "setdefault": KEY, "sort": ORDER, "fromkeys": KEY, "format": (FORMATTED,), "join": (), "union": KEY,
    "intersection": KEY, "difference": KEY, "issubset": KEY, "issuperset": KEY, "isdisjoint": KEY,
}  # fmt: skip
#: What any function of a library may run of what it is given.
CONVERSIONS: Names = (
    *FORMATTED, *TRUTH, *KEY, *NUMBER, *ORDER, "__round__", "__abs__", "__neg__", "__fspath__", "__bytes__",
    "__array__", "__iter__", "__next__", "__contains__", "__getitem__", "__reversed__", "__floor__", "__ceil__",
    "__sizeof__", "__dir__", "__missing__", *PICKLED,
    *(f"__{side}{name}__" for name in BINARY.values() for side in ("", "r")),
)  # fmt: skip
#: Names that are noted when a class defines them.
NAMES = frozenset(
    {name for each in CONVERSIONS if isinstance(each, str) for name in (each,)}
    | {f"__i{name}__" for name in BINARY.values()}
    | {name for each in (*BY_FUNCTION.values(), *BY_NAME.values()) for name in each if isinstance(name, str)}
    | {name for pair in COMPARING.values() for names in pair for name in names}
    | {
        *UNARY.values(),
        "__call__",
        "__del__",
        "__delitem__",
        "__delattr__",
        "__setattr__",
        "__getattr__",
        "__await__",
    }
    | {"__getattribute__", "__set__", "__delete__", "__set_name__", "__class_getitem__", "__init_subclass__"}
    | {"__instancecheck__", "__subclasscheck__"}
)
