"""What is reached from commits, trees and tags."""

from datetime import UTC, datetime

import pytest

from muniment.errors import ObjectNotFoundError
from muniment.history import tree
from muniment.history.reach import Reach
from muniment.values.ids import CommitId, TagId, TreeId
from muniment.values.names import TagName
from muniment.values.objects import Commit, Tag, TreeNode

NOW = datetime(2026, 1, 1, tzinfo=UTC)
GONE = (ObjectNotFoundError,)


class Stored:
    """Objects in memory, and how often each was loaded."""

    def __init__(self):
        self.objects = {}
        self.loaded = []

    def load(self, object_id):
        """Give an object."""
        self.loaded.append(object_id)
        if object_id not in self.objects:
            raise ObjectNotFoundError(object_id)
        return self.objects[object_id]

    def commit(self, name, root, *parents):
        """Store a commit."""
        self.objects[name] = Commit(
            tree=TreeId(root),
            parents=tuple(map(CommitId, parents)),
            author="Ada",
            time=NOW,
            message="",
            generation=1,
            id=CommitId(name),
        )

    def node(self, name, level, *children):
        """Store a node of a tree."""
        self.objects[name] = TreeNode([(child, child) for child in children], level)

    def tag(self, name, target):
        """Store a tag."""
        self.objects[name] = Tag(name=TagName("v1"), target=CommitId(target), author="Ada", time=NOW, message="")


@pytest.fixture
def stored():
    """Two commits, c2 built on c1, of trees t2 and t1 that share n1; a tag v of c1; a commit c3 apart from them."""
    made = Stored()
    made.node("n1", 0, "b1", "b2")
    made.node("n2", 0, "b3")
    made.node("t1", 1, "n1")
    made.node("t2", 1, "n1", "n2")
    made.commit("c1", "t1")
    made.commit("c2", "t2", "c1")
    made.commit("c3", tree.EMPTY_TREE)
    made.tag("v", "c1")
    return made


@pytest.fixture
def reach(stored):
    """Nothing reached yet."""
    return Reach(stored.load, stored.load, stored.load)


def reached(reach, stored):
    """What of all that there may be was reached."""
    return {one for one in {*stored.objects, "b1", "b2", "b3"} if one in reach}


def test_a_commit_leads_to_all_that_it_was_built_on(reach, stored):
    """Parents, trees, contents; each is loaded once, contents never."""
    reach.commits([CommitId("c2"), CommitId("c1")])
    assert reached(reach, stored) == {"c1", "c2", "t1", "t2", "n1", "n2", "b1", "b2", "b3"}
    assert sorted(stored.loaded) == ["c1", "c2", "n1", "n2", "t1", "t2"]
    assert reach.contents == {"b1", "b2", "b3"}


def test_a_tag_leads_to_its_commit(reach, stored):
    """And no further than that."""
    reach.tags([TagId("v")])
    assert reached(reach, stored) == {"v", "c1", "t1", "n1", "b1", "b2"}


def test_the_empty_tree_is_stored_nowhere(reach, stored):
    """Nothing is looked for."""
    reach.commits([CommitId("c3")])
    assert stored.loaded == ["c3"]


def test_what_is_added_later_costs_what_it_alone_leads_to(reach, stored):
    """Nothing is loaded again."""
    reach.commits([CommitId("c1")])
    stored.loaded.clear()
    reach.commits([CommitId("c2")])
    assert sorted(stored.loaded) == ["c2", "n2", "t2"]


def test_a_content_may_have_the_id_of_a_commit(reach, stored):
    """Reached as a content, it leads nowhere; as a commit, later, it leads on."""
    reach.blobs(["c1"])
    assert reached(reach, stored) == {"c1"}
    reach.commits([CommitId("c1")])
    assert "b1" in reach


@pytest.mark.parametrize("missing", ["c1", "t1", "n1"])
def test_what_is_missing_is_a_fault_or_passed_over(reach, stored, missing):
    """Passed over, everything else is followed; and it is one still where something needs it whole."""
    del stored.objects[missing]
    reach.commits([CommitId("c2")], GONE)
    assert missing not in reach
    assert {"c2", "t2", "n2", "b3"} <= reached(reach, stored)
    with pytest.raises(ObjectNotFoundError):
        Reach(stored.load, stored.load, stored.load).commits([CommitId("c2")])


def test_a_long_history_needs_no_stack():
    """A hundred thousand commits in a line."""
    stored = Stored()
    stored.commit("0", tree.EMPTY_TREE)
    for number in range(1, 100_000):
        stored.commit(str(number), tree.EMPTY_TREE, str(number - 1))
    reach = Reach(stored.load, stored.load, stored.load)
    reach.commits([CommitId("99999")])
    assert "0" in reach
