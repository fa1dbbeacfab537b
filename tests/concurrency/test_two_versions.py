"""Real programs of two versions edit the same document at once: nothing that either put there is lost."""

import msgspec
import pytest
from children import run_all
from promises import AUTHOR, opened

from muniment import Store
from service_versions import Item10, Item12, new, old, schema_10, schema_11, schema_12

WEB = "services/web"
TURNS = 40

pytestmark = pytest.mark.usefixtures("quick_disk")


@pytest.fixture
def root(place):
    """A store with a service as an old program made it, with an owner that new programs know nothing of."""
    with Store.init(place / "store", author=AUTHOR, schemas=[schema_10()]) as store:
        store.write(WEB, old(owner="0", limits=msgspec.structs.replace(old().limits, max=0)))
        store.commit("first")
    return place / "store"


def program(root, schema, turn):
    """Make a program that opens the store with a schema and does `turn(store, number)` many times."""

    def work(_):
        store = opened(root, schemas=[schema()])
        for number in range(TURNS):
            turn(store, number)

    return work


def old_turn(store, number):
    """Count in a field that only old programs know, in one that all know, and add an item."""
    with store.edit(WEB) as web:
        assert int(web.owner) == sum(item.id.startswith("old") for item in web.items)
        web.owner = str(int(web.owner) + 1)
        web.limits.max += 1
        web.items.append(Item10(f"old-{number}", "by the old program"))


def new_turn(store, number):
    """Count in a field that only new programs know, in one that all know, and add an item."""
    with store.edit(WEB) as web:
        web.port += 1
        web.tls = True
        web.limits.maximum += 1
        web.items.insert(0, Item12(f"new-{number}", "by the new program"))


def check(store_new, store_old):
    """Check that every turn of both is there."""
    seen, seen_by_old = store_new.read(WEB), store_old.read(WEB)
    assert (seen.port, seen.tls, seen.limits.maximum) == (8080 + TURNS, True, 2 * TURNS)
    assert (seen_by_old.owner, seen_by_old.limits.max) == (str(TURNS), 2 * TURNS)
    ids = {f"{who}-{number}" for who in ("old", "new") for number in range(TURNS)}
    assert {item.id for item in seen.items} == {item.id for item in seen_by_old.items} == ids
    assert len(seen.items) == 2 * TURNS


def test_working_files_of_two_versions(root):
    """Edits under the lock of the document: each counts what the other cannot even see."""
    run_all(program(root, schema_10, old_turn), program(root, schema_12, new_turn))
    with opened(root, schemas=[schema_12()]) as store, opened(root, schemas=[schema_10()]) as other:
        check(store, other)
        assert store.read_as(WEB, "1.2")["schema_version"] == "1.2"
        assert store.schemas.check() == ()


def test_commits_of_two_versions(root):
    """The same in transactions, one commit a turn."""

    def in_transaction(turn):
        def committed(store, number):
            with store.transaction(f"{number}") as tx:
                turn(tx, number)

        return committed

    run_all(
        program(root, schema_10, in_transaction(old_turn)),
        program(root, schema_12, in_transaction(new_turn)),
    )
    with opened(root, schemas=[schema_12()]) as store, opened(root, schemas=[schema_10()]) as other:
        check(store, other)
        assert len(store.log()) == 1 + 2 * TURNS
        assert store.status().clean
        assert store.verify().ok


def test_readers_of_all_versions_meanwhile(root):
    """Whatever version a document is at while it is read, a reader sees its own; counters never go back."""

    def reader(schema, counter):
        def work(_):
            store, last = opened(root, schemas=[schema()]), -1
            for _ in range(5 * TURNS):
                value = counter(store.read(WEB))
                assert value >= last
                last = value

        return work

    run_all(
        program(root, schema_10, old_turn),
        program(root, schema_12, new_turn),
        reader(schema_10, lambda web: web.limits.max),
        reader(schema_11, lambda web: web.port),
        reader(schema_12, lambda web: web.limits.maximum),
    )
    with opened(root, schemas=[schema_12()]) as store, opened(root, schemas=[schema_10()]) as other:
        check(store, other)


def test_the_first_write_of_many_programs_at_once(place):
    """All leave the same records of the kind; each is there once and whole, and every document can be read."""
    with Store.init(place / "store", author=AUTHOR):
        pass

    def first(number):
        def work(_):
            schema, value = (schema_12, new()) if number % 2 else (schema_10, old())
            opened(place / "store", schemas=[schema()]).create(f"services/{number}", value)

        return work

    run_all(*map(first, range(8)))
    with opened(place / "store") as plain, opened(place / "store", schemas=[schema_10()]) as store:
        assert plain.schemas.check() == ()
        assert [store.read(name) for name in store.names()] == [old()] * 8
    assert len(list((place / "store" / ".muniment" / "schemas" / "service").iterdir())) == 4


def test_a_migration_while_programs_write(root):
    """`migrate` waits for those who edit, and they go on with what it left; nothing is lost."""

    def migrating(_):
        store = opened(root, schemas=[schema_12()])
        for _ in range(5):
            store.schemas.migrate()

    def in_transaction(store, number):
        with store.transaction(f"{number}") as tx:
            old_turn(tx, number)

    run_all(program(root, schema_10, in_transaction), migrating)
    with opened(root, schemas=[schema_12()]) as store, opened(root, schemas=[schema_10()]) as other:
        assert other.read(WEB).owner == str(TURNS)
        assert len(store.read(WEB).items) == TURNS
        assert store.verify().ok
