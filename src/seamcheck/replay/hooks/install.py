"""Puts hooks in place: on what is imported already, and on the rest when it is."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterable
from types import ModuleType
from typing import Any, cast

from seamcheck.libraries.load import load_models
from seamcheck.libraries.models import Models
from seamcheck.replay.hooks import by_value, calls, canaries, datasets
from seamcheck.replay.hooks.active import guarded
from seamcheck.replay.hooks.canaries import Canary
from seamcheck.replay.hooks.imports import Watcher, unwatch, watch
from seamcheck.replay.hooks.parts import Names
from seamcheck.replay.hooks.patches import Patches, vars_of
from seamcheck.replay.hooks.plan import FITS, SKLEARN_BASE, STEPS, Target, plan
from seamcheck.replay.session import Session


class Hooks:
    """All hooks of this process."""

    def __init__(self, models: Models):
        self.names = Names(models)
        self.patches = Patches()
        self.canaries: list[Canary] = []
        self.session: Session | None = None
        self._models = models
        self._plan = plan(models)
        self._adopted: dict[type, frozenset[str]] = {}
        self._watcher: Watcher | None = None

    def start(self, session: Session) -> None:
        """Hook what is there and watch for the rest."""
        self.session = session
        if self._watcher is None:
            self._watcher = watch((*self._plan, *datasets.BY_MODULE, *by_value.MODULES), self.loaded)
            for name in self._watcher.missed:
                session.note("canary", f"{name} was being imported when its hooks were to be installed")

    def stop(self) -> None:
        """Take all hooks back."""
        if self._watcher is not None:
            unwatch(self._watcher)
        self.patches.undo()

    def loaded(self, name: str) -> None:
        """The code of a watched module has run. Never raises: the import is the user's."""
        session = self.session
        if session is None:
            return
        before = len(self.canaries)
        guarded(session, f"hooks of {name} could not be installed", lambda: self._hook(name))
        for canary in self.canaries[before:]:
            for problem in canaries.check(canary):
                session.note("canary", problem)

    def _hook(self, name: str) -> None:
        module = sys.modules[name]
        if name in by_value.MODULES:
            by_value.hook(self.patches, module, self._made)
        hold = datasets.BY_MODULE.get(name)
        if hold is not None:
            for kind in hold(self.patches, self._models, module):
                self.canaries.append(Canary(f"{name}.{kind.__name__}", kind, "__init__", "dataset"))
        for target in self._plan.get(name, ()):
            found = _found(module, target.attribute)
            if isinstance(found, type) and target.methods:
                self._class(target, found)
            elif callable(found) and not target.methods:
                self._function(target, found)

    def _function(self, target: Target, found: Any) -> None:
        rule = self._models.call(target.name)
        if rule is not None and self.patches.function(target.name, found, calls.function(self.names, rule)):
            self.canaries.append(Canary(target.name, found, "", "function"))

    def _class(self, target: Target, found: type) -> None:
        if target.name != SKLEARN_BASE:
            self.names.known.setdefault(found, target.name)
        elif target.attribute == "BaseEstimator":
            self._mixins(sys.modules[found.__module__])
        if found not in self._adopted:
            self._adopted[found] = frozenset(target.methods)
            self.adopt(found, target.methods)
            self._future(found, target.methods)
            self.canaries.append(
                Canary(
                    target.name, found, target.methods[0], "base" if target.name == SKLEARN_BASE else "class"
                )
            )

    def _mixins(self, module: ModuleType) -> None:
        """Mixins of scikit-learn's that define a fit and derive from nothing."""
        for kind in list(vars(module).values()):
            if isinstance(kind, type) and kind.__module__ == module.__name__:
                self.wrap(kind, FITS)

    def adopt(self, kind: type, methods: Iterable[str]) -> None:
        """Wrap the methods that a class or its bases define, and those of all its subclasses."""
        for base in kind.__mro__[:-1]:
            self.wrap(base, methods)
        children: list[type] = type.__subclasses__(kind)
        for child in children:
            self.adopt(child, methods)

    def _made(self, kind: type) -> None:
        """A class that was derived before it got its methods."""
        session = self.session
        for base, methods in self._adopted.items():
            if session is not None and base in kind.__mro__[1:]:
                guarded(session, kind.__name__, functools.partial(self.adopt, kind, methods))

    def wrap(self, kind: type, methods: Iterable[str]) -> None:
        """Wrap what this very class defines."""
        for name in methods:
            if name in STEPS and self.names.models.category(self.names.public(kind)) == "booster":
                self.patches.method(kind, name, calls.step(self.names, name))
            else:
                self.patches.method(kind, name, calls.method(self.names, name))

    def _future(self, base: type, methods: tuple[str, ...]) -> None:
        """The same for classes that will be derived: after whatever ``__init_subclass__`` there is already."""
        before = base.__dict__.get("__init_subclass__")

        def derived(cls: Any, /, **options: Any) -> None:
            if before is not None:
                before.__get__(None, cls)(**options)
            else:
                super(cast(Any, base), cls).__init_subclass__(**options)
            session = self.session
            if session is not None:
                guarded(session, cls.__name__, lambda: self.adopt(cls, methods))

        if before is not None:
            functools.update_wrapper(derived, before.__func__)
        ours: Any = classmethod(derived)
        try:
            type.__setattr__(base, "__init_subclass__", ours)
        except TypeError:  # a class of C code: derived classes cannot be seen
            return

        def undo() -> None:
            if base.__dict__.get("__init_subclass__") is not ours:
                return
            if before is not None:
                type.__setattr__(base, "__init_subclass__", before)
            else:
                type.__delattr__(base, "__init_subclass__")

        self.patches.undone_by(undo)


def _found(module: ModuleType, attribute: str) -> Any:
    """An attribute that is there: lazy modules are not made to import anything."""
    return vars_of(module).get(attribute)


_HOOKS: Hooks | None = None


def install(session: Session, models: Models | None = None) -> None:
    """Hook train calls: of libraries imported already and of those to come. Again: for another session.

    ``models``: with a project's own rules; else those shipped with seamcheck.
    """
    global _HOOKS
    if _HOOKS is None:
        _HOOKS = Hooks(models if models is not None else load_models())
    _HOOKS.start(session)


def uninstall() -> None:
    """Take all hooks back: classes and functions are what they were."""
    global _HOOKS
    if _HOOKS is not None:
        _HOOKS.stop()
        _HOOKS = None


def canary(session: Session) -> list[str]:
    """A train call of each hooked library, as the hooks see it: what went wrong. Nothing is trained.

    Each hook is also tried right after it was put in place; failures are notes of kind "canary" then.
    """
    if _HOOKS is None:
        return ["the hooks are not installed"]
    return [problem for each in _HOOKS.canaries for problem in canaries.check(each)]
