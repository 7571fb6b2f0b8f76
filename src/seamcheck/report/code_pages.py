"""The finding codes as Markdown: a page for each and an index, generated from the one table of codes."""

from __future__ import annotations

from collections.abc import Iterable

from seamcheck.checks.codes import Code, all_codes

INDEX = "README.md"
_GENERATED = "<!-- Generated from rules/codes.toml by `make docs`. Change it there. -->\n"

#: Family (the digit behind SEAM) -> its title; what is not listed here has no page, and a test says so.
FAMILIES = {
    "1": "Consumers and their registry",
    "2": "The seam between prep and training",
    "3": "Do all trials see the same data?",
    "4": "Test rows where they must not be",
    "5": "Studies, contracts and what links them",
    "6": "Certified results",
    "7": "Claims against a replay",
    "9": "Housekeeping",
}
_ANSWERS = {"error": "fails {command}", "warning": "fails {command}", "note": "is told, and fails nothing"}
_UNREAD = "SEAM901"
_REPLAYED = "SEAM7"
_HOUSEKEEPING = "SEAM9"


def pages() -> dict[str, str]:
    """All pages by file name."""
    codes = list(all_codes().values())
    return {INDEX: index(codes), **{f"{code.code}.md": page(code) for code in codes}}


def index(codes: Iterable[Code]) -> str:
    """The list of all codes, by family."""
    lines = [
        _GENERATED,
        "# Finding codes\n",
        "Errors and warnings fail a scan, notes never do. A code keeps its number and its meaning for ever.",
        "`seamcheck explain CODE` prints a page in the terminal.\n",
    ]
    families: dict[str, list[Code]] = {}
    for code in codes:
        families.setdefault(code.code[4], []).append(code)
    for family, members in families.items():
        lines += [f"## {_heading(family)}\n", "| Code | Name | Severity | Meaning |", "|---|---|---|---|"]
        lines += [
            f"| [{code.code}]({code.code}.md) | {code.name} | {code.severity} | {_cell(code.summary)} |"
            for code in members
        ]
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def page(code: Code) -> str:
    """One code: severity, meaning, example, what to do, and how to live with it."""
    family = code.code[4]
    example = code.example.strip("\n")
    language = "console" if example.startswith("$") else "python"
    parts = [
        _GENERATED,
        f"# {code.code} {code.name}\n",
        f"{code.summary}\n",
        f"**{code.severity}** · since {code.since} · [{FAMILIES[family]}]({INDEX}#{_anchor(family)})\n",
        f"{_severity(code)}\n",
        f"## What it means\n\n{code.explanation.strip()}\n",
        f"## Example\n\n```{language}\n{example}\n```\n",
        f"## What to do\n\n{code.remedy.strip()}\n",
        f"## To live with it\n\n{_living(code)}",
    ]
    return "\n".join(parts)


def _severity(code: Code) -> str:
    command = "`seamcheck verify`" if code.code.startswith(_REPLAYED) else "a scan"
    article = "An" if code.severity == "error" else "A"
    answer = _ANSWERS[code.severity].format(command=command)
    return f"{article} {code.severity} {answer}. Another severity can be set in the configuration."


def _living(code: Code) -> str:
    """How a finding is silenced, and whether a baseline may hold it."""
    if code.code.startswith(_REPLAYED):
        return "No comment silences it, and no baseline may hold it: a replay saw what it says. Settle it.\n"
    if code.code == _UNREAD:
        return (
            "A comment silences it only where the file can be read in part. Leave the file out if it is no part\n"
            "of the program. No baseline may hold it: what was not read is not known.\n\n"
            '```toml\nextend-exclude = ["path/of/the/file.py"]\n```\n'
        )
    if code.code.startswith(_HOUSEKEEPING):
        return f"No comment silences it, and no baseline may hold it: a small edit settles it.\n\n{_configured(code)}"
    blocks = (
        "A silenced unknown still blocks every proof that rests on it.\n"
        if code.name.startswith("unknown-")
        else "A verdict stays what it is: only the finding is silenced.\n"
    )
    return (
        "Say why, on the statement or on the line above it; the reason is mandatory. "
        f"{'No baseline may hold it' if code.never_baseline else 'A baseline may hold it'}.\n\n"
        f"```python\n...  # seamcheck: ignore[{code.code}] -- the reason\n```\n\n{blocks}\n{_configured(code)}"
    )


def _configured(code: Code) -> str:
    return (
        "For the whole project, in `seamcheck.toml`:\n\n"
        f'```toml\nignore = ["{code.code}"]\n\n'
        f'# or\n[severity]\n{code.name} = "{"warning" if code.severity == "note" else "note"}"\n```\n'
    )


def _heading(family: str) -> str:
    return f"SEAM{family}xx: {FAMILIES[family]}"


def _anchor(family: str) -> str:
    """The anchor that Markdown viewers give the heading of a family."""
    kept = "".join(char for char in _heading(family).lower() if char.isalnum() or char in " -")
    return kept.replace(" ", "-")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
