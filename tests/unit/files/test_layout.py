"""Where everything lies: the paths that other programs and the host repository rely on."""

import os

import pytest

from muniment.files.layout import Layout, find_root


def test_paths_are_those_of_the_format(tmp_path):
    """Each part of a store lies where the format says."""
    layout = Layout(tmp_path)
    object_id = "3f" + "9a" * 31
    shown = {
        path.removeprefix(f"{tmp_path}/")
        for path in (
            layout.format, layout.gitignore, layout.packs, layout.selected, layout.journal, layout.operations,
            layout.temporary, layout.index, layout.stat_cache, layout.document("services/web"),
            layout.object(object_id), layout.branch("a/b"), layout.head("main", object_id), layout.lock("store"),
        )
    }  # fmt: skip
    assert shown == {
        ".muniment/format.json",
        ".muniment/.gitignore",
        ".muniment/packs",
        ".muniment/local/HEAD",
        ".muniment/local/journal",
        ".muniment/local/operations.jsonl",
        ".muniment/local/tmp",
        ".muniment/local/cache/commits.jsonl",
        ".muniment/local/cache/working.msgpack",
        "services/web.json",
        f".muniment/objects/3f/{'9a' * 31}.json",
        ".muniment/refs/heads/a/b",
        f".muniment/refs/heads/main/{object_id}",
        ".muniment/local/locks/store.lock",
    }


def test_paths_stay_when_the_program_goes_elsewhere(tmp_path, monkeypatch):
    """A relative root is made absolute at once."""
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    layout = Layout("config")
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert layout.root == str(tmp_path / "config")
    assert os.path.isabs(layout.document("web"))


@pytest.mark.parametrize("start", ["", "a", "a/b", "a/not/there"])
def test_the_root_is_found_from_below(tmp_path, start):
    """A store is found from its folder and any folder below it."""
    (tmp_path / ".muniment").mkdir()
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert find_root(tmp_path / start) == str(tmp_path)


def test_the_nearest_root_is_found(tmp_path):
    """Of two stores within each other it is the inner one; a file of that name makes no store."""
    (tmp_path / ".muniment").mkdir()
    inner = tmp_path / "a"
    (inner / ".muniment").mkdir(parents=True)
    (inner / "b").mkdir()
    (inner / "b" / ".muniment").touch()
    assert find_root(inner / "b") == str(inner)


def test_where_there_is_no_store_none_is_found(tmp_path):
    """The search ends at the top."""
    assert find_root(tmp_path) is None
