"""Making, opening, finding and closing a store."""

import gc
import json
import os
import pickle
import shutil

import pytest

from muniment import (
    InvalidNameError,
    MalformedError,
    MunimentError,
    NotAStoreError,
    StorageError,
    Store,
    StoreClosedError,
    StoreExistsError,
    UnsupportedFormatError,
)


def files_of(root):
    """Every file below a folder with its bytes and time of change."""
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in root.rglob("*") if path.is_file()}


def test_a_new_store_says_what_it_is(store, root):
    """Its format, what the host repository shall leave out, and the branch that is checked out."""
    control = root / ".muniment"
    assert json.loads((control / "format.json").read_text()) == {"default_branch": "main", "features": [], "format": 1}
    assert (control / ".gitignore").read_text() == "/local/\n"
    assert (control / "local" / "HEAD").read_text() == "refs/heads/main\n"
    assert (store.path, store.branch) == (str(root), "main")
    assert store.log() == []
    assert store.status().head is None
    assert store.verify().ok


def test_files_that_lie_there_are_documents_to_commit(root):
    """A store is made around what is there, and touches none of it."""
    root.mkdir()
    (root / "web.json").write_text('{"port": 1}')
    with Store.init(root, author="Ada") as store:
        assert store.status().added == ("web",)
        store.commit("take it in")
    assert (root / "web.json").read_text() == '{"port": 1}'


def test_a_store_is_made_once(store, root):
    """A second `init` is refused, and changes nothing."""
    store.write("web", 1)
    store.commit("begin")
    before = files_of(root)
    with pytest.raises(StoreExistsError) as raised:
        Store.init(root)
    assert raised.value.path == str(root)
    assert files_of(root) == before


def test_half_a_store_is_made_whole(root):
    """A program that was stopped while it made one left no `format.json`: there is no store yet."""
    (root / ".muniment" / "objects").mkdir(parents=True)
    (root / ".muniment" / ".gitignore").write_text("x")
    with pytest.raises(NotAStoreError):
        Store.open(root)
    Store.init(root).close()
    assert (root / ".muniment" / ".gitignore").read_text() == "x\n/local/\n"


def test_opening_only_reads(store, root):
    """Opening, reading and closing leaves every file as it is."""
    store.write("web", {"port": 1})
    store.commit("begin")
    store.close()
    before = files_of(root)
    with Store.open(root) as again:
        assert again.read("web") == again.at("HEAD")["web"] == {"port": 1}
        assert len(again.log()) == 1
        assert again.names() == ["web"]
    assert files_of(root) == before


@pytest.mark.parametrize("place", ["", "missing", "file", "file/below"])
def test_where_there_is_no_store_that_is_said(tmp_path, place):
    """A plain folder, nothing at all, and a file."""
    (tmp_path / "file").touch()
    with pytest.raises(NotAStoreError) as raised:
        Store.open(tmp_path / place)
    assert raised.value.path == str(tmp_path / place).rstrip("/")


def test_a_store_cannot_be_made_in_a_file(tmp_path):
    """The system's refusal is told as an error of ours."""
    (tmp_path / "file").touch()
    with pytest.raises(StorageError):
        Store.init(tmp_path / "file")


def test_a_store_is_found_from_below(store, root):
    """From the folder itself and from folders below; from above it is not."""
    (root / "a" / "b").mkdir(parents=True)
    for start in (root, root / "a", root / "a" / "b"):
        with Store.find(start, author="Bob") as found:
            assert found.path == str(root)
    with pytest.raises(NotAStoreError):
        Store.find(root.parent)


def test_a_store_is_found_from_here(store, root, monkeypatch):
    """Without a place the search begins in the working directory."""
    (root / "a").mkdir()
    monkeypatch.chdir(root / "a")
    with Store.find() as found:
        assert found.path == str(root)


@pytest.mark.parametrize(
    "text",
    [
        '{"format": 2}',
        '{"format": 1, "features": ["magic"]}',
        '{"format": 2, "features": {}}',
        '{"format": 2, "default_branch": ["main"]}',
        '{"format": 99, "features": [], "default_branch": "main", "more": {"later": true}}',
    ],
)
def test_a_store_of_a_newer_program_is_refused_untouched(store, root, text):
    """A later format, and a feature that is not known."""
    store.close()
    (root / ".muniment" / "format.json").write_text(text)
    before = files_of(root)
    with pytest.raises(UnsupportedFormatError):
        Store.open(root)
    with pytest.raises(StoreExistsError):
        Store.init(root)
    assert files_of(root) == before


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", '{"format": "1"}', '{"features": []}', '{"format": 1, "features": 1}', '{"format": 0}',
        '{"format": -1, "features": {}}',
    ],
)  # fmt: skip
def test_a_damaged_format_file_is_told(store, root, text):
    """What cannot be read is not guessed at."""
    store.close()
    (root / ".muniment" / "format.json").write_text(text)
    with pytest.raises(MalformedError) as raised:
        Store.open(root)
    assert raised.value.path == str(root / ".muniment" / "format.json")


