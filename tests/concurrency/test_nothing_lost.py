"""Several programs change one store at once: each succeeds, and no change is lost."""

import random
import threading

import pytest
from children import run_all
from promises import AUTHOR, at_head, check_operations, opened, working

from muniment import Store

PROCESSES = 4
TURNS = 60


@pytest.fixture
def root(place):
    """A store with a document `counter` at 0, committed."""
    with Store.init(place / "store", author=AUTHOR) as store:
        store.write("counter", 0)
        store.commit("first")
    return place / "store"


def repeated(root, turn, turns=TURNS):
    """Make work that opens the store and does `turn(store, number)` for each number."""

    def work(_):
        store = opened(root)
        for number in range(turns):
            turn(store, number)

    return work


def add_one(value):
    """Count one further."""
    return value + 1


def add_in_transaction(store, _, *, worktree=False):
    """Count one further in a transaction."""
    with store.transaction("add", worktree=worktree) as change:
        change.write("counter", change.read("counter") + 1)


def add_in_edit(store, _):
    """Make a list one longer in an edit."""
    with store.edit("list") as numbers:
        numbers.append(len(numbers))


def test_commits_of_four_processes(root):
    """Four processes commit documents of their own to one branch: no error, every commit in one line of history."""

    def committing(process):
        def turn(store, number):
            with store.transaction(f"{process} {number}", worktree=False) as change:
                change.write(f"of/{process}", number)
                change.write(f"of/{process}-{number}", [process, number])

        return repeated(root, turn)

    run_all(*map(committing, range(PROCESSES)))
    with opened(root) as store:
        log = store.log()
        assert {commit.message for commit in log} == {
            "first",
            *(f"{process} {number}" for process in range(PROCESSES) for number in range(TURNS)),
        }
        assert [commit.generation for commit in log] == list(range(PROCESSES * TURNS + 1, 0, -1))
        assert len(at_head(store)) == 1 + PROCESSES * (TURNS + 1)
        assert store.verify().ok
        check_operations(root, [commit.id for commit in log])


@pytest.mark.parametrize("worktree", [False, True])
def test_counting_in_transactions(root, worktree):
    """What a transaction read stays true until it has written: the count of four processes is exact."""

    def turn(store, number):
        add_in_transaction(store, number, worktree=worktree)

    run_all(*[repeated(root, turn)] * PROCESSES)
    with opened(root) as store:
        assert at_head(store) == {"counter": PROCESSES * TURNS}
        assert len(store.log()) == PROCESSES * TURNS + 1
        assert store.status().clean is worktree


def test_counting_in_working_files(root):
    """The same for `update` and `edit`, which change the file alone."""
    with opened(root) as store:
        store.write("list", [])

    def turn(store, number):
        store.update("counter", add_one)
        add_in_edit(store, number)

    run_all(*[repeated(root, turn)] * PROCESSES)
    with opened(root) as store:
        assert working(store) == {"counter": PROCESSES * TURNS, "list": list(range(PROCESSES * TURNS))}


def test_counting_in_threads(root):
    """Eight threads that share one open store lose nothing, by whatever verb they count."""
    failures = []
    with opened(root) as store:
        store.write("list", [])
        store.write("updated", 0)

        def work():
            try:
                for number in range(20):
                    add_in_transaction(store, number)
                    store.update("updated", add_one)
                    add_in_edit(store, number)
            except BaseException as error:  # noqa: BLE001 - told to the test's own thread
                failures.append(error)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert at_head(store) == {"counter": 160}
        assert working(store) == {"counter": 0, "list": list(range(160)), "updated": 160}
        assert store.verify().ok


def test_blind_writes_beside_counting(root):
    """A transaction that writes a document unread never comes between another's reading and writing of it.

    Each document is locked for the first time in the middle of this: docs/decisions/0007.
    """

    def add(store, number):
        with store.transaction("add", worktree=False) as change:
            name = f"fresh/{number}"
            change.write(name, change.read(name) + 1 if change.exists(name) else 1)

    def replace(store, number):
        with store.transaction("replace", worktree=False) as change:
            change.write(f"fresh/{number}", 1000 + random.randrange(10**9) * 1000)

    run_all(*[repeated(root, turn, 150) for turn in (add, replace, add, replace)])
    with opened(root) as store:
        assert len(store.log()) == 1 + 4 * 150
        for number in range(150):
            last = 0
            for version in reversed(store.history(f"fresh/{number}")):
                value = store.at(version.commit.id)[f"fresh/{number}"]
                assert version.commit.message == "replace" or value == last + 1
                last = value


def test_several_documents_in_opposite_orders(root):
    """Transactions that write the same documents in different orders never wait for one another in a circle."""
    names = [f"many/{number}" for number in range(5)]
    with opened(root) as store:
        for name in names:
            store.write(name, None)
            store.read(name, locked=True)
        store.commit("files")

    def writing(order):
        def turn(store, number):
            with store.transaction("all") as change:
                for name in order:
                    change.write(name, f"{order} {number}")

        return repeated(root, turn, 40)

    def reading(store, _):
        with store.snapshot() as snapshot:
            for name in names[::-1]:
                snapshot.read(name)

    run_all(writing(names), writing(names[::-1]), repeated(root, reading), writing(names[2:] + names[:2]))
    with opened(root) as store:
        assert len(store.log()) == 2 + 3 * 40
        assert len({at_head(store)[name] for name in names}) == 1


def test_documents_that_come_and_go_in_one_folder(root):
    """Programs that make and delete the only documents of a folder do not trip over its coming and going."""

    def coming_and_going(process):
        def turn(store, number):
            store.create(f"deep/folder/{process}", number)
            store.delete(f"deep/folder/{process}")

        return repeated(root, turn, 150)

    run_all(*map(coming_and_going, range(PROCESSES)))
    with opened(root) as store:
        assert working(store) == {"counter": 0}
    assert sorted(path.name for path in root.iterdir()) == [".muniment", "counter.json"]
