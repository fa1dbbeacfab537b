"""Documents of a kind in the commands of every day: warnings, forced commits, other versions, overrides."""

import json

import pytest

from muniment.cli.exit_code import ExitCode

ENDLESS = {"id": "twice", "patch": {"max": 40, "note": "busy"}}
ENDING = {"id": "busy-weekend", "expires_at": "2100-02-02T00:00:00Z", "patch": {"max": 500}}
OVER = {"id": "long-ago", "expires_at": "2001-01-01T00:00:00Z", "patch": {"max": 1}}
ORPHAN = {"id": "t", "revoked": True, "revokes": "nobody"}


@pytest.fixture
def overridden(store):
    """A `limits` of 20 with overrides: one for good, one until the year 2100, one that is over."""
    store.write("limits", {"max": 20, "names": ["a"], "overrides": [ENDLESS, ENDING, OVER]})
    return store


def test_set_warns_of_what_the_kind_does_not_admit(muniment, services):
    """The document is written, and one line on standard error says what is wrong and where."""
    answer = muniment("set", "services/api", "/port", "high")
    assert (answer.code, answer.out) == (0, '~ services/api\n    port: 8080 → "high"\n')
    assert answer.err.startswith(
        'muniment: warning: services/api.json:3:11: /port: expected a whole number, not "high"; '
    )
    assert answer.err.count("\n") == 1
    assert services.read("services/api")["port"] == "high"


def test_a_warning_for_programs_is_an_object(muniment, services):
    """On standard error, with the place as fields; standard output is as ever."""
    answer = muniment("set", "services/api", "/port", "high", "--json")
    assert answer.json["change"] == "changed"
    fields = json.loads(answer.err)
    assert (fields["name"], fields["pointer"], fields["line"], fields["column"]) == ("services/api", "/port", 3, 11)
    assert fields["warning"].startswith("services/api.json:3:11: ")


def test_what_is_valid_is_set_without_a_word(muniment, services):
    """Neither a document that fits its kind nor one of no kind is worth a warning."""
    assert muniment("set", "services/api", "/port", "9090").err == ""
    assert muniment("set", "limits", "/max", "high").err == ""


def test_edit_warns_too(muniment, services, monkeypatch):
    """What was typed in an editor is written, and the warning follows."""
    monkeypatch.setenv("EDITOR", "sed -i.old s/8080/true/")
    answer = muniment("edit", "services/api")
    assert answer.code == 0
    assert answer.err.startswith("muniment: warning: services/api.json:3:11: /port: ")


def test_set_of_what_cannot_be_checked_is_done(muniment, services, folder):
    """A damaged record is a warning, since the document was written."""
    record = next(path for path in (folder / ".muniment/schemas/service").iterdir() if len(path.stem) == 64)
    record.chmod(0o644)
    record.write_bytes(b"{}")
    answer = muniment("set", "services/api", "/port", "9090")
    assert (answer.code, answer.err.count("\n")) == (0, 1)
    assert answer.err.startswith("muniment: warning: services/api is written, but could not be checked: ")
    assert services.read("services/api")["port"] == 9090


def test_status_tells_the_place_of_what_is_invalid(muniment, services):
    """By pointer, line and column."""
    muniment("set", "services/api", "/port", "high")
    line = '  ! services/api: expected a whole number, not "high" at /port (line 3, column 11)\n'
    assert muniment("status").out.endswith(line)
    assert muniment("status", "--json").json["invalid"] == ["services/api"]


def test_commit_refuses_what_is_invalid_unless_forced(muniment, services):
    """Exit code 6; with `--force` it is recorded, and the commit tells of it wherever it is shown."""
    muniment("set", "services/api", "/port", "high")
    muniment("set", "limits", "/max", "30")
    assert muniment("commit", "-m", "as it is").code == ExitCode.INVALID
    answer = muniment("commit", "-m", "as it is", "--force")
    made = services.at("HEAD").commit
    shown = f"[main {made.id[:12]}] as it is\n  ~ limits\n  ~ services/api\n  (forced: services/api)\n"
    assert (answer.code, answer.out) == (0, shown)
    assert made.meta == {"forced": ["services/api"]}
    assert "\n    as it is\n    (forced: services/api)\n" in muniment("show").out
    assert muniment("show", "--json").json["commit"]["meta"] == {"forced": ["services/api"]}


