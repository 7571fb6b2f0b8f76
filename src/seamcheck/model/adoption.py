"""What ``seamcheck init`` found in a project and what it writes there."""

from __future__ import annotations

from typing import Literal

import msgspec

from seamcheck.model.report import ScanReport

Action = Literal["create", "extend", "keep"]


class Change(msgspec.Struct, frozen=True):
    """One file: to be made, to be extended, or to be left as it is.

    ``path`` is relative to ``folder``, ``shown`` to the project. ``before`` is what the file must still hold when it
    is extended, ``after`` what it holds then, ``added`` the part that is new. ``why`` says why a file is kept.
    """

    folder: str
    path: str
    shown: str
    action: Action
    before: str = ""
    after: str = ""
    added: str = ""
    why: str = ""


class Adoption(msgspec.Struct, frozen=True):
    """A scan under the configuration that then holds, and the changes that lead there.

    ``hook`` is the text of the hook for ``hook_file`` where no change brings it there, else empty.
    """

    report: ScanReport
    changes: tuple[Change, ...]
    hook: str
    hook_file: str
    dry_run: bool = False
