"""The commands on kinds of documents: schema list, check, migrate, export, and what a group of commands is."""

import json
import os

import click
import pytest

from muniment import Store
from muniment.cli.exit_code import ExitCode

FAULT = 'services/api.json:3:11: /port: expected a whole number, not "high"\n'
OF_ALL_KINDS = ["list", "check", "migrate", "export"]
COMMANDS = [*OF_ALL_KINDS, "forget"]


@pytest.fixture
def mistyped(services, folder):
    """A store in which somebody typed a text where a number belongs: `services/api`, line 3, column 11."""
    text = '{\n  "host": "b.example",\n  "port": "high",\n  "schema_version": "1.1"\n}\n'
    (folder / "services" / "api.json").write_text(text)
    return services


@pytest.fixture
def damaged(services, folder):
    """A store in which a record of the kind was changed."""
    record = next(path for path in (folder / ".muniment/schemas/service").iterdir() if len(path.stem) == 64)
    record.chmod(0o644)
    record.write_bytes(record.read_bytes().replace(b"service", b"sixpence"))
    return record


def test_a_group_tells_its_commands(muniment):
    """Without a command it shows its help, in which each command stands with a summary that is not cut off."""
    answer = muniment("schema")
    assert answer == muniment("schema", "--help")
    assert answer.code == 0
    listed = answer.out.partition("\nCommands:\n")[2].partition("\nExample:\n")[0]
    assert [line.split()[0] for line in listed.splitlines() if line] == COMMANDS
    assert "..." not in listed


@pytest.mark.parametrize("arguments", [("lst",), ("--json", "lst"), ("lst", "--bogus")])
def test_a_misspelled_command_of_a_group_is_guessed(muniment, arguments):
    """The nearest command of the group is offered, and the help of the group named."""
    answer = muniment("schema", *arguments)
    assert (answer.code, answer.out, answer.err.count("\n")) == (ExitCode.USAGE, "", 1)
    assert "did you mean 'list'; see `muniment schema --help`" in answer.err


