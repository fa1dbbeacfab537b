import gzip
import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "replay.py"
STATES = [
    ({}, []),
    ({"stable.json": {"version": "1.0", "boards": ["a", "b"]}, "beta.json": {"version": "1.1"}}, []),
    ({"beta.json": {"version": "1.2"}}, []),
    ({"beta.json": {"version": "1.2"}}, []),  # writes what is there already
    ({}, ["never.json"]),
    ({"channels/dev.json": {"version": None, "count": 2**70}}, ["beta.json"]),
    ({"stable.json": {"version": "1.2", "boards": []}}, []),
]


def load() -> ModuleType:
    """Import the script by its path: the folder of the benchmarks is not on the path of the tests."""
    spec = importlib.util.spec_from_file_location("replay_script", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """Give the script as a module."""
    return load()


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """Write a made-up history as the real ones are written."""
    lines = [
        json.dumps(
            {
                "commit": f"{number:040x}",
                "parents": [f"{number - 1:040x}"] if number else [],
                "time": f"2019-03-08T10:{number:02d}:00+01:00",
                "author": f"author-{number % 2}",
                "message": f"change {number}",
                "write": write,
                "delete": delete,
            }
        )
        for number, (write, delete) in enumerate(STATES)
    ]
    path = tmp_path / "history.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    return path


@pytest.mark.parametrize("flags", [[], ["--worktree"], ["--durability", "os"]])
def test_replay_makes_one_commit_a_line_and_finds_no_difference(script, history, flags, capsys):
    """Every line becomes a commit, whether it changes anything or not, and every state compared is the source's."""
    assert script.main([str(history), *flags]) == 0
    printed = capsys.readouterr().out
    assert "commits        7, 3 of them without a change" in printed
    assert "compared       7 states, 0 mismatches" in printed


def test_replay_keeps_author_message_and_source_of_each_commit(script, history, tmp_path):
    """What the source says of a commit stands in the store's commit: author, message, id and time."""
    from muniment import Store

    script.main([str(history), "--dir", str(tmp_path / "store")])
    with Store.open(tmp_path / "store") as store:
        newest = next(iter(store.log()))
    assert (newest.author, newest.message) == ("author-0 <author-0@example.org>", "change 6")
    assert newest.meta == {"source": f"{6:040x}", "time": "2019-03-08T10:06:00+01:00"}


def test_replay_fails_when_a_state_differs(script, history, monkeypatch, capsys):
    """A store that does not hold the source's state ends the replay with 1 and says which document it is."""
    honest = script.document_name
    applied = script.apply

    def other(state, change):
        after = applied(state, change)
        return {**after, "stable": {"version": "0"}} if honest("stable.json") in after else after

    monkeypatch.setattr(script, "apply", other)
    assert script.main([str(history)]) == 1
    assert "stable differs" in capsys.readouterr().err
