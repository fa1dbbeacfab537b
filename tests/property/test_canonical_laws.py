"""Laws of the canonical form, for any value and any bytes."""

import json
import math
import struct
from collections.abc import Callable
from typing import Any

import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from json_strategies import json_values
from muniment.errors import InvalidValueError
from muniment.values import canonical, numbers, strict_json

LARGEST_SAFE = 2**53 - 1
LARGEST_SPELT = 1e21  # whole floats below are written digit by digit


def from_bits(bits: int) -> float:
    """Give the double of these 64 bits."""
    value: float = struct.unpack(">d", struct.pack(">Q", bits))[0]
    return value


# Random bits reach every exponent alike; the usual strategy seldom leaves the middle.
any_floats = (st.integers(0, 2**64 - 1).map(from_bits) | st.floats()).filter(math.isfinite)
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=6).map(float)
ordinary_floats = decimals.filter(lambda value: abs(value) < LARGEST_SAFE)
texts = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('\x00\x1f\x7f"\\\ue000\uffff\U00010000'))

json_like = st.text('{}[]",:\\u0019dDcCeE+-. \n\ttruefalsné', max_size=25).map(str.encode)


def values(floats: st.SearchStrategy[float], integers: st.SearchStrategy[int]) -> st.SearchStrategy[Any]:
    """JSON values with these numbers, and with names from everywhere in Unicode."""
    return st.recursive(
        st.none() | st.booleans() | integers | floats | texts,
        lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=5),
        max_leaves=15,
    )


any_values = values(any_floats, st.integers()) | json_values()


@given(values(any_floats | ordinary_floats, st.integers(-LARGEST_SAFE, LARGEST_SAFE)))
def test_the_text_is_that_of_the_rfc(value: Any) -> None:
    """Within the domain of RFC 8785, another implementation of it writes the same bytes."""
    assert canonical.encode(value) == rfc8785.dumps(value)


@given(any_floats)
@example(5e-324)
@example(1e-6)
@example(1e21)
@example(math.nextafter(1e21, 0))
@example(math.nextafter(1e-5, 0))
@example(2.0**53)
def test_the_text_of_a_float_is_that_of_the_rfc_and_gives_it_back(value: float) -> None:
    """Each double alone is written as another implementation does, by both ways of writing."""
    text = numbers.float_text(value)
    assert float(text) == value
    assert text.encode() == canonical.encode(value) == rfc8785.dumps(value)


@given(values(any_floats.filter(lambda x: abs(x) <= LARGEST_SAFE or abs(x) >= LARGEST_SPELT), st.integers()))
def test_what_was_written_is_read_back(value: Any) -> None:
    """Reading gives an equal value, but for whole floats beyond 2^53 that are spelt as integers."""
    data = canonical.encode(value)
    assert canonical.decode(data) == canonical.decode_trusted(data) == value


@given(any_values)
def test_writing_again_changes_nothing(value: Any) -> None:
    """The bytes of what was read, from either layout, are the bytes that were written."""
    data = canonical.encode(value)
    assert canonical.encode(canonical.decode(data)) == data
    assert canonical.encode(canonical.decode_trusted(data)) == data
    assert canonical.encode(canonical.decode(canonical.pretty(data))) == data
    assert canonical.decode_as(data, object) == canonical.decode_trusted(data)


@given(any_values)
def test_the_order_of_insertion_means_nothing(value: Any) -> None:
    """A value whose objects were filled in the opposite order has the same bytes."""
    assert canonical.encode(turned(value)) == canonical.encode(value)
    assert canonical.encode(turned(value)) == canonical.encode(value)


def turned(value: Any) -> Any:
    """Give `value` with the names of each object in the opposite order."""
    if isinstance(value, dict):
        return {name: turned(item) for name, item in reversed(value.items())}
    return [turned(item) for item in value] if isinstance(value, list) else value


@given(st.integers(-(10**40), 10**40), st.integers(0, 10_000), st.integers(-(10**700), 10**700))
def test_integers_keep_every_digit(head: int, zeros: int, tail: int) -> None:
    """Writing and reading integers of ten thousand digits and more is exact."""
    value = head * 10**zeros + tail
    text = numbers.integer_text(value)
    assert numbers.integer(text) == value
    assert canonical.decode(canonical.encode([value])) == [value]
    assert text.removeprefix("-").isdigit()
    assert text == "0" or not text.removeprefix("-").startswith("0")


@given(st.integers(-(10**4000), 10**4000))
def test_integers_are_written_as_python_writes_them(value: int) -> None:
    """Within Python's own limit its text is the same."""
    assert numbers.integer_text(value) == str(value)


@given(any_values, st.sampled_from([None, 0, 4]), st.booleans(), st.booleans())
def test_any_layout_of_a_value_is_read_as_that_value(
    value: Any, indent: int | None, ascii_only: bool, sort: bool
) -> None:
    """However another program lays the text out, escapes it or orders it, both readers read it alike."""
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only, sort_keys=sort).encode()
    assert repr(canonical.decode(text)) == repr(strict_json.parse(text))
    assert canonical.decode(text) == value


@given(texts, st.lists(st.sampled_from(["list", "object"]), max_size=6), st.booleans(), st.integers(0, 3))
def test_a_name_that_stands_twice_is_found_anywhere(name: str, around: list[str], escaped: bool, between: int) -> None:
    """At any depth, with others between and with the second one escaped, the second is found at its byte."""
    second = '"' + "".join(f"\\u{ord(c):04x}" if escaped and ord(c) < 1 << 16 else json.dumps(c)[1:-1] for c in name)
    others = "".join(f"{json.dumps(name + str(index))}: [], " for index in range(between))
    before = f"{{{json.dumps(name)}: 1.0, {others}"
    after = '": 2}'
    for kind in around:
        before = ("[0, " if kind == "list" else '{"x": ') + before
        after += "]" if kind == "list" else "}"
    text = before + second + after
    assert outcome(canonical.decode, text.encode()) == len(before.encode())


@given(st.binary(max_size=40) | json_like)
def test_arbitrary_bytes_are_read_alike_or_refused_within_the_text(data: bytes) -> None:
    """Nothing but `InvalidValueError` ever comes out, its offset lies in the text, and both readers agree."""
    readers_agree(data)


@given(any_values, st.data())
def test_damaged_json_is_read_alike_or_refused_within_the_text(value: Any, data: st.DataObject) -> None:
    """The same holds for JSON in which a stretch was replaced, doubled or cut out."""
    text = json.dumps(value, ensure_ascii=data.draw(st.booleans())).encode()
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    stretch = data.draw(
        st.sampled_from([b"", text[start:end] * 2, b"\\ud800", b"e999", b",", b"\xff"]) | st.binary(max_size=3)
    )
    readers_agree(text[:start] + stretch + text[end:])


def readers_agree(data: bytes) -> None:
    """Check that the quick way of reading gives what the exact reader gives, and refuses what it refuses."""
    exact = outcome(strict_json.parse, data)
    assert outcome(canonical.decode, data) == exact
    assert isinstance(exact, str) or 0 <= exact <= len(data)


def outcome(read: Callable[[bytes], Any], data: bytes) -> Any:
    """Give what was read, as text that tells `1` from `1.0`, or the offset at which it was refused."""
    try:
        return repr(read(data))
    except InvalidValueError as error:
        return error.offset
