"""Signed commits and tags: what is signed, who may, and how it is told; keys that were changed, and bytes."""

import pytest
from signed_stores import ADA, ADAS, ALLOWED, BENS, body_of, forge, put, stored

from muniment import (
    AllowedSignersError,
    BadSignature,
    GoodSignature,
    InvalidValueError,
    Merged,
    NoSignature,
    Signer,
    Store,
    UnknownSigner,
)
from muniment.files.layout import Layout
from muniment.values import canonical


@pytest.fixture
def signed(root):
    """A store whose commits Ada signs, and that trusts her alone."""
    with Store.init(root, author="Ada <ada@example.org>", signer=ADAS, allowed_signers=ALLOWED) as made:
        yield made


def test_the_signature_is_of_the_commit_without_it(signed, root):
    """What is signed are the canonical bytes without the member; the id is the hash of those with it."""
    signed.write("a", 1)
    made = signed.commit("first", meta={"ticket": 7})
    data = stored(root, made.id)
    assert canonical.digest(data) == made.id
    body = body_of(root, made.id)
    assert body.pop("signature") == made.signature
    assert ALLOWED.verify(canonical.encode(body), made.signature, "muniment-commit").principal == ADA
    assert signed.signature_of(made) == GoodSignature(ADA, ADAS.fingerprint)


def test_every_verb_signs(signed):
    """Whatever makes a commit signs it: transaction, merge, rollback, revert, cherry-pick, undo."""
    with signed.transaction("put") as change:
        change.write("a", {"x": 1, "y": 1})
    first = change.commit
    signed.branches.create("side")
    with signed.transaction("theirs", branch="side", worktree=False) as change:
        change.write("b", 1)
    signed.write("a", {"x": 2, "y": 1})
    second = signed.commit("ours")
    merged = signed.merge("side").commit
    back = signed.rollback(first.id, names=["a"], reason="no")
    again = signed.cherry_pick(second.id).commit
    reverted = signed.revert(again.id).commit
    for made in (first, change.commit, second, merged, back, again, reverted):
        assert signed.signature_of(made) == GoodSignature(ADA, ADAS.fingerprint)
    assert signed.verify().ok


def test_tags_are_signed_by_the_store_or_by_who_is_named(signed, root):
    """A tag is signed for its own purpose, by the signer of the call, else by that of the store."""
    signed.write("a", 1)
    signed.commit("first")
    made, bens = signed.tags.create("v1"), signed.tags.create("v2", signer=BENS)
    assert signed.signature_of(made) == GoodSignature(ADA, ADAS.fingerprint)
    assert signed.signature_of(bens) == UnknownSigner(BENS.fingerprint, "unknown-signer")
    assert signed.tags.show("v1").signature == made.signature
    assert canonical.digest(stored(root, made.id)) == made.id


def test_without_a_signer_nothing_is_signed(store, root):
    """Objects are as they were before there were signatures: no member more."""
    store.write("a", 1)
    made, tag = store.commit("first"), store.tags.create("v1")
    assert store.signature_of(made) == store.signature_of(tag) == NoSignature()
    assert b"signature" not in stored(root, made.id) + stored(root, tag.id)


def test_reconciling_signs_nothing(signed, root, branch_at):
    """The commit that every copy has to make alike has no signature, whoever makes it."""
    first = put(signed, "a")
    signed.branches.create("side")
    ours = put(signed, "b")
    with signed.transaction("theirs", branch="side", worktree=False) as change:
        change.write("c", 1)
    branch_at("main", change.commit)
    made = signed.reconcile().commit
    assert set(made.parents) == {ours.id, change.commit.id}
    assert made.signature is None
    assert first.signature is not None


def test_a_dry_run_signs_nothing(root):
    """A merge that is only looked at does not ask the signer."""
    with Store.init(root, author="Ada <ada@example.org>") as store:
        put(store, "a")
        store.branches.create("side")
        put(store, "b")
        with store.transaction("theirs", branch="side", worktree=False) as change:
            change.write("c", 1)

    def refuse():
        raise AssertionError

    with Store.open(root, author="Ada <ada@example.org>", signer=refuse) as store:
        found = store.merge("side", dry_run=True)
    assert isinstance(found, Merged)
    assert found.commit.signature is None


def test_a_signer_may_be_a_function_that_is_asked_once(root):
    """It is called when there is first something to sign, and not again."""
    asked = []

    def give():
        asked.append(1)
        return ADAS

    with Store.init(root, author="Ada <ada@example.org>", signer=give) as store:
        assert asked == []
        assert put(store, "a").signature
        assert put(store, "b").signature
    assert asked == [1]


