"""What the program imports: only what the command needs, because start-up is most of its time."""

import subprocess
import sys

import pytest

HEAVY = ["asyncio", "click.testing", "filelock", "hypothesis", "sqlite3", "subprocess", "tempfile", "watchdog"]
REPORT = """
import sys
from muniment.cli.main import main
try:
    main()
finally:
    sys.stdout = sys.stderr
    print(*[name for name in {names!r} if name in sys.modules])
"""


def imported(arguments: list[str], names: list[str], folder: str) -> list[str]:
    """Which of `names` a new process has imported when the program is done."""
    command = [sys.executable, "-c", REPORT.format(names=names), *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stderr.split()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--version"],
        ["status"],
        ["get", "limits", "--overrides"],
        ["log"],
        ["diff", "HEAD~1", "HEAD"],
        ["operations"],
        ["conflicts"],
        ["schema", "list"],
        ["schema", "check"],
        ["get", "services/api", "--as", "1.0"],
    ],
)
def test_reading_imports_nothing_heavy(services, folder, arguments):
    """No locks, no watching, no processes: what only reads needs none."""
    assert imported(arguments, HEAVY, folder) == []


def test_the_look_at_modules_sees(store, folder):
    """A command that writes does import the locks, and so the test above can fail."""
    assert imported(["set", "limits", "", "1"], HEAVY, folder) == ["filelock"]


def test_a_command_imports_no_other(store, folder):
    """Of the commands, only the one that was called is imported."""
    verbs = [f"muniment.cli.verbs.{name}" for name in ("care", "comparing", "editing", "looking_back", "tour")]
    assert imported(["log"], verbs, folder) == ["muniment.cli.verbs.looking_back"]
    assert imported(["--version"], verbs, folder) == []


@pytest.mark.parametrize("arguments", [["status"], ["log"], ["conflicts"], ["operations"]])
def test_merging_is_imported_by_what_merges(store, folder, arguments):
    """Where no merge is under way, nothing that merges is needed to say so."""
    merging = ["muniment.repo.merging.three_way", "muniment.repo.merging.unfinished", "muniment.values.conflict"]
    assert imported(arguments, merging, folder) == []


def test_a_command_of_a_group_imports_no_other(store, folder):
    """Of a group, the table of its commands is imported, and the one that was called."""
    verbs = [f"muniment.cli.verbs.{name}" for name in ("care", "checking", "kinds", "migrating", "schema")]
    assert imported(["schema", "list"], verbs, folder) == ["muniment.cli.verbs.kinds", "muniment.cli.verbs.schema"]
    assert imported(["status"], verbs, folder) == []


@pytest.mark.parametrize("arguments", [["status"], ["log"], ["--help"]])
def test_only_ledgers_need_what_ledgers_need(store, folder, arguments):
    """Of what ledgers are made of, no other command imports anything."""
    assert imported(arguments, ["muniment.ledger.ledger", "muniment.repo.ledgers", "sqlite3"], folder) == []
