"""The commands on ledgers: append, tail, query."""

import json

import pytest

from muniment import Cursor
from muniment.cli.exit_code import ExitCode

TURN = ("append", "--kind", "turn", "--stream", "run-7", "--actor", "planner")
HOSTILE = "wipe \x1b[2J\u202ethe"


@pytest.fixture
def runs(store):
    """A ledger `runs` of three entries: two turns of `run-7`, one note of `run-8`."""
    ledger = store.ledger("runs")
    ledger.append("turn", {"move": "e4"}, actor="planner", stream="run-7", key="run-7/1")
    ledger.append("turn", {"move": "e5"}, actor="critic", stream="run-7", key="run-7/2")
    ledger.append("note", "a long day", actor="planner", stream="run-8")
    return ledger


@pytest.fixture
def ledger(muniment):
    """Call the commands on the ledger `runs`: `ledger("tail", "-n", "1")`."""
    return lambda *arguments, **more: muniment("ledger", "runs", *arguments, **more)


def test_an_entry_is_appended(ledger, store):
    """What the options say is what the entry says; its id is printed, alone on a line."""
    payload = json.dumps({"move": "e4"})
    told = ledger(*TURN, "--key", "run-7/1", "--payload", payload, "--attributes", '{"model": "x"}')
    assert (told.code, told.err) == (0, "")
    entry = store.ledger("runs").get(told.out.strip())
    assert (entry.kind, entry.payload, entry.actor, entry.stream) == ("turn", {"move": "e4"}, "planner", "run-7")
    assert (entry.key, entry.attributes, entry.prev) == ("run-7/1", {"model": "x"}, ())


def test_one_entry_follows_on_another(ledger, runs):
    """By its id, as `append` printed it."""
    first = ledger("append", "--kind", "end").out.strip()
    told = ledger("append", "--kind", "after", "--prev", first, "--time", "2026-01-31T12:00:00Z", "--json")
    (after,) = told.lines
    assert (after["prev"], after["time"]) == ([first], "2026-01-31T12:00:00Z")


def test_the_beginning_of_an_id_will_do(ledger, runs):
    """Eight digits that no other entry begins with, wherever an entry is named; fewer name none."""
    made = runs.append("mail", "bob@example.org", erasable=True)
    assert ledger("query", "--id", made.id[:16], "--json").json["id"] == made.id
    after = ledger("append", "--kind", "after", "--prev", made.id[:8], "--prev", made.id, "--json").lines[0]
    assert after["prev"] == [made.id]
    assert ledger("erase", made.id[:8], "-m", "asked").out.startswith(f"Erased the payload of {made.id[:12]};")
    assert runs.get(made.id).is_erased
    other = made.id[:8] + ("f" if made.id[8] != "f" else "0")
    for arguments in (("query", "--id"), ("erase", "-m", "why"), ("append", "--kind", "x", "--prev")):
        assert ledger(*arguments, other).code == ExitCode.NOT_FOUND
    assert ledger("query", "--id", made.id[:7]).code == ExitCode.NOT_FOUND
    assert ledger("append", "--kind", "x", "--prev", made.id[:7]).code == ExitCode.INVALID


def test_the_author_is_the_actor(ledger, store):
    """Where nobody says who did it, it is whoever the command line knows."""
    assert ledger("append", "--kind", "turn", "--json").lines[0]["actor"] == "Ada <ada@example.org>"


def test_the_same_again_is_the_same_entry(ledger, runs):
    """A command that is repeated appends nothing, and prints the same id."""
    arguments = (*TURN, "--payload", '{"move": "e6"}')
    assert ledger(*arguments).out == ledger(*arguments).out
    assert len(runs) == 4


