"""Whatever goes wrong: one line on standard error, an exit code, never a traceback."""

import errno
import json

import pytest

import muniment as library
from muniment import Store
from muniment.cli import exit_code
from muniment.cli.exit_code import ExitCode


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("commit", "-m", "again"), ExitCode.NO),
        (("init",), ExitCode.NO),
        (("get",), ExitCode.USAGE),
        (("get", "limits", "max"), ExitCode.USAGE),
        (("log", "--bogus"), ExitCode.USAGE),
        (("log", "-n", "many"), ExitCode.USAGE),
        (("completion", "tcsh"), ExitCode.USAGE),
        (("--bogus",), ExitCode.USAGE),
        (("stauts",), ExitCode.USAGE),
        (("get", "nope"), ExitCode.NOT_FOUND),
        (("get", "limits", "/nope"), ExitCode.NOT_FOUND),
        (("get", "limits", "--at", "nope"), ExitCode.NOT_FOUND),
        (("log", "--since", "yesterday"), ExitCode.INVALID),
        (("log", "--until", "2026-01-31T12:00:00"), ExitCode.INVALID),
        (("names", "--store", "nowhere"), ExitCode.NOT_FOUND),
        (("rollback", "services/web", "--to", "HEAD~1", "-m", "why"), ExitCode.RETRY),
        (("get", "../limits"), ExitCode.INVALID),
        (("get", "limits.json"), ExitCode.INVALID),
        (("get", "a\nb"), ExitCode.INVALID),
        (("get", "\udcff"), ExitCode.INVALID),
        (("set", "limits", "", "[1,"), ExitCode.INVALID),
        (("diff",), ExitCode.INVALID),
    ],
)
def test_every_fault_is_one_line(muniment, store, folder, arguments, code):
    """One line for people, one object for programs, the same exit code, nothing on standard output."""
    if code == ExitCode.RETRY:
        store.write("services/web", "edited")
    if arguments == ("diff",):
        (folder / "broken.json").write_text("{")
    answer = muniment(*arguments)
    assert (answer.code, answer.out) == (code, "")
    assert answer.err.startswith("muniment: ")
    assert (answer.err.count("\n"), answer.err[-1]) == (1, "\n")
    told = muniment("--json", *arguments)
    assert (told.code, told.out, told.err.count("\n")) == (code, "", 1)
    fields = json.loads(told.err)
    assert fields["exit_code"] == code
    assert answer.err == f"muniment: {fields['message']}\n"
    assert fields["error"].endswith(("Error", "Parameter", "Argument", "Option"))


def test_errors_carry_their_fields(muniment, store):
    """A program need not read the message: the error's own fields stand beside it."""
    fields = json.loads(muniment("get", "nope", "--json").err)
    assert (fields["error"], fields["name"], fields["where"]) == ("DocumentNotFoundError", "nope", "the working files")


def test_a_fault_in_a_file_is_told_by_line_and_column(muniment, store, folder):
    """For people in the message, which tells no byte then; for programs as fields beside the pointer and the byte."""
    (folder / "limits.json").write_text('{\n  "max": 1,\n  "max": 2\n}\n')
    line = muniment("get", "limits").err
    assert line.endswith(f" at /max (line 3, column 3); mend {folder}/limits.json and retry\n")
    fields = json.loads(muniment("get", "limits", "--json").err)
    assert (fields["line"], fields["column"], fields["pointer"], fields["offset"]) == (3, 3, "/max", 16)


def test_a_misspelled_command_is_guessed(muniment):
    """The nearest command is offered, or the nearest two."""
    assert "did you mean 'stats' or 'status'" in muniment("stauts").err
    assert "did you mean 'collect'" in muniment("colect").err


def test_no_store_here(muniment, folder):
    """Outside of any store the line names the folder and both ways on."""
    answer = muniment("status")
    assert answer.code == ExitCode.NOT_FOUND
    assert str(folder) in answer.err
    assert "muniment init" in answer.err
    assert "--store" in answer.err


def test_damage_is_told_from_absence(muniment, store, folder):
    """A damaged object has a code of its own, and the line says what mends it."""
    blob = store.at("HEAD").blob_id("limits")
    [path] = folder.glob(f".muniment/objects/{blob[:2]}/{blob[2:]}.json")
    path.chmod(0o644)
    path.write_bytes(b"{}")
    with Store.open(folder):
        answer = muniment("get", "limits", "--at", "HEAD")
    assert answer.code == ExitCode.CORRUPT
    assert "muniment repair" in answer.err
    assert muniment("verify").code == ExitCode.NO


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (KeyboardInterrupt(), ExitCode.INTERRUPTED),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), ExitCode.PIPE_CLOSED),
        (OSError(errno.ENOSPC, "No space left on device"), ExitCode.REFUSED),
        (MemoryError(), ExitCode.REFUSED),
        (RecursionError("maximum recursion depth exceeded"), ExitCode.INVALID),
        (library.StorageError("write", "/x", "Read-only file system", errno.EROFS), ExitCode.REFUSED),
        (library.UnsupportedFormatError("/x", "the store has format 9", "formats up to 1"), ExitCode.REFUSED),
        (library.LockTimeoutError("limits", 30, None), ExitCode.RETRY),
        (ZeroDivisionError("division\nby zero"), ExitCode.BUG),
    ],
)
def test_what_comes_from_below(muniment, store, monkeypatch, error, code):
    """Errors of the system, of the library, of the user's hand and of ours: one line each, a closed pipe none."""

    def fail(self):
        raise error

    monkeypatch.setattr(Store, "status", fail)
    answer = muniment("status")
    assert (answer.code, answer.out) == (code, "")
    assert answer.err.count("\n") == (0 if code == ExitCode.PIPE_CLOSED else 1)
    assert "Traceback" not in answer.err
    assert ("report it" in answer.err) == (code == ExitCode.BUG)


def test_a_traceback_can_be_asked_for(muniment, store, monkeypatch):
    """With MUNIMENT_DEBUG=1 it stands before the line."""
    monkeypatch.setenv("MUNIMENT_DEBUG", "1")
    answer = muniment("get", "nope")
    assert answer.code == ExitCode.NOT_FOUND
    assert answer.err.startswith("Traceback ")
    assert answer.err.splitlines()[-1].startswith("muniment: nope: ")


def test_every_error_has_a_code():
    """No error of the library is taken for a bug, but the use of a closed store."""
    errors = [kind for name, kind in vars(library).items() if name.endswith("Error")]
    assert errors
    assert [kind for kind in errors if exit_code.of_error(kind) == ExitCode.BUG] == [library.StoreClosedError]
