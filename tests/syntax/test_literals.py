import ast
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamcheck.syntax.literals import integer, string

PIECES = st.lists(
    st.sampled_from(
        [
            "a",
            "é",
            "\n",
            '"',
            "\\\\",
            "\\n",
            "\\x41",
            "\\u00e9",
            "\\101",
            "\\777",
            "\\N{BULLET}",
            "\\'",
            "\\\n",
            "\\q",
            "''",
        ]
    )
).map("".join)


@given(
    prefix=st.sampled_from(["", "r", "b", "Rb", "u"]),
    quote=st.sampled_from(["'", '"', "'''", '"""']),
    body=PIECES,
)
def test_strings_evaluate_as_in_python(prefix: str, quote: str, body: str) -> None:
    token = prefix + quote + body + quote
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            expected = ast.literal_eval(token)
        except (SyntaxError, ValueError):
            return
        tokens = [node for node in ast.walk(ast.parse(token)) if isinstance(node, ast.Constant)]
    if len(tokens) == 1 and not _adjacent(token, quote):
        assert string(token) == expected


def _adjacent(token: str, quote: str) -> bool:
    """Whether Python reads the token as several strings side by side."""
    import io
    import tokenize

    kinds = [t.type for t in tokenize.generate_tokens(io.StringIO(token + "\n").readline)]
    return kinds.count(tokenize.STRING) > 1


@pytest.mark.parametrize("token", ["0", "1_000", "0b1", "0o17", "0XfF", "00"])
def test_integers(token: str) -> None:
    assert integer(token) == ast.literal_eval(token)
