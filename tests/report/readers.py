"""How platforms read what they are given, written down from their documentation."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any, NamedTuple

#: https://docs.gitlab.com/ci/testing/code_quality/: what a report of another tool has to hold, and nothing else.
CODE_QUALITY: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "additionalProperties": False,
                "properties": {
                    "path": {"type": "string", "minLength": 1, "pattern": r"^(?!\./)"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "additionalProperties": False,
                        "properties": {
                            "begin": {"type": "integer", "minimum": 1},
                            "end": {"type": "integer", "minimum": 1},
                        },
                    },
                },
            },
        },
    },
}


class Command(NamedTuple):
    """One workflow command: its name, its properties and its message."""

    name: str
    properties: dict[str, str]
    message: str


def commands(text: str) -> list[Command]:
    """The workflow commands in a log as the runner finds them: lines that start with ``::``, or hold ``##[``."""
    return [command for line in re.split(r"\r\n|\r|\n", text) if (command := _command(line)) is not None]


def _command(line: str) -> Command | None:
    stripped = line.lstrip()
    if not stripped.startswith("::") or "::" not in stripped[2:]:
        # The older syntax counts anywhere in a line that is no command of the newer one.
        assert "##[" not in line
        return None
    head, _, message = stripped[2:].partition("::")
    name, _, rest = head.partition(" ")
    properties: dict[str, str] = {}
    for pair in filter(None, rest.strip().split(",")):
        key, separator, value = pair.partition("=")
        if separator:
            properties[key] = _unescape(value.replace("%3A", ":").replace("%2C", ","))
    return Command(name, properties, _unescape(message))


def _unescape(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def junit_cases(text: str) -> list[ET.Element]:
    """The test cases of a report; whatever its counts say has to be what it holds."""
    root = ET.fromstring(text.encode())
    suites = root.findall("testsuite")
    for node in (root, *suites):
        found = list(node.iter("testcase"))
        assert int(node.attrib["tests"]) == len(found)
        assert int(node.attrib["failures"]) == len(list(node.iter("failure")))
        assert int(node.attrib["skipped"]) == len(list(node.iter("skipped")))
        assert node.attrib["errors"] == "0"
    return list(root.iter("testcase"))


def unmarked(message: str) -> str:
    """The text of a SARIF message as it was before placeholders and links were told apart from it."""
    return re.sub(r"\{(\{\d+\})\}", r"\1", re.sub(r"\]\\(?=\\*\()", "]", message))
