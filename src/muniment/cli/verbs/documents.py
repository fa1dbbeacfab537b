"""Change documents: set a place in one or all of it, delete one."""

from contextlib import suppress
from typing import Any

import click

from muniment import DocumentInvalidError, DocumentNotFoundError, InvalidValueError, Store
from muniment.cli import answers, arguments, candidates, output, text, value_word, warning
from muniment.cli.command import verb
from muniment.cli.faults import RefusedError, no_such_place
from muniment.cli.session import Session
from muniment.values import pointer as pointers
from muniment.values.json_value import ABSENT, Absent, JsonValue


@verb(
    "set",
    example="muniment set services/web /port 9090\n"
    "muniment set services/web /hosts/- web3.example.org\n"
    "muniment set limits '' '{\"max\": 10}'",
    context_settings={"ignore_unknown_options": True},  # a negative number looks like one
)
@click.argument("name", shell_complete=candidates.documents)
@click.argument("pointer", callback=arguments.pointer)
@click.argument("value")
@click.option("--string", "as_text", is_flag=True, help="Take VALUE for text, whatever it looks like.")
def set_value(session: Session, name: str, pointer: str, value: str, as_text: bool) -> None:  # noqa: FBT001
    """Set what is at POINTER of a document to VALUE, and write the document.

    VALUE is JSON if it parses as JSON, else text; `-` reads it from standard input. The last name of POINTER need
    not exist, and /- appends to a list. '' is the whole document, which is made if it does not exist.
    """
    new = value if as_text else value_word.read(name, value, remedy="mend it, or pass --string to store it as text")
    with session.open() as store:
        before, after = _set(store, name, pointer, new) if pointer else _replace(store, name, new)
        answers.written(session, name, before, after)
        warning.of_document(session, store, name)


@verb("delete", example="muniment delete services/web && muniment commit -m 'the web service is gone'")
@click.argument("name", shell_complete=candidates.documents)
def delete(session: Session, name: str) -> None:
    """Delete a document's file; history keeps what was committed."""
    with session.open() as store:
        store.delete(name)
    if session.as_json:
        output.json_document({"name": name, "change": "removed"})
    else:
        click.echo(text.sign("removed", name))


def _replace(store: Store, name: str, new: JsonValue) -> tuple[JsonValue | Absent, JsonValue]:
    before = _current(store, name)
    store.write(name, new)
    return before, new


def _set(store: Store, name: str, pointer: str, new: JsonValue) -> tuple[JsonValue | Absent, JsonValue]:
    before: JsonValue = None

    def change(value: Any) -> JsonValue:
        nonlocal before
        before = value
        return pointers.set_at(value, pointer, new)

    try:
        after = store.update(name, change)
    except InvalidValueError as error:
        raise no_such_place(name, error) from error
    except DocumentNotFoundError as error:
        message = f"{name}: no such document; make it with `muniment set {name} '' '{{}}'`, or see `muniment names`"
        raise RefusedError(DocumentNotFoundError, message, name=name) from error
    return before, after


def _current(store: Store, name: str) -> JsonValue | Absent:
    """Give a document as it is; `ABSENT` where there is none, or none that can be read."""
    with suppress(DocumentNotFoundError, DocumentInvalidError):
        value: JsonValue = store.read(name)
        return value
    return ABSENT
