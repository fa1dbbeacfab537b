"""Kill a whole program, by `strace`, at each system call of one commit that changes the disk."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from promises import AUTHOR, check_files, check_kept
from quick_stores import SWEEP

import muniment
from muniment import Store

CALLS = "fdatasync,fsync,ftruncate,mkdir,pwrite64,rename,rmdir,unlink,write"
MOST_CASES = 1000 if SWEEP else 30
PROGRAM = f"""
import os, sys
from muniment import Store
store = Store.open(sys.argv[1], author={AUTHOR!r})
with store.transaction("change") as change:
    change.write("a", "new")
    change.write("new/b", 2)
    change.delete("c")
os.write(1, change.commit.id.encode())
os._exit(0)
"""
BEFORE = {"a": "old", "c": None}
AFTER = {"a": "new", "new/b": 2}


def traced(root, *options):
    """Run the program under strace; give what it told, and whether it was killed."""
    environment = {
        **os.environ,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(Path(muniment.__file__).parents[1]),
    }
    command = ["strace", "-f", *options, sys.executable, "-c", PROGRAM, str(root)]
    ended = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=60)
    assert ended.returncode in {0, -9, 137}, ended.stderr
    return ended.stdout.split(), ended.returncode != 0


@pytest.fixture(scope="module")
def template(place_of_module):
    """A store with one commit, closed."""
    root = place_of_module / "template"
    with Store.init(root, author=AUTHOR) as store, store.transaction("first") as change:
        for name, value in BEFORE.items():
            change.write(name, value)
    return root


@pytest.fixture(scope="module")
def place_of_module(tmp_path_factory):
    """A folder on a real disk."""
    return tmp_path_factory.mktemp("strace")


@pytest.fixture(scope="module")
def cases(template, place_of_module):
    """Each system call of the commit, as its name and which of these calls it is."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    probe = subprocess.run(
        ["strace", "-o", os.devnull, "true"], capture_output=True, text=True, check=False, timeout=60
    )
    if probe.returncode:
        pytest.skip(f"strace may not trace here: {probe.stderr.strip()}")
    log = place_of_module / "log"
    shutil.copytree(template, place_of_module / "counted")
    traced(place_of_module / "counted", "-o", str(log), "-e", f"trace={CALLS}")
    seen = Counter(re.findall(r"^\d+ +(\w+)\(", log.read_text(), re.MULTILINE))
    found = [(name, nth) for name, count in sorted(seen.items()) for nth in range(1, count + 1)]
    return found[:: -(-len(found) // MOST_CASES)]


def test_a_program_may_be_killed_at_any_system_call(cases, template, place_of_module):
    """Whichever system call of a commit a program is killed at, the change is there whole or not at all."""
    assert len(cases) >= 15
    for name, nth in cases:
        root = place_of_module / f"{name}-{nth}"
        shutil.copytree(template, root)
        acknowledged, killed = traced(root, "-o", os.devnull, "-e", f"inject={name}:signal=SIGKILL:when={nth}")
        assert killed or acknowledged
        found = check_kept(root, acknowledged, *([BEFORE, AFTER] if not acknowledged else [AFTER]))
        check_files(root, found)
