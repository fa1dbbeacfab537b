"""`store.merge_document`: what `merge` makes of one document, for whoever has the three contents at hand."""

import msgspec
import pytest

from muniment import ABSENT, InvalidNameError, MergeRules, Schema, Store, lens


class Limits(msgspec.Struct):
    """A kind whose type has a rule of its own."""

    least: int = 0
    most: int = 9

    def __post_init__(self):
        """Refuse what cannot be."""
        if self.least > self.most:
            raise ValueError("least is more than most")


kind = Schema(Limits, kind="limits", version="1.1", names="limits/*")
kind.lens("1.0", "1.1", lens.rename("max", "most"))


@pytest.fixture
def store(tmp_path):
    """An empty store of a program that knows the kind."""
    with Store.init(tmp_path, author="Ada", schemas=[kind]) as opened:
        yield opened


def test_sides_are_merged_by_meaning(store, tmp_path):
    """What each side did to the base is done together, and nothing is written."""
    before = sorted(tmp_path.rglob("*"))
    assert store.merge_document("a", b'{"x":1,"y":1}', b'{"x":2,"y":1}', b'{"x":1}') == (b'{"x":2}', ())
    assert sorted(tmp_path.rglob("*")) == before


def test_a_side_may_have_no_document(store):
    """None is no document: one that a side deleted is gone, and one that both made began as nothing."""
    assert store.merge_document("a", b"1", b"1", None) == (None, ())
    blob, (conflict,) = store.merge_document("a", None, b"1", b"2")
    assert (blob, conflict.name, conflict.kind, conflict.base) == (b"1", "a", "add-add", ABSENT)


def test_declared_rules_hold(store):
    """Strategies settle what both changed."""
    store.merge_rules.declare(MergeRules("hits", names="a", strategies={"/hits": "counter"}))
    assert store.merge_document("a", b'{"hits":1}', b'{"hits":2}', b'{"hits":3}') == (b'{"hits":4}', ())


def test_schema_versions_are_lifted(store):
    """The older of two versions is brought to the newer first."""
    old = b'{"max":9,"schema_version":"1.0"}'
    new = b'{"least":1,"most":9,"schema_version":"1.1"}'
    merged = store.merge_document("limits/a", old, old.replace(b"9", b"8"), new)
    assert merged == (b'{"least":1,"most":8,"schema_version":"1.1"}', ())


def test_a_rule_that_only_the_merged_breaks_is_a_conflict(store):
    """Where each side is valid and both together are not, the whole document is in conflict, and says why."""
    base = b'{"least":1,"most":9,"schema_version":"1.1"}'
    ours, theirs = base.replace(b"1,", b"8,"), base.replace(b"9", b"2")
    blob, (conflict,) = store.merge_document("limits/a", base, ours, theirs)
    assert (blob, conflict.pointer) == (ours, "")
    assert "least is more than most" in conflict.reason


def test_the_name_is_one_of_a_document(store):
    """What no document can be called is refused."""
    with pytest.raises(InvalidNameError):
        store.merge_document("../a", None, b"1", b"2")
