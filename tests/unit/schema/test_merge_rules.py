"""Sets of merge rules: what may be declared, and what several say together about a document."""

from typing import Any

import pytest

from muniment.errors import InvalidNameError, InvalidValueError, SchemaInvalidError
from muniment.schema.merge_rules import MergeRules
from muniment.schema.rule_book import RuleBook
from muniment.schema.schema import Schema
from muniment.values.merge_rules import NO_RULES
from service_versions import Service10


def rules(name, names="**", **declared):
    """Make a set of rules."""
    return MergeRules(name, names=names, **declared)


def test_a_set_says_what_was_declared_and_for_which_documents():
    """One pattern needs no list, and the order of the places stays."""
    one = rules("forms", "forms/*", keys={"/b": "id", "/a": "name"}, strategies={"/*": None})
    assert (one.name, one.names) == ("forms", ("forms/*",))
    assert list(one.keys.items()) == [("/b", "id"), ("/a", "name")]
    assert (one.governs("forms/a"), one.governs("a")) == (True, False)
    assert (one.is_empty, rules("forms").is_empty) == (False, True)
    assert repr(one) == "<MergeRules forms>"


def test_sets_that_declare_the_same_in_the_same_order_are_equal():
    """The order of places is a part of what they declare."""
    first, second = {"/a": "max", "/*": "min"}, {"/*": "min", "/a": "max"}
    assert rules("a", strategies=first) == rules("a", strategies=dict(first))
    assert hash(rules("a", strategies=first)) == hash(rules("a", strategies=dict(first)))
    assert rules("a", strategies=first) != rules("a", strategies=second)
    assert rules("a", strategies=first) != rules("b", strategies=first)
    assert rules("a") != "a"


def test_a_set_does_not_change():
    """What was declared cannot be changed through the mapping that was given, nor through the one that is shown."""
    declared = {"/a": "id"}
    one = rules("a", keys=declared)
    declared["/b"] = "id"
    assert dict(one.keys) == {"/a": "id"}
    with pytest.raises(TypeError):
        one.keys["/b"] = "id"


@pytest.mark.parametrize("name", ["", "a/b", ".a", "con", 5, None, ["a"]])
def test_names_that_no_set_can_have(name):
    """They are folders, as kinds are."""
    with pytest.raises(InvalidNameError) as raised:
        rules(name)
    assert raised.value.kind == "merge rules"


@pytest.mark.parametrize("names", [["a", "***"], "", ["/a"], [5]])
def test_patterns_that_fit_no_document_are_refused(names):
    """As those of a schema."""
    with pytest.raises(InvalidNameError):
        rules("a", names)


@pytest.mark.parametrize(
    "declared",
    [
        {"names": 5},
        {"names": [["a"]]},
        {"keys": "/a"},
        {"keys": {"a": "id"}},
        {"keys": {"/a": 1}},
        {"keys": {"/a": "\ud800"}},
        {"strategies": ["/a"]},
        {"strategies": {"/a": "newest"}},
        {"strategies": {"/\ud800": "max"}},
    ],
)
def test_declarations_that_say_nothing_are_refused(declared):
    """What is no mapping of places, and what no store could keep."""
    with pytest.raises(InvalidValueError):
        MergeRules("a", **{"names": "**", **declared})


def test_a_schema_has_the_rules_that_it_declares():
    """Its keys and strategies are a set of the kind's name, for its documents; what is wrong with them it tells."""
    kind: dict[str, Any] = {"kind": "service", "version": "1.0", "names": ["services/*"]}
    made = Schema(Service10, **kind, keys={"/items": "id"}, strategies={"/port": "max"})
    assert made.merge_rules == rules("service", ["services/*"], keys={"/items": "id"}, strategies={"/port": "max"})
    assert Schema(Service10, **kind).merge_rules.is_empty
    with pytest.raises(SchemaInvalidError, match="strategy"):
        Schema(Service10, **kind, strategies={"/port": "newest"})  # type: ignore[dict-item]


def test_a_document_has_the_rules_of_all_sets_that_fit():
    """Other documents have none."""
    book = RuleBook([rules("b", "a/*", keys={"/l": "id"}), rules("a", strategies={"/n": "max"}), rules("c", "c")])
    assert [one.name for one in book.sets] == ["a", "b"]
    found = book.of("a/b")
    assert (found.key_at(("l",)), found.strategy_at(("n",))) == ("id", "max")
    assert book.of("b").key_at(("l",)) is None
    assert RuleBook([rules("b", "a/*", keys={"/l": "id"})]).of("b") is NO_RULES


def test_of_two_sets_that_speak_of_one_place_the_first_by_name_counts():
    """However they were passed, and also where the other has the place by the same pattern."""
    first, second = rules("a", strategies={"/*": "max", "/x": "min"}), rules("b", strategies={"/x": "ours", "/*": None})
    for sets in ([first, second], [second, first]):
        assert RuleBook(sets).of("any").strategy_at(("x",)) == "max"
    narrow = rules("b", strategies={"/x": None})
    assert RuleBook([rules("c", strategies={"/*": "max"}), narrow]).of("any").strategy_at(("x",)) is None
