"""Bring the heads of a diverged branch together: a merge that comes to the same commit in every copy that makes it.

Two heads are what a merge in the host repository leaves where both sides committed to one branch. Git merged the
working files line by line meanwhile, or left marks of conflict in them. A file that is just as it left them follows the
merge by meaning; one that somebody edited is left, and shows as changed. Where such a file lacks what the merge brings,
a commit of it would take that back: then nothing is merged by the way, only where somebody asks for it.

Format: docs/format/merging.md, "Reconciling".
"""

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from muniment.errors import DivergedError, InvalidNameError, UnrelatedHistoriesError
from muniment.history import merge_base, tree_diff, walk
from muniment.history.tree import EMPTY_TREE
from muniment.repo.merging import carrying_out, commit_merge, incomplete, merge_plan, reconciled
from muniment.repo.merging.document_merge import merge_document
from muniment.repo.merging.merge_plan import Plan, Replacer
from muniment.repo.merging.merge_result import Conflicted, Merged, MergeResult, UpToDate
from muniment.repo.parts import Parts
from muniment.storage.change import Replacement
from muniment.values import canonical, left_by_git
from muniment.values.ids import BlobId
from muniment.values.names import BranchName, DocumentName
from muniment.values.objects import Commit

Sides: TypeAlias = tuple[BlobId | None, BlobId | None, BlobId | None]
"""What base, ours and theirs have of a document."""


def reconcile(parts: Parts) -> MergeResult:
    """Merge the heads of every diverged branch, as far as that needs no decision.

    Gives `Conflicted` if a branch needs one: that of the branch that is checked out, which waits, before those of
    others, which stay as they are. Else gives what came of the branch that is checked out or, where that had one head,
    of the first that had several.

    Raises:
        UnrelatedHistoriesError: Two heads of a branch have nothing in common: merge one into another branch, by its id.
        InvalidNameError: Names of two heads differ by case alone: rename one in a branch made of its head, and merge
            the other into that.
        MergeInProgressError: A merge waits for its conflicts.
    """
    parts.refuse_unfinished_merge()
    selected = parts.selected_branch()
    others = [branch for branch in parts.storage.heads.branches() if branch != selected]
    results = [_reconcile_branch(parts, branch) for branch in (selected, *others)]
    in_conflict = [result for result in results if isinstance(result, Conflicted)]
    return next((result for result in [*in_conflict, *results] if not isinstance(result, UpToDate)), UpToDate())


def reconcile_if_clean(parts: Parts, branch: BranchName) -> Commit | None:
    """Merge the heads of a branch where that needs no decision; gives the last commit that was made.

    Raises:
        DivergedError: It needs one, or an edited working file lacks what the merge would bring.
        DocumentInvalidError: An edited working file holds no JSON.
    """
    try:
        result = _reconcile_branch(parts, branch, only_clean=True)
    except (UnrelatedHistoriesError, InvalidNameError) as error:
        raise DivergedError(branch, parts.heads(branch)) from error
    if isinstance(result, Conflicted):
        raise DivergedError(branch, parts.heads(branch))
    return result.commit if isinstance(result, Merged) else None


def _reconcile_branch(parts: Parts, branch: BranchName, *, only_clean: bool = False) -> MergeResult:
    """Merge the heads of one branch, two at a time, until one is left or a decision is needed.

    That begins a merge that waits, unless `only_clean`.
    """

    def plan() -> Plan | MergeResult:
        planned = _plan(parts, branch, _follow_or_refuse if only_clean else _follow)
        return merge_plan.tell(parts, planned) if only_clean and _needs_decision(planned) else planned

    result: MergeResult = UpToDate()
    while len(parts.heads(branch)) > 1:
        parts.merge_rules.record()
        step = carrying_out.carry_out(parts, plan)
        if not isinstance(step, Merged):
            return result if isinstance(step, UpToDate) else step
        result = step
    return result


def _needs_decision(plan: Plan | MergeResult) -> bool:
    return isinstance(plan, Plan) and bool(plan.merged.conflicts)


