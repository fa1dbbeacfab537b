"""What the tour tells: a small product's configuration, and what happens to it in an afternoon."""

import inspect
import os
import shutil
import textwrap
from collections.abc import Callable
from importlib.resources import as_file, files
from typing import NamedTuple

import muniment
from muniment import Store

AUTHOR = "Ada Marlow <ada@example.org>"
_SMALL, _LARGE = '"max_mb": 20', '"max_mb": 200'


class Command(NamedTuple):
    """A call of the program."""

    arguments: tuple[str, ...]


class ByHand(NamedTuple):
    """A change of a file by other means than ours, and the shell command that would make it."""

    shell: str
    change: Callable[[str], None]


class InPython(NamedTuple):
    """A function of the store, whose own source is what is shown."""

    function: Callable[[Store], object]

    @property
    def source(self) -> str:
        """Give the lines of the function, as they would stand in a program."""
        lines = inspect.getsource(self.function).splitlines()[1:]
        return 'store = muniment.Store.open(".")\n' + textwrap.dedent("\n".join(lines)).replace("return ", "")


class Step(NamedTuple):
    """One thing that the tour does, and why it is worth seeing."""

    title: str
    action: Command | ByHand | InPython


def lay_out(folder: str) -> None:
    """Copy the files that the tour begins with: from the installed package, or from the checkout beside it."""
    installed = files("muniment") / "fixtures" / "tour"
    if installed.is_dir():
        with as_file(installed) as source:
            shutil.copytree(source, folder, dirs_exist_ok=True)
        return
    checkout = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(muniment.__file__))))
    shutil.copytree(os.path.join(checkout, "fixtures", "tour"), folder, dirs_exist_ok=True)


def _larger_uploads(folder: str) -> None:
    path = os.path.join(folder, "limits.json")
    with open(path, encoding="utf-8", newline="") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text.replace(_SMALL, _LARGE))


def _dark_mode(store: Store) -> object:
    with store.transaction("dark mode, and the replicas it needs", author="Ben Osei <ben@example.org>") as tx:
        with tx.edit("features") as features:
            features["dark_mode"]["enabled"] = True
        with tx.edit("services/web") as web:
            web["replicas"] = 4
    return store.diff("HEAD~1", "HEAD")


def _launch(store: Store) -> object:
    store.branches.create("launch", description="what goes live on Monday")
    with store.transaction("more servers", branch="launch", author="Cleo Adler <cleo@example.org>") as tx:
        web = tx.read("services/web")
        web["hosts"].append("web3.example.org")
        tx.write("services/web", web | {"replicas": 6})
    return store.compare("main", "launch")


STEPS = (
    Step("The folder becomes a store. Its files stay where they are.", Command(("init",))),
    Step("What is here that no commit has yet?", Command(("status",))),
    Step("Record it.", Command(("commit", "-m", "the configuration as we found it"))),
    Step(
        "Documents are ordinary files: change them with any editor or program.",
        ByHand(f"sed -i 's/{_SMALL}/{_LARGE}/' limits.json", _larger_uploads),
    ),
    Step("Or set one place in one, safely while other programs do the same.",
         Command(("set", "services/tracking", "/hosts/-", "tracking2.example.org"))),
    Step("What differs? Places in documents, not lines.", Command(("diff",))),
    Step("Record both.", Command(("commit", "-m", "uploads of 200 MB, a second tracking host"))),
    Step("In Python: two documents, one commit, all or nothing.", InPython(_dark_mode)),
    Step("What happened so far, newest first?", Command(("log",))),
    Step("How was a value two commits ago?", Command(("get", "limits", "/upload/max_mb", "--at", "HEAD~2"))),
    Step("The disks are full of uploads. One document goes back, by a new commit that says why.",
         Command(("rollback", "limits", "--to", "HEAD~2", "-m", "200 MB filled the disks: back to 20"))),
    Step("Nothing was rewritten: the history of that document tells it all.", Command(("history", "limits"))),
    Step("Prepare something on a branch. The files here stay as they are.", InPython(_launch)),
    Step("Meanwhile another place in the same document changes,",
         Command(("set", "services/web", "/tls/minimum", '"1.3"'))),
    Step("and is recorded.", Command(("commit", "-m", "TLS 1.3 or nothing"))),
    Step("Merge the branch. Places merge, not lines: this is no conflict.", Command(("merge", "launch"))),
    Step("Who set what, through the merge?", Command(("blame", "services/web"))),
    Step("Not before Monday? Whatever was done to branches can be undone,", Command(("undo",))),
    Step("and made again.", Command(("redo",))),
    Step("Hash every object again, and follow every reference.", Command(("verify",))),
)  # fmt: skip
