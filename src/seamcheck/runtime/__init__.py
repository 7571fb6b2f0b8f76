"""A guard for user code: a consumer that is registered as ``xy_only`` gets a run of which it can read only X and y.

::

    from seamcheck import runtime

    GUARD = runtime.Guard(data={"X", "y"}, open={"cell", "fold"}, requirements="seamcheck.toml")

    @GUARD.consumer("s40")
    def s40(run): ...

Needs nothing but Python and imports nothing else of seamcheck, so that it can stay in production code. It keeps honest
programs honest: Python cannot hide an object from code that is determined to find it, and what a consumer reads from
files or trains itself is not seen here; ``seamcheck scan`` sees that.
"""

from seamcheck.runtime.errors import DynamicsDenied, GuardError, RequirementsError, UnknownConsumer
from seamcheck.runtime.guard import Enforced, Guard
from seamcheck.runtime.requirements import Requirement, load_requirements
from seamcheck.runtime.views import closed, readable

__all__ = [
    "DynamicsDenied",
    "Enforced",
    "Guard",
    "GuardError",
    "Requirement",
    "RequirementsError",
    "UnknownConsumer",
    "closed",
    "load_requirements",
    "readable",
]
