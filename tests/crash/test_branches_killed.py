"""Kill a whole program, by `strace`, at each system call of a switch that changes the disk."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from promises import AUTHOR, check_files, opened, working
from quick_stores import SWEEP

import muniment
from muniment import Store

CALLS = "fdatasync,fsync,ftruncate,mkdir,openat,pwrite64,rename,rmdir,unlink,write"
MOST_CASES = 1000 if SWEEP else 16
PROGRAM = f"""
import os, sys
from muniment import Store
store = Store.open(sys.argv[1], author={AUTHOR!r})
os.mkdir(sys.argv[1] + "/.begun")
store.branches.rename("main", "trunk")
store.branches.create("new/branch", description="for something new")
store.branches.switch("side")
store.branches.delete("trunk")
os.write(1, b"done")
os._exit(0)
"""
MAIN = {"a": "main", "main/only": 1}
SIDE = {"a": "side", "side/only": 2}
STATES = [
    (["main", "side"], "main", MAIN),
    (["side", "trunk"], "trunk", MAIN),
    (["new/branch", "side", "trunk"], "trunk", MAIN),
    (["new/branch", "side", "trunk"], "side", SIDE),
    (["new/branch", "side"], "side", SIDE),
]


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A store with two branches, closed, on a real disk."""
    root = tmp_path_factory.mktemp("strace") / "template"
    with Store.init(root, author=AUTHOR) as store:
        for branch, documents in (("main", MAIN), ("side", SIDE)):
            if branch != "main":
                store.branches.create(branch)
                store.branches.switch(branch)
            with store.transaction(branch) as change:
                for name in set(store.names()) - documents.keys():
                    change.delete(name)
                for name, value in documents.items():
                    change.write(name, value)
        store.branches.switch("main")
    return root


def traced(root, *options):
    """Run the program under strace; tell whether it came to its end."""
    environment = {
        **os.environ,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(Path(muniment.__file__).parents[1]),
    }
    command = ["strace", "-f", *options, sys.executable, "-c", PROGRAM, str(root)]
    ended = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=60)
    assert ended.returncode in {0, -9, 137}, ended.stderr
    assert (ended.stdout == "done") is (ended.returncode == 0)
    return ended.returncode == 0


@pytest.fixture(scope="module")
def cases(template):
    """Each system call behind the start, as its name and which of these calls it is."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    probe = subprocess.run(
        ["strace", "-o", os.devnull, "true"], capture_output=True, text=True, check=False, timeout=60
    )
    if probe.returncode:
        pytest.skip(f"strace may not trace here: {probe.stderr.strip()}")
    root, log = template.parent / "counted", template.parent / "log"
    shutil.copytree(template, root)
    assert traced(root, "-o", str(log), "-e", f"trace={CALLS}")
    seen: Counter[str] = Counter()
    found = []
    has_begun = False
    for name, rest in re.findall(r"^\d+ +(\w+)\((.*)$", log.read_text(), re.MULTILINE):
        seen[name] += 1
        if has_begun and (name != "openat" or "O_CREAT" in rest):
            found.append((name, seen[name]))
        has_begun = has_begun or ".begun" in rest
    return found[:: -(-len(found) // MOST_CASES)]


def test_a_program_may_be_killed_at_any_system_call(cases, template):
    """Whichever system call of changes of branches a program is killed at, each is there whole or not at all."""
    assert len(cases) >= 8
    met = set()
    for name, nth in cases:
        root = template.parent / f"{name}-{nth}"
        shutil.copytree(template, root)
        ended = traced(root, "-o", os.devnull, "-e", f"inject={name}:signal=SIGKILL:when={nth}")
        shutil.rmtree(root / ".begun")
        with opened(root) as store:
            selected = store.status().branch
            found = [branch.name for branch in store.branches.list()], selected, working(store)
            assert found in (STATES[-1:] if ended else STATES)
            store.commit("next", allow_empty=True)
            assert store.verify().findings == ()
        check_files(root, found[2])
        met.add(STATES.index(found))
    assert len(met) > 2
