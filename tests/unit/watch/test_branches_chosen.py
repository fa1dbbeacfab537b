"""With `branches`, every change of a working file is told: by the move that wrote it, or else by itself."""


def test_files_that_an_unheard_commit_writes_are_told(watch, told, words, store):
    """A service that reloads must not miss them because it asked for the moves of another branch."""
    store.branches.create("dev")
    changes = watch(branches=["dev"])
    with store.transaction("on main") as step:
        step.write("top", {"x": 7})
        step.write("new", {})
        step.delete("services/web")
    found = told(changes)
    assert sorted(words(found)) == ["changed top", "created new", "removed services/web"]
    assert {change.name: change.new for change in found if change.name == "top"} == {"top": {"x": 7}}


def test_an_unheard_commit_of_what_was_told_is_nothing(watch, told, words, store, save):
    """The files stay as they were told, so there is nothing more to say."""
    store.branches.create("dev")
    changes = watch(branches=["dev"])
    save("top", {"x": 7})
    assert words(told(changes)) == ["changed top"]
    store.commit("on main", names=["top"])
    assert told(changes) == []


def test_the_files_of_a_commit_that_is_heard_are_not_told_besides(watch, told, words, store):
    """Once the branch that was asked for is the one that is checked out."""
    store.branches.create("dev")
    store.branches.switch("dev")
    changes = watch(branches=["dev"])
    with store.transaction("on dev") as step:
        step.write("top", {"x": 7})
    assert words(told(changes)) == ["moved dev: top"]
