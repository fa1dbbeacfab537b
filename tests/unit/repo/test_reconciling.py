"""Heads that a merge in the host repository leaves beside one another: brought together by meaning."""

import shutil

import pytest

from muniment import (
    ABSENT,
    Conflicted,
    DivergedError,
    FastForward,
    IncompleteHistoryError,
    InvalidNameError,
    Merged,
    MergeInProgressError,
    Store,
    UnrelatedHistoriesError,
    UpToDate,
)
from muniment.files.layout import Layout
from muniment.storage.heads import FileHeads
from muniment.values.ids import CommitId
from muniment.values.names import branch_name

ADA = "Ada <ada@example.org>"
MAIN = branch_name("main")


def working(store):
    """Give the working documents."""
    return {name: store.read(name) for name in store.names()}


def test_heads_that_do_not_disagree_are_merged(store, diverge):
    """Into one commit of both, by nobody in particular; the files follow."""
    one, other = diverge(
        {"a": {"x": 0, "y": 0}, "gone": 0}, {"a": {"x": 1, "y": 0}}, {"a": {"x": 0, "y": 2}, "gone": ABSENT}
    )
    result = store.reconcile()
    assert isinstance(result, Merged)
    assert dict(store.at("HEAD")) == working(store) == {"a": {"x": 1, "y": 2}}
    assert store.status().clean
    assert set(result.commit.parents) == {one.id, other.id}
    assert (result.commit.author, result.commit.message) == ("Muniment", "reconcile main")
    assert result.commit.time == max(one.time, other.time)
    assert store.branches.list()[0].heads == (result.commit.id,)
    assert store.reconcile() == UpToDate()
    assert store.verify().ok


def test_nothing_is_to_be_done_where_nothing_diverged(store):
    """Before the first commit, with one head, and with an old head beside the one that was built on it."""
    assert store.reconcile() == UpToDate()
    store.write("a", 1)
    first = store.commit("first")
    assert store.reconcile() == UpToDate()
    store.write("a", 2)
    second = store.commit("second")
    FileHeads(Layout(store.path)).add(MAIN, first.id)
    count = len(store.operations())
    assert store.reconcile() == UpToDate()
    assert store.at("HEAD").commit == second
    assert len(store.operations()) == count


def test_heads_that_disagree_wait_for_a_decision(root, store, diverge):
    """As a merge does; meanwhile `status` tells what is open, and whoever commits is told why not."""
    diverge({"a": 0, "b": 0}, {"a": 1}, {"a": 2, "b": 2})
    result = store.reconcile()
    assert isinstance(result, Conflicted)
    assert [(one.name, one.base, {one.ours, one.theirs}) for one in result.conflicts] == [("a", 0, {1, 2})]
    store.close()
    with Store.open(root, author=ADA) as again:
        assert again.conflicts() == result.conflicts
        status = again.status()
        assert (status.conflicted, status.invalid) == (("a",), ())
        for verb in (
            lambda: again.commit("no"),
            lambda: again.transaction("no").__enter__(),
            lambda: again.rollback("HEAD", reason="no"),
            lambda: again.revert(str(status.head)),
            again.reconcile,
        ):
            with pytest.raises(MergeInProgressError) as raised:
                verb()
            assert raised.value.verb == "reconcile"
        again.resolve(result.conflicts[0], {"both": [1, 2]})
        commit = again.merge_continue()
        assert working(again) == dict(again.at("HEAD")) == {"a": {"both": [1, 2]}, "b": 2}
        assert again.branches.list()[0].heads == (commit.id,)
        assert again.status().clean
        assert again.operations()[0].verb == "reconcile"


def test_aborting_leaves_the_branch_diverged(store, diverge):
    """With the files as they were; it may be begun again."""
    heads = {commit.id for commit in diverge({"a": 0}, {"a": 1}, {"a": 2})}
    result = store.reconcile()
    assert working(store) != {"a": 0}
    store.merge_abort()
    assert working(store) == {"a": 0}
    assert set(store.branches.list()[0].heads) == heads
    assert store.reconcile() == result


def test_three_heads_are_merged_two_by_two(store, diverge):
    """Until one is left."""
    diverge({"a": 0}, {"a": 1}, {"b": 2}, {"c": 3})
    result = store.reconcile()
    assert isinstance(result, Merged)
    assert dict(store.at("HEAD")) == working(store) == {"a": 1, "b": 2, "c": 3}
    assert store.branches.list()[0].heads == (result.commit.id,)


@pytest.mark.parametrize("disagreeing", [(0, 1), (0, 2), (1, 2)])
def test_a_head_that_was_not_merged_yet_stays_when_others_are_settled(store, diverge, disagreeing):
    """Of three, two disagree: once these are settled, the third is merged too, and nothing of it is lost."""
    sides = [{"own": number} if number in disagreeing else {f"only {number}": number} for number in range(3)]
    diverge({"a": 0}, *sides)
    while isinstance(store.reconcile(), Conflicted):
        store.resolve(store.conflicts()[0], "both")
        store.merge_continue()
    (third,) = {0, 1, 2} - set(disagreeing)
    assert dict(store.at("HEAD")) == working(store) == {"a": 0, "own": "both", f"only {third}": third}


def test_an_old_head_beside_diverged_ones_is_taken_along(store, diverge, branch_at):
    """It is no head any more once those that were built on it are merged."""
    one, _ = diverge({"a": 0}, {"a": 1}, {"b": 2})
    branch_at("main", store.at(f"{one.id}~1").commit)
    assert isinstance(store.reconcile(), Merged)
    assert len(FileHeads(Layout(store.path)).heads(MAIN)) == 1


