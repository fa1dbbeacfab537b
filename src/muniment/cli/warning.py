"""What is worth a word although the command did what it was asked: one line on standard error each.

With `--json` the line is an object with the member `warning`, and what it is about beside it.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import click

from muniment import DocumentNotFoundError, MunimentError, Store
from muniment.cli import output, shapes, text
from muniment.cli.session import Session

_OVERRIDES = logging.getLogger("muniment.overrides")


def tell(session: Session, message: str, **fields: object) -> None:
    """Write a warning."""
    line = output.one_line(message)
    if session.as_json:
        output.json_line({"warning": line, **fields}, err=True)
    else:
        click.echo(f"{click.style('muniment: warning:', fg='yellow', bold=True)} {line}", err=True)


def of_document(session: Session, store: Store, name: str) -> None:
    """Warn if a document that was just written is not valid for its kind."""
    try:
        faults = store.schemas.check([name])
    except DocumentNotFoundError:  # somebody deleted it since
        return
    except MunimentError as error:  # the document is written: what cannot be checked is no failure of that
        tell(session, f"{name} is written, but could not be checked: {error}", name=name)
        return
    for fault in faults:
        message = f"{click.unstyle(text.fault(fault))}; it is written so, but `muniment commit` will refuse it"
        tell(session, message, **shapes.fault(fault))


@contextmanager
def of_overrides(session: Session) -> Iterator[None]:
    """Write as warnings what the block logs of overrides: those that are ignored, and why."""
    handler = _Handler(session)
    _OVERRIDES.addHandler(handler)
    try:
        yield
    finally:
        _OVERRIDES.removeHandler(handler)


class _Handler(logging.Handler):
    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def emit(self, record: logging.LogRecord) -> None:
        tell(self._session, record.getMessage())
