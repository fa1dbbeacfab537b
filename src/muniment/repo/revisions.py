"""From what people write to the commit that they mean."""

from contextlib import suppress

from muniment.errors import (
    AmbiguousRevisionError,
    BlobErasedError,
    InvalidNameError,
    MalformedError,
    ObjectNotFoundError,
    RevisionNotFoundError,
)
from muniment.history import revision
from muniment.history.revision import Ancestor, AsOf, Parent, Step
from muniment.repo import tag_lookup
from muniment.repo.parts import Parts
from muniment.values import names
from muniment.values.ids import CommitId, is_id, is_prefix
from muniment.values.names import BranchName
from muniment.values.objects import Commit


def resolve(parts: Parts, text: str) -> Commit:
    """Find the commit that a revision means.

    Raises:
        RevisionNotFoundError: It means none.
        AmbiguousRevisionError: It abbreviates several ids, or is a tag of several commits.
        DivergedError: It is a branch with several heads: name one of them by its id.
    """
    if not isinstance(text, str):
        raise RevisionNotFoundError(repr(text), "a revision is a string")
    if text == "HEAD":  # the commonest, and the quickest to read
        return _commit_at_head(parts, text)
    if text == revision.WORKING:
        raise RevisionNotFoundError(text, "means the working files, and a commit is wanted here")
    parts.recover_once()
    parsed = revision.parse(text)
    commit, steps = _base(parts, text, parsed.base), parsed.steps
    parts.history.begin_walk()
    if steps and isinstance(steps[0], AsOf) and (branch := _branch(parts, parsed.base)):
        commit, steps = _stood(parts, text, branch, commit, steps[0]), steps[1:]
    for step in steps:
        commit = _take(parts, text, commit, step)
    parts.history.end_walk()
    return commit


def _commit_at_head(parts: Parts, text: str) -> Commit:
    head = parts.head(parts.selected_branch())
    if head is None:
        raise RevisionNotFoundError(text, "there is no commit yet")
    return parts.history.commit(head)


def _branch(parts: Parts, base: str) -> BranchName | None:
    """Give the branch that the base of a revision means; None where it is a tag or an id."""
    if base == "HEAD":
        return parts.selected_branch()
    with suppress(InvalidNameError):
        branch = names.branch_name(base)
        return branch if parts.heads(branch) else None
    return None


def _stood(parts: Parts, text: str, branch: BranchName, present: Commit, step: AsOf) -> Commit:
    found = parts.branch_times.head(branch, present.id, step.time)
    if found is None:
        raise RevisionNotFoundError(text, f"{branch} had no commit at that time")
    return found


def _base(parts: Parts, text: str, base: str) -> Commit:
    if base == "HEAD":
        return _commit_at_head(parts, text)
    commit = _by_name(parts, text, base)
    if commit is not None:
        return commit
    if is_prefix(base):
        return _by_id(parts, text, base)
    raise RevisionNotFoundError(text)


def _by_name(parts: Parts, text: str, base: str) -> Commit | None:
    """Find the commit of a branch, or else of a tag."""
    try:
        head = parts.head(names.branch_name(base))
    except InvalidNameError:  # then it names no tag either
        return None
    if head is not None:
        return parts.history.commit(head)
    targets = sorted({tag.target for tag in tag_lookup.of_name(parts, names.tag_name(base))})
    if len(targets) > 1:
        raise AmbiguousRevisionError(text, targets)
    return parts.history.commit(targets[0]) if targets else None


def _by_id(parts: Parts, text: str, prefix: str) -> Commit:
    candidates = [prefix] if is_id(prefix) else sorted(parts.storage.objects.ids(prefix))
    commits = [commit for commit in (_commit_or_none(parts, candidate) for candidate in candidates) if commit]
    if not commits:
        raise RevisionNotFoundError(text, "no commit has an id that begins so")
    if len(commits) > 1:
        raise AmbiguousRevisionError(text, [commit.id for commit in commits])
    return commits[0]


def _commit_or_none(parts: Parts, object_id: str) -> Commit | None:
    try:
        return parts.history.commit(CommitId(object_id))
    except (ObjectNotFoundError, BlobErasedError, MalformedError):  # no such object, or a blob or tree
        return None


def _take(parts: Parts, text: str, commit: Commit, step: Step) -> Commit:
    found: CommitId | None
    if isinstance(step, Ancestor):
        found = parts.history.first_parents.back(commit.id, step.steps)
    elif isinstance(step, Parent):
        found = (commit.id, *commit.parents)[step.number] if step.number <= len(commit.parents) else None
    else:
        found = parts.history.first_parents.as_of(commit.id, step.time)
    if found is None:
        raise RevisionNotFoundError(text, "the history does not reach that far back")
    return parts.history.walked_commit(found)
