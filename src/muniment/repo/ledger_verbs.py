"""The verbs on ledgers, as `Store` offers them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from muniment.errors.system import translated
from muniment.repo.parts import Parts

if TYPE_CHECKING:
    from muniment.ledger.ledger import Ledger
    from muniment.repo.ledgers import Described


class LedgerVerbs:
    """Append-only logs beside the documents."""

    _parts: Parts

    @translated("open a ledger")
    def ledger(
        self,
        name: str,
        *,
        schema: "Described | None" = None,
        index: Iterable[str] = ("stream", "kind", "actor"),
    ) -> "Ledger":
        """Give the ledger `name`; the first entry that is appended makes it.

        `schema` tells what payloads are: a schema, of the entries of its kind, or several; old entries are upgraded on
        reading through its steps, as documents are. Entries of other kinds are plain JSON. `index` are the fields that
        readers ask for: what is not indexed is found by reading all.

        Raises:
            InvalidNameError: It cannot name a ledger, or differs from another only by case.
            InvalidValueError: `schema` is none, or `index` names a field that is not indexed.
        """
        from muniment.repo import ledgers

        return ledgers.open_ledger(self._parts, name, schema, index)

    @translated("list the ledgers")
    def ledgers(self) -> list[str]:
        """List the names of the ledgers that have entries, sorted."""
        from muniment.repo import ledgers

        return ledgers.names_of(self._parts)
