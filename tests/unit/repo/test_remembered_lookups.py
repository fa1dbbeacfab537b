"""What a history found of a document is there for the next one, within bounds."""

import pytest

from muniment.repo import history


@pytest.fixture
def begun(store):
    """Ten commits, of which `web` changes in every second."""
    for number in range(10):
        store.write("web" if number % 2 else "api", number)
        store.commit(f"{number}")
    return store


def test_a_second_history_loads_no_node(begun, monkeypatch):
    """Nor does a log; what was committed since is looked up as ever."""
    expected = begun.history("web")
    assert [version.commit.message for version in expected] == ["9", "7", "5", "3", "1"]
    lookup = begun._parts.history.lookup_of("web")
    monkeypatch.setattr(lookup, "_load", None)
    assert begun.history("web") == expected
    assert begun.log(name="web") == [version.commit for version in expected]
    monkeypatch.undo()
    begun.write("web", "new")
    made = begun.commit("ten")
    assert [version.commit for version in begun.history("web")] == [made, *begun.log("HEAD~1", name="web")]


def test_every_name_is_remembered_by_itself(begun):
    """What was found of one says nothing of another."""
    assert [version.commit.message for version in begun.history("web")] == ["9", "7", "5", "3", "1"]
    assert [version.commit.message for version in begun.history("api")] == ["8", "6", "4", "2", "0"]
    assert begun.log(name="never") == []


def test_what_is_too_much_is_not_remembered(begun, monkeypatch):
    """A history of more trees than there is room for is told, and forgotten."""
    monkeypatch.setattr(history, "_REMEMBERED_OF_NAMES", 8)
    for _ in range(2):
        assert len(begun.history("web")) == 5
        assert len(begun._parts.history.lookup_of("web")) == 1
