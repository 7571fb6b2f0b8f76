"""The pytest plugin: ``--seamcheck`` runs the gate as tests, and assertions hold runs and consumers to their claims.

Found by pytest when seamcheck is installed; ``-p no:seamcheck`` leaves it out. Loading it imports nothing but pytest,
which is there already; the rest comes when it is used.

PYTEST_DONT_REWRITE: nothing here asserts, and whoever imported it before pytest shall not be warned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from seamcheck.pytest_plugin.assertions import assert_same_capture, assert_trial_invariant
    from seamcheck.pytest_plugin.guard import CheckedGuard

__all__ = ["assert_same_capture", "assert_trial_invariant", "seamcheck_guard"]


def __getattr__(name: str) -> Any:
    """The assertions, imported when they are first asked for."""
    if name in ("assert_same_capture", "assert_trial_invariant"):
        from seamcheck.pytest_plugin import assertions

        return getattr(assertions, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--seamcheck``, ``--seamcheck-paths`` and the ini option ``seamcheck_paths``."""
    group = parser.getgroup("seamcheck")
    group.addoption(
        "--seamcheck",
        action="store_true",
        help="Scan the program once; every finding that fails the gate is a failed test.",
    )
    group.addoption(
        "--seamcheck-paths",
        action="append",
        default=[],
        metavar="PATH",
        help="What --seamcheck scans, in place of the ini option. Repeatable.",
    )
    parser.addini(
        "seamcheck_paths", "What --seamcheck scans (default: the root folder).", type="paths", default=[]
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker; refuse paths that nothing would scan."""
    config.addinivalue_line("markers", "seamcheck: a claim or finding of the gate (pytest --seamcheck)")
    paths = config.getoption("seamcheck_paths")
    if paths and not config.getoption("seamcheck"):
        raise pytest.UsageError("--seamcheck-paths scans nothing without --seamcheck: add --seamcheck")
    # Workers of pytest-xdist take over these options, not the folder that the paths are relative to.
    config.option.seamcheck_paths = [str(config.invocation_params.dir / each) for each in paths]


# First, so that -k, -m and --deselect see these items, too.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add the items of the gate; the program is scanned here, once."""
    if config.getoption("seamcheck"):
        from seamcheck.pytest_plugin.gate import gate_items

        items.extend(gate_items(session))


@pytest.fixture(scope="session")
def seamcheck_guard(pytestconfig: pytest.Config) -> Callable[..., CheckedGuard]:
    """Makes guards that can be asserted on: ``seamcheck_guard(data={"X", "y"}, open={"cell"})``.

    Without ``requirements=`` they are read from the ``seamcheck.toml`` or ``pyproject.toml`` in the root folder.
    """
    from seamcheck.pytest_plugin.guard import CheckedGuard

    def make(data: Iterable[str], open: Iterable[str] = (), requirements: Any = None) -> CheckedGuard:
        return CheckedGuard(data, open, pytestconfig.rootpath if requirements is None else requirements)

    return make
