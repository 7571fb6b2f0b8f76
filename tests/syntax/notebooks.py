"""Notebooks made by hand."""

from __future__ import annotations

import json
from typing import Any


def notebook(*cells: str, form: int = 4, **metadata: Any) -> bytes:
    """A notebook of code cells; a text that starts with ``md:`` is a Markdown cell."""
    made: list[dict[str, Any]] = []
    for text in cells:
        if text.startswith("md:"):
            made.append({"cell_type": "markdown", "metadata": {}, "source": [text[3:]]})
        elif form == 3:
            made.append({"cell_type": "code", "language": "python", "input": text, "outputs": []})
        else:
            outputs = [{"output_type": "stream", "name": "stdout", "text": ["1\n"]}]
            made.append({"cell_type": "code", "metadata": {}, "source": text.splitlines(True),
                         "execution_count": 7, "outputs": outputs})  # fmt: skip
    body = {"worksheets": [{"cells": made}]} if form == 3 else {"cells": made}
    return json.dumps({"nbformat": form, "nbformat_minor": 0, "metadata": metadata, **body}).encode()
