"""How documents are merged: the sets of rules that are in force, declared and withdrawn."""

from typing import TYPE_CHECKING, Any

import click

from muniment import Store
from muniment.cli import candidates, output, shapes
from muniment.cli.command import verb
from muniment.cli.session import Session

if TYPE_CHECKING:
    from muniment import MergeRules

Pairs = tuple[tuple[str, str], ...]

_NONE = "none"


def _pairs(_: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> Pairs:
    """Take `PLACE=WORD` apart: a place may have the sign in it too."""
    found = [value.rpartition("=") for value in values]
    if wrong := [value for value, (_, sign, word) in zip(values, found, strict=True) if not (sign and word)]:
        raise click.BadParameter(f"write a place, an equals sign and a word, unlike {wrong[0]!r}", param=parameter)
    return tuple((place, word) for place, _, word in found)


@verb(
    "merge-rules",
    example="muniment merge-rules\nmuniment merge-rules hits --names 'services/*' --strategy /hits=counter\n"
    "muniment merge-rules forms --names 'forms/*' --key /fields=name\nmuniment merge-rules -d hits",
)
@click.argument("name", required=False, metavar="[NAME]", shell_complete=candidates.merge_rules)
@click.option("--names", multiple=True, metavar="PATTERN", help="Documents they are for, such as 'services/*'.")
@click.option("--key", "keys", multiple=True, metavar="PLACE=FIELD", callback=_pairs, help="What tells a list's items.")
@click.option(
    "--strategy",
    "strategies",
    multiple=True,
    metavar="PLACE=STRATEGY",
    callback=_pairs,
    help="What settles a place: ours, theirs, union, counter, max, min, text or none.",
)
@click.option("-d", "--delete", metavar="NAME", shell_complete=candidates.merge_rules, help="Put a set out of force.")
@click.pass_context
def merge_rules(
    ctx: click.Context,
    session: Session,
    name: str | None,
    names: tuple[str, ...],
    keys: Pairs,
    strategies: Pairs,
    delete: str | None,
) -> None:
    """List the rules that documents are merged by; or declare a set of them; or put one out of force.

    A set is declared as a whole, in place of the one of its NAME. Of several places that fit, the first counts. In all
    options but -d, PLACE is a JSON Pointer with * for any token.
    """
    if delete is not None and (name is not None or names or keys or strategies):
        raise click.UsageError("declare a set or put one out of force: one at a time", ctx)
    if name is None and (names or keys or strategies):
        raise click.UsageError("the options are for a set of rules: name it", ctx)
    if name is not None and not (names and (keys or strategies)):
        raise click.UsageError("a set needs --names, and a --key or a --strategy", ctx)
    with session.open() as store:
        if delete is not None:
            _withdraw(session, store, delete)
        elif name is None:
            _list(session, store)
        else:
            from muniment import MergeRules

            words: dict[str, Any] = {place: None if word == _NONE else word for place, word in strategies}
            _declare(session, store, MergeRules(name, names=names, keys=dict(keys), strategies=words))


def _list(session: Session, store: Store) -> None:
    found = store.merge_rules.list()
    if session.as_json:
        output.json_document(list(map(shapes.merge_rules, found)))
        return
    for one in found:
        _print(one)
    if not found:
        click.echo("No merge rules here: lists are merged as a whole, and disagreements are conflicts")


def _declare(session: Session, store: Store, rules: "MergeRules") -> None:
    store.merge_rules.declare(rules)
    if session.as_json:
        output.json_document(shapes.merge_rules(rules))
    else:
        _print(rules)


def _withdraw(session: Session, store: Store, name: str) -> None:
    store.merge_rules.withdraw(name)
    if session.as_json:
        output.json_document({"deleted": name})
    else:
        click.echo(f"{output.one_line(name)} is out of force")


def _print(rules: "MergeRules") -> None:
    names = output.one_line(", ".join(rules.names))
    click.echo(f"{click.style(output.one_line(rules.name), fg='green', bold=True)}  {names}")
    for place, field in rules.keys.items():
        click.echo(f"    {_place(place)}: items by {output.one_line(field)}")
    for place, strategy in rules.strategies.items():
        click.echo(f"    {_place(place)}: {strategy if isinstance(strategy, str) else _NONE}")


def _place(pointer: str) -> str:
    return output.one_line(pointer) or "the whole"
