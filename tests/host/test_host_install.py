"""What `git.install` puts into a real repository, and `git.uninstall` takes out again."""

import os
import shutil
import stat
from shutil import which

import pytest

from muniment import ForeignHookError, GitFailedError, GitMissingError, NotInRepositoryError, StorageError, Store
from muniment import git as hosting

pytestmark = [
    pytest.mark.skipif(which("git") is None, reason="needs git"),
    pytest.mark.skipif(os.name != "posix", reason="hooks are looked at as POSIX has them"),
]

DRIVER = ("config", "--local", "--get", "merge.muniment.driver")


@pytest.fixture
def hook(repository):
    """The pre-commit hook of the repository; its folder is there, as git makes it."""
    folder = repository / ".git/hooks"
    folder.mkdir(exist_ok=True)
    return folder / "pre-commit"


@pytest.fixture
def merge_hook(hook):
    """The hook that git runs in place of that one where a merge ends by itself."""
    return hook.with_name("pre-merge-commit")


@pytest.fixture
def own(hook):
    """Put a hook of the user's own there; gives its text."""

    def put(text, mode=0o755):
        hook.write_text(text)
        hook.chmod(mode)
        return text

    return put


def install(path="config", **options):
    """Install for the store at `path`."""
    with Store.open(path) as store:
        return hosting.install(store, **options)


def uninstall(path="config"):
    """Uninstall for the store at `path`."""
    with Store.open(path) as store:
        return hosting.uninstall(store)


def spoil(path):
    """Let a document be no JSON."""
    with open(path, "w", encoding="utf-8") as file:
        file.write("{")


def commit(git):
    """Commit all that is there: gives the exit code and what was said."""
    git("add", "-A")
    done = git("commit", "-qm", "more", check=False)
    return done.code, done.out + done.err


def is_checked(git, document="config/services/web.json"):
    """Tell whether git refuses to commit a document that is no JSON."""
    spoil(document)
    code, said = commit(git)
    assert (code != 0) == (f"{document}:1:2: " in said), said
    return code != 0


def test_the_hooks_are_made(repository, git, hook, merge_hook):
    """Where there is no hook, one is made that git runs."""
    assert install() == hosting.Installation(hooks=(str(hook), str(merge_hook)), attributes=None, changed=True)
    for made in (hook, merge_hook):
        assert stat.S_IMODE(made.stat().st_mode) & 0o111
    assert is_checked(git)


@pytest.fixture
def two_sides(repository, git):
    """Two host branches that each committed to the store, `theirs` something spoilt too; ours is checked out."""
    install()
    git("checkout", "-qb", "theirs")
    with Store.open("config", author="Ada") as store:
        store.write("theirs", 1)
        store.commit("theirs")
    spoil("config/spoilt.json")
    git("add", "-A")
    git("commit", "-qm", "theirs", "--no-verify")
    git("checkout", "-q", "trunk")
    with Store.open("config", author="Ada") as store:
        store.write("ours", 1)
        store.commit("ours")
    assert commit(git) == (0, "")


def test_a_merge_that_ends_by_itself_is_checked(two_sides, git):
    """What came from the other side unchecked is refused; the commit that ends the merge is checked again."""
    refused = git("merge", "theirs", check=False)
    assert refused.code != 0
    assert "config/spoilt.json:1:2: " in refused.out + refused.err
    assert git("rev-parse", "-q", "--verify", "MERGE_HEAD").out
    assert commit(git)[0] == 1
    os.remove("config/spoilt.json")
    code, said = commit(git)
    assert (code, "main has diverged" in said) == (0, True), said
    assert git("rev-parse", "HEAD^2").out == git("rev-parse", "theirs").out


def test_a_merge_of_two_heads_is_no_fault(two_sides, git):
    """That the branch has diverged is what a merge comes to before it is reconciled: a warning."""
    git("checkout", "-q", "theirs")
    os.remove("config/spoilt.json")
    git("add", "-A")
    git("commit", "-qm", "mended")
    git("checkout", "-q", "trunk")
    done = git("merge", "-q", "theirs")
    assert "main has diverged" in done.err
    assert git("rev-parse", "HEAD^2").out == git("rev-parse", "theirs").out
    with Store.open("config", author="Ada") as store:
        store.reconcile()
        assert store.names() == ["ours", "services/web", "theirs"]
    assert commit(git) == (0, "")


def test_a_merge_with_conflicts_is_checked_when_it_is_ended(two_sides, git):
    """Git stops it before its hook; the commit that ends it is checked as any other."""
    work(2)
    commit(git)
    git("checkout", "-q", "theirs")
    os.remove("config/spoilt.json")
    work(3)
    commit(git)
    git("checkout", "-q", "trunk")
    assert git("merge", "-q", "theirs", check=False).code == 1
    assert is_checked(git)


