"""One notebook cell to Python with the same lines: IPython's own syntax becomes statements that say as much.

What is harmless (``%matplotlib``, help) becomes ``pass``, what gives a value or runs elsewhere a call of something
unknown. What may do anything to the variables (``%run``, magics nobody knows) is a caveat: good verdicts cannot
rest on it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

#: Line magics that leave the variables alone.
HARMLESS = frozenset(
    """aimport alias alias_magic autoawait autocall autoindent automagic autoreload autosave bookmark cat cd clear cls
    colors conda config connect_info cp dhist dirs doctest_mode env gui hist history html killbgscripts ldir less lf lk
    ll load load_ext loadpy logoff logon logstart logstate logstop ls lsmagic lx magic mamba man matplotlib micromamba
    mkdir more mv notebook page pastebin pdb pdef pdoc pfile pinfo pinfo2 pip popd pprint precision psearch psource
    pushd pwd pycat qtconsole quickref rehashx reload_ext rep rm rmdir save set_env subplots tb tensorboard
    tensorflow_version unalias unload_ext uv watermark who who_ls whos xmode""".split()
)
#: Magics that run a command elsewhere.
SHELL = frozenset({"!", "sx", "system"})
#: Magics that bind the names on their line: the result of a query, what another language gives back.
NAMING = frozenset({"R", "bigquery", "bq", "sql"})
#: Cell magics with a Python body, run as it stands, and those that run it any number of times.
PYTHON = frozenset({"capture", "prun", "pyinstrument", "snakeviz", "time", "wandb"})
REPEATED = frozenset({"memit", "timeit"})
#: Cell magics with a body that is no code of this program.
FOREIGN = SHELL | frozenset(
    """HTML SVG bash cmd css file html javascript js latex markdown mermaid perl powershell pwsh pypy python python2
    python3 ruby script sh svg writefile""".split()
)
_CALL = "get_ipython()."
_CELL_MAGIC = re.compile(r"[ \t]*%%(?P<name>[\w.]+|!)(?P<rest>[^\n]*)")
_LINE_MAGIC = re.compile(r"%+\s*(?P<name>[\w.]+)?(?P<rest>.*)", re.DOTALL)
_TARGET = r"[*\w.\s,()]+(?:\[(?:\"[^\"\n]*\"|'[^'\n]*'|[\w.:,\s-]*)\][.\w\s]*)*"
_ASSIGNED = re.compile(rf"(?P<target>{_TARGET})=\s*(?P<sign>[!%])(?P<rest>.*)", re.DOTALL)
_NAME = r"%{0,2}[^\W\d*]?[\w*.]*(?:\[(?:\"\w*\"|'\w*'|\w*)\][\w.*]*)*"
_HELP = re.compile(rf"\?{{1,2}}\s*{_NAME}\s*;?\s*$|{_NAME}\?{{1,2}}\s*;?\s*$")
_QUIET_COMMAND = re.compile(
    r"!+\s*(?:sudo\s+)?(?:python3?\s+-m\s+)?"
    r"(?:pip3?|conda|mamba|uv|apt|apt-get|nvidia-smi|ls|pwd|cat|head|which|echo)\b[^|;&>]*$"
)
#: A few magics are written without their sign; these can be nothing else.
_AUTOMAGIC = re.compile(
    r"(?:pip3?|conda|mamba|uv)\s+(?:install|uninstall|list|freeze|show|update|pip)\b(?!\s*=)"
)
_TIMEIT_OPTIONS = re.compile(r"(?:\s*-(?:[nrp]\s*\d+|[tcqov]+)(?=\s|$))*\s*")
_OUTPUTS = re.compile(r"--(?:out|err|proc)[=\s]+([A-Za-z_]\w*)")
_COMPOUND = re.compile(r"(?:async|class|def|for|if|try|while|with)\b|@")
_TOKEN = re.compile(
    r"""\#[^\n]*|\"\"\"|'''|"(?:[^"\\\n]|\\.)*(?:"|$)|'(?:[^'\\\n]|\\.)*(?:'|$)|[(\[{]|[)\]}]""", re.DOTALL
)
_ENDS = {'"""': re.compile(r'(?:[^"\\]|\\.|"(?!""))*"""', re.DOTALL),
         "'''": re.compile(r"(?:[^'\\]|\\.|'(?!''))*'''", re.DOTALL)}  # fmt: skip


