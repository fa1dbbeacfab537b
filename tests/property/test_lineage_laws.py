"""The laws of who set what: every scalar is somebody's, and what did not change is nobody's that came later."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from json_strategies import edited, edited_copies, json_values, scalars
from muniment.history.blame import Document, blame
from muniment.values import canonical, pointer
from muniment.values.item_origins import origins
from muniment.values.json_value import ABSENT, same
from muniment.values.lineage import each, on_every_scalar, part
from muniment.values.objects import Commit
from muniment.values.place_patterns import PlacePatterns

PAIRS = json_values().flatmap(edited) | st.tuples(json_values(), json_values())
LISTS = st.lists(st.sampled_from([0, 1, True, None, "a", [0], {"a": 1}]), max_size=10)
OBJECTS = st.recursive(
    scalars(), lambda inner: st.dictionaries(st.sampled_from("abc/~"), inner, max_size=4), max_leaves=8
)
ITEMS = st.dictionaries(st.sampled_from("abcde"), st.dictionaries(st.sampled_from("xy"), scalars()), max_size=5)


def scalars_of(value: Any, here: tuple[str, ...] = ()) -> dict[str, Any]:
    """Give each scalar in a value by its pointer, by another road than the code under test."""
    if not isinstance(value, (dict, list)):
        return {pointer.join(here): value}
    found: dict[str, Any] = {}
    for token, item in value.items() if isinstance(value, dict) else enumerate(value):
        found |= scalars_of(item, (*here, str(token)))
    return found


def flat(marks: Any, here: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
    """Give marks by the pointers of their places."""
    if isinstance(marks, tuple):
        return {pointer.join(here): marks}
    found: dict[str, tuple[str, ...]] = {}
    for token, inner in marks.items():
        found |= flat(inner, (*here, str(token)))
    return found


@given(json_values())
def test_every_scalar_has_one_mark(value):
    """The marks are the pointers of the scalars, each at its place."""
    assert flat(on_every_scalar(value)) == {place: (place,) for place in scalars_of(value)}


@given(PAIRS | st.tuples(LISTS, LISTS))
def test_every_mark_goes_one_way(pair):
    """No mark is lost, none is in both parts, and no two meet on one old scalar."""
    before, after = pair
    marks = on_every_scalar(after)
    found, made = part(marks, before, after)
    assert sorted([*each(found), *each(made)]) == sorted(each(marks))
    assert all(len(at_a_place) == 1 for at_a_place in flat(found).values())
    assert all(at_a_place == (place,) for place, at_a_place in flat(made).items())


@given(PAIRS | st.tuples(LISTS, LISTS))
def test_what_is_found_was_there(pair):
    """A mark that goes to a place before the change stands there on the very same scalar."""
    before, after = pair
    found, _ = part(on_every_scalar(after), before, after)
    for place, (mark,) in flat(found).items():
        assert same(pointer.get(before, place), pointer.get(after, mark))


@given(OBJECTS, OBJECTS)
def test_in_objects_a_scalar_is_found_exactly_where_it_was(before, after):
    """Without lists, it is old if the same scalar stood at the same place, and only then."""
    _, made = part(on_every_scalar(after), before, after)
    old = scalars_of(before)
    assert set(each(made)) == {
        place for place, now in scalars_of(after).items() if place not in old or not same(old[place], now)
    }


@given(ITEMS, ITEMS, st.randoms(use_true_random=False))
def test_items_with_a_key_are_compared_as_if_they_had_names(before, after, random):
    """Wherever they stand: a list of items under their keys is an object of them."""

    def named(items):
        return {name: {"id": name, **item} for name, item in items.items()}

    def listed(items):
        found = list(named(items).values())
        random.shuffle(found)
        return found

    old, new = map(listed, (before, after))
    _, made = part(on_every_scalar({"l": new}), {"l": old}, {"l": new}, PlacePatterns({"/l": "id"}))
    old_names, new_names = map(named, (before, after))
    _, expected = part(on_every_scalar(new_names), old_names, new_names)
    places = {item["id"]: index for index, item in enumerate(new)}
    renamed = {f"/l/{places[mark[1]]}{mark[2:]}" for mark in each(expected)}
    assert set(each(made)) == renamed


@given(LISTS, LISTS, st.sampled_from([None, "a"]))
def test_items_have_one_origin_each(before, after, key):
    """No two items were the same one, and those that are kept are as they were."""
    kept, edited_ones = origins(before, after, key)
    came_from = [*kept.values(), *edited_ones.values()]
    assert len(set(came_from)) == len(came_from)
    assert not kept.keys() & edited_ones.keys()
    assert all(same(before[old], after[new]) for new, old in kept.items())


@given(LISTS, st.randoms(use_true_random=False))
def test_who_only_sorts_sets_nothing(items, random):
    """Whatever the order, every item is found where it was."""
    shuffled = list(items)
    random.shuffle(shuffled)
    assert list(each(part(on_every_scalar(shuffled), items, shuffled)[1])) == []


def id_of(number):
    """Make up the id of a commit."""
    return hashlib.sha256(str(number).encode()).hexdigest()


class History:
    """Commits, each with a document."""

    def __init__(self):
        self.commits = {}
        self.values = {}

    def commit(self, value, parents):
        """Commit a value on top of `parents`; give the id."""
        made = id_of(len(self.commits))
        self.values[made] = value
        self.commits[made] = Commit(
            tree=made,
            parents=tuple(parents),
            author="Ada <ada@example.org>",
            time=datetime(2026, 1, 1, tzinfo=UTC),
            message="",
            generation=1 + max((self.commits[parent].generation for parent in parents), default=0),
            id=made,
        )
        return made

    def blob_of(self, commit):
        """Give the content that a commit has."""
        value = self.values[commit.id]
        return None if value is ABSENT else canonical.encode(value)

    def value_of(self, blob):
        """Decode a content."""
        return canonical.decode(blob)

    def blame(self, start):
        """Give the id of the commit that set each scalar."""
        found = blame(self.commits.__getitem__, start, Document(self.blob_of, self.value_of))
        return {place: commit.id for place, commit in found.items()}


@given(st.data())
def test_blame_agrees_with_who_was_told_at_each_commit(data):
    """In any graph: at each commit, each scalar is the first parent's that has it, or else the commit's own."""
    history = History()
    owners: dict[str, dict[str, str]] = {}
    values = [ABSENT, *data.draw(st.lists(OBJECTS, min_size=2, max_size=4))]
    made: list[str] = []
    for _ in range(data.draw(st.integers(1, 10))):
        recent = made[-4:]
        parents = data.draw(st.lists(st.sampled_from(recent), max_size=3, unique=True)) if recent else []
        value = data.draw(st.sampled_from(values) | OBJECTS)
        commit = history.commit(value, parents)
        alike = [parent for parent in parents if same(history.values[parent], value)]
        owners[commit] = {}
        for place, scalar in scalars_of(value).items() if value is not ABSENT else ():
            heirs = alike or [
                parent
                for parent in parents
                if place in owners[parent] and same(pointer.get(history.values[parent], place), scalar)
            ]
            owners[commit][place] = owners[heirs[0]][place] if heirs else commit
        made.append(commit)
    for commit in made:
        assert history.blame(commit) == owners[commit]


@given(json_values(), st.data())
def test_what_did_not_change_is_not_set_by_who_came_later(value, data):
    """In a line of edits of any value, each scalar is told once, of a commit at which it stood in the document."""
    history = History()
    line = [history.commit(value, [])]
    for _ in range(data.draw(st.integers(0, 6))):
        value = data.draw(st.just(value) | edited_copies(value))
        line.append(history.commit(value, line[-1:]))
    found = history.blame(line[-1])
    assert found.keys() == scalars_of(value).keys()
    steady = next(n for n in range(len(line)) if all(same(history.values[later], value) for later in line[n:]))
    for place, commit in found.items():
        assert line.index(commit) <= steady
        assert any(same(scalar, pointer.get(value, place)) for scalar in scalars_of(history.values[commit]).values())
