"""Validation without the Python type: the place of a fault, its words, and the faults of schemas themselves."""

import datetime as dt
import subprocess
import sys
import uuid
from enum import Enum
from typing import Annotated, Any, Literal

import msgspec
import pytest

from muniment.errors import InvalidValueError
from muniment.schema.json_schema import describe
from muniment.schema.validator import Validator


class Level(Enum):
    """Values to choose from."""

    LOW = "low"
    HIGH = "high"


class Card(msgspec.Struct, tag="card", tag_field="by", forbid_unknown_fields=True):
    """A closed branch of a tagged union."""

    number: Annotated[str, msgspec.Meta(pattern="^[0-9]+$")]


class Cash(msgspec.Struct, tag="cash", tag_field="by"):
    """An open branch of it."""

    amount: Annotated[int, msgspec.Meta(ge=0)]


class Line(msgspec.Struct, forbid_unknown_fields=True):
    """A closed part."""

    item: str
    count: Annotated[int, msgspec.Meta(ge=1, le=99)] = 1


class Order(msgspec.Struct, forbid_unknown_fields=True):
    """One of each sort of member."""

    lines: Annotated[list[Line], msgspec.Meta(max_length=3)] = []
    paid: Card | Cash | None = None
    level: Level = Level.LOW
    urgent: Literal["no", "yes"] | None = None
    quotas: dict[Annotated[str, msgspec.Meta(max_length=5)], int] = {}
    note: str | None = None
    pair: tuple[int, str] = (0, "")
    gift: Line | None = None
    size: int = 0
    anything: Any = None
    named: Line | list[Line] | str = ""


ORDER = Validator(describe(Order, "order", "1.0"))


def fault(**members):
    """The fault of an order with these members."""
    return ORDER.fault({"schema_version": "1.0", **members})


def raw(schema, value):
    """The fault of a value by a schema that somebody wrote."""
    return Validator(schema).fault(value)


def test_what_is_right_has_no_fault():
    """None is the answer for a document that fits."""
    assert fault() is None
    assert fault(lines=[{"item": "a", "count": 99}], paid={"by": "cash", "amount": 3}, level="high", note=None) is None
    assert ORDER.fault({"$schema": "../order.schema.json", "schema_version": "1.0"}) is None


@pytest.mark.parametrize(
    ("members", "place", "reason"),
    [
        ({"lines": [{"item": "a"}, {"item": 3}]}, "/lines/1/item", "expected a string, not 3"),
        ({"lines": [{"item": "a"}, {"count": 3}]}, "/lines/1", '"item" is missing'),
        ({"lines": [{"item": "a", "cuont": 3}]}, "/lines/0/cuont", 'unknown name "cuont"'),
        ({"lines": [{"item": "a", "count": 0}]}, "/lines/0/count", "0 is less than the minimum of 1"),
        ({"lines": [{"item": "a"}] * 4}, "/lines", "a list of 4 has more than 3 items"),
        ({"lines": {}}, "/lines", "expected a list, not an object"),
        ({"level": "middle"}, "/level", 'expected "high" or "low", not "middle"'),
        ({"urgent": "perhaps"}, "/urgent", 'expected "no" or "yes", not "perhaps"'),
        ({"quotas": {"a/b": "x"}}, "/quotas/a~1b", 'expected a whole number, not "x"'),
        ({"quotas": {"toolong": 1}}, "/quotas/toolong", 'as a name: "toolong" is longer than 5 characters'),
        ({"note": 3}, "/note", "expected a string or null, not 3"),
        ({"pair": [1, 2]}, "/pair/1", "expected a string, not 2"),
        ({"size": True}, "/size", "expected a whole number, not true"),
        ({"$schema": 3}, "/$schema", "expected a string, not 3"),
        ({"schema_kept": 3}, "/schema_kept", "expected an object, not 3"),
    ],
)
def test_a_fault_is_told_by_its_place_and_in_plain_words(members, place, reason):
    """The pointer leads to the value at fault, or to the object that lacks a member."""
    assert fault(**members) == (place, reason)


