"""Every error of the command line: one line on standard error that says what to do next, and an exit code."""

import os
import sys
import traceback
from contextlib import suppress

import click

from muniment import InvalidValueError, MergeConflictError, MunimentError, NotFoundError, StorageError
from muniment.cli import exit_code, output
from muniment.cli.exit_code import ExitCode

DEBUG = "MUNIMENT_DEBUG"


class RefusedError(Exception):
    """A refusal that the command line words itself; `like` is the library's error of the same meaning."""

    def __init__(self, like: type[MunimentError], message: str, **fields: object) -> None:
        self.like = like
        self.fields = fields
        super().__init__(message)


def no_such_place(name: str, error: InvalidValueError) -> RefusedError:
    """Word that a document has nothing where a pointer leads."""
    message = f"{name}: {error}; see what is there with `muniment get {name}`"
    return RefusedError(NotFoundError, message, name=name, pointer=error.pointer, reason=error.reason)


def report(error: BaseException, *, as_json: bool) -> ExitCode:
    """Tell an error on standard error and give the exit code; a closed pipe is told to nobody.

    With `as_json` the line is an object: `error` (the class), `message`, `exit_code`, and the error's own fields.
    """
    if os.environ.get(DEBUG):
        with suppress(OSError):
            click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    if isinstance(error, BrokenPipeError):
        _forget_output()
        return ExitCode.PIPE_CLOSED
    if isinstance(error, OSError):  # the library tells its own as StorageError: this is the output's
        _forget_output()
    code, message = _code(error), output.one_line(_message(error))
    with suppress(OSError):
        if as_json:
            fields = {"error": _kind(error).__name__, "message": message, "exit_code": int(code), **_fields(error)}
            output.json_line(fields, err=True)
        else:
            click.echo(f"{click.style('muniment:', fg='red', bold=True)} {message}", err=True)
    return code


def _kind(error: BaseException) -> type[BaseException]:
    return error.like if isinstance(error, RefusedError) else type(error)


def _code(error: BaseException) -> ExitCode:
    if isinstance(error, click.ClickException):
        return ExitCode.USAGE
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return ExitCode.INTERRUPTED
    return exit_code.of_error(_kind(error))


def _message(error: BaseException) -> str:
    if isinstance(error, click.ClickException):
        return _usage(error)
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return "interrupted; nothing is left half done, so run it again when you like"
    if isinstance(error, MunimentError | RefusedError):
        return str(error)
    if isinstance(error, OSError):
        return str(StorageError.of(error, "go on", "the output"))
    if isinstance(error, RecursionError):
        return "a value is nested deeper than this program can follow; make it flatter"
    if isinstance(error, MemoryError):
        return "out of memory; close other programs, or ask for less at once"
    return f"a bug in muniment, please report it: {type(error).__name__}: {error} (see it with {DEBUG}=1)"


def _usage(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path if context else "muniment"
    return f"{error.format_message().rstrip('.')}; see `{path} --help`"


def _fields(error: BaseException) -> dict[str, object]:
    if isinstance(error, RefusedError):
        return error.fields
    if isinstance(error, MergeConflictError):
        from muniment.cli import shapes

        return {**vars(error), "conflicts": list(map(shapes.conflict, error.conflicts))}
    return dict(vars(error)) if isinstance(error, MunimentError) else {}


def _forget_output() -> None:
    """Point standard output nowhere, so that nothing complains of it again when the program ends."""
    with suppress(OSError, ValueError, AttributeError):  # a test's stream has no descriptor
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
