"""Schema versions: their grammar, their order, and the stamp in a document."""

import pytest

from muniment.errors import InvalidValueError
from muniment.schema.version import SchemaVersion, schema_version, stamp_of


def test_versions_are_ordered_by_number():
    """1.10 comes after 1.9, and 10.0 after 9.99."""
    texts = ["1.0", "1.9", "1.10", "2.0", "9.99", "10.0"]
    assert sorted(map(schema_version, reversed(texts))) == [schema_version(text) for text in texts]


@pytest.mark.parametrize("text", ["0.0", "1.2", "999999999.999999999"])
def test_a_version_is_written_as_it_was_read(text):
    """There is one spelling for each."""
    assert str(schema_version(text)) == text


@pytest.mark.parametrize(
    "text", ["", "1", "1.", ".1", "1.2.3", "01.2", "1.02", "-1.2", "1.2\n", " 1.2", "v1.2", "1.٢", "1.9999999999"]
)
def test_what_is_no_version_is_refused(text):
    """Also what Python's `int` would take, and what it would be slow to."""
    with pytest.raises(InvalidValueError) as caught:
        schema_version(text)
    assert caught.value.pointer == "/schema_version"


@pytest.mark.parametrize("given", [1.2, 1, None, True, ["1.2"], {}, b"1.2"])
def test_only_text_is_a_version(given):
    """A number would lose its last zero: 1.10 is 1.1 in JSON."""
    with pytest.raises(InvalidValueError):
        schema_version(given)


def test_the_stamp_of_a_document():
    """What is not there is None; what is there and null is no version."""
    assert stamp_of({"schema_version": "1.10"}) == SchemaVersion(1, 10)
    assert stamp_of({}) is None
    with pytest.raises(InvalidValueError):
        stamp_of({"schema_version": None})