def test_force_changes_nothing_where_all_is_valid(muniment, services):
    """The commit says nothing of force then."""
    muniment("set", "limits", "/max", "30")
    assert "forced" not in muniment("commit", "-m", "higher", "--force").out
    assert "forced" not in muniment("show").out


@pytest.mark.parametrize("forced", ["yes", [1], {}, []])
def test_another_program_s_forced_is_only_meta(muniment, store, forced):
    """What a program wrote under that name and means no documents is shown as any other of its words."""
    store.commit("odd", meta={"forced": forced}, allow_empty=True)
    shown = muniment("show").out
    assert f"meta   forced: {json.dumps(forced)}\n" in shown
    assert "(forced" not in shown


@pytest.mark.parametrize("revision", [(), ("--at", "HEAD")])
def test_get_at_another_schema_version(muniment, services, revision):
    """Forward and backward, by the lenses that the store keeps, of working files and of history."""
    newer = muniment("get", "services/web", "--as", "1.1", *revision, "--json").json
    assert newer == {"schema_version": "1.1", "host": "a.example", "port": 8080, "tls": False}
    older = muniment("get", "services/api", "--as", "1.0", *revision, "--json").json
    assert older == {"schema_version": "1.0", "host": "b.example", "port": 8080}
    assert muniment("get", "services/api", "/schema_version", "--as", "1.0", *revision).out == "1.0\n"
    assert services.status().clean


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("get", "services/web", "--as", "1.9"), ExitCode.INVALID, "1.9"),
        (("get", "limits", "--as", "1.0"), ExitCode.INVALID, "muniment schema list"),
        (("get", "services/web", "--as", "newest"), ExitCode.USAGE, "--as"),
        (("get", "limits", "--overrides", "--at", "HEAD"), ExitCode.USAGE, "--overrides"),
        (("get", "limits", "--overrides", "--as", "1.0"), ExitCode.USAGE, "--overrides"),
        (("explain", "nope"), ExitCode.NOT_FOUND, "nope"),
    ],
)
def test_what_cannot_be_had(muniment, services, arguments, code, told):
    """One line that says what to do, for people and for programs."""
    answer = muniment(*arguments)
    assert (answer.code, answer.out, answer.err.count("\n")) == (code, "", 1)
    assert told in answer.err
    assert json.loads(muniment(*arguments, "--json").err)["exit_code"] == code


def test_a_document_that_is_none_of_its_kind_is_named(muniment, services, folder):
    """Where it cannot be read at another version, the line says which document that is."""
    (folder / "services" / "api.json").write_text("[]")
    answer = muniment("get", "services/api", "--as", "1.0")
    assert (answer.code, answer.err.startswith("muniment: services/api: ")) == (ExitCode.INVALID, True)


def test_get_with_overrides(muniment, overridden):
    """The document as it is in force, or a place in it."""
    assert muniment("get", "limits", "/max", "--overrides").out == "500\n"
    assert muniment("get", "limits", "/max").out == "20\n"
    assert muniment("get", "limits", "--overrides", "--json").json["note"] == "busy"


def test_explain_tells_which_override_and_until_when(muniment, overridden):
    """Each place that differs, what it was and is, by which override, and its end."""
    shown = muniment("explain", "limits").out
    assert shown == (
        "    /max: 20 → 500\n        by busy-weekend, until 2100-02-02 00:00:00+00:00\n"
        '  + /note: "busy"\n        by twice, for good\n'
    )
    told = muniment("explain", "limits", "--json").json
    assert told == [
        {"pointer": "/max", "before": 20, "value": 500, "id": "busy-weekend", "until": "2100-02-02T00:00:00Z"},
        {"pointer": "/note", "value": "busy", "id": "twice", "until": None},
    ]


