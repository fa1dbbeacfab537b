"""The commands that record: status, commit, rollback."""

import pytest

from muniment import Store


def test_status_of_a_new_store(muniment, folder):
    """Before the first commit there is no head, and every file is added."""
    (folder / "a.json").write_text("1")
    muniment("init")
    assert muniment("status").out.startswith("On main, before its first commit\n")
    assert "  + a\n" in muniment("status").out
    told = muniment("status", "--json").json
    assert (told["head"], told["added"], told["clean"]) == (None, ["a"], False)


def test_status_of_an_unchanged_store(muniment, store):
    """Where nothing differs, it says where the store stands and no more."""
    head = store.at("HEAD").commit
    assert muniment("status").out == f"On main at {head.id[:12]}  the second\nNothing differs from it.\n"
    assert muniment("status", "--json").json["clean"] is True


def test_status_lists_each_kind(muniment, store, folder):
    """Added, changed, removed and invalid each have a sign of their own, and the reason is told."""
    store.write("fresh", 1)
    store.write("limits", 2)
    (folder / "services" / "web.json").unlink()
    (folder / "broken.json").write_text("[1,")
    shown = muniment("status").out.splitlines()
    assert [line.strip() for line in shown if line.startswith("  ")][:3] == ["+ fresh", "~ limits", "- services/web"]
    assert any(line.startswith("  ! broken: ") and "at line 1, column 4" in line for line in shown)
    told = muniment("status", "--json").json
    assert [told["added"], told["changed"], told["removed"], told["invalid"]] == [
        ["fresh"],
        ["limits"],
        ["services/web"],
        ["broken"],
    ]
    assert "at line 1, column 4" in told["reasons"]["broken"]


def test_commit_tells_what_it_recorded(muniment, store):
    """The branch, the id, the message and the documents; with `--json` all of the commit."""
    store.write("limits", 1)
    answer = muniment("commit", "-m", "lower\n\nbecause")
    made = store.at("HEAD").commit
    assert answer.out == f"[main {made.id[:12]}] lower\n  ~ limits\n"
    assert (made.message, made.author) == ("lower\n\nbecause", "Ada <ada@example.org>")
    told = muniment("commit", "-m", "nothing new", "--allow-empty", "--json").json
    assert (told["parents"], told["branch"], told["changes"]) == ([made.id], "main", [])
    assert told["id"] == store.at("HEAD").commit.id


def test_commit_of_named_documents_leaves_the_others(muniment, store):
    """Only what is named is recorded."""
    store.write("limits", 1)
    store.write("fresh", 1)
    assert muniment("commit", "-m", "one", "fresh", "--json").json["changes"] == [{"change": "added", "name": "fresh"}]
    assert store.status().changed == ("limits",)


def test_nothing_to_commit_is_a_no(muniment, store):
    """Nothing differs: exit code 1, and no commit."""
    assert muniment("commit", "-m", "again").code == 1
    assert len(store.log()) == 2


@pytest.mark.parametrize("arguments", [("commit",), ("commit", "-m", " "), ("rollback", "limits", "--to", "HEAD")])
def test_a_change_says_why(muniment, store, arguments):
    """Without a message nothing is recorded."""
    store.write("limits", 1)
    assert muniment(*arguments).code == 2
    assert len(store.log()) == 2


def test_rollback_brings_one_document_back(muniment, store):
    """The named document is as it was, by a new commit; the others stay."""
    answer = muniment("rollback", "limits", "--to", "HEAD~1", "-m", "too high", "--json")
    assert answer.code == 0
    assert answer.json["message"] == "too high"
    assert store.read("limits")["max"] == 10
    assert store.exists("services/web")
    assert [version.change for version in store.history("limits")] == ["restored", "updated", "created"]


def test_rollback_brings_everything_back(muniment, store):
    """`--all` restores every document, and removes those that came later."""
    assert muniment("rollback", "--all", "--to", "HEAD~1", "-m", "all of it").code == 0
    assert store.names() == ["limits"]


@pytest.mark.parametrize("names", [(), ("limits", "--all")])
def test_rollback_wants_names_or_all(muniment, store, names):
    """Neither, or both, could lose more than was meant."""
    assert muniment("rollback", *names, "--to", "HEAD~1", "-m", "why").code == 2
    assert len(store.log()) == 2


def test_rollback_keeps_uncommitted_edits(muniment, store):
    """An edit that no commit holds is not overwritten: retry when it is committed."""
    store.write("limits", 1)
    assert muniment("rollback", "limits", "--to", "HEAD~1", "-m", "why").code == 4
    assert store.read("limits") == 1


class TestAuthor:
    """Who makes a change."""

    @pytest.fixture
    def author_of_commit(self, muniment, folder):
        """Make a commit and give its author."""

        def call(*arguments: str) -> str:
            with Store.init(folder) as store:
                store.write("a", 1)
                assert muniment("commit", "-m", "one", *arguments).code == 0
                return store.at("HEAD").commit.author

        return call

    def test_option_comes_first(self, author_of_commit):
        """`--author` is stronger than the environment."""
        assert author_of_commit("--author", "Eve <eve@example.org>") == "Eve <eve@example.org>"

    def test_environment_comes_next(self, author_of_commit, git_user):
        """MUNIMENT_AUTHOR is stronger than git's user."""
        git_user("[user]\n name = Git\n email = git@example.org\n")
        assert author_of_commit() == "Ada <ada@example.org>"

    def test_git_is_asked_last(self, author_of_commit, git_user, monkeypatch):
        """Without either, it is git's user.name and user.email."""
        monkeypatch.delenv("MUNIMENT_AUTHOR")
        git_user("[user]\n name = Git User\n email = git@example.org\n")
        assert author_of_commit() == "Git User <git@example.org>"

    @pytest.mark.parametrize("config", ["", "[user]\n name = Half\n"])
    def test_nobody_is_refused(self, muniment, store, git_user, monkeypatch, config):
        """A change without an author, or half of one, is a fault of usage that says what to set."""
        monkeypatch.delenv("MUNIMENT_AUTHOR")
        git_user(config)
        store.write("limits", 1)
        answer = muniment("commit", "-m", "one")
        assert answer.code == 2
        assert "--author" in answer.err
        assert "MUNIMENT_AUTHOR" in answer.err

    def test_a_machine_without_git(self, muniment, store, monkeypatch):
        """Git need not be there."""
        monkeypatch.delenv("MUNIMENT_AUTHOR")
        monkeypatch.setenv("PATH", "")
        store.write("limits", 1)
        assert muniment("commit", "-m", "one").code == 2
        assert muniment("commit", "-m", "one", "--author", "Ada").code == 0

    @pytest.fixture
    def git_user(self, tmp_path, monkeypatch):
        """Let git have this configuration and no other; skip where there is no git."""
        import shutil

        if shutil.which("git") is None:
            pytest.skip("no git on this machine")

        def configure(text: str) -> None:
            (tmp_path / "gitconfig").write_text(text)
            monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
            monkeypatch.setenv("GIT_CONFIG_SYSTEM", str(tmp_path / "none"))
            monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))

        return configure
