"""Laws of merge rules: everybody who has the same records merges by the same rules."""

from datetime import UTC, datetime
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from muniment.schema import merge_record
from muniment.schema.merge_record import MergeRecord
from muniment.schema.merge_rules import MergeRules
from muniment.schema.rule_book import RuleBook

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
TOKENS = ("a", "b")
PLACES = [place for length in range(3) for place in product(TOKENS, repeat=length)]
DOCUMENTS = ("x", "y", "x/y")
PATTERNS = st.lists(st.sampled_from(["x", "y", "*", "**", "x/*"]), max_size=2)
PLACE_PATTERNS = st.lists(st.sampled_from(["/a", "/b", "/*"]), max_size=2).map("".join)
STRATEGIES = st.sampled_from(["ours", "union", "counter", None, max])


@st.composite
def rules(draw, name):
    """Rules of a name that overlap in all ways."""
    return MergeRules(
        name,
        names=draw(PATTERNS),
        keys=draw(st.dictionaries(PLACE_PATTERNS, st.sampled_from(["id", "name"]), max_size=3)),
        strategies=draw(st.dictionaries(PLACE_PATTERNS, STRATEGIES, max_size=4)),
    )


SETS = st.sets(st.sampled_from("pqr")).flatmap(lambda names: st.tuples(*map(rules, sorted(names))))


def said(book):
    """Ask a book about every place of every document."""
    return {
        (name, place): (book.of(name).key_at(place), book.of(name).strategy_at(place))
        for name in DOCUMENTS
        for place in PLACES
    }


def kept(one):
    """Give rules as another program reads them from the store."""
    return merge_record.decode("file", one.name, merge_record.encode(MergeRecord(one, NOON))).rules


@given(SETS)
def test_what_is_read_back_is_what_was_declared_but_for_functions(sets):
    """At every place of every document; where a function was declared, others have none, and nothing in its place."""
    others = said(RuleBook(map(kept, sets)))
    mine = said(RuleBook(sets))
    assert others == {at: (key, None if strategy is max else strategy) for at, (key, strategy) in mine.items()}


@given(SETS, st.randoms())
def test_the_order_in_which_sets_are_passed_does_not_matter(sets, random):
    """Their names order them."""
    shuffled = list(sets)
    random.shuffle(shuffled)
    assert said(RuleBook(shuffled)) == said(RuleBook(sets))


@given(SETS)
def test_a_document_has_the_first_declaration_that_fits(sets):
    """Told without any of the package's shortcuts: set by set, pattern by pattern."""
    for (name, place), (key, strategy) in said(RuleBook(sets)).items():
        fitting = [one for one in sorted(sets, key=lambda one: one.name) if one.governs(name)]
        assert key == first(place, [one.keys for one in fitting])
        assert strategy == first(place, [one.strategies for one in fitting])


def first(place, declared):
    """Find the first pattern that fits a place, and what it declares."""
    for pattern, meaning in (item for one in declared for item in one.items()):
        tokens = pattern.split("/")[1:]
        if len(tokens) == len(place) and all(token in {"*", here} for token, here in zip(tokens, place, strict=True)):
            return meaning
    return None
