"""Edit a document in the user's own editor.

The document is not locked meanwhile, because an editor may stay open for a day: what somebody else wrote in the
time is noticed before anything is replaced, and the text that was edited is kept.
"""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from typing import Any

import click

from muniment import DocumentChangedError, DocumentInvalidError, InvalidValueError, MunimentError, StorageError, Store
from muniment.cli import answers, candidates, output, warning
from muniment.cli.command import verb
from muniment.cli.faults import RefusedError
from muniment.cli.session import Session
from muniment.values import canonical, place
from muniment.values.json_value import ABSENT, Absent, JsonValue, same

_USUAL_EDITORS = ("sensible-editor", "nano", "vi", "notepad")


@verb("edit", example="muniment edit services/web\nEDITOR='code --wait' muniment edit services/web")
@click.argument("name", shell_complete=candidates.documents)
def edit(session: Session, name: str) -> None:
    """Open a copy of a document in $VISUAL or $EDITOR, and write the document when the editor is closed.

    What is no valid JSON is refused: edit it again, or find your text in the file that is named then.
    """
    with session.open() as store:
        before, text = _read(store, name)
        command = _editor()
        path = _temporary(name, text)
        try:
            after = _edited(name, command, path)
            _write(store, name, before, text, after)
        except (MunimentError, RefusedError) as error:
            raise _kept(error, path) from error
        os.unlink(path)
        answers.written(session, name, before, after)
        warning.of_document(session, store, name)


def _read(store: Store, name: str) -> tuple[JsonValue | Absent, bytes]:
    """Give a document's value and text; of a file that is not valid, the text as it is."""
    try:
        value: JsonValue = store.read(name)
    except DocumentInvalidError as error:
        if error.path is None:
            raise
        return ABSENT, _bytes_of(error.path)
    return value, canonical.pretty(canonical.encode(value))


def _editor() -> list[str]:
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if chosen:
        try:
            return shlex.split(chosen, posix=os.name == "posix")
        except ValueError as error:
            raise click.UsageError(f"$VISUAL or $EDITOR: {error}", click.get_current_context()) from error
    found = next((editor for editor in _USUAL_EDITORS if shutil.which(editor)), None)
    if found is None:
        raise click.UsageError("no editor: set $VISUAL or $EDITOR to one", click.get_current_context())
    return [found]


def _temporary(name: str, text: bytes) -> str:
    descriptor, path = tempfile.mkstemp(prefix=f"{name.rpartition('/')[2]}-", suffix=".json")
    with os.fdopen(descriptor, "wb") as file:
        file.write(text)
    return path


def _edited(name: str, command: list[str], path: str) -> JsonValue:
    """Let the user edit until the text is JSON, or they give up."""
    while True:
        _run(command, path)
        text = _bytes_of(path)
        try:
            return canonical.decode(text)
        except InvalidValueError as error:
            refusal = place.document_invalid(name, text, error, path=path)
            click.echo(f"Not valid: {output.one_line(str(error))}", err=True)
            if not _wants_again():
                raise refusal from error


def _run(command: list[str], path: str) -> None:
    try:
        code = _wait_for(command, path)
    except OSError as error:
        raise StorageError(f"start the editor {command[0]!r}", path, error.strerror or str(error)) from error
    if code:
        raise StorageError(f"edit with {command[0]!r}", path, f"it ended with code {code}")


def _wait_for(command: list[str], path: str) -> int:
    with subprocess.Popen([*command, path]) as process:  # noqa: S603 - the user's own editor
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:  # the terminal sends it to the editor too, whose business it is
                continue


def _write(store: Store, name: str, before: JsonValue | Absent, text: bytes, after: JsonValue) -> None:
    """Replace the document, unless it is not any more what the user began with."""
    if before is ABSENT:
        if _read(store, name) != (ABSENT, text):
            raise DocumentChangedError(name)
        store.write(name, after)
        return

    def replace(current: Any) -> JsonValue:
        if not same(current, before):
            raise DocumentChangedError(name)
        return after

    store.update(name, replace)


def _kept(error: MunimentError | RefusedError, path: str) -> RefusedError:
    like = error.like if isinstance(error, RefusedError) else type(error)
    message = str(error)
    return RefusedError(like, message if path in message else f"{message}; your text is kept in {path}", kept=path)


def _bytes_of(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise StorageError.of(error, "read", path) from error


def _wants_again() -> bool:
    try:
        return _is_interactive() and click.confirm("Edit it again?", default=True, err=True)
    except click.Abort:  # Ctrl-C, or nobody there: a no, so that the kept text is told
        return False


def _is_interactive() -> bool:
    return sys.stdin.isatty()