@pytest.mark.parametrize(
    "text", [b"", b"main", b"refs/heads/", b"refs/heads/../x", b"refs/heads/\xff\xfe\n:", b"refs/heads/\xff"]
)
def test_a_damaged_selection_is_told(store, root, text):
    """A `HEAD` that names no branch is an error, and not another branch."""
    path = root / ".muniment" / "local" / "HEAD"
    path.write_bytes(text)
    with pytest.raises(MalformedError) as raised:
        _ = store.branch
    assert raised.value.path == str(path)


def test_a_fresh_clone_has_the_default_branch(store, root):
    """Without `local/`, which no clone has, the store's default branch is checked out, and all is made again."""
    store.write("web", 1)
    commit = store.commit("begin")
    store.close()
    shutil.rmtree(root / ".muniment" / "local")
    with Store.open(root, author="Bob") as clone:
        assert clone.branch == "main"
        assert clone.status().clean
        assert clone.at("HEAD").commit == commit
        clone.write("web", 2)
        assert clone.commit("go on").parents == (commit.id,)
        assert clone.verify().ok


@pytest.mark.parametrize("author", ["", "   ", "Ada\nBob", "Ada\x07", "Ada\u2028Bob"])
def test_an_author_is_one_line_of_text(root, author):
    """No store is made or opened for an author that cannot be written down."""
    with pytest.raises(InvalidNameError, match="cannot name an author"):
        Store.init(root, author=author)
    assert not root.exists()
    Store.init(root).close()
    with pytest.raises(InvalidNameError):
        Store.open(root, author=author)


VERBS = {
    "read": lambda store: store.read("web"),
    "write": lambda store: store.write("web", 1),
    "create": lambda store: store.create("web", 1),
    "update": lambda store: store.update("web", str),
    "delete": lambda store: store.delete("web"),
    "names": lambda store: store.names(),
    "exists": lambda store: store.exists("web"),
    "status": lambda store: store.status(),
    "commit": lambda store: store.commit("no"),
    "at": lambda store: store.at("HEAD"),
    "log": lambda store: store.log(),
    "history": lambda store: store.history("web"),
    "blame": lambda store: store.blame("web"),
    "diff": lambda store: store.diff(),
    "show": lambda store: store.show(),
    "rollback": lambda store: store.rollback("HEAD", reason="no"),
    "verify": lambda store: store.verify(),
    "edit": lambda store: store.edit("web").__enter__(),
    "snapshot": lambda store: store.snapshot().__enter__(),
    "transaction": lambda store: store.transaction("no").__enter__(),
    "branch": lambda store: store.branch,
    "checkpoint": lambda store: store.checkpoint(),
    "merge_document": lambda store: store.merge_document("web", b"1", b"2", b"1"),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_closed_store_says_so(store, root, verb):
    """Every verb of it, and what it does not need stays: its path. Closing twice is harmless."""
    store.write("web", 1)
    store.close()
    store.close()
    with pytest.raises(StoreClosedError) as raised:
        VERBS[verb](store)
    assert raised.value.path == store.path == str(root)


def test_leaving_the_block_closes(root):
    """A `with` block ends with a closed store, also when it raises."""
    with pytest.raises(ZeroDivisionError), Store.init(root) as store:
        _ = 1 / 0
    with pytest.raises(StoreClosedError):
        store.names()


def test_a_forgotten_store_is_closed(root):
    """A store that nobody refers to any more holds no files open."""
    store = Store.init(root, author="Ada")
    store.write("web", 1)
    store.commit("begin")
    assert [path for path in open_files() if path.startswith(str(root))]
    del store
    gc.collect()
    assert [path for path in open_files() if path.startswith(str(root))] == []


def open_files():
    """The files that this process has open."""
    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("the system does not list open files")
    found = []
    for fd in os.listdir("/proc/self/fd"):
        try:
            found.append(os.readlink(f"/proc/self/fd/{fd}"))
        except FileNotFoundError:  # the one that listed them
            continue
    return found


def test_errors_travel_between_processes(store):
    """An error keeps its type, message and fields when it is pickled."""
    with pytest.raises(MunimentError) as raised:
        store.read("missing")
    copy = pickle.loads(pickle.dumps(raised.value))  # noqa: S301 - our own
    assert (type(copy), str(copy), vars(copy)) == (type(raised.value), str(raised.value), vars(raised.value))