@pytest.mark.parametrize("place", range(3))
def test_shared_options_stand_at_every_level(muniment, services, folder, monkeypatch, place):
    """`--store` and `--json` mean the same before the group, before the command and after it."""
    monkeypatch.chdir(folder.parent)
    words = ["schema", "list"]
    assert muniment(*words[:place], "--store", "here", "--json", *words[place:]).json[0]["kind"] == "service"


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_of_a_group_has_an_example(muniment, name):
    """`--help` tells the shared options, and ends with an example of the command itself."""
    shown = muniment("schema", name, "--help").out
    assert shown.startswith(f"Usage: muniment schema {name} ")
    assert "--store DIR" in shown
    assert f"muniment schema {name}" in shown.partition("\nExample:\n")[2]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("muniment sch", ["schema"]),
        ("muniment schema m", ["migrate"]),
        ("muniment schema check services/a", ["services/api"]),
        ("muniment schema forget s", ["service"]),
        ("muniment schema forget services", []),
        ("muniment explain services/w", ["services/web"]),
    ],
)
def test_completion_goes_into_groups(muniment, services, monkeypatch, words, offered):
    """The shell offers a group's commands, and their arguments."""
    monkeypatch.setenv("_MUNIMENT_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    assert [line.partition(",")[2] for line in muniment().out.splitlines() if line] == offered


def test_list_counts_documents_by_version(muniment, services, folder):
    """Kind, newest version, patterns; the documents by what they say, those that say nothing or cannot be read too."""
    assert muniment("schema", "list").out == "service 1.1  services/*\n    1 at 1.0, 1 at 1.1\n"
    (folder / "services" / "bare.json").write_text("{}")
    (folder / "services" / "broken.json").write_text("{")
    told = "    1 at 1.0, 1 at 1.1, 1 not readable, 1 without a schema version\n"
    assert muniment("schema", "list").out.endswith(told)
    counted = {"1.0": 1, "1.1": 1, "invalid": 1, "none": 1}
    kind = {"kind": "service", "version": "1.1", "names": ["services/*"], "documents": counted}
    assert muniment("schema", "list", "--json").json == [kind]


@pytest.mark.parametrize(
    ("name", "told"),
    [("list", []), ("check", {"ok": True, "faults": []}), ("export", [])],
)
def test_a_store_without_kinds(muniment, store, name, told):
    """It says that it knows none, and how one comes; that is no error."""
    answer = muniment("schema", name)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("No kinds of documents are known here: ")
    assert "Store.open" in answer.out
    assert muniment("schema", name, "--json").json == told


def test_a_kind_without_records_is_none(muniment, store, folder):
    """A folder that holds nothing describes no documents."""
    (folder / ".muniment/schemas/service").mkdir(parents=True)
    assert muniment("schema", "list", "--json").json == []
    assert muniment("schema", "check").code == 0


def test_check_says_how_many_it_checked(muniment, services):
    """Where all is well: all documents of all kinds, of whatever version, or those named."""
    assert muniment("schema", "check").out == "All is well: 2 documents checked\n"
    assert muniment("schema", "check", "services/web", "services/web").out == "All is well: 1 document checked\n"
    assert muniment("schema", "check", "--json").json == {"ok": True, "faults": []}


def test_check_tells_the_place_of_each_fault(muniment, mistyped, folder):
    """File, line, column, pointer and reason on one line, then how many; exit code 1."""
    answer = muniment("schema", "check")
    assert (answer.code, answer.err) == (ExitCode.NO, "")
    assert answer.out == f"{FAULT}1 document is not valid\n"
    told = muniment("schema", "check", "--json")
    fault = {"name": "services/api", "path": str(folder / "services" / "api.json"), "pointer": "/port"}
    place = {"line": 3, "column": 11, "reason": 'expected a whole number, not "high"'}
    assert (told.code, told.json) == (ExitCode.NO, {"ok": False, "faults": [{**fault, **place}]})


def test_check_tells_what_has_no_line(muniment, services, folder):
    """A version that nobody knows is told of the file as a whole."""
    (folder / "services" / "api.json").write_text('{"schema_version": "7.0"}')
    (folder / "services" / "web.json").write_text('{"schema_version": "1.1"}')
    first, second, count = muniment("schema", "check").out.splitlines()
    assert first.startswith("services/api.json: ")
    assert "7.0" in first
    assert second.startswith("services/web.json:1:1: ")
    assert count == "2 documents are not valid"
    assert muniment("schema", "check", "--json").json["faults"][0]["line"] is None


def test_check_of_named_documents_leaves_the_others(muniment, mistyped):
    """Only what is named is checked."""
    assert muniment("schema", "check", "services/web").code == 0
    assert muniment("schema", "check", "services/api", "services/web").code == ExitCode.NO


def test_paths_are_as_seen_from_here(muniment, mistyped, folder, monkeypatch):
    """Relative where that is shorter, so that a click in a terminal opens the file; else absolute."""
    monkeypatch.chdir(folder / "services")
    assert muniment("schema", "check").out.startswith("api.json:3:11: ")
    far = folder.parent.joinpath(*"abcdefghijklmnopqrstuvwxyz" * 2)
    far.mkdir(parents=True)
    monkeypatch.chdir(far)
    assert muniment("schema", "check", "--store", str(folder)).out.startswith(str(folder))


def test_check_is_coloured_on_terminals_alone(muniment, mistyped):
    """The text is the same with colour and without."""
    painted, plain = (muniment("schema", "check", color=color).out for color in (True, False))
    assert "\x1b" in painted
    assert click.unstyle(painted) == plain


def test_migrate_changes_nothing_on_a_dry_run(muniment, services, monkeypatch):
    """The differences of each document, and that nothing was done; that needs no author."""
    monkeypatch.delenv("MUNIMENT_AUTHOR")
    before = services.at("HEAD").commit
    assert muniment("schema", "migrate", "--dry-run").out == (
        '~ services/web\n  + tls: false\n    schema_version: "1.0" → "1.1"\n'
        "1 document would be migrated, by one commit; nothing was changed\n"
    )
    told = muniment("schema", "migrate", "--dry-run", "--json").json
    assert [change["name"] for change in told["changes"]] == ["services/web"]
    assert told["changes"][0]["flat"]["added"] == {"tls": False}
    assert (told["commit"], told["dry_run"]) == (None, True)
    assert services.at("HEAD").commit == before
    assert services.read("services/web")["schema_version"] == "1.0"


def test_migrate_makes_one_commit_of_all(muniment, services):
    """It shows the differences and the commit; the working files follow, and a second run finds nothing."""
    services.write("services/old", {"schema_version": "1.0", "host": "c.example"})
    services.commit("one more of the old program")
    shown = muniment("schema", "migrate", "-m", "all to 1.1").out
    made = services.at("HEAD").commit
    assert [line for line in shown.splitlines() if line.startswith("~")] == ["~ services/old", "~ services/web"]
    assert shown.endswith(f"[main {made.id[:12]}] all to 1.1\n")
    assert services.read("services/web")["tls"] is False
    assert services.status().clean
    assert muniment("schema", "migrate").out.endswith("nothing to migrate\n")
    assert muniment("schema", "migrate", "--json").json == {"changes": [], "commit": None, "dry_run": False}
    assert services.at("HEAD").commit == made


def test_migrate_of_named_documents_leaves_the_others(muniment, services):
    """Only what is named is migrated, by whom it is said."""
    services.write("services/old", {"schema_version": "1.0", "host": "c.example"})
    services.commit("one more of the old program")
    told = muniment("schema", "migrate", "services/old", "--author", "Ben <ben@example.org>", "--json").json
    assert [change["name"] for change in told["changes"]] == ["services/old"]
    assert (told["commit"]["author"], told["dry_run"]) == ("Ben <ben@example.org>", False)
    assert services.read("services/web")["schema_version"] == "1.0"


def test_export_tells_how_to_point_at_a_schema(muniment, services, folder):
    """The file, and the `$schema` that a document of the kind would have: from the document's folder."""
    path = ".muniment/schemas/service/1.1.schema.json"
    shown = muniment("schema", "export").out
    assert shown == f'service 1.1  {path}\n    in services/api: "$schema": "../{path}"\n'
    assert json.loads((folder / path).read_text())["title"] == "service 1.1"
    [told] = muniment("schema", "export", "--json").json
    assert told["path"] == os.path.join(folder, path)
    assert told["example"] == {"name": "services/api", "$schema": f"../{path}"}


def test_export_of_a_kind_without_documents(muniment, services):
    """There is no document to show it by, and the file is written all the same."""
    services.delete("services/api")
    services.delete("services/web")
    assert muniment("schema", "export").out.count("\n") == 1
    assert muniment("schema", "export", "--json").json[0]["example"] is None


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("check", "nope"), ExitCode.NOT_FOUND),
        (("check", "../limits"), ExitCode.INVALID),
        (("migrate", "nope"), ExitCode.NOT_FOUND),
        (("migrate", "-m", " "), ExitCode.USAGE),
        (("list", "services"), ExitCode.USAGE),
        (("list", "--store", "nowhere"), ExitCode.NOT_FOUND),
    ],
)
def test_every_fault_of_a_group_is_one_line(muniment, services, arguments, code):
    """One line for people, one object for programs, the same exit code."""
    answer, told = muniment("schema", *arguments), muniment("--json", "schema", *arguments)
    assert (answer.code, answer.out, answer.err.count("\n")) == (code, "", 1)
    assert (told.code, told.out, json.loads(told.err)["exit_code"]) == (code, "", code)


