"""Branches that take signed commits alone: what is refused, what is exempt, and what `verify` finds."""

import pytest
from signed_stores import ADA, ADAS, BENS, body_of, forge, put

from muniment import (
    AllowedSigners,
    BadSignatureError,
    FastForward,
    InvalidValueError,
    Merged,
    MissingAuthorError,
    Store,
)
from muniment.errors import HashMismatchError, MalformedError
from muniment.values import policy as policies
from muniment.values.names import BranchName

AUTHOR = "Ada <ada@example.org>"


@pytest.fixture
def opened(root):
    """Open the store as somebody: `opened(signer)`, with a list of its own that trusts Ada alone."""
    with Store.init(root, author=AUTHOR):
        pass
    (root / ".muniment" / "allowed_signers").write_text(f"{ADA} {ADAS.public_key}\n")
    stores = []

    def as_whom(signer=None):
        stores.append(Store.open(root, author=AUTHOR, signer=signer))
        return stores[-1]

    yield as_whom
    for one in stores:
        one.close()


@pytest.fixture
def strict(opened):
    """A store with an unsigned commit, whose branch `main` requires signatures since; as Ada opens it, who signs."""
    put(opened(), "old")
    store = opened(ADAS)
    store.policies.require_signatures("main")
    return store


def reason_of(error):
    """Give the reason of the one refusal that was caught."""
    return error.value.reason


def test_what_is_there_already_is_exempt(strict):
    """A policy counts from the head that the branch has: `verify` finds nothing, and signed commits go on."""
    assert strict.verify().ok
    assert put(strict, "new").signature
    assert strict.verify().ok


def test_an_unsigned_commit_is_refused_before_anything_is_written(strict, opened, root):
    """Without a signer no verb commits to it: no head moves, no object is left, no file is replaced."""
    before = sorted(path.name for path in (root / ".muniment").rglob("*.json"))
    other = opened()
    for attempt in (
        lambda: put(other, "new"),
        lambda: other.commit("empty", allow_empty=True),
    ):
        with pytest.raises(BadSignatureError, match="not signed") as caught:
            attempt()
        assert reason_of(caught) == "missing"
    assert sorted(path.name for path in (root / ".muniment").rglob("*.json")) == before
    assert other.names() == ["old"]


def test_a_signer_whom_nobody_allows_is_refused(strict, opened):
    """A key that the list does not have, or not for commits, is no better than none."""
    with pytest.raises(BadSignatureError) as caught:
        put(opened(BENS), "new")
    assert (reason_of(caught), caught.value.fingerprint) == ("unknown-signer", BENS.fingerprint)
    other = AllowedSigners.parse(f'{ADA} namespaces="muniment-tag" {ADAS.public_key}')
    with (
        Store.open(strict.path, author=AUTHOR, signer=ADAS, allowed_signers=other) as store,
        pytest.raises(BadSignatureError) as caught,
    ):
        put(store, "new")
    assert reason_of(caught) == "other-namespaces"


def test_other_branches_take_what_they_are_given(strict, opened):
    """A policy is for the branch that it names; merging the other's commits into it is refused."""
    other = opened()
    other.branches.create("side")
    with other.transaction("theirs", branch="side", worktree=False) as change:
        change.write("b", 1)
    with pytest.raises(BadSignatureError, match=change.commit.id[:12]):
        other.merge("side")
    with pytest.raises(BadSignatureError, match=change.commit.id[:12]):
        strict.merge("side")  # signed or not: what it brings is not
    assert strict.merge("main", into="side") is not None


def test_signed_commits_come_in_by_fast_forward(strict, opened):
    """Nobody has to sign where nothing is made: what the other branch brings is signed already."""
    strict.branches.create("side")
    with strict.transaction("theirs", branch="side", worktree=False) as change:
        change.write("b", 1)
    assert opened().merge("side") == FastForward(change.commit)


def test_a_branch_that_is_made_anew_is_asked_too(strict, opened):
    """Naming a branch after a policy begins with what the policy exempts, or with what is signed."""
    strict.policies.require_signatures("release")
    with pytest.raises(BadSignatureError):
        opened().branches.create("release")
    put(strict, "new")
    with pytest.raises(BadSignatureError):
        strict.branches.create("release")  # `old` is not exempt there: the branch had no head


def test_going_back_is_no_gain(strict):
    """Undo moves the branch to where it was: nothing comes in."""
    made = put(strict, "new")
    strict.undo()
    assert strict.at("HEAD").commit.id == made.parents[0]
    strict.redo()
    assert strict.at("HEAD").commit.id == made.id


def two_heads(store, branch_at, opened, other_signer):
    """Let `main` have two heads, as after a merge of the host: one of Ada's, one of somebody else's."""
    store.branches.create("side")
    ours = put(store, "ours")
    with opened(other_signer).transaction("theirs", branch="side", worktree=False) as change:
        change.write("theirs", 1)
    branch_at("main", change.commit)
    return ours, change.commit


def test_signed_heads_are_reconciled_without_a_signature(strict, opened, branch_at):
    """The commit that every copy makes alike is let in, with or without a signer, and `verify` agrees."""
    two_heads(strict, branch_at, opened, ADAS)
    made = opened().reconcile()
    assert isinstance(made, Merged)
    assert made.commit.signature is None
    assert strict.verify().ok
    assert put(strict, "new").parents == (made.commit.id,)


