"""Tags: names given to commits once and for all."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from muniment.errors import AmbiguousRevisionError, TagExistsError, TagNotFoundError
from muniment.errors.system import translated
from muniment.repo import arguments, reference_changes, reference_names, revisions, tag_lookup
from muniment.repo.parts import Parts
from muniment.repo.reference_changes import Intent
from muniment.repo.signatures import TAG_NAMESPACE
from muniment.values import canonical
from muniment.values import names as grammar
from muniment.values.ids import TagId
from muniment.values.names import TagName
from muniment.values.objects import Tag, decode_tag, encode_tag
from muniment.values.operation import TagMove

if TYPE_CHECKING:
    from muniment.signing.signer import Signer


class Tags:
    """The verbs on tags, as `store.tags` offers them."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    @translated("make a tag")
    def create(
        self,
        name: str,
        revision: str = "HEAD",
        message: str = "",
        *,
        author: str | None = None,
        signer: "Signer | None" = None,
    ) -> Tag:
        """Name a commit, durably. A tag never moves. It is signed by `signer`, else by that of the store.

        Raises:
            TagExistsError: There is one of that name.
            InvalidNameError: It cannot name a tag, is a branch's, or differs from another only by case.
            RevisionNotFoundError, AmbiguousRevisionError: `revision` means no commit, or several.
            MissingAuthorError: Neither this call nor the store names one.
            SigningError: The signer cannot sign; see there.
        """
        tag = grammar.tag_name(name)
        why = arguments.message(message)
        who = self._parts.author_of(author)
        with self._parts.storage.exclusive(self._parts.lock_timeout_s):
            self._check_free(tag)
            target = revisions.resolve(self._parts, revision).id
            now = datetime.now(UTC)
            data = self._encode({"name": tag, "target": target, "author": who, "time": now, "message": why}, signer)
            tag_id = TagId(canonical.digest(data))
            intent = Intent(verb="tag", author=who, message=why or f"tag {tag}")
            made = [TagMove(tag, None, tag_id)]
            reference_changes.record(self._parts, intent, tags=made, objects=[(tag_id, data)], targets=[target])
        return decode_tag(tag_id, data)

    @translated("list the tags")
    def list(self) -> tuple[Tag, ...]:
        """List the tags, by name in ascending order; both, where a merge of the host brought two of one name.

        Raises:
            ObjectNotFoundError, CorruptionError: A tag's object is not stored, or damaged: see `verify`.
        """
        self._parts.recover_once()
        names = self._parts.storage.tags.names()
        return tuple(tag for name in names for tag in tag_lookup.of_name(self._parts, name))

    @translated("look at a tag")
    def show(self, name: str) -> Tag:
        """Give one tag.

        Raises:
            TagNotFoundError: There is none of that name.
            AmbiguousRevisionError: There are several, from a merge of the host: delete them, and make the one anew.
            ObjectNotFoundError, CorruptionError: As for `list`.
        """
        found = tag_lookup.of_name(self._parts, grammar.tag_name(name))
        if not found:
            raise TagNotFoundError(name)
        if len(found) > 1:
            raise AmbiguousRevisionError(name, [tag.id for tag in found])
        return found[0]

    @translated("delete a tag")
    def delete(self, name: str, *, author: str | None = None) -> None:
        """Delete a tag, all of that name; its commit stays stored, until it is collected.

        Raises:
            TagNotFoundError: There is none.
            MissingAuthorError: As for `create`.
        """
        tag = grammar.tag_name(name)
        who = self._parts.author_of(author)
        with self._parts.storage.exclusive(self._parts.lock_timeout_s):
            moves = [TagMove(tag, tag_id, None) for tag_id in self._parts.storage.tags.ids(tag)]
            if not moves:
                raise TagNotFoundError(tag)
            intent = Intent(verb="tag-delete", author=who, message=f"delete tag {tag}")
            reference_changes.record(self._parts, intent, tags=moves)

    def _encode(self, fields: dict[str, Any], signer: "Signer | None") -> bytes:
        data = encode_tag(**fields)
        signature = self._parts.signatures.sign(data, TAG_NAMESPACE, signer)
        return data if signature is None else encode_tag(**fields, signature=signature)

    def _check_free(self, tag: TagName) -> None:
        storage = self._parts.storage
        if storage.tags.ids(tag):
            raise TagExistsError(tag)
        reference_names.refuse_lookalike("tag", tag, storage.tags.names())
        branches = {*storage.heads.branches(), self._parts.selected_branch()}
        reference_names.refuse_shared("tag", tag, "branch", branches)
