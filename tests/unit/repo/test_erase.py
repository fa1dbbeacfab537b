"""Erasing a content for good: what it refuses, what is left of it, and what goes on as before."""

import os
import random
from pathlib import Path

import pytest

from muniment import (
    AmbiguousRevisionError,
    BlobErasedError,
    BlobInUseError,
    BlobNotFoundError,
    Conflicted,
    InvalidValueError,
    MissingAuthorError,
    PolicyError,
    Store,
)
from muniment.files.layout import Layout
from muniment.storage.pack_writer import write_pack
from muniment.values import canonical

ADA = "Ada <ada@example.org>"
TEXT = "a secret of the vault"
CONTENT = {"user": "ada", "password": TEXT}


@pytest.fixture
def blob(store):
    """The id of a content with a secret, of the first of two versions of `web`."""
    store.write("web", CONTENT)
    store.write("other", 1)
    store.commit("with the secret")
    store.write("web", {"user": "ada"})
    store.commit("without it")
    return store.history("web")[-1].blob


def files_with(root, text=TEXT):
    """List the files of a store in which a text can be found."""
    return [path for path in Path(root).rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


# --- What is left ----------------------------------------------------------------------------------


def test_an_erased_content_is_nowhere(store, root, blob):
    """No file of the store has it: no object, no journal, nothing temporary."""
    assert files_with(root) != []
    store.erase(blob, "it was never to be there")
    assert files_with(root) == []
    store.close()
    assert files_with(root) == []


def test_an_erased_content_leaves_its_packs(store, root):
    """Packs are written anew without it, and give everything else; one that held nothing else is gone."""
    with store.transaction("many") as change:
        change.write("web", CONTENT)
        for number in range(40):
            change.write(f"many/{number}", {"number": number})
    store.write("web", 0)
    store.commit("without it")
    blob = store.history("web")[-1].blob
    layout = Layout(root)
    write_pack(layout.packs, layout.temporary, [(blob, canonical.encode(CONTENT))])
    before = set(Path(layout.packs).iterdir())
    other = Store.open(root)
    assert other.at("HEAD~1")["many/7"] == {"number": 7}
    store.erase(blob, "it was never to be there")
    after = set(Path(layout.packs).iterdir())
    assert (len(before), len(after), before & after) == (2, 1, set())
    assert files_with(root) == []
    for one in (store, other):
        assert one.at("HEAD~1")["many/7"] == {"number": 7}
        assert one.verify().findings == ()
    assert other.at("HEAD~1")["many/39"] == {"number": 39}


def test_what_is_packed_tightly_stays_so(store, root):
    """Versions of a document that were packed against each other are so again without one of them."""
    line = "".join(random.Random(7).choices("0123456789abcdef", k=9_000))
    for number in range(12):
        store.write("web", {"line": line, "number": number})
        store.commit(str(number))
    store.pack()
    packs = Path(Layout(root).packs)
    before = sum(path.stat().st_size for path in packs.iterdir())
    store.erase(store.history("web")[5].blob, "the sixth")
    assert sum(path.stat().st_size for path in packs.iterdir()) < before + 500


def cut(path):
    """Leave the first half of a file."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def spoil_a_byte(path):
    """Change one byte of the first half of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("spoil", [cut, spoil_a_byte])
@pytest.mark.parametrize("is_packed", [True, False])
def test_what_a_repair_took_away_goes_too(store, root, blob, spoil, is_packed):
    """Damaged packs and objects in `local/lost` that have the content, or may have it, are removed; others stay."""
    copy = root.parent / "copy"
    store.backup(copy)
    other = store.history("other")[0].blob
    if is_packed:
        store.pack()
        spoil(next(Path(Layout(root).packs).iterdir()))
    else:
        for one in (blob, other):
            os.chmod(Layout(root).object(one), 0o644)
            spoil(Path(Layout(root).object(one)))
    assert store.repair(from_=copy).ok
    lost = Path(Layout(root).lost)
    assert {path.is_file() for path in lost.rglob("*")} == {True, False}
    store.erase(blob, "it was never to be there")
    left = [path.name for path in lost.rglob("*") if path.is_file()]
    assert left == ([] if is_packed else [f"{other[2:]}.json"])
    assert store.verify().ok


@pytest.mark.parametrize(
    "text",
    [
        canonical.encode(CONTENT),
        canonical.pretty(canonical.encode(CONTENT)),
        canonical.pretty(canonical.encode(CONTENT))[:-20],
        f'{{"password":   "{TEXT}", "user": "ada"}}'.encode(),
        b"MUNIPACK" + TEXT.encode(),
    ],
    ids=["object", "document", "torn document", "by hand", "torn pack"],
)
def test_what_stopped_programs_left_goes_too(store, root, blob, monkeypatch, text):
    """Temporary files that say the same, or were to say it, are removed; others stay."""
    monkeypatch.setattr("muniment.storage.erasing._IN_USE_S", 0.0)
    folder = root / ".muniment/local/tmp"
    folder.mkdir(exist_ok=True)
    (folder / "left.tmp").write_bytes(text)
    (folder / "live.tmp").write_bytes(b'{"another":"document"}')
    store.erase(blob, "it was never to be there")
    assert [path.name for path in folder.iterdir()] == ["live.tmp"]
    assert files_with(root) == []


def test_reading_it_tells_who_and_why(store, root, blob):
    """Whatever needs the content says that it was erased, by whom, when and why; in any program."""
    entry = store.erase(blob, "it was never to be there")
    readers = [
        lambda one: one.at("HEAD~1")["web"],
        lambda one: one.diff("HEAD~1", "HEAD")[0].patch,
        lambda one: one.rollback("HEAD~1", reason="back", author=ADA),
        lambda one: one.restore(["web"], "HEAD~1"),
        lambda one: one.blame("web"),
    ]
    with Store.open(root) as other:
        for one in (store, other):
            for read in readers:
                with pytest.raises(BlobErasedError) as raised:
                    read(one)
                error = raised.value
                assert (error.id, error.actor, error.time) == (blob, ADA, entry.time)
                assert error.reason == "it was never to be there"
    assert store.status().clean


def test_a_branch_that_needs_it_cannot_be_checked_out(store, blob):
    """A branch may be made at the old commit and read, but for what was erased; the files do not follow it."""
    store.erase(blob, "why")
    store.branches.create("old", "HEAD~1")
    assert store.at("old")["other"] == 1
    with pytest.raises(BlobErasedError):
        store.branches.switch("old")
    assert (store.branch, store.read("web")) == ("main", {"user": "ada"})
    assert store.verify().findings == ()


def test_a_merge_that_needs_it_is_refused(store, fork):
    """Where the base of a merge was erased, nobody can tell who changed what."""
    fork({"a": {"x": TEXT, "y": 0}}, {"a": {"x": 1, "y": 0}}, {"a": {"x": 2, "y": 1}})
    store.erase(store.history("a")[-1].blob, "why")
    with pytest.raises(BlobErasedError):
        store.merge("side")
    assert store.merge_under_way() is None


def test_everything_else_goes_on(store, blob):
    """History, logs and checks know the id of the content as before; the report counts it."""
    before = [(one.blob, one.change) for one in store.history("web")], store.log(name="web")
    store.erase(blob, "why")
    assert ([(one.blob, one.change) for one in store.history("web")], store.log(name="web")) == before
    report = store.verify()
    assert (report.findings, report.erased, report.blobs) == ((), 1, 3)
    assert store.at("HEAD~1")["other"] == 1


def test_what_is_missing_without_a_record_is_reported(store, root, blob):
    """An erasure excuses that content alone."""
    store.erase(blob, "why")
    other = store.at("HEAD").blob_id("other")
    Path(Layout(root).object(other)).unlink()
    assert [finding.code for finding in store.verify().findings] == ["object-missing"]


def test_the_same_content_can_be_stored_again(store, root, blob):
    """Who writes it again has it again, and may erase it again: that is another record."""
    store.erase(blob, "why")
    with store.transaction("again") as change:
        change.write("web", CONTENT)
    assert store.at("HEAD")["web"] == store.at("HEAD~2")["web"] == CONTENT
    assert store.verify().erased == 0
    store.write("web", 0)
    store.commit("gone again")
    store.erase(blob, "once more", author="Bob <bob@example.org>")
    with pytest.raises(BlobErasedError, match=r"erased by Bob .* \(once more\)"):
        store.at("HEAD~1").read("web")
    assert [entry.payload["reason"] for entry in store.ledger("erasures")] == ["why", "once more"]
    assert files_with(root) == []


def test_another_program_does_not_bring_it_back(store, root, blob):
    """A program that remembers the content forgets it before it changes anything."""
    with Store.open(root, author=ADA) as other:
        assert other.at("HEAD~1")["web"] == CONTENT
        store.erase(blob, "why")
        with pytest.raises(BlobErasedError):
            other.rollback("HEAD~1", reason="back")
        assert other.read("web") == {"user": "ada"}
    assert files_with(root) == []


# --- The record ------------------------------------------------------------------------------------


def test_the_record_is_an_entry(store, blob):
    """The ledger `erasures` tells who, what and why, by a key that is made of the content's id."""
    entry = store.erase(blob[:12], "it was never to be there", author="Bob <bob@example.org>")
    ledger = store.ledger("erasures")
    assert ledger.by_key(f"blob/{blob}") == entry
    assert (entry.kind, entry.actor) == ("blob-erased", "Bob <bob@example.org>")
    assert entry.payload == {"blob": blob, "reason": "it was never to be there"}


def test_erasing_again_changes_nothing(store, blob):
    """What is erased already gives its record, whoever asks, by the beginning of its id too."""
    entry = store.erase(blob, "why")
    assert store.erase(blob, "why").id == entry.id
    assert store.erase(blob[:8], "another reason", author="Bob <bob@example.org>").id == entry.id
    assert len(store.ledger("erasures")) == 1


# --- What is refused -------------------------------------------------------------------------------


def refuses(store, blob, holder):
    """Check that erasing is refused because of what holds the content, and records nothing."""
    with pytest.raises(BlobInUseError) as raised:
        store.erase(blob, "why")
    error = raised.value
    assert isinstance(error, PolicyError)
    assert (error.blob, error.holder) == (blob, holder)
    assert error.remedy in str(error)
    assert store.ledgers() == []


def test_what_a_head_holds_stays(store):
    """A content of any branch's head is in use, checked out or not."""
    store.write("web", CONTENT)
    store.commit("with the secret")
    blob = store.at("HEAD").blob_id("web")
    refuses(store, blob, "web at the head of branch main")
    store.branches.create("side")
    store.write("web", 0)
    store.commit("without it")
    refuses(store, blob, "web at the head of branch side")


def test_what_a_head_of_several_holds_stays(store, diverge):
    """Each head of a diverged branch counts."""
    diverge({"a": 0}, {"a": 1}, {"a": TEXT})
    refuses(store, canonical.digest(canonical.encode(TEXT)), "a at the head of branch main")


def test_what_a_working_file_holds_stays(store, put, blob):
    """Also where the file is laid out otherwise, and lies elsewhere."""
    put("copy", f'{{"password": "{TEXT}",  "user": "ada"}}')
    refuses(store, blob, "the working file of copy")


def test_nothing_is_erased_while_a_merge_waits(store, fork):
    """Its note holds pieces of the base too."""
    fork({"a": TEXT}, {"a": 1}, {"a": 2})
    assert isinstance(store.merge("side"), Conflicted)
    refuses(store, canonical.digest(canonical.encode(TEXT)), "the merge under way into main")
    store.merge_abort()
    store.erase(canonical.digest(canonical.encode(TEXT)), "why")
    assert files_with(store.path) == []


@pytest.mark.parametrize("what", ["commit", "tree", "unknown", "short", "no id"])
def test_only_contents_are_erased(store, blob, what):
    """Neither what history stands on, nor what is not there."""
    commit = store.at("HEAD~1").commit
    given = {"commit": commit.id, "tree": commit.tree, "unknown": "0" * 64, "short": blob[:7], "no id": None}[what]
    with pytest.raises(BlobNotFoundError):
        store.erase(given, "why")


def test_an_id_may_be_too_short(store, blob, monkeypatch):
    """Several contents that begin so: none is erased."""
    found = [blob, store.at("HEAD").blob_id("web")]
    monkeypatch.setattr(store._parts.storage.objects, "ids", lambda _: found)
    with pytest.raises(AmbiguousRevisionError):
        store.erase(blob[:8], "why")
    assert store.at("HEAD~1")["web"] == CONTENT


@pytest.mark.parametrize("reason", ["", "  ", None])
def test_a_reason_is_needed(store, blob, reason):
    """Those who miss it will ask."""
    with pytest.raises(InvalidValueError):
        store.erase(blob, reason)
    assert store.at("HEAD~1")["web"] == CONTENT


def test_an_author_is_needed(store, root, blob):
    """Nobody erases anonymously."""
    with Store.open(root) as nobody, pytest.raises(MissingAuthorError):
        nobody.erase(blob, "why")
