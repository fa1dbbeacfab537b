"""The tour: everything that Muniment does, done before the user's eyes in a folder of their own."""

import io
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from typing import Any, NamedTuple

import click

from muniment import StorageError, Store
from muniment.cli import output, story
from muniment.cli.command import verb
from muniment.cli.session import Session
from muniment.cli.story import ByHand, Command, InPython, Step

_WIDEST = 80
_HASH_SHOWN = 10
_LONGEST_NAME = 24


class _Done(NamedTuple):
    """One step as it went: `shown` is what a user would type, `how` in what (shell or python)."""

    how: str
    shown: str
    output: str


@verb("tour", example="muniment tour")
@click.option("--dir", "directory", metavar="DIR", type=click.Path(), help="Where: a new or empty folder.")
@click.pass_context
def tour(ctx: click.Context, session: Session, directory: str | None) -> None:
    """See it all in a minute: make a store, edit, commit, diff, look back, roll back, verify.

    It happens in a new temporary folder, which is kept.
    """
    folder = _folder(ctx, directory)
    told = []
    if not session.as_json:
        _say("A parcel service keeps its configuration in ordinary JSON files. Here is a copy:")
        _show_tree(folder)
    for number, step in enumerate(story.STEPS, 1):
        done = _do(ctx, step, folder, colour=not session.as_json and _coloured(ctx))
        told.append({"title": step.title, done.how: done.shown, "output": done.output})
        if not session.as_json:
            _print(number, step, done)
    if session.as_json:
        output.json_document({"path": folder, "steps": told, "files": sorted(_files(folder))})
        return
    _farewell(folder)


def _folder(ctx: click.Context, directory: str | None) -> str:
    try:
        folder = tempfile.mkdtemp(prefix="muniment-tour-") if directory is None else os.path.abspath(directory)
        os.makedirs(folder, exist_ok=True)
        if os.listdir(folder):
            raise click.UsageError(f"{folder} is not empty: name a new folder", ctx)
        story.lay_out(folder)
    except OSError as error:
        raise StorageError.of(error, "make a folder for the tour", directory or "the temporary folder") from error
    return folder


def _do(ctx: click.Context, step: Step, folder: str, *, colour: bool) -> _Done:
    match step.action:
        case Command(arguments):
            with redirect_stdout(io.StringIO()) as printed:
                code = _program(ctx).run(list(arguments), Session(folder, story.AUTHOR), color=colour)
            if code:
                ctx.exit(code)
            return _Done("shell", " ".join(["muniment", *map(_quoted, arguments)]), printed.getvalue())
        case ByHand(shell, change):
            change(folder)
            return _Done("shell", shell, "")
        case InPython(function) as action:
            with Store.open(folder) as store:
                return _Done("python", action.source, f"{function(store)!r}\n")


def _program(ctx: click.Context) -> Any:
    return ctx.find_root().command


def _print(number: int, step: Step, done: _Done) -> None:
    click.echo()
    _say(f"{number}. {step.title}")
    for line in done.shown.splitlines():
        prompt = "$" if done.how == "shell" else "..." if line.startswith(" ") else ">>>"
        click.echo(f"{click.style(prompt, dim=True)} {click.style(line, fg='cyan')}")
    click.echo(done.output, nl=False)


def _farewell(folder: str) -> None:
    click.echo()
    _say("What lies there now: the documents, and beside them their history.")
    _show_tree(folder)
    click.echo()
    _say("The store is yours to go on with, or to delete:")
    for command in (f"cd {shlex.quote(folder)}", f"{_called()} log --graph", f"{_called()} --help"):
        click.echo(f"  {command}")


def _say(sentence: str) -> None:
    width = min(_WIDEST, shutil.get_terminal_size().columns)
    click.secho(click.wrap_text(sentence, width), bold=True)


def _quoted(word: str) -> str:
    """Quote for a shell; `~` means something to one only where a word begins with it."""
    return word if word[0] != "~" and shlex.quote(word.replace("~", "")) == word.replace("~", "") else shlex.quote(word)


def _called() -> str:
    """Give what the user has to type for `muniment`, which need not be on the PATH."""
    script = os.path.abspath(sys.argv[0])
    return shlex.quote(script) if not shutil.which("muniment") and os.access(script, os.X_OK) else "muniment"


def _coloured(ctx: click.Context) -> bool:
    return sys.stdout.isatty() if ctx.color is None else ctx.color


def _files(folder: str) -> Iterator[str]:
    for inside, _, names in os.walk(folder):
        for name in names:
            yield os.path.relpath(os.path.join(inside, name), folder).replace(os.sep, "/")


def _show_tree(folder: str) -> None:
    click.echo(output.one_line(folder))
    click.echo("\n".join(_tree(folder)))


def _tree(folder: str, lead: str = "") -> Iterator[str]:
    """Draw the files below a folder; what a folder holds alone stands beside it."""
    entries = sorted(os.scandir(folder), key=lambda entry: (entry.is_dir(), entry.name))
    for entry in entries:
        last = entry is entries[-1]
        shown, path = _cut(entry.name), entry.path
        while os.path.isdir(path) and len(below := os.listdir(path)) == 1:
            shown, path = f"{shown}/{_cut(below[0])}", os.path.join(path, below[0])
        yield f"{lead}{'└── ' if last else '├── '}{shown}{'/' if os.path.isdir(path) else ''}"
        if os.path.isdir(path):
            yield from _tree(path, lead + ("    " if last else "│   "))


def _cut(name: str) -> str:
    """Shorten the long names, which are hashes."""
    stem, suffix = os.path.splitext(name)
    return f"{stem[:_HASH_SHOWN]}…{suffix}" if len(stem) > _LONGEST_NAME else name