class Masked(NamedTuple):
    """The lines of a cell as Python, ``caveats`` by line (from 1), and whether it ends inside a statement."""

    lines: list[str]
    caveats: tuple[tuple[int, str], ...]
    open_end: bool


def mask(text: str) -> Masked:
    """One code cell; as many lines as it has, and one more where a magic binds a name after the cell."""
    lines = _dedent(text.split("\n"))
    caveats: list[tuple[int, str]] = []
    first, after, indent = 0, "", ""
    while True:
        while first < len(lines) and not lines[first].strip():
            first += 1
        header = _CELL_MAGIC.fullmatch(lines[first]) if first < len(lines) else None
        if header is None:
            break
        name, rest = header["name"], header["rest"].strip()
        if name in PYTHON and not indent:
            lines[first] = "pass"
            named = re.search(r"(?:^|\s)([A-Za-z_]\w*)\s*$", rest) if name == "capture" else None
            after = f"{named[1]} = {_CALL}run_cell_magic()" if named is not None else after
        elif name in REPEATED and not indent:
            if _TIMEIT_OPTIONS.sub("", rest, count=1):
                caveats.append((first + 1, f"what `%%{name}` sets up is not followed"))
            lines[first], indent = f"if {_CALL}run_cell_magic():", " "
        else:
            lines[first:] = [_foreign(name, rest, first + 1, caveats)] + [""] * (len(lines) - first - 1)
            return Masked(_indented(lines, first, indent), tuple(caveats), False)
        first += 1
    open_end = _mask_lines(lines, first, caveats)
    if indent:
        header_line = max(n for n in range(first) if lines[n].startswith("if "))
        lines = _indented(lines, header_line + 1, indent)
        if not any(line.strip() and not line.lstrip().startswith("#") for line in lines[header_line + 1 :]):
            lines[header_line] += " pass"
    return Masked([*lines, after] if after else lines, tuple(caveats), open_end)


def _dedent(lines: list[str]) -> list[str]:
    """As IPython does: without the indentation of the first line."""
    start = next((line for line in lines if line.strip()), "")
    indent = start[: len(start) - len(start.lstrip())]
    return [line.removeprefix(indent) for line in lines] if indent else lines


def _indented(lines: list[str], first: int, indent: str) -> list[str]:
    return [*lines[:first], *(indent + line if line else line for line in lines[first:])]


def _foreign(name: str, rest: str, line: int, caveats: list[tuple[int, str]]) -> str:
    """What stands for a cell whose body is no Python."""
    names = _OUTPUTS.findall(rest) if name in FOREIGN else _bound(name, rest)
    if name not in FOREIGN and name not in NAMING:
        caveats.append((line, f"what `%%{name}` does with its cell is not known"))
    return "".join(f"{each} = " for each in names) + f"{_CALL}run_cell_magic()"


def _bound(name: str, rest: str) -> list[str]:
    """The variables that a magic like ``%%sql rows << SELECT ...`` binds."""
    if name == "R":
        return [n for part in re.findall(r"(?:-o|--output)[=\s]*([\w,.]+)", rest) for n in part.split(",")
                if n.isidentifier()]  # fmt: skip
    found = re.match(r"\s*(?:--save\s+)?([A-Za-z_]\w*)\s*" + ("<<" if name == "sql" else r"(?:\s|$)"), rest)
    return [found[1]] if name in NAMING and found is not None else []