def test_an_unsigned_head_is_not_reconciled(strict, opened, branch_at):
    """Somebody else's unsigned commit, that a merge of the host brought, is refused; and `verify` finds it."""
    _, theirs = two_heads(strict, branch_at, opened, None)
    with pytest.raises(BadSignatureError, match=theirs.id[:12]):
        strict.reconcile()
    with pytest.raises(BadSignatureError):
        put(strict, "new")
    (found,) = strict.verify().findings
    assert (found.code, theirs.id[2:] in found.path) == ("signature-missing", True)
    (withdrawn,) = strict.policies.list()
    strict.policies.withdraw(withdrawn.id)
    strict.policies.require_signatures()  # as the remedy says: somebody looked at it
    assert isinstance(strict.reconcile(), Merged)
    assert strict.verify().ok


def test_a_false_reconciliation_is_not_let_in(strict, opened, branch_at, root):
    """A commit that only says that it reconciles, with another content, is unsigned like any other."""
    two_heads(strict, branch_at, opened, ADAS)
    made = opened().reconcile().commit
    body = body_of(root, made.id)
    forged = forge(root, body | {"tree": strict.at(made.parents[0]).commit.tree})
    branch_at("main", forged)
    assert [one.code for one in strict.verify().findings] == ["signature-missing"]


def test_a_bad_signer_is_found(strict, opened, branch_at):
    """What came by the host with somebody else's signature is found too."""
    strict.branches.create("side")
    with opened(BENS).transaction("theirs", branch="side", worktree=False) as change:
        change.write("b", 1)
    branch_at("main", change.commit)
    assert [one.code for one in strict.verify().findings] == ["signature-bad"]


def test_policies_are_listed_and_withdrawn(strict, opened):
    """The same is not required twice; a withdrawal counts at once, and its record stays."""
    (one,) = strict.policies.list()
    assert (one.branch, one.requires, one.author) == ("main", "signature", AUTHOR)
    assert strict.policies.require_signatures("main") == one
    strict.policies.withdraw(one.id[:8])
    assert strict.policies.list() == opened().policies.list() == ()
    assert put(opened(), "new").signature is None
    assert strict.verify().ok


@pytest.mark.parametrize("policy", ["", "0123", "0" * 64])
def test_what_is_no_policy_is_not_withdrawn(strict, policy):
    """A policy is called by 8 digits of its id or more, and has to be in force."""
    with pytest.raises(InvalidValueError, match="policy list"):
        strict.policies.withdraw(policy)


def test_a_policy_has_an_author(strict, root):
    """Whoever requires signatures, or no more, is named."""
    with Store.open(root) as store, pytest.raises(MissingAuthorError):
        store.policies.require_signatures()


def test_a_damaged_policy_stops_commits(strict, root):
    """Nobody can tell what it demands: nothing is committed, and `verify` says which file it is."""
    (path,) = (root / ".muniment" / "policies").iterdir()
    path.write_bytes(path.read_bytes().replace(b"main", b"mine"))
    with Store.open(root, author=AUTHOR, signer=ADAS) as store:
        with pytest.raises(HashMismatchError, match="damaged"):
            put(store, "new")
        assert [one.code for one in store.verify().findings] == ["policy-damaged"]


def test_what_a_newer_program_requires_is_passed_over(strict):
    """A policy of another kind, or for a ledger, is listed, and does not bind branches here."""
    made = strict.log()[0].time
    record = policies.Policy(requires="two-eyes", branch=BranchName("main"), since=(), author=AUTHOR, time=made)
    other = policies.Policy(requires="signature", ledger="runs", since={"w": 3}, author=AUTHOR, time=made)
    for one in (record, other):
        strict._parts.policies.put(one)
    assert {one.requires for one in strict.policies.list()} == {"signature", "two-eyes"}
    assert put(strict, "new").signature


@pytest.mark.parametrize("data", [b"{}", b'{"type":"policy"}', b'{"type":"note"}', b"no"])
def test_what_is_no_policy_is_malformed(data):
    """A record is one of two kinds, with all its members."""
    with pytest.raises(MalformedError):
        policies.decode(policies.PolicyId("0" * 64), data)


def test_a_policy_is_for_one_thing():
    """For a branch or for a ledger: a record of both, or of neither, is malformed."""
    body = b'{"author":"a","requires":"signature","since":[],"time":"2026-01-01T00:00:00Z","type":"policy"%s}'
    for more in (b"", b',"branch":"main","ledger":"runs"'):
        with pytest.raises(MalformedError):
            policies.decode(policies.PolicyId("0" * 64), body % more)


def test_the_list_of_the_call_counts_before_that_of_the_store(strict, opened):
    """Whoever brings a list of their own trusts that one, and not what lies in the store."""
    nobody = AllowedSigners.parse("")
    with (
        Store.open(strict.path, author=AUTHOR, signer=ADAS, allowed_signers=nobody) as store,
        pytest.raises(BadSignatureError),
    ):
        put(store, "new")
    with Store.open(strict.path, author=AUTHOR, signer=ADAS, allowed_signers=lambda: nobody) as store:
        assert put(store, "new").signature  # a function is asked where the store has no list