def test_a_payload_is_a_value_or_text(ledger, store):
    """As for `set`: JSON where it parses as such, else text, and `-` reads it from standard input."""
    payloads = [ledger("append", "--kind", word, "--payload", word, "--json").lines[0] for word in ("3", "three")]
    payloads += ledger("append", "--kind", "piped", "--payload", "-", "--json", stdin="[1]").lines
    assert [entry["payload"] for entry in payloads] == [3, "three", [1]]


@pytest.mark.parametrize("flags", [("--stdin",), ("--payload", "-"), ("--stdin", "--each")])
def test_entries_come_as_json_lines(ledger, store, flags):
    """Each line is an entry; blank ones are none; what it does not say, the options say."""
    lines = '{"kind": "turn", "payload": 1, "key": "a"}\n\n{"kind": "note", "time": "2026-01-31T12:00:00Z"}\n'
    told = ledger("append", *flags, "--stream", "run-7", "--json", stdin=lines).lines
    assert [(one["kind"], one["payload"], one["key"]) for one in told] == [("turn", 1, "a"), ("note", None, None)]
    assert {one["stream"] for one in told} == {"run-7"}
    assert [one["batch"] for one in told] == ([None, None] if "--each" in flags else [[0, 2], [1, 2]])


@pytest.mark.parametrize(
    "bad",
    [
        "{",
        "[]",
        '{"kind": ""}',
        '{"kind": "x", "colour": 1}',
        '{"kind": "x", "time": 3}',
        '{"kind": "x", "prev": [[1]]}',
    ],
)
def test_all_lines_or_none(ledger, runs, bad):
    """Where one line cannot be an entry, none is appended; with `--each`, those before it are."""
    lines = '{"kind": "good"}\n' + bad
    told = ledger("append", "--stdin", stdin=lines)
    assert (told.code, told.out, told.err.count("\n")) == (ExitCode.INVALID, "", 1)
    assert len(runs) == 3
    assert ledger("append", "--stdin", "--each", stdin=lines).code == ExitCode.INVALID
    assert len(runs) == 4


def test_the_bad_line_is_told(ledger, runs):
    """By its number, blank lines counted."""
    told = ledger("append", "--stdin", stdin='\n{"kind": "good"}\nrubbish\n')
    assert told.err.startswith("muniment: runs: line 3 of the input: ")


@pytest.mark.parametrize(
    ("bad", "number"),
    [
        ('{"kind": ""}', 3),
        ('{"kind": "x", "colour": 1}', 3),
        ('{"kind": "x", "attributes": 3}', 3),
        ('{"kind": "x", "prev": [[1]]}', 3),
        ('{"kind": "x", "time": "0001-01-01T00:00:00+05:00"}', 3),
        ('{"kind": "x", "key": "run-7/1"}', 3),
        ('{"kind": "x", "key": "new"}\n{"kind": "y", "key": "new"}', 4),
        (json.dumps({"kind": "x", "prev": ["0" * 64]}), 3),
    ],
)
@pytest.mark.parametrize("flags", [(), ("--each",)])
def test_the_line_of_an_entry_that_is_refused_is_told(ledger, runs, bad, number, flags):
    """Also where the ledger refuses it, not the parser; with `--json`, with the fields of the error."""
    told = ledger("append", "--stdin", *flags, "--json", stdin=f'\n{{"kind": "good"}}\n{bad}\n{{"kind": "last"}}\n')
    fault = json.loads(told.err.splitlines()[-1])
    assert fault["message"].startswith(f"runs: line {number} of the input: ")
    assert fault["error"] in {"InvalidNameError", "InvalidValueError", "KeyReusedError", "DanglingReferenceError"}
    assert len(runs) == (3 + number - 2 if flags else 3)


