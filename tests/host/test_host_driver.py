"""The merge driver, called by a real git that merges, rebases and picks."""

import json
import os
import sys
from shutil import which

import msgspec
import pytest

from muniment import DocumentInvalidError, MergeRules, Schema, StorageError, Store, lens
from muniment import git as hosting
from muniment.values.json_value import ABSENT

pytestmark = pytest.mark.skipif(which("git") is None, reason="needs git")

WEB = "config/services/web.json"
BEGIN = {"port": 1, "tls": False, "hosts": {"a": 1}}


@pytest.fixture
def two_sides(repository, git):
    """Install the driver, and let two host branches replace a document; ours is checked out."""

    def make(ours, theirs, *, begin=BEGIN, path=WEB):
        folder = os.path.join(".", path.partition("/")[0])
        os.rename("config", folder)
        with Store.open(folder) as store:
            hosting.install(store, merge_driver=True)
        forget_hooks()  # the sides are merged as git sees them, committed to the store or not
        save(git, path, begin, "begin here")
        git("checkout", "-qb", "theirs")
        save(git, path, theirs, "theirs")
        git("checkout", "-q", "trunk")
        save(git, path, ours, "ours")

    return make


def forget_hooks():
    """Take out what was installed beside the driver."""
    for name in ("pre-commit", "pre-merge-commit"):
        os.remove(f".git/hooks/{name}")


def save(git, path, value, message):
    """Write a file as people do, on one line, and commit it; text is written as it is."""
    if value is not None:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(value if isinstance(value, str) else json.dumps(value))
    git("add", "-A")
    git("commit", "-q", "--allow-empty", "-m", message)


def load(path=WEB):
    """Give the value of a file, which has to be as documents are written."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    return json.loads(text)


OURS = {**BEGIN, "port": 2}
THEIRS = {**BEGIN, "tls": True, "hosts": {"a": 1, "b": 2}}
BOTH = {"port": 2, "tls": True, "hosts": {"a": 1, "b": 2}}


@pytest.mark.parametrize("how", [("merge", "-q", "theirs"), ("rebase", "-q", "theirs"), ("cherry-pick", "theirs")])
@pytest.mark.parametrize("path", [WEB, "-x/with space/ümläut ä.json"])
def test_two_places_of_one_line_are_merged(two_sides, git, how, path):
    """What git takes for one line changed on both sides are two fields: there is no conflict."""
    two_sides(OURS, THEIRS, path=path)
    git(*how)
    assert load(path) == BOTH
    assert git("status", "--porcelain").out == ""


def test_both_sides_may_add_a_document(two_sides, git):
    """Where the base has none, git hands over an empty file: what both have is merged."""
    two_sides({"a": 1, "both": 0}, {"b": 2, "both": 0}, begin=None)
    git("merge", "-q", "theirs")
    assert load() == {"a": 1, "b": 2, "both": 0}


def test_a_new_document_of_both_sides(repository, git):
    """A document that neither base nor store had is merged member by member too."""
    with Store.open("config") as store:
        hosting.install(store, merge_driver=True)
    forget_hooks()
    save(git, WEB, BEGIN, "begin here")
    git("checkout", "-qb", "theirs")
    save(git, "config/new.json", {"theirs": 1}, "theirs")
    git("checkout", "-q", "trunk")
    save(git, "config/new.json", {"ours": 1}, "ours")
    git("merge", "-q", "theirs")
    assert load("config/new.json") == {"ours": 1, "theirs": 1}


def test_a_conflict_leaves_valid_json(two_sides, git):
    """Where both disagree git marks the document as conflicted, and it holds our value there, and all else of both."""
    two_sides(OURS, {**THEIRS, "port": 3})
    done = git("merge", "-q", "theirs", check=False)
    assert done.code == 1
    assert "services/web: /port: modify-modify: base 1, ours 2, theirs 3" in done.err
    assert git("status", "--porcelain").out == f"UU {WEB}\n"
    assert load() == BOTH


def test_a_rebase_stops_at_a_conflict(two_sides, git):
    """In a rebase, ours is the branch that is rebased on."""
    two_sides(OURS, {**THEIRS, "port": 3})
    assert git("rebase", "-q", "theirs", check=False).code == 1
    assert load() == {**BOTH, "port": 3}
    git("add", "-A")
    git("-c", "core.editor=true", "rebase", "--continue")


def test_what_is_no_json_is_a_conflict(two_sides, git):
    """A file that is no JSON is not merged: ours stays as it is, and git says that there is a conflict."""
    two_sides(OURS, "{ // theirs\n")
    done = git("merge", "-q", "theirs", check=False)
    assert done.code == 1
    assert "services/web: theirs: expected a name in double quotes, not '/' at line 1, column 3" in done.err
    assert git("status", "--porcelain").out == f"UU {WEB}\n"
    with open(WEB, encoding="utf-8") as file:
        assert json.load(file) == OURS


def test_without_the_program_there_is_a_conflict(two_sides, git, monkeypatch, tmp_path):
    """Where Muniment is nowhere, git says that there is a conflict, and nothing is lost."""
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("sys.executable", "/gone/python3")
        two_sides(OURS, THEIRS)
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    for program in ("git", "sh"):
        (bin_folder / program).symlink_to(which(program))
    monkeypatch.setenv("PATH", str(bin_folder))
    assert git("merge", "-q", "theirs", check=False).code == 1
    assert git("status", "--porcelain").out == f"UU {WEB}\n"


def test_a_clone_without_the_driver_merges_as_text(two_sides, git, monkeypatch):
    """`.gitattributes` alone names a driver that the clone does not have: git goes on without."""
    two_sides(OURS, THEIRS)
    git("clone", "-q", ".", "../copy")
    monkeypatch.chdir("../copy")
    assert git("merge", "-q", "origin/theirs", check=False).code == 1
    with open(WEB, encoding="utf-8") as file:
        assert file.read().startswith("<<<<<<< ")


def test_a_python_with_a_percent_sign_is_called(repository, git, monkeypatch, tmp_path, two_sides):
    """Git replaces what begins with `%` in a driver: the path of the program is kept from that."""
    link = tmp_path / "per%Acent"
    link.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    link.chmod(0o755)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("sys.executable", str(link))
        two_sides(OURS, THEIRS)
    git("merge", "-q", "theirs")
    assert load() == BOTH


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Write files to merge, in an empty folder that is the current one."""
    monkeypatch.chdir(tmp_path)

    def write(**texts):
        for name, text in texts.items():
            (tmp_path / name).write_text(text)

    return write


