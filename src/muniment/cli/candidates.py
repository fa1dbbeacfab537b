"""What the shell offers when Tab is pressed: names of documents, revisions, branches, tags, and kinds.

Where there is no store, or it cannot be read, nothing is offered and nothing is said.
"""

import click

from muniment import MunimentError, Store
from muniment.cli.faults import RefusedError
from muniment.cli.session import Session


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


def _branches(store: Store) -> list[str]:
    return [one.name for one in store.branches.list()]


def _tags(store: Store) -> list[str]:
    return list(dict.fromkeys(one.name for one in store.tags.list()))  # once, where a host merge brought two


def _store(ctx: click.Context) -> Store:
    return ctx.ensure_object(Session).open()
