"""What `git.check` finds in what a real git is about to commit."""

import os
from shutil import which

import msgspec
import pytest

from muniment import NotInRepositoryError, Schema, Store
from muniment import git as hosting
from muniment.git import StagedFault, StagedReport

pytestmark = pytest.mark.skipif(which("git") is None, reason="needs git")

WEB = "config/services/web.json"


class Limits(msgspec.Struct):
    """The documents of a kind."""

    most: int


limits = Schema(Limits, kind="limits", version="1.0", names="limits/*")


@pytest.fixture
def store(repository):
    """The store of the repository, opened."""
    with Store.open("config", author="Ada", schemas=[limits]) as opened:
        yield opened


def check(path="config"):
    """Check with a program that knows no schemas, as the command line does."""
    with Store.open(path) as store:
        return hosting.check(store)


def write(path, text):
    """Write a file as people do."""
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def committed(store, port=2):
    """Change a document and commit it to the store."""
    store.write("services/web", {"port": port})
    store.commit(f"port {port}")


def test_nothing_staged_is_well(store, git):
    """Where the commit has nothing of the store, nothing is checked, whatever lies in its files."""
    committed(store)
    write(WEB, "{")
    write("README.md", "{")
    git("add", "README.md")
    assert check() == StagedReport(documents=0, faults=(), warnings=())


def test_a_whole_commit_is_well(store, git):
    """Documents, heads and objects together are well; the documents are counted."""
    committed(store)
    store.delete("services/web")
    store.write("other", 1)
    store.commit("another")
    git("add", "-A")
    assert check() == StagedReport(documents=1)
    assert check().ok


def test_the_first_commit_is_checked(tmp_path, git, monkeypatch):
    """Before the first commit of the repository all that is staged is new."""
    monkeypatch.chdir(tmp_path)
    git("init", "-q")
    with Store.init("config", author="Ada") as store:
        committed(store)
    git("add", "-A")
    assert check() == StagedReport(documents=1)
    write(WEB, "{")
    git("add", "-A")
    assert [fault.name for fault in check().faults] == ["services/web"]


def test_the_staged_content_counts(store, git):
    """A document is valid or not as it stands in the index, whatever its file holds."""
    write(WEB, "{")
    git("add", "-A")
    write(WEB, '{"port": 1, "tls": false}')
    reason = "expected a name in double quotes, not the end of the text"
    path = os.path.abspath(WEB)
    assert check().faults == (StagedFault(path, reason, "services/web", None, 1, 2),)
    git("add", "-A")
    write(WEB, "{")
    assert check().ok


def test_marks_of_a_conflict_are_told_as_such(store, git):
    """What git left in a document is told by its line."""
    write(WEB, '{\n<<<<<<< HEAD\n  "port": 2\n=======\n  "port": 3\n>>>>>>> theirs\n}\n')
    git("add", "-A")
    (fault,) = check().faults
    assert (fault.name, fault.line, fault.column) == ("services/web", 2, 1)
    assert "marks of a conflict" in fault.reason


def test_marks_within_a_text_are_none(store, git):
    """A text may say anything."""
    store.write("services/web", {"note": "<<<<<<< HEAD\n<<<<<<< "})
    store.commit("a text")
    git("add", "-A")
    assert check().ok


def test_documents_fit_their_kinds(store, git):
    """What does not fit what the store keeps of a kind is a fault, with its place."""
    store.write("limits/day", Limits(most=1))
    store.commit("a limit")
    git("add", "-A")
    assert check().ok
    write("config/limits/day.json", '{\n  "most": "many",\n  "schema_version": "1.0"\n}\n')
    git("add", "-A")
    (fault,) = check().faults
    assert (fault.name, fault.pointer, fault.line, fault.column) == ("limits/day", "/most", 2, 11)


def test_a_name_that_no_document_can_have_is_a_fault(store, git):
    """What Windows could not store is refused before others check it out."""
    write("config/services/con.json", "{}")
    git("add", "-A")
    (fault,) = check().faults
    assert (fault.name, fault.reason) == ("services/con", "'con' is reserved by Windows")


def test_other_files_are_no_documents(store, git):
    """Hidden files, links and files of other sorts are not looked at."""
    write("config/.editor/settings.json", "{ // not JSON\n")
    write("config/notes.txt", "{")
    os.symlink("nowhere", "config/link.json")
    git("add", "-A")
    assert check() == StagedReport()


@pytest.mark.parametrize("staged", [WEB, "config/.muniment/refs", "config/.muniment/objects"])
def test_half_of_a_store_is_a_fault(store, git, staged):
    """A commit of documents without their history, or of a head without its objects, is refused."""
    committed(store)
    git("add", staged)
    (fault,) = check().faults
    assert fault.path == os.path.abspath("config/.muniment")
    assert fault.reason.endswith("of it would not be committed; `git add config/.muniment` stages all of it")
    git("add", "config/.muniment")
    assert check().ok


