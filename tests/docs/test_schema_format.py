"""What the page on schemas shows is what the package writes."""

import hashlib
import re
from pathlib import Path

import pytest

from muniment.errors import InvalidValueError
from muniment.files.layout import Layout
from muniment.schema import lens, record
from muniment.schema.kept import KEPT
from muniment.schema.motion import bind_all
from muniment.schema.steps import LensStep
from muniment.schema.version import STAMP, schema_version

PAGE = (Path(__file__).resolve().parents[2] / "docs/format/schemas.md").read_text(encoding="utf-8")
KINDS = {kind.__struct_config__.tag: kind for kind in lens.Lens.__args__}


def step(*lenses):
    """Make the step between 1.1 and 1.2."""
    return LensStep(older=schema_version("1.1"), newer=schema_version("1.2"), lenses=lenses)


def test_the_record_is_the_one_that_is_written():
    """The bytes shown have the hash shown, and are those of the step that the text above them tells."""
    ((text, digest),) = re.findall(r"^\$ printf %s '(.*)' \| sha256sum\n(\w+)  -$", PAGE, re.MULTILINE)
    assert hashlib.sha256(text.encode()).hexdigest() == digest
    told = step(lens.rename("host", "hostname"), lens.add("tls", default=False))
    assert record.encode(record.of_step("service", told)) == text.encode()
    assert record.decode("service", text.encode()) == record.of_step("service", told)
    assert f"{digest[:8]}…{digest[-4:]}.json" in PAGE


def test_records_lie_where_the_page_says():
    """The paths are those of the layout."""
    layout = Layout("config")
    assert layout.record("<kind>", "<sha256>").endswith("/.muniment/schemas/<kind>/<sha256>.json")
    assert layout.editor_schema("<kind>", "<version>").endswith("/.muniment/schemas/<kind>/<version>.schema.json")
    assert "`.muniment/schemas/<kind>/<sha256>.json`" in PAGE
    assert "`.muniment/schemas/<kind>/<version>.schema.json`" in PAGE


@pytest.mark.parametrize("kind", [record.LensRecord, record.SchemaRecord], ids=lambda kind: kind.__name__)
def test_each_member_of_a_record_is_told(kind):
    """The table under the type of a record has a row for each of its members, and no other."""
    tag = kind.__struct_config__.tag
    (table,) = re.findall(rf"^`{tag}`: .*?\n\n(\|.*?)\n\n", PAGE, re.DOTALL | re.MULTILINE)
    told = re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)))
    assert sorted(told) == sorted(["type", *kind.__struct_fields__])


@pytest.mark.parametrize("op", KINDS)
def test_each_member_of_a_lens_is_told(op):
    """The heading of a lens has the form in which it is written."""
    (form,) = re.findall(rf'^### .*\{{"op":"{op}",([^`]*)\}}`', PAGE, re.MULTILINE)
    told = re.findall(r'"(\w+)":', form)
    expected = KINDS["inside" if op == "each" else "wrap" if op == "unwrap" else op].__struct_fields__
    assert told == list(expected) or form == "…"


def test_the_members_are_reserved():
    """A lens refuses each name that the page reserves."""
    table = PAGE.partition("## Reserved members")[2].partition("\n## ")[0]
    names = re.findall(r"^\| `(.*?)` \|", table, re.MULTILINE)
    assert {STAMP, KEPT} < set(names)
    for name in names:
        with pytest.raises(InvalidValueError, match="reserved"):
            lens.rename(name, "other")


def test_things_are_kept_where_the_page_says():
    """The two keys of the page are those of the first lens of a step, and of the first within its third."""
    told = step(lens.remove("a"), lens.rename("b", "c"), lens.each("items", lens.remove("a")))
    document = {"a": 1, "b": 2, "items": [{"a": 3}]}
    for motion in bind_all(told.lenses, told.key, up=True):
        motion(document)
    ((first, nested),) = re.findall(r'So `"(.*?)"` is the first lens .*? and `"(.*?)"` the first lens within', PAGE)
    assert document == {KEPT: {first: 1}, "c": 2, "items": [{KEPT: {nested: 3}}]}