@pytest.mark.parametrize(
    ("members", "place", "reason"),
    [
        ({"paid": {"by": "cash", "amount": -1}}, "/paid/amount", "-1 is less than the minimum of 0"),
        ({"paid": {"by": "card", "number": "x"}}, "/paid/number", '"x" does not match the pattern ^[0-9]+$'),
        ({"paid": {"by": "card", "number": "1", "x": 1}}, "/paid/x", 'unknown name "x"'),
        ({"paid": {"by": "coin", "amount": 1}}, "/paid/by", 'expected "card" or "cash", not "coin"'),
        ({"paid": {"amount": 1}}, "/paid", '"by" is missing'),
        ({"paid": 7}, "/paid", "expected an object or null, not 7"),
        ({"gift": {"item": 3}}, "/gift/item", "expected a string, not 3"),
        ({"named": [{"item": "a"}, {"item": 3}]}, "/named/1/item", "expected a string, not 3"),
    ],
)
def test_inside_a_union_the_branch_that_was_meant_tells(members, place, reason):
    """By its tag, or by the JSON type; where neither tells, the place is the union's."""
    assert fault(**members) == (place, reason)


def test_branches_that_nothing_tells_apart_leave_the_place_of_the_union():
    """Schemas written by hand may have such unions."""
    a, b = ({"type": "object", "required": [name]} for name in "ab")
    schema = {"properties": {"x": {"anyOf": [a, b]}}}
    assert raw(schema, {"x": {}}) == ("/x", "an object fits none of the 2 forms that are possible here")
    assert raw(schema, {"x": 3}) == ("/x", "expected an object, not 3")
    assert raw({"oneOf": [{}, {}]}, 3) == (
        "",
        "3 is valid under more than one of the schemas listed in the 'oneOf' keyword",
    )


def test_the_first_fault_in_the_order_of_the_document_is_told():
    """As a reader meets them; what is missing counts as the end of its object, so a misspelt name comes first."""
    line = {"itme": "a", "count": 0}
    assert fault(lines=[line]) == ("/lines/0/itme", 'unknown name "itme"')
    assert fault(size="x", note=3) == ("/size", 'expected a whole number, not "x"')
    assert fault(note=3, size="x") == ("/note", "expected a string or null, not 3")


def test_integers_of_any_size_are_whole_numbers():
    """JSON knows no limit, nor does Python, nor msgspec for an `int` without bounds."""
    assert fault(size=2**70) is None
    assert fault(lines=[{"item": "a", "count": 2**70}]) == (
        "/lines/0/count",
        f"{2**70} is greater than the maximum of 99",
    )
    assert fault(size=10**5000) is None


def test_a_reason_never_holds_the_document():
    """Long values are cut, and containers only counted."""
    for members in ({"note": ["x" * 500] * 500}, {"level": "x" * 5000}, {"note": 10**5000}, {"y" * 5000: 1}):
        _, reason = fault(**members)
        assert len(reason) <= 200
    assert fault(lines="x" * 5000)[1] == f'expected a list, not "{"x" * 59}…'
    options = [f"option {number}" for number in range(500)]
    assert raw({"enum": options}, 3)[1].endswith('"option 7" or 500 values in all, not 3')


def test_what_was_kept_is_not_looked_at():
    """At any depth, and in a map of numbers too; the fault beside it is still found."""
    kept = {"1.0>1.1:0": "anything"}
    assert (
        fault(schema_kept=kept, quotas={"schema_kept": kept, "a": 1}, lines=[{"item": "a", "schema_kept": kept}])
        is None
    )
    assert fault(quotas={"schema_kept": kept, "a": "x"}) == ("/quotas/a", 'expected a whole number, not "x"')
    assert fault(quotas={"schema_kept": 3}) == ("/quotas/schema_kept", "expected an object, not 3")


