"""A store with a ledger, another copy of it, and what git would bring from one to the other."""

import shutil
from pathlib import Path

import pytest

from muniment import Store
from muniment.files.layout import Layout

ADA = "Ada <ada@example.org>"


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(quick_disk):
    """No test here is about power cuts, and most of the time would go there."""


@pytest.fixture
def root(tmp_path) -> Path:
    """The folder of the store."""
    return tmp_path / "config"


@pytest.fixture
def store(root):
    """A new store with an author."""
    with Store.init(root, author=ADA) as made:
        yield made


@pytest.fixture
def ledger(store):
    """A ledger that nothing was appended to yet."""
    return store.ledger("runs")


@pytest.fixture
def layout(root):
    """The paths of that ledger."""
    return Layout(str(root)).ledger("runs")


@pytest.fixture
def again(root):
    """Open the ledger as another program does; `again("name", index=())`."""
    opened = []

    def reopen(name="runs", **options):
        opened.append(Store.open(root, author=ADA))
        return opened[-1].ledger(name, **options)

    yield reopen
    for other in opened:
        other.close()


@pytest.fixture
def elsewhere(tmp_path):
    """The same ledger in another copy of the store, with nothing in common yet."""
    with Store.init(tmp_path / "elsewhere", author="Bo <bo@example.org>") as made:
        yield made.ledger("runs")


@pytest.fixture
def bring(root, tmp_path):
    """Copy the segments of one copy to the other as git does; `bring()` to here, `bring(back=True)` from here."""

    def copy(*, back=False):
        folders = [Path(Layout(str(where)).ledger("runs").root) for where in (tmp_path / "elsewhere", root)]
        source, target = folders[::-1] if back else folders
        target.mkdir(parents=True, exist_ok=True)
        for path in source.glob("*.jsonl"):
            if not (target / path.name).exists() or (target / path.name).stat().st_size < path.stat().st_size:
                shutil.copy(path, target / "arriving")
                (target / "arriving").rename(target / path.name)

    return copy