def _plan(parts: Parts, branch: BranchName, follow: Replacer) -> Plan | MergeResult:
    heads = parts.heads(branch)
    if len(heads) < 2:  # noqa: PLR2004 - two diverge
        return UpToDate()
    parts.history.begin_walk()
    ours, theirs = list(walk.newest_first(parts.history.walked_commit, heads))[:2]
    incomplete.refuse(parts, branch, heads, ours.id, theirs.id)
    merged = commit_merge.merge_commits(parts, ours, theirs)
    if merged is None:
        raise UnrelatedHistoriesError(theirs.id, branch)
    return Plan(
        verb="reconcile",
        branch=branch,
        heads=heads,
        parents=(ours, theirs),
        ours=ours.tree,
        merged=merged,
        words=reconciled.words(branch, ours, theirs),
        follow=follow,
        others=frozenset(_differing(parts, ours, theirs)),
    )


def _differing(parts: Parts, ours: Commit, theirs: Commit) -> Iterable[DocumentName]:
    found = tree_diff.changes(parts.history.node, ours.tree, theirs.tree)
    return (DocumentName(name) for name, _, _ in found)


def _follow(parts: Parts, plan: Plan) -> list[Replacement]:
    """List the files to be replaced: those that hold what one side has, or what git made of both."""
    return [file.replacement for file in _files(parts, plan) if file.is_nobodys]


def _follow_or_refuse(parts: Parts, plan: Plan) -> list[Replacement]:
    """List the files to be replaced, if those that stay lack nothing that the merge brings.

    Raises:
        DivergedError: One lacks something: whoever wrote it may never have seen it.
        DocumentInvalidError: One holds no JSON.
    """
    files = _files(parts, plan)
    if any(not file.is_nobodys and _lacks(parts, plan, file) for file in files):
        raise DivergedError(plan.branch, plan.heads)
    return [file.replacement for file in files if file.is_nobodys]


class _File(NamedTuple):
    replacement: Replacement
    base: BlobId | None
    is_nobodys: bool


def _files(parts: Parts, plan: Plan) -> list[_File]:
    """List the working files that are not as the merge has them."""
    merged = {**plan.merged.contested, **plan.merged.changes}
    bases = merge_base.merge_bases(parts.history.walked_commit, *(parent.id for parent in plan.parents))
    base_tree = parts.history.walked_commit(bases[0]).tree if bases else EMPTY_TREE
    trees = base_tree, plan.parents[0].tree, plan.parents[1].tree
    files = []
    for name in sorted(plan.names):
        after = merged[name] if name in merged else parts.history.lookup(plan.ours, name)
        before = parts.storage.working.state_id(name)
        base, ours, theirs = (parts.history.lookup(tree, name) for tree in trees)
        if before != after:
            is_nobodys = _is_nobodys(parts, plan, name, before, (base, ours, theirs))
            files.append(_File(Replacement(name, before, after), base, is_nobodys))
    return files


def _lacks(parts: Parts, plan: Plan, file: _File) -> bool:
    """Tell whether an edited file has the base's value somewhere where the merge has another."""
    name, after = file.replacement.name, file.replacement.after
    is_there = file.replacement.before is not None
    written = canonical.encode(parts.storage.working.read(name)) if is_there else None
    merged = None if after is None else plan.merged.blobs.get(after) or parts.history.blob(after)
    base = None if file.base is None else parts.history.blob(file.base)
    return merge_document(parts, name, base, written, merged, prefer="ours").blob != written


def _is_nobodys(parts: Parts, plan: Plan, name: DocumentName, state: BlobId | None, sides: Sides) -> bool:
    """Tell whether nobody wrote anything into a file: it is as a side has it, or the base, or as git merged them.

    Where git does not keep the documents, they are as they were before the heads came. But of a document in conflict,
    that of theirs was chosen by somebody.
    """
    base, ours, theirs = (None if side is None else parts.history.blob(side) for side in sides)
    is_contested = name in plan.merged.contested
    if state in sides[:2] or (state == sides[2] and not is_contested):
        return True
    if state is None:
        return False
    text = parts.storage.working.text(name)
    if left_by_git.has_markers(text):
        return left_by_git.is_marked(text, base, ours, theirs)
    by_lines = None if is_contested else left_by_git.merged_by_lines(base, ours, theirs)
    return by_lines is not None and state == canonical.digest(by_lines)
