"""What the shell offers when Tab is pressed: documents, revisions, branches, tags, conflicts, and what else has a name.

Where there is no store, or it cannot be read, nothing is offered and nothing is said.
"""

import click

from muniment import MunimentError, Store
from muniment.cli import text
from muniment.cli.faults import RefusedError
from muniment.cli.session import Session

TAKES = ("ours", "theirs", "base", "working")
"""What settles a conflict without being a value."""

_RECENT = 50


def documents(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Offer the working documents that begin so."""
    try:
        with _store(ctx) as store:
            return store.names(incomplete)
    except (MunimentError, RefusedError):
        return []


def revisions(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Offer the words that begin so and always mean a revision."""
    try:
        with _store(ctx) as store:
            words = ("HEAD", "HEAD~1", *_branches(store), *_tags(store))
    except (MunimentError, RefusedError):
        return []
    return [word for word in words if word.startswith(incomplete)]


def branches(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Offer the branches that begin so."""
    try:
        with _store(ctx) as store:
            return [name for name in _branches(store) if name.startswith(incomplete)]
    except (MunimentError, RefusedError):
        return []


def kinds(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Offer the kinds that are known and begin so."""
    try:
        with _store(ctx) as store:
            return [one.kind for one in store.schemas.list() if one.kind.startswith(incomplete)]
    except (MunimentError, RefusedError):
        return []


def ledgers(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Offer the ledgers that begin so."""
    try:
        with _store(ctx) as store:
            return [name for name in store.ledgers() if name.startswith(incomplete)]
    except (MunimentError, RefusedError):
        return []


def merge_rules(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Offer the sets of merge rules that begin so."""
    try:
        with _store(ctx) as store:
            return [one.name for one in store.merge_rules.list() if one.name.startswith(incomplete)]
    except (MunimentError, RefusedError):
        return []


def conflicted(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Offer the documents that begin so and have open conflicts."""
    return [name for name in dict.fromkeys(name for name, _ in _conflicts(ctx)) if name.startswith(incomplete)]


def places_of_conflicts(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Offer the places that begin so of the open conflicts of the document that was named before."""
    document = ctx.params.get("name")
    return [place for name, place in _conflicts(ctx) if name == document and place.startswith(incomplete)]


def takes(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """Offer the words that begin so and settle a conflict; any other is a value."""
    return [word for word in TAKES if word.startswith(incomplete)]


def operations(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Offer the newest operations that begin so, as `muniment operations` shows them."""
    try:
        with _store(ctx) as store:
            found = [one.id[: text.SHORT_ID] for one in store.operations(_RECENT)]
    except (MunimentError, RefusedError):
        return []
    return [one for one in found if one.startswith(incomplete)]


def either(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Offer revisions and documents, where both may stand."""
    return [*revisions(ctx, parameter, incomplete), *documents(ctx, parameter, incomplete)]


def tags(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Offer the tags that begin so."""
    try:
        with _store(ctx) as store:
            return [name for name in _tags(store) if name.startswith(incomplete)]
    except (MunimentError, RefusedError):
        return []


def _conflicts(ctx: click.Context) -> list[tuple[str, str]]:
    try:
        with _store(ctx) as store:
            return [(one.name, one.pointer) for one in store.conflicts()]
    except (MunimentError, RefusedError):
        return []


def _branches(store: Store) -> list[str]:
    return [one.name for one in store.branches.list()]


def _tags(store: Store) -> list[str]:
    return list(dict.fromkeys(one.name for one in store.tags.list()))  # once, where a host merge brought two


def _store(ctx: click.Context) -> Store:
    return ctx.ensure_object(Session).open()
