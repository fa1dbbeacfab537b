"""Records: what a store keeps of a kind, written and read, and what is refused."""

import pytest

from muniment.errors import SchemaInvalidError, UnsupportedFormatError
from muniment.schema import lens, record
from muniment.schema.steps import LensStep
from muniment.schema.version import SchemaVersion

EVERY = (
    lens.rename("a", "b", optional=True),
    lens.add("c", default=None),
    lens.remove("d"),
    lens.remove("e", default=None, optional=True),
    lens.move("/f", "/g/h"),
    lens.wrap("i"),
    lens.unwrap("j"),
    lens.convert("k", {"x": True, 1: None}, default_up=[], default_down=None),
    lens.inside("l", lens.each("m", lens.wrap("n"))),
)


def text(lenses, *, older="1.0", newer="1.1", kind="k"):
    """The text of a record."""
    return f'{{"kind":"{kind}","lenses":{lenses},"newer":"{newer}","older":"{older}","type":"lens"}}'.encode()


def test_a_step_is_read_as_it_was_written():
    """Each lens, with null for a default told from none."""
    step = LensStep(older=SchemaVersion(1, 0), newer=SchemaVersion(1, 1), lenses=EVERY)
    found = record.decode("k", record.encode(record.of_step("k", step)))
    assert isinstance(found, record.LensRecord)
    assert found.step() == step
    assert repr(found.lenses) == repr(EVERY)


def test_a_record_of_another_type_is_for_newer_programs():
    """It is no fault."""
    assert record.decode("k", b'{"type":"merge","kind":5}') is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b'{"kind":"k"}',
        text("[]", kind="other"),
        text('[{"op":"wrap"}]'),
        text('[{"op":"wrap","field":"a","more":1}]'),
        text('[{"op":"wrap","field":"schema_version"}]'),
        text('[{"op":"move","source":"","target":"/a"}]'),
        text('[{"op":"inside","field":"a","lenses":' * 50_000),
    ],
    ids=range(10),
)
def test_what_is_no_record_is_refused(data):
    """Also what a hostile hand wrote: lenses that no declaration could make, and such as would end the stack."""
    with pytest.raises(SchemaInvalidError) as caught:
        record.decode("k", data)
    assert caught.value.kind == "k"


def test_a_lens_of_a_newer_program_is_no_damage():
    """It is told as what it is: upgrade."""
    for lenses in (
        '[{"op":"explode"}]',
        '[{"op":"inside","field":"a","lenses":[{"op":"each","lenses":[{"op":"explode"}]}]}]',
    ):
        with pytest.raises(UnsupportedFormatError, match="explode"):
            record.decode("k", text(lenses))


@pytest.mark.parametrize(("older", "newer"), [("1.1", "1.0"), ("1.0", "1.0"), ("1", "1.1")])
def test_a_step_that_leads_nowhere_is_refused(older, newer):
    """When it is taken from its record."""
    found = record.decode("k", text("[]", older=older, newer=newer))
    assert isinstance(found, record.LensRecord)
    with pytest.raises(SchemaInvalidError):
        found.step()
