"""Which folders a project's imports start from."""

from pathlib import Path

import pytest

from seamcheck.adopt.source_roots import source_roots
from seamcheck.config.discovery import discover
from seamcheck.facts.extract import extract_all
from seamcheck.flow.modules import ModuleIndex


@pytest.mark.parametrize(
    ("files", "roots"),
    [
        ({"a.py": "import os, numpy"}, ()),
        ({"src/a/__init__.py": "", "src/a/b.py": "from a import c"}, ("src",)),
        # A folder that is itself imported as `src`.
        ({"src/__init__.py": "", "src/b.py": "from src import c"}, ()),
        # Only `code/` explains the import, and nobody would look there.
        ({"run/main.py": "from tools.io import read", "code/tools/io.py": ""}, ("code",)),
        # A package is found wherever it is, if there is only one of its name.
        ({"run/main.py": "from tools.io import read", "code/tools/io.py": "", "code/tools/__init__.py": ""}, ()),
        ({"main.py": "import helpers", "shared/helpers.py": ""}, ("shared",)),
        # Two folders could be meant: none is named.
        ({"main.py": "import helpers", "one/helpers.py": "", "two/helpers.py": ""}, ()),
        # Relative imports need no root, and look the same in the facts.
        ({"p/__init__.py": "from .q import x", "p/q.py": "x = 1"}, ()),
        ({"p/__init__.py": "", "p/r/__init__.py": "", "p/r/s.py": "from ..q import x", "p/q.py": "x = 1"}, ()),
        # A folder named like a library is none.
        ({"main.py": "import torch\nimport json", "vendor/torch.py": "", "vendor/json.py": ""}, ()),
        # What only tests import says nothing about the program.
        ({"tests/test_a.py": "import helpers", "shared/helpers.py": ""}, ()),
    ],
)  # fmt: skip
def test_roots(tmp_path: Path, files: dict[str, str], roots: tuple[str, ...]) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "seamcheck.toml").touch()
    found = discover([tmp_path])
    facts, _ = extract_all(found.files, found.root, None)
    assert source_roots(str(tmp_path), ModuleIndex(facts), {"torch", "numpy"}) == roots
