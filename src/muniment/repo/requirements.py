"""What branches demand: commits that policies do not allow are refused before anything is written.

A branch may be told to take signed commits alone. One kind is let in without: a commit that reconciles two heads, and
is the very one that this program would make of them, adds nothing that nobody vouched for.

Format: docs/format/signatures.md, "Policies".
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from muniment.errors import BadSignatureError, MunimentError, ObjectNotFoundError
from muniment.history import merge_base
from muniment.history.beyond import beyond
from muniment.repo.parts import Parts
from muniment.values.ids import CommitId
from muniment.values.names import BranchName
from muniment.values.objects import Commit
from muniment.values.operation import HeadMove
from muniment.values.policy import SIGNATURE, Policy

RECONCILER = "Muniment"
"""Who merges heads where nobody decided anything: the same in every copy, as the commit has to be."""


def refuse_unsigned(parts: Parts, moves: Iterable[HeadMove], made: tuple[Commit, bytes] | None = None) -> None:
    """Refuse to move a branch that requires signatures to commits that lack them.

    `made` is a commit that is not stored yet, and its bytes.

    What the branch's only head leads to already is not asked again; of several heads, what they have in common.

    Raises:
        BadSignatureError: A commit is not signed, or not by an allowed signer; `what` names it.
    """
    if not parts.policies.in_force():
        return
    new, data = made or (None, None)
    for policy, branch, commit in _gained(parts, moves, new):
        try:
            check(parts, policy, commit, data if commit is new else None)
        except BadSignatureError as error:
            what = f"{error.what if commit is not new else 'the new commit'}, for branch {branch}"
            raise BadSignatureError(
                error.reason, what=what, fingerprint=error.fingerprint, detail=error.detail
            ) from error


def check(parts: Parts, policy: Policy, commit: Commit, data: bytes | None = None) -> None:
    """Check that a commit is what a policy demands; `data` are its bytes, where it is not stored yet.

    Raises:
        BadSignatureError: It is not.
    """
    if commit.signature is None and _is_reconciliation(parts, policy.branch, commit):
        return
    parts.signatures.verified(commit, data)


def of_branch(parts: Parts, branch: BranchName) -> list[Policy]:
    """List the policies in force by which a branch takes signed commits alone."""
    return [one for one in parts.policies.in_force() if one.branch == branch and one.requires == SIGNATURE]


def exempt(parts: Parts, policy: Policy) -> list[CommitId]:
    """List the commits that a policy exempts, as far as they are stored here: others lead nowhere."""
    return [commit_id for commit_id in policy.exempt if _is_stored(parts, commit_id)]


def _gained(
    parts: Parts, moves: Iterable[HeadMove], made: Commit | None
) -> Iterator[tuple[Policy, BranchName, Commit]]:
    tips: dict[BranchName, list[CommitId]] = {}
    for move in moves:
        if move.new is not None and move.new != move.expected:
            tips.setdefault(move.branch, []).append(move.new)
    load = _loader(parts, made)
    for branch, new in tips.items():
        for policy in of_branch(parts, branch):
            known = [*exempt(parts, policy), *_settled(parts, branch)]
            yield from ((policy, branch, commit) for commit in beyond(load, new, known))


def _loader(parts: Parts, made: Commit | None) -> Callable[[CommitId], Commit]:
    return lambda commit_id: made if made is not None and made.id == commit_id else parts.history.commit(commit_id)


def _settled(parts: Parts, branch: BranchName) -> Sequence[CommitId]:
    """Give what needs no question: the head, or what the first two of several were built on."""
    heads = parts.storage.heads.heads(branch)
    if len(heads) < 2:  # noqa: PLR2004 - two diverge
        return heads
    return merge_base.merge_bases(parts.history.commit, heads[0], heads[1])


def _is_stored(parts: Parts, commit_id: CommitId) -> bool:
    try:
        parts.history.commit(commit_id)
    except ObjectNotFoundError:
        return False
    return True


def _is_reconciliation(parts: Parts, branch: BranchName | None, commit: Commit) -> bool:
    """Tell whether a commit is the one that comes of its parents, by the rules as they are now."""
    if commit.author != RECONCILER or len(commit.parents) != 2 or commit.meta:  # noqa: PLR2004 - ours, theirs
        return False
    try:
        return branch is not None and parts.reconcile_again(parts, branch, commit.parents) == commit.id
    except MunimentError:
        return False
