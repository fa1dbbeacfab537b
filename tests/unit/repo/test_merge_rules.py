"""The merge rules of an open store: declared by the program, kept for others, withdrawn."""

from pathlib import Path

import msgspec
import pytest

from muniment import InvalidNameError, InvalidValueError, MergeRules, NotAStoreError, Schema, Store
from muniment.values.merge_rules import NO_RULES

ADA = "Ada <ada@example.org>"
HITS = MergeRules("hits", names="**", strategies={"/hits": "counter"})
SEEN = MergeRules("seen", names="**", strategies={"/seen": "max"})
LOWER = MergeRules("hits", names="**", strategies={"/hits": "min"})


class Form(msgspec.Struct):
    """A kind with a list of items."""

    fields: list[dict[str, str]] = []


def forms(**declared):
    """The kind, with what it declares about merging."""
    return Schema(Form, kind="form", version="1.0", names="forms/*", **declared)


@pytest.fixture
def opened(store, root):
    """Open the store as another program does."""
    made = []

    def open_store(**arguments):
        made.append(Store.open(root, author=ADA, **arguments))
        return made[-1]

    yield open_store
    for one in made:
        one.close()


def kept(root):
    """List the files of merge rules in the store."""
    return sorted(Path(root, ".muniment/merging").rglob("*.json"))


def strategy(store, name="any", place="hits"):
    """Ask what settles a place of a document."""
    return store._parts.merge_rules.of(name).strategy_at((place,))


def test_without_any_there_are_none(store, root):
    """Nothing is declared, and nothing is written."""
    store._parts.merge_rules.record()
    assert store.merge_rules.list() == ()
    assert store._parts.merge_rules.of("any") is NO_RULES
    assert not Path(root, ".muniment/merging").exists()


def test_rules_passed_are_in_force_and_kept_with_the_first_commit(opened, store, root):
    """Opening and reading write nothing; other programs go by them from then on, and have no function."""
    mine = MergeRules("mine", names="a/*", keys={"/l": "id"}, strategies={"/n": max, "/*": "ours"})
    writer = opened(merge_rules=[HITS, mine])
    assert writer.merge_rules.list() == (HITS, mine)
    writer.write("a/b", {"n": 1})
    assert kept(root) == []
    writer.commit("first")
    assert len(kept(root)) == 2
    with writer.transaction("second") as tx:
        tx.write("a/b", {"n": 2})
    assert len(kept(root)) == 2
    assert [one.name for one in store.merge_rules.list()] == ["hits", "mine"]
    assert strategy(writer, "a/b", "n") is max
    assert (strategy(store, "a/b", "n"), strategy(store, "a/b", "m")) == (None, "ours")
    assert store._parts.merge_rules.of("a/b").key_at(("l",)) == "id"


def test_the_rules_of_a_schema_are_kept_with_its_kind(opened, store, root):
    """When the first document of the kind is written; one that declares nothing leaves nothing."""
    opened(schemas=[forms()]).write("forms/a", Form())
    assert kept(root) == []
    opened(schemas=[forms(keys={"/fields": "name"})]).write("forms/a", Form([{"name": "a"}]))
    assert store._parts.merge_rules.of("forms/a").key_at(("fields",)) == "name"
    assert store._parts.merge_rules.of("a") is NO_RULES


@pytest.mark.parametrize(
    ("silent", "name", "value"),
    [
        ({"schemas": [forms()]}, "forms/a", Form([{"name": "a"}])),
        ({"merge_rules": [MergeRules("form", names="forms/*")]}, "plain", 1),
    ],
    ids=["schema", "rules"],
)
def test_a_program_that_declares_nothing_goes_by_what_is_kept(opened, store, root, silent, name, value):
    """An older one, that has the kind without rules, withdraws nobody's by writing, committing or merging."""
    opened(schemas=[forms(keys={"/fields": "name"})]).write("forms/a", Form())
    before = kept(root)
    older = opened(**silent)
    assert older._parts.merge_rules.of("forms/a").key_at(("fields",)) == "name"
    older.write(name, value)
    older.commit("first")
    older._parts.merge_rules.record()
    assert kept(root) == before
    assert older.merge_rules.list() == store.merge_rules.list() != ()


def test_a_program_that_declares_nothing_may_withdraw_what_is_kept(opened, store):
    """By the verb: that is how rules go that a newer version of a program has no more."""
    opened(schemas=[forms(keys={"/fields": "name"})]).write("forms/a", Form())
    newer = opened(schemas=[forms()])
    newer.merge_rules.withdraw("form")
    newer.write("forms/a", Form([{"name": "a"}]))
    assert newer.merge_rules.list() == store.merge_rules.list() == ()