@pytest.mark.parametrize("base", ["", None])
def test_an_empty_base_is_none(files, base):
    """An empty file, or none, says that both sides made the document."""
    files(ours='{"a": 1}', theirs='{"a": 2}', **({} if base is None else {"base": base}))
    (conflict,) = hosting.merge_file("base", "ours", "theirs").conflicts
    assert (conflict.kind, conflict.base, conflict.ours, conflict.theirs) == ("add-add", ABSENT, 1, 2)


@pytest.mark.parametrize("side", ["base", "ours", "theirs"])
def test_a_side_that_is_no_json_is_told(files, tmp_path, side):
    """The error tells which side it is, and where; ours is not touched."""
    files(**{"base": "{}", "ours": '{ "a":1}', "theirs": "[]", side: "{]"})
    with pytest.raises(DocumentInvalidError, match=f"^a/b.json: {side}: ") as caught:
        hosting.merge_file("base", "ours", "theirs", "a/b.json")
    assert (caught.value.line, caught.value.column) == (1, 2)
    assert (tmp_path / "ours").read_text() == ("{]" if side == "ours" else '{ "a":1}')


def test_an_empty_side_is_no_json(files):
    """Only a base may be empty: git asks the driver where both sides have the file."""
    files(base="1", ours="", theirs="2")
    with pytest.raises(DocumentInvalidError, match="ours: the text is empty"):
        hosting.merge_file("base", "ours", "theirs")


def test_a_missing_side_is_told(files):
    """Where a file is not there, the system's refusal is told."""
    files(base="1", ours="2")
    with pytest.raises(StorageError, match="theirs"):
        hosting.merge_file("base", "ours", "theirs")


def test_declared_rules_hold(two_sides, git):
    """What the store keeps of how to merge is kept to: here two counts are added, and items told by a field."""
    with Store.open("config", author="Ada") as store:
        rules = MergeRules("web", names="services/*", keys={"/hosts": "name"}, strategies={"/hits": "counter"})
        store.merge_rules.declare(rules)
    old, first, second = {"name": "a", "port": 1}, {"name": "a", "port": 2}, {"name": "b", "port": 1}
    begin = {"hits": 1, "hosts": [old]}
    two_sides({"hits": 2, "hosts": [second, old]}, {"hits": 4, "hosts": [first]}, begin=begin)
    git("merge", "-q", "theirs")
    assert load() == {"hits": 5, "hosts": [second, first]}


class Service(msgspec.Struct):
    """The documents of a kind."""

    least: int = 0
    most: int = 9


def test_versions_of_a_kind_are_lifted(two_sides, git):
    """Where the sides have documents of two schema versions, the older is brought to the newer first."""
    kind = Schema(Service, kind="service", version="1.1", names="services/*")
    kind.lens("1.0", "1.1", lens.rename("max", "most"))
    with Store.open("config", author="Ada", schemas=[kind]) as store:
        store.write("services/other", Service())
        store.commit("others know the kind")
    old = {"schema_version": "1.0", "least": 0, "max": 9}
    two_sides({**old, "max": 8}, {"schema_version": "1.1", "least": 1, "most": 9}, begin=old)
    git("merge", "-q", "theirs")
    assert load() == {"schema_version": "1.1", "least": 1, "most": 8}
