"""The commands that take care of ledgers: verify, sync, backup, archive, erase."""

import pytest

from muniment import Store
from muniment.cli.exit_code import ExitCode


@pytest.fixture
def runs(store):
    """A ledger `runs` of three entries, of which the last can be erased."""
    ledger = store.ledger("runs")
    ledger.append("turn", {"move": "e4"}, stream="run-7", key="run-7/1")
    ledger.append("turn", {"move": "e5"}, stream="run-7", key="run-7/2")
    ledger.append("note", {"mail": "bob@example.org"}, stream="run-8", erasable=True)
    return ledger


@pytest.fixture
def ledger(muniment):
    """Call the commands on the ledger `runs`: `ledger("verify")`."""
    return lambda *arguments, **more: muniment("ledger", "runs", *arguments, **more)


def test_a_whole_ledger_verifies(ledger, runs):
    """It tells what was checked."""
    told = ledger("verify")
    assert (told.code, told.err) == (0, "")
    assert told.out == "All is well: 3 entries (0 signed) in 1 segment, 0 archives, 1 payload kept apart\n"
    told = ledger("verify", "--json").json
    assert (told["ok"], told["entries"], told["findings"]) == (True, 3, [])


def test_what_is_wrong_is_told(ledger, runs, folder):
    """Each finding as `muniment verify` prints it, with file, line and remedy; exit code 5."""
    runs.close()
    (segment,) = (folder / ".muniment/ledgers/runs").glob("*.jsonl")
    segment.write_bytes(segment.read_bytes().replace(b'"e5"', b'"d5"'))
    told = ledger("verify")
    assert told.code == ExitCode.CORRUPT
    code_line, detail, remedy, *_ = told.out.splitlines()
    assert code_line == f"entry-damaged  {segment}:2"
    assert detail.startswith("    ")
    assert remedy.startswith("    restore the file ")
    assert told.out.splitlines()[-1].endswith("1 segment, 0 archives, 1 payload kept apart")
    told = ledger("verify", "--json")
    assert (told.code, told.json["ok"]) == (ExitCode.CORRUPT, False)
    assert told.json["findings"][0]["code"] == "entry-damaged"


def test_copies_are_synced(ledger, runs, tmp_path):
    """Both get what only the other has; a second time there is nothing to do."""
    with Store.init(tmp_path / "other") as other:
        other.ledger("runs").append("elsewhere", key="there/1")
    assert ledger("sync", str(tmp_path / "other")).out == "Received 1 entry, sent 3 entries\n"
    assert ledger("sync", str(tmp_path / "other"), "--json").json == {"received": 0, "sent": 0}
    assert ledger("sync", str(tmp_path / "other")).out == "Both had all entries already\n"
    assert ledger("query", "--count").out == "4\n"


def test_a_ledger_that_is_only_elsewhere_is_fetched(muniment, store, tmp_path):
    """`sync` needs no entry here."""
    with Store.init(tmp_path / "other") as other:
        other.ledger("runs").append("elsewhere")
    assert muniment("ledger", "runs", "sync", str(tmp_path / "other")).out == "Received 1 entry, sent 0 entries\n"


def test_a_backup_is_a_store(ledger, runs, tmp_path):
    """The same entries by the same ids; a second time there is nothing to copy."""
    dest = str(tmp_path / "copy")
    assert ledger("backup", dest).out.startswith("Copied 3 entries to ")
    assert ledger("backup", dest, "--json").json == {"path": dest, "copied": 0, "entries": 3}
    with Store.open(dest) as copy:
        assert [entry.id for entry in copy.ledger("runs")] == [entry.id for entry in runs]


def test_old_entries_are_archived(ledger, runs):
    """Reading from the beginning passes over them; nothing is lost."""
    cursor = ledger("query", "--cursor").out.strip()
    runs.close()
    told = ledger("archive", "--before", cursor)
    assert told.out.startswith("Archived 3 entries in .muniment/ledgers/runs/archives/")
    assert ledger("append", "--kind", "new").code == 0
    assert len(ledger("tail", "--json").lines) == 1
    assert len(ledger("tail", "--archived", "--json").lines) == 4
    assert ledger("archive", "--before", cursor).out.startswith("Nothing lies wholly before that")
    assert ledger("archive", "--before", cursor, "--json").json == {"path": None, "entries": 0, "left": []}
    assert ledger("verify").code == 0


def test_what_others_may_append_to_is_left(ledger, runs, tmp_path):
    """Unless it is said that nobody does."""
    with Store.init(tmp_path / "other") as other:
        other.ledger("runs").append("elsewhere")
    told = (tmp_path / "other/.muniment/ledgers/runs").glob("*.jsonl")
    (segment,) = told
    (tmp_path / "here/.muniment/ledgers/runs" / segment.name).write_bytes(segment.read_bytes())
    cursor = ledger("query", "--cursor").out.strip()
    assert "1 file left" in ledger("archive", "--before", cursor).out
    assert ledger("archive", "--before", cursor, "--all-writers").out.startswith("Archived 1 entry ")


def test_a_payload_is_erased(ledger, runs):
    """It is gone, the entry stays, and the one that says why tells who."""
    entry = runs.latest()
    told = ledger("erase", entry.id, "-m", "asked for")
    assert told.out.startswith(f"Erased the payload of {entry.id[:12]}; ")
    shown = ledger("query", "--id", entry.id, "--json").json
    assert (shown["payload"], shown["erased"]) == (None, True)
    assert "(erased)" in ledger("query", "--id", entry.id).out
    assert "(erased)" in ledger("tail", "-n", "2").out
    record = ledger("query", "--latest", "--json").json
    assert record["actor"] == "Ada <ada@example.org>"
    assert record["payload"] == {"entry": entry.id, "reason": "asked for"}
    assert ledger("erase", entry.id, "--message", "asked for", "--json").json["id"] == record["id"]
    assert ledger("verify").code == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("sync",), ExitCode.USAGE),
        (("sync", "nowhere"), ExitCode.NOT_FOUND),
        (("backup",), ExitCode.USAGE),
        (("archive",), ExitCode.USAGE),
        (("archive", "--before", "rubbish"), ExitCode.INVALID),
        (("erase", "0" * 64), ExitCode.USAGE),
        (("erase", "0" * 64, "-m", " "), ExitCode.USAGE),
        (("erase", "0" * 64, "-m", "why"), ExitCode.NOT_FOUND),
    ],
)
def test_what_is_refused(ledger, runs, arguments, code):
    """An exit code and one line."""
    told = ledger(*arguments)
    assert (told.code, told.out, told.err.count("\n")) == (code, "", 1)


def test_only_what_was_appended_so_can_be_erased(ledger, runs):
    """The id of any other entry is that of its payload too."""
    first, *_ = runs
    assert ledger("erase", first.id, "-m", "why").code == ExitCode.INVALID


@pytest.mark.parametrize("arguments", [("verify",), ("backup", "x"), ("archive", "--before", "0")])
def test_a_ledger_that_is_not_there(muniment, store, arguments):
    """Nothing is made of it."""
    told = muniment("ledger", "nope", *arguments)
    assert (told.code, told.err.count("\n")) == (ExitCode.NOT_FOUND, 1)
    assert store.ledgers() == []