def test_a_kind_that_is_forgotten_has_no_rules(opened, store):
    """They go out of force with it, and come back with the next write of a program that has the kind."""
    writer = opened(schemas=[forms(keys={"/fields": "name"})])
    writer.write("forms/a", Form())
    store.schemas.forget("form")
    assert store.merge_rules.list() == ()
    writer.write("forms/b", Form())
    assert [one.name for one in store.merge_rules.list()] == ["form"]


def test_record_keeps_all_that_the_program_declares(opened, store):
    """Of schemas and of itself, before anything of them was written: a merge comes next."""
    merging = opened(schemas=[forms(strategies={"/fields": "union"})], merge_rules=[HITS])
    merging._parts.merge_rules.record()
    assert [one.name for one in store.merge_rules.list()] == ["form", "hits"]
    assert store.merge_rules.list() == merging.merge_rules.list()


def test_the_own_rules_stand_for_kept_ones_of_their_name(opened, store):
    """Others of other names are in force beside them; `record` gives everybody the same."""
    store.merge_rules.declare(LOWER)
    store.merge_rules.declare(SEEN)
    program = opened(merge_rules=[HITS])
    assert program.merge_rules.list() == (HITS, SEEN)
    assert store.merge_rules.list() == (LOWER, SEEN)
    program._parts.merge_rules.record()
    assert store.merge_rules.list() == (HITS, SEEN)


def test_rules_are_declared_and_withdrawn_in_the_store(opened, store):
    """For every program, also those that have it open; what was withdrawn is not there to withdraw."""
    other = opened()
    store.merge_rules.declare(HITS)
    assert other.merge_rules.list() == (HITS,)
    store.merge_rules.declare(LOWER)
    assert strategy(other) == "min"
    other.merge_rules.withdraw("hits")
    assert store.merge_rules.list() == ()
    with pytest.raises(InvalidNameError, match="hits"):
        store.merge_rules.withdraw("hits")
    store.merge_rules.declare(HITS)
    assert other.merge_rules.list() == (HITS,)


def test_a_program_may_declare_and_withdraw_its_own(opened, store):
    """What it said last counts for it too, and its next commit or merge does not bring back what was before."""
    program = opened(merge_rules=[HITS, SEEN])
    program.merge_rules.declare(LOWER)
    program.merge_rules.withdraw("seen")
    program.write("a", 1)
    program.commit("first")
    program._parts.merge_rules.record()
    assert program.merge_rules.list() == store.merge_rules.list() == (LOWER,)


def test_a_function_that_is_declared_counts_for_this_open_store(opened, store):
    """Others see that there is none they could use."""
    store.merge_rules.declare(MergeRules("hits", names="**", strategies={"/hits": max}))
    assert (strategy(store), strategy(opened())) == (max, None)
    store.merge_rules.declare(HITS)
    assert strategy(store) == "counter"


@pytest.mark.parametrize("name", ["none", 5, ["a"], None])
def test_what_is_not_in_force_cannot_be_withdrawn(store, name):
    """Whatever it is."""
    with pytest.raises(InvalidNameError):
        store.merge_rules.withdraw(name)


@pytest.mark.parametrize("given", [5, HITS, "hits", [HITS, "seen"], [None]])
def test_what_is_no_list_of_rules_is_refused(root, store, given):
    """Before the store is opened."""
    with pytest.raises(InvalidValueError, match="takes a list of MergeRules"):
        Store.open(root, merge_rules=given)
    with pytest.raises(InvalidValueError, match="are MergeRules"):
        store.merge_rules.declare([HITS])


def test_two_sets_of_one_name_are_refused(root, store):
    """Nobody could tell which is meant; nor where one has the name of a schema's kind."""
    with pytest.raises(InvalidNameError, match="that name too"):
        Store.open(root, merge_rules=[HITS, LOWER])
    with pytest.raises(InvalidNameError, match="that name too"):
        Store.open(root, schemas=[forms()], merge_rules=[HITS, MergeRules("form", names="a")])


def test_init_and_find_take_rules(tmp_path):
    """As `open` does."""
    with Store.init(tmp_path / "new", merge_rules=[HITS]) as made, Store.find(made.path, merge_rules=[SEEN]) as found:
        assert (made.merge_rules.list(), found.merge_rules.list()) == ((HITS,), (SEEN,))


def test_nothing_is_kept_where_the_store_was_deleted(store, root):
    """No half of a store is made."""
    store.merge_rules.declare(HITS)
    Path(root, ".muniment/format.json").unlink()
    with pytest.raises(NotAStoreError):
        store.merge_rules.declare(LOWER)
    with pytest.raises(NotAStoreError):
        store.merge_rules.withdraw("hits")