def test_what_tail_tells_is_appended_elsewhere(muniment, ledger, runs):
    """The members that only a ledger gives are passed over; all that was said is said again, its time too."""
    runs.append("turn", {"move": "e6"}, attributes={"model": "x"})
    told = ledger("tail", "--json")
    copied = muniment("ledger", "copy", "append", "--stdin", "--json", stdin=told.out)
    assert (copied.code, copied.err) == (0, "")
    said = ("kind", "payload", "actor", "stream", "key", "attributes", "time")
    assert [[one[field] for field in said] for one in copied.lines] == [
        [one[field] for field in said] for one in told.lines
    ]
    assert muniment("ledger", "copy", "append", "--stdin", stdin=told.out).out.split() == [
        one["id"] for one in copied.lines
    ]


def test_what_is_kept_apart_stays_so(muniment, ledger, runs):
    """A payload that can be erased is not put where it cannot be; one that was erased is not made up."""
    made = runs.append("mail", "bob@example.org", erasable=True)
    line = ledger("query", "--id", made.id, "--json").json
    assert muniment("ledger", "copy", "append", "--stdin", stdin=json.dumps(line)).code == ExitCode.INVALID
    copied = muniment("ledger", "copy", "append", "--stdin", "--erasable", "--json", stdin=json.dumps(line)).lines[0]
    assert copied["payload"] == "bob@example.org"
    assert copied["erasable"] is not None
    runs.erase(made.id, "asked")
    line = ledger("query", "--id", made.id, "--json").json
    told = muniment("ledger", "copy", "append", "--stdin", "--erasable", stdin=json.dumps(line))
    assert (told.code, "erased" in told.err) == (ExitCode.INVALID, True)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("append",), ExitCode.USAGE),
        (("append", "--each", "--kind", "x"), ExitCode.USAGE),
        (("append", "--stdin", "--key", "x"), ExitCode.USAGE),
        (("append", "--stdin", "--payload", "1"), ExitCode.USAGE),
        (("append", "--kind", "x", "--payload", "{"), ExitCode.INVALID),
        (("append", "--kind", "x", "--attributes", "3"), ExitCode.INVALID),
        (("append", "--kind", "x", "--time", "noon"), ExitCode.INVALID),
        (("append", "--kind", "x", "--key", "run-7/1"), ExitCode.INVALID),
        (("append", "--kind", "x", "--prev", "0" * 64), ExitCode.NOT_FOUND),
        (("append", "--kind", "x", "--prev", "first"), ExitCode.INVALID),
        (("tail", "--after", "rubbish"), ExitCode.INVALID),
        (("tail", "--after", "-1"), ExitCode.INVALID),
        (("query",), ExitCode.USAGE),
        (("query", "--heads", "--count"), ExitCode.USAGE),
        (("query", "--heads", "--kind", "turn"), ExitCode.USAGE),
        (("query", "--id", "0" * 64), ExitCode.NOT_FOUND),
        (("query", "--key", "nope"), ExitCode.NOT_FOUND),
        (("query", "--latest", "--kind", "nope"), ExitCode.NOT_FOUND),
        (("append", "--kind", "x", "--time", "0001-01-01T00:00:00+05:00"), ExitCode.INVALID),
        (("query", "--key", "\udcff"), ExitCode.NOT_FOUND),
        (("apend",), ExitCode.USAGE),
        (("--bogus",), ExitCode.USAGE),
    ],
)
def test_what_is_refused(ledger, runs, arguments, code):
    """An exit code and one line, with `--json` an object; nothing is appended."""
    told = ledger(*arguments)
    assert (told.code, told.out, told.err.count("\n")) == (code, "", 1)
    assert json.loads(ledger(*arguments, "--json").err)["exit_code"] == code
    assert len(runs) == 3


@pytest.mark.parametrize("arguments", [("tail",), ("query", "--heads"), ()])
def test_a_ledger_that_is_not_there(muniment, runs, arguments):
    """Whatever only reads makes none; and a name that no ledger can have is invalid."""
    told = muniment("ledger", "nope", *arguments)
    assert (told.code, told.err.count("\n")) == (ExitCode.NOT_FOUND, 1)
    assert muniment("ledger", "no/pe", *arguments).code == ExitCode.INVALID
    assert muniment("ledger", "RUNS", *arguments).code == ExitCode.INVALID