@pytest.mark.parametrize("name", OF_ALL_KINDS)
def test_a_damaged_record_is_told(muniment, damaged, name):
    """Exit code 5 and one line that names the file, whatever was asked."""
    answer = muniment("schema", name)
    assert (answer.code, answer.out, answer.err.count("\n")) == (ExitCode.CORRUPT, "", 1)
    assert damaged.name in answer.err


def test_a_document_that_cannot_be_migrated(muniment, services):
    """Exit code 6, and the others are as they were: all or nothing."""
    services.write("services/odd", {"schema_version": "1.0", "host": 7})
    services.commit("typed wrongly", force=True)
    answer = muniment("schema", "migrate")
    assert (answer.code, answer.out, answer.err.count("\n")) == (ExitCode.INVALID, "", 1)
    assert "services/odd" in answer.err
    assert services.read("services/web")["schema_version"] == "1.0"


def test_edits_that_are_not_committed_are_safe_from_a_migration(muniment, services, folder):
    """A file that would be replaced and has edits of its own: exit code 4, and it stays."""
    services.write("services/web", {"schema_version": "1.0", "host": "mine.example"})
    answer = muniment("schema", "migrate")
    assert (answer.code, answer.err.count("\n")) == (ExitCode.RETRY, 1)
    with Store.open(folder) as fresh:
        assert fresh.read("services/web")["host"] == "mine.example"