def test_what_is_valid_is_committed(repository, git):
    """The check lets pass what is whole and valid, and says nothing."""
    install()
    with Store.open("config", author="Ada") as store:
        store.write("services/web", {"port": 2})
        store.commit("another port")
    assert commit(git) == (0, "")


def test_installing_twice_changes_nothing(repository, hook):
    """The second time finds all as it should be, and says so."""
    install(merge_driver=True)
    before = hook.read_bytes(), (repository / "config/.gitattributes").read_bytes()
    assert not install(merge_driver=True).changed
    assert (hook.read_bytes(), (repository / "config/.gitattributes").read_bytes()) == before


def test_installing_anew_tells_where_the_program_is_now(repository, hook, monkeypatch):
    """The lines of an installation by another Python are replaced, not repeated."""
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("sys.executable", "/gone/python3")
        install(merge_driver=True)
    assert "/gone/python3" in hook.read_text()
    assert install(merge_driver=True).changed
    assert "/gone/python3" not in hook.read_text() + (repository / ".git/config").read_text()
    assert hook.read_text().count(">>> muniment") == 1


def work(port):
    """Change a document and commit it to the store."""
    with Store.open("config", author="Ada") as store:
        store.write("services/web", {"port": port})
        store.commit(f"port {port}")


@pytest.mark.parametrize("first", ["#!/bin/sh", "#!/bin/sh -e", "#! /usr/bin/env bash", "#!/usr/bin/env -S sh -u"])
def test_a_hook_that_is_there_runs_too(repository, git, own, hook, first):
    """The check goes first, so the rest may end as it likes; where all is well, the rest decides."""
    text = own(f"{first}\necho mine\ntest ! -e refuse || exit 1\nexit 0\n")
    install()
    assert hook.read_text().startswith(f"{first}\n# >>> muniment")
    assert hook.read_text().endswith(text.removeprefix(first))
    work(2)
    assert commit(git) == (0, "mine\n")
    work(3)
    (repository / "refuse").touch()
    assert commit(git) == (1, "mine\n")
    assert is_checked(git)


@pytest.mark.parametrize("text", ["#!/bin/sh\necho mine\n", "#!/bin/sh\necho mine", "#!/bin/sh\n# \xe4\n"])
def test_uninstalling_leaves_a_hook_as_it_was(repository, own, hook, text):
    """Just the lines of the check go, and all else stays."""
    own(text)
    install()
    assert uninstall().changed
    assert hook.read_text() == text
    assert not uninstall().changed


def test_uninstalling_takes_out_what_was_put_in(repository, git, hook, merge_hook):
    """A hook that holds nothing else goes as a whole; so do the driver and what names it."""
    install(merge_driver=True)
    assert uninstall() == hosting.Installation(
        hooks=(str(hook), str(merge_hook)), attributes=str(repository / "config/.gitattributes"), changed=True
    )
    assert not hook.exists()
    assert not merge_hook.exists()
    assert not (repository / "config/.gitattributes").exists()
    assert git(*DRIVER, check=False).code == 1
    assert "merge" not in (repository / ".git/config").read_text()
    assert not is_checked(git)
    assert not uninstall().changed


@pytest.mark.parametrize(
    "text", ["#!/usr/bin/env python3\n", "#!/usr/bin/fish\n", "echo mine\n", "#!\n", "", "#!/usr/bin/env\n"]
)
def test_a_hook_of_another_kind_is_left_alone(repository, own, hook, text):
    """What is no shell script is refused; the error tells the line to add."""
    own(text)
    with pytest.raises(ForeignHookError, match="`muniment git check --quiet --store=config`") as caught:
        install(merge_driver=True)
    assert (caught.value.path, caught.value.line) == (str(hook), "muniment git check --quiet --store=config")
    assert hook.read_text() == text
    assert not (repository / "config/.gitattributes").exists()


def test_one_hook_that_is_left_alone_keeps_the_other_from_being_made(repository, hook, merge_hook):
    """Nothing is installed by halves."""
    merge_hook.write_text("#!/usr/bin/env python3\n")
    with pytest.raises(ForeignHookError) as caught:
        install()
    assert caught.value.path == str(merge_hook)
    assert not hook.exists()


def test_a_hook_of_merges_that_is_the_other_by_a_link_is_changed_once(repository, git, own, hook, merge_hook):
    """As many have it, whose one script is for both."""
    text = own("#!/bin/sh\nexit 0\n")
    merge_hook.symlink_to("pre-commit")
    install()
    assert hook.read_text().count(">>> muniment") == 1
    assert is_checked(git)
    uninstall()
    assert merge_hook.read_text() == hook.read_text() == text
    hook.write_text("#!/bin/sh\n")
    install()
    assert uninstall().changed
    assert not hook.exists()