def test_ledgers_are_listed(muniment, runs):
    """All of them, or the one that is named, with what there is of each."""
    runs_line, *others = muniment("ledger").out.splitlines()
    assert runs_line.startswith("runs  3 entries in 2 streams, the last of ")
    assert others == []
    assert muniment("ledger", "runs").out.splitlines() == [runs_line]
    (told,) = muniment("ledger", "--json").json
    assert muniment("ledger", "runs", "--json").json == told
    assert (told["name"], told["entries"], told["streams"]) == ("runs", 3, 2)


def test_what_is_no_ledger_is_not_listed(muniment, runs, folder):
    """Files, and folders that no ledger can have made, are none."""
    for name in (".DS_Store", "notes.txt"):
        (folder / ".muniment/ledgers" / name).write_text("")
    (folder / ".muniment/ledgers/.hidden").mkdir()
    assert [one["name"] for one in muniment("ledger", "--json").json] == ["runs"]


def test_no_ledgers(muniment, store):
    """People are told how to make one; programs get an empty list."""
    assert muniment("ledger").out.startswith("No ledgers here")
    assert muniment("ledger", "--json").json == []


def test_the_name_stands_before_the_command(muniment, runs, folder):
    """Where it was forgotten, that is said; and the options of all commands may stand on either side of it."""
    assert "name the ledger first" in muniment("ledger", "tail", "-n", "1").err
    assert muniment("ledger", "tail", "--help").code == 0
    for arguments in (("--store", ".", "runs"), ("runs", "--store", "."), ("runs", "--store=.")):
        assert muniment("ledger", *arguments, "query", "--count").out == "3\n"


def test_a_ledger_may_be_called_like_a_command(muniment, store):
    """The first word is the name."""
    muniment("ledger", "tail", "append", "--kind", "x")
    assert muniment("ledger", "tail", "tail", "--json").lines[0]["kind"] == "x"


def test_entries_are_shown_in_order(ledger, runs):
    """A line for each: offset, time, kind, actor, stream, payload."""
    lines = [line.split("  ") for line in ledger("tail").out.splitlines()]
    assert [line[-4:] for line in lines] == [
        ["turn", "planner", "run-7", '{"move":"e4"}'],
        ["turn", "critic", "run-7", '{"move":"e5"}'],
        ["note", "planner", "run-8", '"a long day"'],
    ]
    assert [int("".join(line[:-5])) for line in lines] == [1, 2, 3]


def test_a_long_payload_is_cut(ledger, runs):
    """One line stays one line."""
    runs.append("note", "x" * 500)
    line = ledger("tail", "-n", "1").out
    assert line.endswith("xxx…\n")
    assert len(line) < 120


def test_entries_as_json_lines(ledger, runs):
    """Each with all that the library tells of it."""
    told = ledger("tail", "--json").lines
    assert [one["id"] for one in told] == [entry.id for entry in runs]
    assert [one["offset"] for one in told] == [1, 2, 3]
    assert set(told[0]) == {
        "id", "offset", "clock", "kind", "actor", "stream", "time", "payload", "erased", "key", "prev", "attributes",
        "signature", "erasable", "batch", "above",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "offsets"),
    [
        (("--kind", "note"), [3]),
        (("--actor", "planner"), [1, 3]),
        (("--actor", "planner", "--stream", "run-7"), [1]),
        (("--kind", "note", "--kind", "turn"), [1, 2, 3]),
        (("--after", "1"), [2, 3]),
        (("-n", "2"), [2, 3]),
        (("-n", "0"), []),
        (("-n", "1", "--stream", "run-7"), [2]),
        (("--archived",), [1, 2, 3]),
    ],
)
def test_only_some_entries(ledger, runs, arguments, offsets):
    """Behind an offset, of some kinds, actors and streams, the last few."""
    assert [one["offset"] for one in ledger("tail", *arguments, "--json").lines] == offsets


