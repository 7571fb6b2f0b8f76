"""First on the path of child processes of a replay: lets them join it, then stands aside for the user's own."""

import importlib.machinery
import importlib.util
import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))


def _join() -> None:
    # A tracker of multiprocessing or loky runs no user code.
    if "SEAMCHECK_REPLAY" not in os.environ or any("resource_tracker" in word for word in sys.orig_argv):
        return
    try:
        from seamcheck.replay.children import join_run
    except ImportError:  # another Python: it stays without hooks, which the parent says
        return
    join_run()


def _stand_aside() -> None:
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != _HERE]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", sys.path)
    if spec is not None and spec.loader is not None:
        module = importlib.util.module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


try:
    _join()
finally:
    _stand_aside()