def test_a_hook_that_is_switched_off_is_not_switched_on(repository, own, hook):
    """Git passes over a hook that is not executable; to make it so would run what the user did not want to run."""
    own("#!/bin/sh\nexit 1\n", mode=0o644)
    with pytest.raises(ForeignHookError, match="not executable"):
        install()
    assert stat.S_IMODE(hook.stat().st_mode) == 0o644


def test_a_hook_behind_a_link_stays_there(repository, git, hook):
    """A hook that the project keeps among its files is changed where it is, and the link stays."""
    kept = repository / "tools-pre-commit"
    kept.write_text("#!/bin/sh\nexit 0\n")
    kept.chmod(0o755)
    hook.symlink_to(kept)
    install()
    assert hook.is_symlink()
    assert is_checked(git)
    uninstall()
    assert kept.read_text() == "#!/bin/sh\nexit 0\n"


@pytest.mark.parametrize("absolute", [True, False])
def test_hooks_may_lie_elsewhere(repository, git, absolute, tmp_path):
    """The hook goes where git looks for it, also if that folder is not there yet."""
    folder = tmp_path / "ho oks" if absolute else repository / "ho oks"
    git("config", "core.hooksPath", str(folder) if absolute else "ho oks")
    assert install().hooks == (str(folder / "pre-commit"), str(folder / "pre-merge-commit"))
    assert is_checked(git)


def test_hooks_shared_with_other_repositories_let_those_alone(repository, git, tmp_path, monkeypatch):
    """In a repository, or a branch, where that folder is no store, nothing is checked."""
    git("config", "core.hooksPath", str(tmp_path / "hooks"))
    install()
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.chdir(other)
    git("init", "-q")
    git("config", "core.hooksPath", str(tmp_path / "hooks"))
    (other / "web.json").write_text("{")
    assert commit(git) == (0, "")


def test_a_folder_of_hooks_that_cannot_be_is_told(repository, git):
    """Where the system refuses to make the hook, the error says so."""
    git("config", "core.hooksPath", "/dev/null")
    with pytest.raises(StorageError):
        install()


def test_a_work_tree_of_its_own_is_checked(repository, git, tmp_path, monkeypatch):
    """In a `git worktree` the hook checks that tree's own index and store."""
    install()
    git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side tree"))
    monkeypatch.chdir(tmp_path / "side tree")
    work(4)
    assert commit(git) == (0, "")
    assert is_checked(git)
    assert install().changed is False


def test_installing_in_a_work_tree_of_its_own(repository, git, hook, tmp_path, monkeypatch):
    """Hooks belong to the whole repository, also when it is asked for from a `git worktree`."""
    git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    monkeypatch.chdir(tmp_path / "side")
    assert install().hooks[0] == str(hook)
    assert is_checked(git)


def test_several_stores_are_checked_each(repository, git, hook):
    """Each store has its own lines in the hook; the driver stays until the last goes."""
    Store.init("other/ä b", author="Ada").close()
    install(merge_driver=True)
    install("other/ä b", merge_driver=True)
    assert is_checked(git, "other/ä b/web.json")
    uninstall()
    os.remove("other/ä b/web.json")
    assert not is_checked(git)
    assert git(*DRIVER).out
    uninstall("other/ä b")
    assert git(*DRIVER, check=False).code == 1
    assert not hook.exists()


@pytest.mark.parametrize("name", ["with space", "ümläut", "-dash", "qu'ote", 'dou"ble', "$HOME", "per%cent", "a\nb"])
def test_a_store_may_have_any_name(repository, git, name):
    """Whatever the path holds, the hook finds the store, and uninstalling its lines."""
    os.rename("config", name)
    path = os.path.join(".", name)
    install(path, merge_driver=True)
    spoil(os.path.join(path, "web.json"))
    assert commit(git)[0] == 1
    assert uninstall(path).changed
    assert commit(git)[0] == 0


def test_a_store_at_the_top_is_checked(tmp_path, git, monkeypatch):
    """The store may be the repository itself; files that are no documents are no business of the check."""
    monkeypatch.chdir(tmp_path)
    git("init", "-q")
    Store.init(".", author="Ada").close()
    install(".")
    (tmp_path / "README.md").write_text("{")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "settings.json").write_text("{ // no JSON\n")
    assert commit(git) == (0, "")
    assert is_checked(git, "web.json")


