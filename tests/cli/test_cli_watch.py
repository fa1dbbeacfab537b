"""`muniment watch`: what it shows, what a command is told, and how it ends."""

import json
import signal
import subprocess
import sys

import pytest


@pytest.fixture
def cursor(store):
    """Where a watch stands to which everything was told that is there."""
    return str(store.watch().cursor)


def test_what_happened_since_a_cursor(muniment, store, folder, cursor):
    """A line for each change, in JSON as on a terminal; the cursor of each resumes behind it."""
    store.write("limits", {"max": 1, "names": ["a"]})
    store.commit("begin")
    (folder / "limits.json").write_text('{"max": 2, "min": 0, "names": ["a"]}')
    (folder / "broken.json").write_text("{")
    store.tags.create("v1")
    store.ledger("runs").append("turn")
    told = muniment("watch", "--since", cursor, "--timeout", "0.05", "--json")
    assert told.code == 0
    shown = {line["event"]: line for line in told.lines}
    assert shown["head-moved"]["branch"] == "main"
    assert (shown["head-moved"]["names"], shown["head-moved"]["to"]) == (["limits"], store.log()[0].id)
    assert (shown["document-changed"]["name"], shown["document-changed"]["change"]) == ("limits", "changed")
    assert {step["path"] for step in shown["document-changed"]["patch"]} == {"/max", "/min"}
    assert shown["document-invalid"]["name"] == "broken"
    assert (shown["tag-created"]["name"], shown["tag-created"]["target"]) == ("v1", store.log()[0].id)
    assert (shown["ledger-grown"]["ledger"], shown["ledger-grown"]["offset"]) == ("runs", 1)
    assert len(told.lines) == 5
    rest = muniment("watch", "--since", told.lines[1]["cursor"], "--timeout", "0.05", "--json")
    assert [line["event"] for line in rest.lines] == [line["event"] for line in told.lines[2:]]
    text = muniment("watch", "--since", cursor, "--timeout", "0.05").out.splitlines()
    assert len(text) == 5
    assert any(line.endswith("~ limits  /max, /min") for line in text)


def test_only_what_concerns_some_documents(muniment, store, folder, cursor):
    """Names and patterns of documents leave out everything else."""
    for name in ("services/web", "services/api", "limits"):
        store.write(name, 1)
    told = muniment("watch", "services/*", "--since", cursor, "--timeout", "0.05", "--json")
    assert [line["name"] for line in told.lines] == ["services/api", "services/web"]


def test_bad_words(muniment, store):
    """A cursor that is none, and a pattern that no document can fit, are refused by exit codes."""
    damaged = muniment("watch", "--since", "nonsense", "--timeout", "0")
    assert damaged.code != 0
    assert "afresh" in damaged.err or "since" in damaged.err
    assert muniment("watch", "a/***", "--timeout", "0").code == 6


@pytest.mark.parametrize("option", ["--timeout", "--poll", "--debounce"])
@pytest.mark.parametrize("seconds", ["-1", "nan", "inf", "1e300", "soon"])
def test_times_that_are_none(muniment, store, option, seconds):
    """They are a usage error, which names the option."""
    told = muniment("watch", option, seconds, "--json")
    assert told.code == 2
    assert option in told.err
    assert "_s`" not in told.err


@pytest.mark.parametrize("seconds", ["0", "0.009"])
def test_no_looking_without_a_pause(muniment, store, seconds):
    """It would keep a core busy: as for other times that are none."""
    told = muniment("watch", "--poll", seconds, "--timeout", "0", "--json")
    assert told.code == 2
    assert "--poll" in told.err
    assert "_s`" not in told.err


def test_no_time_at_all(muniment, store, cursor):
    """Zero is a time as well."""
    assert muniment("watch", "--timeout", "0").code == 0
    store.write("a", 1)
    told = muniment("watch", "--since", cursor, "--json", "--poll", "0.01", "--debounce", "0", "--timeout", "1")
    assert (told.code, [line["name"] for line in told.lines]) == (0, ["a"])


def test_it_ends_cleanly_on_ctrl_c(folder, environment, store, cursor):
    """What another program does shows at once; then exit code 130, the cursor, and no word more."""
    command = [sys.executable, "-m", "muniment", "watch", "--since", cursor, "--json", "--cursor"]
    store.write("a", 1)
    with subprocess.Popen(
        command, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as started:
        assert started.stdout is not None
        try:
            first = json.loads(started.stdout.readline())
            assert first["name"] == "a"
            store.write("b", 1)
            last = json.loads(started.stdout.readline())
            assert last["name"] == "b"
            started.send_signal(signal.SIGINT)
            rest, told = started.communicate(timeout=60)
        finally:
            started.kill()
    assert (started.returncode, rest) == (130, "")
    assert json.loads(told)["cursor"] in {first["cursor"], last["cursor"]}  # `b` was perhaps just being told
