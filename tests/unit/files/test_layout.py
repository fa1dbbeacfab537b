"""Where everything lies: the paths that other programs and the host repository rely on."""

import os

import pytest

from muniment.files.layout import Layout, document_in, find_root, folder_in, is_within


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


DOCUMENTS = {
    "services/web.json": "services/web",
    "top.json": "top",
    "a.json.json": "a.json",
    "notes.txt": None,
    ".hidden.json": None,
    ".json": None,
    ".git/config.json": None,
    "services/.web.json": None,
    ".muniment/format.json": None,
    "services": None,
    "": None,
}


@pytest.mark.parametrize(("below", "name"), DOCUMENTS.items())
def test_a_path_says_which_document_it_is_of(tmp_path, below, name):
    """Hidden files and those in hidden folders are of none, nor is what lies elsewhere."""
    layout = Layout(tmp_path / "config")
    assert layout.document_at(f"{layout.root}/{below}") == name
    assert layout.document_at(f"{layout.root}2/{below}") is None
    if name is not None:
        assert layout.document_at(layout.document(name)) == name


FOLDERS = {"services": "services", "a/b": "a/b", ".git": None, "a/.b/c": None, ".muniment/refs": None, "": ""}


@pytest.mark.parametrize(("below", "folder"), FOLDERS.items())
def test_a_path_says_which_folder_of_documents_it_is(tmp_path, below, folder):
    """The root is the empty name; hidden folders have no documents."""
    layout = Layout(tmp_path / "config")
    assert layout.folder_at(f"{layout.root}/{below}".rstrip("/")) == folder
    assert layout.folder_at(f"{layout.root}2/{below}") is None
    if folder is not None:
        assert layout.folder_at(layout.folder(folder)) == folder


@pytest.mark.parametrize("folder", ["", "a", "a/b"])
def test_what_lies_in_a_folder_is_named_as_by_its_path(tmp_path, folder):
    """Whoever lists a folder need not ask for each path."""
    layout = Layout(tmp_path)
    for name in ("web", "web.json", ".web.json", ".json", "web.txt", ".web"):
        path = f"{layout.folder(folder)}/{name}"
        assert document_in(folder, name) == layout.document_at(path)
        assert folder_in(folder, name) == layout.folder_at(path)
    assert document_in(folder, "web.json") == (f"{folder}/web" if folder else "web")


def test_what_lies_at_or_below_a_folder(tmp_path):
    """The folder itself does, one whose name only begins alike does not."""
    layout = Layout(tmp_path)
    assert is_within(layout.control, layout.control)
    assert is_within(layout.branch("main"), layout.heads)
    assert not is_within(layout.heads, layout.tags)
    assert not is_within(f"{layout.heads}-2/main", layout.heads)


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