class Forms(msgspec.Struct):
    """Texts of a certain form."""

    day: dt.date | None = None
    at: Annotated[dt.datetime, msgspec.Meta(tz=True)] | None = None
    lasts: dt.timedelta | None = None
    id: uuid.UUID | None = None
    email: Annotated[str, msgspec.Meta(extra_json_schema={"format": "email"})] = ""
    code: Annotated[str, msgspec.Meta(pattern=r"\A(?P<twice>[a-z])(?P=twice)\Z")] = "aa"


FORMS = Validator(describe(Forms, "forms", "1.0"))


@pytest.mark.parametrize(
    ("name", "good", "bad", "form"),
    [
        ("day", "2026-02-28", "2026-02-30", "date"),
        ("at", "2026-02-28T10:00:00Z", "2026-02-28T10:00:00", "date-time"),
        ("lasts", "-P1DT2H", "1 day", "duration"),
        ("id", "00000000000000000000000000000001", "1", "uuid"),
    ],
)
def test_the_form_of_a_text_is_what_msgspec_reads(name, good, bad, form):
    """So what the command line lets pass is what a program can read, and the other way round."""
    assert FORMS.fault({"schema_version": "1.0", name: good}) is None
    assert FORMS.fault({"schema_version": "1.0", name: bad}) == (f"/{name}", f'"{bad}" has not the form of a {form}')


def test_a_format_that_msgspec_does_not_check_is_a_comment():
    """A program would read it, so it is not refused."""
    assert FORMS.fault({"schema_version": "1.0", "email": "nobody"}) is None


def test_a_pattern_is_a_regular_expression_of_python():
    r"""Named groups and `\Z` are not those of other dialects."""
    assert FORMS.fault({"schema_version": "1.0", "code": "bb"}) is None
    reason = r'"bc" does not match the pattern \A(?P<twice>[a-z])(?P=twice)\Z'
    assert FORMS.fault({"schema_version": "1.0", "code": "bc"}) == ("/code", reason)


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        ({"type": "strng"}, "/type"),
        ({"properties": {"a/b": {"minimum": "x"}}}, "/properties/a~1b/minimum"),
        ({"properties": 3}, "/properties"),
        ({"$ref": "#/$defs/nothing"}, ""),
        ({"properties": {"a": {"pattern": "(("}}}, None),
        ({"$ref": "https://example.org/schema.json"}, ""),
        ({"$ref": "file:///etc/hostname"}, ""),
        ([], ""),
        ({"x": {1}}, ""),
    ],
)
def test_a_schema_that_is_none_is_refused(schema, place):
    """Somebody edited the file. The pointer is a place in the schema; nothing is fetched from elsewhere."""
    with pytest.raises(InvalidValueError, match="no JSON Schema that can be used") as caught:
        Validator(schema)
    assert len(caught.value.reason) < 300
    if place is not None:
        assert caught.value.pointer == place


def test_a_value_nested_as_deep_as_documents_may_be_is_checked():
    """200 levels; a schema that refers to itself follows them."""
    deep: Any = 3
    for _ in range(199):
        deep = [deep]
    schema = {"anyOf": [{"type": "array", "items": {"$ref": "#"}}, {"type": "string"}]}
    assert raw(schema, deep) == ("/0" * 199, "expected a list or a string, not 3")


def test_the_library_is_imported_by_the_first_validator():
    """Most commands never need it, and it costs a third of what start-up may take."""
    program = (
        "import sys, muniment.schema.validator as it; before = 'jsonschema_rs' in sys.modules;"
        "it.Validator({}); print(before, 'jsonschema_rs' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


@pytest.mark.parametrize("name", ["0", "1", "12"])
def test_a_name_of_digits_is_a_name(name):
    """The library that validates takes it for a place in a list; the fault is at the member all the same."""
    validator = Validator({"type": "object", "additionalProperties": {"type": "integer"}})
    fault = validator.fault({"a": 1, name: []})
    assert fault is not None
    assert fault[0] == f"/{name}"
    nested = Validator({"type": "object", "additionalProperties": {"additionalProperties": {"type": "integer"}}})
    inner = nested.fault({"a": {name: "x", "y": 1}})
    assert inner is not None
    assert inner[0] == f"/a/{name}"