def test_a_partial_commit_of_git_is_seen_as_such(store, git):
    """`git commit FILE` commits that file alone, so the rest is missing even if it is staged."""
    hosting.install(store)
    committed(store)
    git("add", "-A")
    done = git("commit", "-qm", "half", WEB, check=False)
    assert done.code != 0
    assert "config/.muniment: " in done.err
    assert git("commit", "-qm", "all").code == 0


def test_what_git_ignores_is_told_as_such(store, git):
    """Where a `.gitignore` keeps objects out, staging again would not help: the rule is to be found."""
    write(".gitignore", "objects/\n")
    committed(store)
    git("add", "-A")
    (fault,) = check().faults
    assert "git ignores it: `git check-ignore -v config/.muniment/objects/" in fault.reason


def test_the_local_folder_is_never_missed(store, git):
    """What belongs to this copy alone is not committed, and not missed, even if git does not ignore it."""
    os.remove("config/.muniment/.gitignore")
    git("add", "config/.muniment/.gitignore")
    assert check().ok


def test_edits_that_no_commit_holds_are_a_warning(store, git):
    """What is staged otherwise than the head has it is named, and may be committed; so is what was deleted."""
    store.delete("services/web")
    for number in range(4):
        store.write(f"new/{number}", number)
    git("add", "-A")
    report = check()
    assert report.ok
    (warning,) = report.warnings
    assert warning.path == store.path
    assert "new/0, new/1, new/2 and 2 more; `muniment commit -m WHY`" in warning.reason
    store.commit("all")
    git("add", "-A")
    assert check().warnings == ()


def test_before_the_first_commit_of_the_store_all_are_edits(tmp_path, git, monkeypatch):
    """A store without a commit holds nothing yet."""
    monkeypatch.chdir(tmp_path)
    git("init", "-q")
    with Store.init("config") as store:
        store.write("a", 1)
    git("add", "-A")
    assert ["a;" in warning.reason for warning in check().warnings] == [True]


def test_a_diverged_branch_is_a_warning(store, git):
    """Two heads that git brought together are told, and keep nobody from committing."""
    git("checkout", "-qb", "theirs")
    committed(store, 2)
    store.close()
    git("add", "-A")
    git("commit", "-qm", "theirs")
    git("checkout", "-q", "trunk")
    with Store.open("config", author="Ada") as other:
        other.write("services/api", {"port": 3})
        other.commit("an interface")
    git("add", "-A")
    git("commit", "-qm", "ours")
    git("merge", "-q", "--no-commit", "theirs")
    report = check()
    assert report.ok
    (warning,) = report.warnings
    assert warning.reason.startswith("main has diverged into ")
    assert warning.reason.endswith("; `muniment reconcile` merges them")


def test_what_a_stopped_program_left_is_finished_first(store, git, monkeypatch):
    """A change that is in the journal alone is published before git looks, so that nothing of it is left out."""
    with monkeypatch.context() as stopped:
        stopped.setattr("muniment.storage.publishing.Publisher.publish", _stop)
        with pytest.raises(KeyboardInterrupt):
            committed(store)
    write("config/services/api.json", "1")
    git("add", "-A")
    (fault,) = check().faults
    assert fault.path == os.path.abspath("config/.muniment")
    git("add", "-A")
    assert check().ok
    assert check().documents == 2


def _stop(*_, **__):
    raise KeyboardInterrupt


def test_outside_a_repository_there_is_nothing_to_check(tmp_path, git, monkeypatch):
    """Without a repository nothing is about to be committed."""
    monkeypatch.chdir(tmp_path)
    Store.init("config").close()
    with pytest.raises(NotInRepositoryError):
        check()


@pytest.mark.parametrize("name", ["ümläut", "sp ace", "tab\there"])
def test_documents_may_lie_anywhere(repository, git, name):
    """Paths that git would write in quotes are read as they are."""
    os.rename("config", name)
    write(f"{name}/ä b/c d.json", "{")
    git("add", "-A")
    assert [fault.name for fault in check(name).faults] == ["ä b/c d"]


def test_the_current_folder_does_not_matter(store, git, monkeypatch, tmp_path):
    """From below the store and from outside the repository the same is found."""
    write(WEB, "{")
    git("add", "-A")
    found = check()
    path = os.path.abspath("config")
    for folder in ("config/services", str(tmp_path)):
        monkeypatch.chdir(folder)
        assert check(path) == found
