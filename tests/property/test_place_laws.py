"""The laws of places in a text: whatever the layout, the value at a pointer is read from where it begins."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from json_strategies import json_values, names
from muniment.errors import InvalidValueError
from muniment.values import canonical, place, pointer

SPACE = st.text(alphabet=" \t\r\n", max_size=3)
LINE_ENDS = st.sampled_from(["\n", "\r\n", "\r"])


@st.composite
def layouts(draw: st.DrawFn) -> dict[str, Any]:
    """Ways of `json.dumps` to lay a value out: any spaces and ends of lines, escapes or none."""
    return {
        "indent": draw(st.none() | st.integers(0, 3) | SPACE),
        "separators": (draw(SPACE) + "," + draw(SPACE), draw(SPACE) + ":" + draw(SPACE)),
        "ensure_ascii": draw(st.booleans()),
    }


@st.composite
def texts(draw: st.DrawFn) -> tuple[Any, bytes]:
    """A value and a text of it, with spaces around."""
    value = draw(json_values())
    written = json.dumps(value, **draw(layouts())).replace("\n", draw(LINE_ENDS))
    return value, (draw(SPACE) + written + draw(SPACE)).encode()


def places(value, here=()):
    """Give the tokens of every place in `value`, and what is there."""
    yield here, value
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for token, item in inside:
        yield from places(item, (*here, str(token)))


@given(texts())
def test_every_value_is_read_from_where_it_begins(written):
    """For each pointer into a value, another reader finds just what is there, at the offset in its text."""
    value, text = written
    canonical.decode(text)  # what `offset_of` expects of a text
    for tokens, expected in places(value):
        rest = text[place.offset_of(text, pointer.join(tokens)) :].decode()
        read, _ = json.JSONDecoder().raw_decode(rest)
        assert repr(read) == repr(expected)


@given(texts(), st.lists(names(), min_size=1, max_size=4))
def test_a_pointer_to_nothing_ends_at_the_last_value_that_is_there(written, tokens):
    """The offset is that of the longest beginning of the pointer that leads to a value."""
    value, text = written
    there = max(count for count in range(len(tokens) + 1) if leads_somewhere(value, tokens[:count]))
    offset = place.offset_of(text, pointer.join(tokens))
    assert offset == place.offset_of(text, pointer.join(tokens[:there]))


def leads_somewhere(value, tokens):
    """Tell whether there is a value at the pointer."""
    try:
        pointer.get(value, pointer.join(tokens))
    except InvalidValueError:
        return False
    return True


@given(st.lists(st.text(max_size=5).filter(lambda line: not set(line) & set("\r\n"))), LINE_ENDS, st.data())
def test_a_line_and_a_column_lead_back_to_the_byte(lines, end, data):
    """Whoever goes to that line and column of the text stands before the character that begins at the offset."""
    line = data.draw(st.integers(1, max(1, len(lines))))
    column = data.draw(st.integers(1, 1 + len(lines[line - 1] if lines else "")))
    before = end.join([*lines[: line - 1], (lines or [""])[line - 1][: column - 1]])
    text = end.join(lines).encode()
    assert place.line_and_column(text, len(before.encode())) == (line, column)