def test_the_program_may_move(repository, git, monkeypatch, tmp_path):
    """Where the Python of the installation is gone, the `muniment` on the PATH is called."""
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("sys.executable", "/gone/python3")
        install()
    command = tmp_path / "bin/muniment"
    command.parent.mkdir()
    command.write_text('#!/bin/sh\necho "called: $*"\nexit 1\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(command.parent), prepend=os.pathsep)
    work(5)
    assert commit(git) == (1, "called: git check --quiet --store=config\n")


def test_commits_of_other_things_start_no_program(repository, git, monkeypatch):
    """Where nothing of the store is to be committed, not even a missing program is worth a word."""
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("sys.executable", "/gone/python3")
        install()
    (repository / "README.md").write_text("hello")
    monkeypatch.setenv("PATH", os.path.dirname(str(which("git"))))
    assert commit(git) == (0, "")


def test_a_missing_program_blocks_no_commit(repository, git, monkeypatch, tmp_path):
    """Where Muniment is nowhere, the hook says so and lets the commit pass."""
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("sys.executable", "/gone/python3")
        install()
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    for program in ("git", "sh"):
        (bin_folder / program).symlink_to(which(program))
    monkeypatch.setenv("PATH", str(bin_folder))
    spoil("config/services/web.json")
    code, said = commit(git)
    assert code == 0
    assert said.startswith("muniment: warning: not found")


def test_a_folder_called_like_the_package_is_no_package(repository, git):
    """A folder `muniment` in the repository is not taken for the program."""
    install()
    (repository / "muniment").mkdir()
    (repository / "muniment/__init__.py").write_text("raise SystemExit(0)\n")
    assert is_checked(git)


def test_lines_of_attributes_stay(repository, git):
    """What `.gitattributes` holds already stays as it is, before and after."""
    attributes = repository / "config/.gitattributes"
    attributes.write_text("*.md text")
    install(merge_driver=True)
    assert attributes.read_text().startswith("*.md text\n# >>> muniment")
    uninstall()
    assert attributes.read_text() == "*.md text\n"


def test_the_driver_is_for_documents_alone(repository, git):
    """Documents in any folder are merged by the driver, nothing in the hidden folder is."""
    install(merge_driver=True)
    files = ("config/a.json", "config/b/c.json", "config/.muniment/objects/a.json", "elsewhere.json")
    told = [line.rpartition(" ")[2] for line in git("check-attr", "merge", *files).out.splitlines()]
    assert told == ["muniment", "muniment", "unspecified", "unspecified"]


def test_a_store_outside_any_repository_is_refused(tmp_path, git, monkeypatch):
    """Without a repository there is nothing to install into."""
    monkeypatch.chdir(tmp_path)
    Store.init("config").close()
    for verb in (install, uninstall):
        with pytest.raises(NotInRepositoryError, match="git init"):
            verb()


def test_a_bare_repository_has_no_work_tree(tmp_path, git, monkeypatch):
    """In a repository without a work tree nobody commits."""
    monkeypatch.chdir(tmp_path)
    git("init", "-q", "--bare")
    Store.init("store").close()
    with pytest.raises(NotInRepositoryError, match="work tree"):
        install("store")


def test_a_store_in_another_repository_than_that_of_the_hook(repository, git, tmp_path, monkeypatch):
    """A hook's environment means the hook's own repository: a store elsewhere is not in it."""
    Store.init(tmp_path / "elsewhere").close()
    monkeypatch.setenv("GIT_DIR", str(repository / ".git"))
    with pytest.raises(NotInRepositoryError, match="does not reach there"):
        install(tmp_path / "elsewhere")


def test_without_git_there_is_a_word_for_it(repository, monkeypatch):
    """Where the program git is missing, the error says so."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(GitMissingError, match="install it"):
        install()


def test_what_git_refuses_is_told(repository, git):
    """Where somebody else changes git's configuration at this moment, git's own words say so."""
    (repository / ".git/config.lock").touch()
    with pytest.raises(GitFailedError, match=r"^git config: .*could not lock config file") as caught:
        install(merge_driver=True)
    assert caught.value.command == "git config"


def test_git_is_not_waited_for_without_end(repository, monkeypatch):
    """A git that does not answer is given up."""
    monkeypatch.setattr("muniment.git.host._PATIENCE_S", 0.0)
    with pytest.raises(GitFailedError, match="no answer within 0 s; see to the cause, then retry"):
        install()


def test_a_store_that_is_gone_is_told(repository, monkeypatch, tmp_path):
    """Where the folder was deleted meanwhile, it is not git that is missing."""
    with Store.init(tmp_path / "gone") as store:
        shutil.rmtree(tmp_path / "gone")
        with pytest.raises(StorageError, match="bring it back"):
            hosting.install(store)