def test_a_branch_that_is_not_checked_out_is_reconciled_too(store, diverge):
    """Without touching a file; one that needs a decision is told, and waits until it is checked out."""
    diverge({"a": 0}, {"a": 1}, {"b": 2})
    store.branches.create("elsewhere", store.branches.list()[0].heads[0])
    store.branches.switch("elsewhere")
    assert store.branches.list()[1].head is not None, "switching reconciled it"
    diverge_side(store)
    before = working(store)
    result = store.reconcile()
    assert isinstance(result, Conflicted)
    assert store.conflicts() == ()
    assert working(store) == before
    store.branches.switch("side")
    result = store.reconcile()
    assert store.conflicts() == result.conflicts
    store.resolve(store.conflicts()[0], "ours")
    store.merge_continue()
    assert len(FileHeads(Layout(store.path)).heads(branch_name("side"))) == 1


def diverge_side(store):
    """Let a branch `side` have two heads that disagree."""
    heads = FileHeads(Layout(store.path))
    for number in (1, 2):
        store.branches.create(f"s{number}", "main")
        with store.transaction("side", branch=f"s{number}", worktree=False) as change:
            change.write("side", number)
        store.branches.delete(f"s{number}")
        heads.add(branch_name("side"), change.commit.id)


def test_what_came_of_the_branch_that_is_checked_out_is_told(store, diverge):
    """Before what came of others; but a branch that needs a decision is told before all that need none."""
    store.write("first", 1)
    store.commit("first")
    diverge({"a": 0}, {"a": 1}, {"b": 2})
    merged = store.reconcile()
    assert isinstance(merged, Merged)
    assert merged.commit == store.at("HEAD").commit
    diverge_side(store)
    diverge({"a": 3}, {"a": 4}, {"b": 5})
    result = store.reconcile()
    assert isinstance(result, Conflicted)
    assert [one.name for one in result.conflicts] == ["side"]
    assert store.at("HEAD").commit.message == "reconcile main"
    assert store.merge_under_way() is None


def test_copies_reconcile_to_the_same_commit(root, store, diverge, tmp_path):
    """Whoever does it, whenever: so they have one head when they meet again."""
    diverge({"a": 0}, {"a": 1}, {"b": 2})
    store.close()
    shutil.copytree(root, tmp_path / "copy")
    results = []
    for place, author in ((root, ADA), (tmp_path / "copy", "Eve <eve@example.org>")):
        with Store.open(place, author=author) as opened:
            results.append(opened.reconcile())
    assert isinstance(results[0], Merged)
    assert results[0] == results[1]


def test_heads_with_nothing_in_common_are_not_merged(store, diverge, tmp_path):
    """It takes somebody who allows it; until then, verbs that commit say that the branch diverged."""
    store.write("a", 1)
    store.commit("first")
    with Store.init(tmp_path / "other", author=ADA) as other:
        other.write("b", 2)
        stranger = other.commit("another first")
    shutil.copytree(tmp_path / "other/.muniment/objects", store.path + "/.muniment/objects", dirs_exist_ok=True)
    FileHeads(Layout(store.path)).add(MAIN, stranger.id)
    with pytest.raises(UnrelatedHistoriesError):
        store.reconcile()
    with pytest.raises(DivergedError):
        store.commit("no")


def test_heads_without_their_history_are_dropped_when_that_is_asked_for(store, root, put):
    """The host's cherry-pick brings a head, but not what it was built on; the files keep what it brought."""
    store.write("a", 1)
    first = store.commit("first")
    FileHeads(Layout(root)).add(MAIN, CommitId("12" * 32))
    put("b", "2")
    for verb in (store.reconcile, lambda: store.commit("no"), lambda: store.at("HEAD")):
        with pytest.raises(IncompleteHistoryError):
            verb()
    assert store.reconcile(drop_incomplete=True) == UpToDate()
    assert store.at("HEAD").commit == first
    assert store.status().added == ("b",)
    assert store.operations()[0].verb == "reconcile"
    store.commit("what was picked")
    assert dict(store.at("HEAD")) == {"a": 1, "b": 2}
    assert store.verify().ok


def test_a_branch_all_of_whose_heads_are_incomplete_keeps_them(store, root):
    """There would be nothing left."""
    store.write("a", 1)
    first = store.commit("first")
    heads = FileHeads(Layout(root))
    for number in "12", "34":
        heads.add(MAIN, CommitId(number * 32))
    heads.remove(MAIN, first.id)
    with pytest.raises(IncompleteHistoryError):
        store.reconcile(drop_incomplete=True)
    assert len(heads.heads(MAIN)) == 2


def test_a_fast_forward_of_one_head_is_none_of_the_other(store, diverge):
    """A branch made of one of the heads follows the commit that joins them."""
    one, _ = diverge({"a": 0}, {"a": 1}, {"b": 2})
    store.branches.create("side", one.id)
    store.reconcile()
    assert store.merge("main", into="side") == FastForward(store.at("main").commit)


def test_heads_whose_names_differ_by_case_leave_a_way_out(store, diverge):
    """Reconciling names the two; other verbs say that the branch diverged, and another branch can be checked out."""
    one, other = diverge({"a": 0}, {"Web": 1}, {"web": 2})
    with pytest.raises(InvalidNameError):
        store.reconcile()
    with pytest.raises(DivergedError):
        store.commit("no", allow_empty=True)
    store.branches.create("mended", one.id)
    store.branches.switch("mended")
    store.delete("Web")
    store.write("renamed", 1)
    store.commit("rename it")
    assert isinstance(store.merge(other.id), Merged)
    store.branches.delete("main")
    store.branches.rename("mended", "main")
    assert dict(store.at("main")) == working(store) == {"a": 0, "renamed": 1, "web": 2}
