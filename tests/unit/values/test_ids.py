"""What is written like an id, and like the beginning of one."""

import pytest

from muniment.values.ids import is_id, is_prefix


@pytest.mark.parametrize("text", ["0" * 64, "0123456789abcdef" * 4])
def test_an_id_is_64_lower_case_hex_digits(text):
    """It is its own longest prefix."""
    assert is_id(text)
    assert is_prefix(text)


@pytest.mark.parametrize(
    "text", ["", "0" * 63, "0" * 65, "A" * 64, "g" * 64, "0" * 63 + " ", "0" * 63 + "\n", "\u0660" * 64]
)
def test_nothing_else_is_an_id(text):
    """Neither shorter nor longer, nor in capitals, nor with other digits."""
    assert not is_id(text)


@pytest.mark.parametrize("text", ["01234567", "abcdef01", "f" * 63])
def test_a_prefix_has_eight_digits_or_more(text):
    """As many as make it unlikely to be a word."""
    assert is_prefix(text)


@pytest.mark.parametrize("text", ["", "0123456", "0" * 65, "ABCDEF01", "0123456g", "0x123456", "-1234567"])
def test_nothing_else_is_a_prefix(text):
    """Neither shorter nor longer, nor with other characters."""
    assert not is_prefix(text)