def test_explain_tells_what_an_override_takes_away(muniment, store):
    """A place that is gone is marked as removed, and has no value; the last moment that there is, is no trouble."""
    entry = {"id": 7, "expires_at": "9999-12-31T23:59:59Z", "patch": {"max": None}}
    store.write("limits", {"max": 20, "overrides": [entry]})
    assert muniment("explain", "limits").out == "  - /max: 20\n        by 7, until 9999-12-31 23:59:59+00:00\n"
    assert muniment("explain", "limits", "--json").json == [
        {"pointer": "/max", "before": 20, "id": 7, "until": "9999-12-31T23:59:59Z"}
    ]


def test_explain_where_nothing_is_overridden(muniment, store):
    """It says so, and that is no error."""
    answer = muniment("explain", "limits")
    assert (answer.code, answer.err) == (0, "")
    assert "no override" in answer.out
    assert muniment("explain", "limits", "--json").json == []


@pytest.mark.parametrize("arguments", [("explain", "limits"), ("get", "limits", "--overrides")])
def test_what_is_ignored_is_warned_of(muniment, store, arguments):
    """A tombstone that revokes nothing is told as a warning of one line; the command does its part."""
    store.write("limits", {"max": 20, "overrides": [ORPHAN]})
    answer = muniment(*arguments)
    assert (answer.code, answer.err.count("\n")) == (0, 1)
    assert answer.err.startswith("muniment: warning: tombstone 't' is ignored")
    assert "nobody" in json.loads(muniment(*arguments, "--json").err)["warning"]


def test_what_overrides_say_cannot_steer_the_terminal(muniment, store):
    """Control characters in an id are written out."""
    store.write("limits", {"max": 20, "overrides": [{"id": "\x1b[2J", "patch": {"max": 1}}]})
    assert muniment("explain", "limits").out.endswith("        by \\x1b[2J, for good\n")


def test_a_kind_that_is_no_more_is_forgotten(muniment, services, folder):
    """All that the store keeps of it is deleted, and how much that was is told; documents and history stay."""
    web, head = services.read("services/web"), services.at("HEAD").commit
    answer = muniment("schema", "forget", "service")
    assert (answer.code, answer.out, answer.err) == (0, "Forgot service: 2 files deleted\n", "")
    assert not (folder / ".muniment/schemas/service").exists()
    assert muniment("schema", "list", "--json").json == []
    assert (services.read("services/web"), services.at("HEAD").commit) == (web, head)
    assert muniment("set", "services/web", "/port", "high").err == ""


def test_programs_are_told_the_files_that_were_deleted(muniment, services, folder):
    """Their paths, that for editors among them."""
    muniment("schema", "export")
    files = sorted(map(str, (folder / ".muniment/schemas/service").iterdir()))
    assert len(files) == 3
    assert muniment("schema", "forget", "service", "--json").json == {"kind": "service", "deleted": files}


def test_a_kind_is_forgotten_though_it_is_damaged(muniment, services, folder):
    """What cannot be read can be deleted."""
    for path in (folder / ".muniment/schemas/service").iterdir():
        path.chmod(0o644)
        path.write_bytes(b"{}")
    assert muniment("schema", "list").code == ExitCode.CORRUPT
    assert muniment("schema", "forget", "service").code == 0
    assert muniment("schema", "list").code == 0


@pytest.mark.parametrize("kind", ["nope", "", "../schemas/service", "services/web", "\x1b[2J"])
def test_a_kind_that_the_store_does_not_know_is_told(muniment, services, folder, kind):
    """One line and exit code 6, for people and for programs; nothing is deleted."""
    before = sorted((folder / ".muniment/schemas").rglob("*"))
    answer, told = muniment("schema", "forget", kind), muniment("schema", "forget", kind, "--json")
    assert (answer.code, answer.out, answer.err.count("\n")) == (ExitCode.INVALID, "", 1)
    assert "\x1b[2J" not in answer.err
    assert (told.code, told.out) == (ExitCode.INVALID, "")
    assert (json.loads(told.err)["error"], json.loads(told.err)["name"]) == ("InvalidNameError", kind)
    assert sorted((folder / ".muniment/schemas").rglob("*")) == before