def _mask_lines(lines: list[str], first: int, caveats: list[tuple[int, str]]) -> bool:
    """Mask what IPython knows at the start of statements, in place; does the last statement stay open?"""
    state = _State()
    number = first
    while number < len(lines):
        if state.open:
            state.pass_line(lines[number])
            number += 1
            continue
        line = lines[number]
        indent = line[: len(line) - len(line.lstrip())]
        last = number
        while lines[last].endswith("\\") and last + 1 < len(lines):
            last += 1
        body = "\n".join([line[len(indent) :], *lines[number + 1 : last + 1]])
        masked = _statement(body, number + 1, caveats)
        if masked is None:
            state.pass_line(line)
            number += 1
            continue
        replaced = (indent + masked).split("\n")
        lines[number : last + 1] = replaced + [""] * (last + 1 - number - len(replaced))
        number = last + 1
    return state.open


def _statement(body: str, line: int, caveats: list[tuple[int, str]]) -> str | None:
    """Python for a line that is none, or None for one that is; ``body`` has no indentation."""
    if _HELP.match(body) or _AUTOMAGIC.match(body):
        return "pass"
    if body.startswith("!"):
        return "pass" if _QUIET_COMMAND.match(body) else f"{_CALL}system()"
    if body.startswith("%"):
        return _line_magic(body, line, caveats)
    found = _ASSIGNED.match(body) if ("=" in body and ("!" in body or "%" in body)) else None
    if found is None:
        return None
    target = found["target"].replace("\\\n", " ").strip()
    if found["sign"] == "!":
        return f"{target} = {_CALL}getoutput()"
    magic = _LINE_MAGIC.match("%" + found["rest"])
    name = magic["name"] if magic is not None else None
    if name not in HARMLESS | NAMING | SHELL:
        caveats.append((line, f"what `%{name}` does is not known"))
    return f"{target} = {_CALL}run_line_magic()"


def _line_magic(body: str, line: int, caveats: list[tuple[int, str]]) -> str:
    while True:
        found = _LINE_MAGIC.match(body)
        name, rest = (found["name"] or "", found["rest"].lstrip()) if found is not None else ("", "")
        if name != "time" or not rest.startswith("%"):
            break
        body = rest
    if name == "time":
        return (_statement(rest, line, caveats) or rest) if rest and rest != "\\" else "pass"
    if name == "timeit":
        timed = _TIMEIT_OPTIONS.sub("", rest, count=1)
        if not timed:
            return "pass"
        if not _COMPOUND.match(timed) and _statement(timed, line, []) is None:
            return f"if {_CALL}run_line_magic(): {timed}"
    if name in SHELL:
        return f"{_CALL}system()"
    if name in NAMING:
        return "".join(f"{each} = " for each in _bound(name, rest)) + f"{_CALL}run_line_magic()"
    if name in HARMLESS or (name == "store" and not re.match(r"-\w*[rdz]", rest)):
        return "pass"
    caveats.append((line, f"what `%{name}` does is not known"))
    return f"{_CALL}run_line_magic()"


class _State:
    """Brackets, strings and continuations over the lines of a cell: where statements start."""

    def __init__(self) -> None:
        self._depth = 0
        self._quote = ""
        self._continued = False

    @property
    def open(self) -> bool:
        """Does the next line belong to the same statement?"""
        return bool(self._quote) or self._depth > 0 or self._continued

    def pass_line(self, line: str) -> None:
        """Go over one line."""
        position, comment = 0, False
        self._continued = False
        while position <= len(line):
            if self._quote:
                end = _ENDS[self._quote].match(line, position)
                if end is None:
                    return
                position, self._quote = end.end(), ""
            found = _TOKEN.search(line, position)
            if found is None:
                break
            token, position = found[0], found.end()
            if token in _ENDS:
                self._quote = token
            elif token in "([{":
                self._depth += 1
            elif token in ")]}":
                self._depth = max(0, self._depth - 1)
            comment = token.startswith("#")
        self._continued = line.endswith("\\") and not comment