def test_the_store_keeps_its_own_list(root):
    """Without another, those count whom the store's own file names, as it is now."""
    with Store.init(root, author="Ada <ada@example.org>", signer=ADAS) as store:
        made = put(store, "a")
        assert store.signature_of(made) == UnknownSigner(ADAS.fingerprint, "unknown-signer")
        path = root / ".muniment" / "allowed_signers"
        path.write_text(f"{ADA} {ADAS.public_key}\n")
        assert store.signature_of(made) == GoodSignature(ADA, ADAS.fingerprint)
        path.write_text("nobody\n")
        with pytest.raises(AllowedSignersError):
            store.signature_of(made)
        assert [one.code for one in store.verify().findings] == ["allowed-signers-damaged"]


def test_a_function_that_gives_the_list_is_asked_once(root):
    """Asking may take its time: a store remembers the answer, and does not ask where it has a list of its own."""
    asked = []

    def give():
        asked.append(1)
        return ALLOWED

    with Store.init(root, author="Ada <ada@example.org>", signer=ADAS, allowed_signers=give) as store:
        made = put(store, "a")
        for _ in range(2):
            assert store.signature_of(made) == GoodSignature(ADA, ADAS.fingerprint)
        (root / ".muniment" / "allowed_signers").write_text("")
        assert store.signature_of(made) == UnknownSigner(ADAS.fingerprint, "unknown-signer")
    assert asked == [1]


def test_a_list_that_was_named_has_to_be_there(root):
    """A path that leads nowhere trusts nobody, and says so."""
    with Store.init(root, author="Ada <ada@example.org>", signer=ADAS, allowed_signers=root / "nothing") as store:
        made = put(store, "a")
        with pytest.raises(AllowedSignersError, match="no such file"):
            store.signature_of(made)


@pytest.mark.parametrize("options", [{"signer": "me"}, {"allowed_signers": 5}])
def test_what_is_no_signer_is_refused_on_opening(root, options):
    """A wrong argument is told before anything is made."""
    with pytest.raises(InvalidValueError):
        Store.init(root, **options)
    assert not root.exists()


@pytest.mark.parametrize("change", [{"message": "other"}, {"tree": "0" * 64}, {"signature": "no signature"}])
def test_a_commit_that_was_changed_is_told(signed, root, branch_at, change):
    """A commit made anew with another content under an old signature is bad, and `verify` finds it."""
    made = put(signed, "a")
    body = body_of(root, made.id) | {"parents": [made.id], "generation": 2} | change
    forged = forge(root, body)
    branch_at("main", forged)
    found = signed.signature_of(forged)
    assert isinstance(found, BadSignature)
    findings = signed.verify().findings
    assert [one.path for one in findings if one.code == "signature-bad"] == [Layout(root).object(forged.id)]


def test_a_signature_for_a_tag_is_none_for_a_commit(signed, root, branch_at):
    """Whoever signed one thing did not sign another: the purpose is signed too."""
    made = put(signed, "a")
    body = body_of(root, made.id) | {"parents": [made.id], "generation": 2}
    del body["signature"]
    forged = forge(root, body | {"signature": ADAS.sign(canonical.encode(body), "muniment-tag")})
    assert signed.signature_of(forged) == BadSignature(ADAS.fingerprint, "wrong-namespace")


def test_members_of_newer_programs_are_signed_too(signed, root):
    """A member that this program does not know is part of what was signed."""
    made = put(signed, "a")
    body = body_of(root, made.id) | {"parents": [made.id], "generation": 2, "later": [1e30, 1 << 70]}
    del body["signature"]
    whole = forge(root, body | {"signature": ADAS.sign(canonical.encode(body), "muniment-commit")})
    assert signed.signature_of(whole) == GoodSignature(ADA, ADAS.fingerprint)
    changed = body_of(root, whole.id) | {"later": []}
    assert isinstance(signed.signature_of(forge(root, changed)), BadSignature)


def test_an_interrupted_signature_leaves_nothing(root):
    """Where the signer fails, nothing was committed, and the next commit works."""

    def fail(data):
        raise RuntimeError(data)

    broken = Signer(BENS._key, fail)
    with Store.init(root, author="Ada <ada@example.org>", signer=broken) as store:
        store.write("a", 1)
        with pytest.raises(RuntimeError):
            store.commit("first")
    with Store.open(root, author="Ada <ada@example.org>", signer=ADAS) as store:
        made = store.commit("first")
        assert store.log() == [made]
        assert store.verify().ok