def test_a_stream_that_none_can_have(ledger, runs):
    """A word of the command line that is no text finds nothing."""
    assert ledger("tail", "--stream", "\udcff")[:2] == (0, "")


def test_reading_goes_on_from_a_cursor(ledger, runs):
    """What one call told on standard error lets the next one begin where it ended."""
    told = ledger("tail", "-n", "0", "--cursor")
    assert told.out == ""
    cursor = told.err.strip()
    assert Cursor.parse("runs", cursor) == runs.cursor()
    assert ledger("query", "--cursor").out == told.err
    assert ledger("query", "--cursor", "--json").json == {"cursor": cursor}
    runs.append("turn", 4)
    told = ledger("tail", "--after", cursor, "--cursor", "--json")
    assert [one["payload"] for one in told.lines] == [4]
    assert json.loads(told.err) == {"cursor": str(runs.cursor())}


def test_following_is_interrupted(ledger, runs, monkeypatch):
    """Ctrl-C ends it with the exit code of an interrupt, without complaint, and the cursor is told all the same."""

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("muniment.files.wakeup.Wakeup.wait", interrupted)
    told = ledger("tail", "--follow", "--cursor")
    assert (told.code, told.err.strip()) == (ExitCode.INTERRUPTED, str(runs.cursor()))
    assert len(told.out.splitlines()) == 3


def test_one_entry_is_found(ledger, runs):
    """By id, by key, as the latest; whole, and not found is told."""
    first, second, third = runs
    assert ledger("query", "--id", first.id, "--json").json["payload"] == {"move": "e4"}
    assert ledger("query", "--key", "run-7/2", "--json").json["id"] == second.id
    assert ledger("query", "--latest", "--json").json["id"] == third.id
    assert ledger("query", "--latest", "--stream", "run-7", "--json").json["id"] == second.id
    two = ("--actor", "critic", "--actor", "nobody")
    assert ledger("query", "--latest", *two, "--json").json["id"] == second.id
    told = ledger("query", "--key", "run-7/1").out
    assert told.startswith(f"entry {first.id}\noffset 1, clock 1\n")
    assert told.endswith('\n\n    {\n      "move": "e4"\n    }\n')


def test_streams_heads_and_counts(ledger, runs):
    """Lists, one a line; numbers alone."""
    assert ledger("query", "--streams").out == "run-7\nrun-8\n"
    assert ledger("query", "--streams", "--json").json == ["run-7", "run-8"]
    assert ledger("query", "--heads").out.split() == ledger("query", "--heads", "--json").json == list(runs.heads())
    assert ledger("query", "--count").out == "3\n"
    assert ledger("query", "--count", "--kind", "turn", "--json").json == {"count": 2}


def test_what_others_wrote_cannot_steer_the_terminal(ledger, runs):
    """Control characters in payloads and attributes are written out."""
    runs.append("note", {HOSTILE: HOSTILE}, attributes={HOSTILE: HOSTILE}, actor="\u202ewho", stream="\u202ewhere")
    for arguments in (("tail",), ("query", "--latest"), ("query", "--streams")):
        assert not set("\x1b\u202e") & set(ledger(*arguments).out)


def test_colour_adds_nothing_but_colour(ledger, runs):
    """On a terminal the words are the same."""
    import click

    coloured = ledger("tail", color=True).out
    assert click.unstyle(coloured) == ledger("tail").out != coloured


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("muniment ledger r", ["runs"]),
        ("muniment ledger runs qu", ["query"]),
        ("muniment ledger runs tail --fo", ["--follow"]),
    ],
)
def test_the_shell_is_offered_ledgers_and_what_can_be_done(muniment, runs, monkeypatch, words, offered):
    """Names first, then commands, then options."""
    monkeypatch.setenv("_MUNIMENT_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    assert [line.partition(",")[2] for line in muniment().out.split()] == offered
