"""What branches require: policies declared, listed and withdrawn."""

import click
import msgspec

from muniment.cli import arguments, candidates, output, text
from muniment.cli.command import verb
from muniment.cli.group import Group
from muniment.cli.session import Session
from muniment.values.policy import Policy

PLACES = {
    "Policies": {
        "require-signatures": "policy:require_signatures",
        "list": "policy:list_policies",
        "withdraw": "policy:withdraw",
    }
}


@click.group("policy", cls=Group, places=PLACES, example="muniment policy list")
def policy() -> None:
    """What is demanded of whatever is added to a branch."""


@verb("require-signatures", example="muniment policy require-signatures --branch main")
@click.option("--branch", default="main", show_default=True, metavar="NAME", shell_complete=candidates.branches)
@click.option("--ledger", metavar="NAME", help="A ledger instead, which takes signed entries alone.")
@arguments.AUTHOR
def require_signatures(session: Session, branch: str, ledger: str | None, author: str | None) -> None:
    """Let a branch take signed commits alone, from now on and in every copy of the store."""
    with session.open() as store:
        made = store.policies.require_signatures(branch, ledger=ledger, author=session.author_of(author, store))
    if session.as_json:
        output.json_document(msgspec.structs.asdict(made))
    else:
        _print(made)


@verb("list", example="muniment policy list")
def list_policies(session: Session) -> None:
    """List the policies in force, the oldest first."""
    with session.open() as store:
        found = store.policies.list()
    if session.as_json:
        output.json_document(list(map(msgspec.structs.asdict, found)))
        return
    for one in found:
        _print(one)
    if not found:
        click.echo("No policies here: branches take what they are given")


@verb("withdraw", example="muniment policy withdraw 3f2a9c01")
@click.argument("policy_id", metavar="ID")
@arguments.AUTHOR
def withdraw(session: Session, policy_id: str, author: str | None) -> None:
    """Put a policy out of force, in every copy of the store; `muniment policy list` tells its ID."""
    with session.open() as store:
        store.policies.withdraw(policy_id, author=session.author_of(author, store))
    if session.as_json:
        output.json_document({"withdrawn": policy_id})
    else:
        click.echo(f"{output.one_line(policy_id)} is out of force")


def _print(one: Policy) -> None:
    place = f"branch {one.branch}" if one.branch is not None else f"ledger {one.ledger}"
    click.echo(f"{text.short(one.id)}  {output.one_line(place)} requires: {output.one_line(one.requires)}")
