"""Old and new programs share one live file: each reads its own version, and loses nothing of the other's."""

import json
import threading

import msgspec
import pytest

from muniment import MigrationFailedError, Schema, SchemaInvalidError, Store, lens
from service_versions import Item10, Item12, Limits10, Limits12, Service11, new, old, schema_10, schema_11, schema_12

AUTHOR = "Ada <ada@example.org>"
WEB = "services/web"


@pytest.fixture
def old_one(store, root):
    """The store as the old program opened it, before anybody knew of new versions."""
    with Store.open(root, author=AUTHOR, schemas=[schema_10()]) as opened:
        yield opened


@pytest.fixture
def new_one(old_one, root):
    """The store as the new program opened it, while the old one runs."""
    with Store.open(root, author=AUTHOR, schemas=[schema_12()]) as opened:
        yield opened


@pytest.fixture
def on_disk(root):
    """Give a document's file as plain JSON."""
    return lambda name=WEB: json.loads((root / f"{name}.json").read_text())


def test_a_new_program_reads_and_writes_what_an_old_one_wrote(old_one, new_one, on_disk):
    """Reading leaves the file; writing brings it to the new version."""
    old_one.write(WEB, old(host="h", limits=Limits10(3), items=[Item10("a", "A")]))
    before = on_disk()
    assert new_one.read(WEB) == new(hostname="h", limits=Limits12(3), items=[Item12("a", "A")])
    assert on_disk() == before
    with new_one.edit(WEB) as web:
        web.tls = True
    assert on_disk()["schema_version"] == "1.2"
    assert on_disk()["hostname"] == "h"


def test_an_old_program_reads_and_writes_what_a_new_one_wrote(old_one, new_one, on_disk):
    """The store's own lenses bring it down, and its edit is carried up again; the file stays at the new version."""
    new_one.write(WEB, new(hostname="h", tls=True, port=1, items=[Item12("a", "A")]))
    assert old_one.read(WEB) == old(host="h", items=[Item10("a", "A")])
    with old_one.edit(WEB) as web:
        web.host = "other"
        web.limits.max = 4
        web.items[0].title = "B"
        web.items.append(Item10("b", "C"))
    expected = new(hostname="other", tls=True, port=1, limits=Limits12(4), items=[Item12("a", "B"), Item12("b", "C")])
    assert new_one.read(WEB) == expected
    assert on_disk()["schema_version"] == "1.2"


def test_what_only_the_old_version_has_survives_the_new_one(old_one, new_one):
    """The owner has no place in the new version; it is kept, and an old program can still read and change it."""
    old_one.write(WEB, old(owner="ada"))
    new_one.update(WEB, lambda web: msgspec.structs.replace(web, tls=True))
    assert old_one.read(WEB).owner == "ada"
    old_one.update(WEB, lambda web: msgspec.structs.replace(web, owner="bob"))
    new_one.update(WEB, lambda web: msgspec.structs.replace(web, port=7))
    assert old_one.read(WEB).owner == "bob"
    assert new_one.read(WEB) == new(tls=True, port=7)


@pytest.mark.parametrize("verb", ["write", "update", "edit", "transaction", "blind transaction"])
def test_every_verb_of_the_old_program_carries_its_edit_up(old_one, new_one, verb, on_disk):
    """Also a value that was never read; what it does not know stays as it was."""
    new_one.write(WEB, new(tls=True, port=1))
    new_one.commit("new")

    def change(web):
        return msgspec.structs.replace(web, host="other")

    match verb:
        case "write":
            old_one.write(WEB, old(host="other"))
        case "update":
            old_one.update(WEB, change)
        case "edit":
            with old_one.edit(WEB) as web:
                web.host = "other"
        case "transaction":
            with old_one.transaction("old") as tx:
                tx.update(WEB, change)
                tx.update(WEB, change)
        case _:
            with old_one.transaction("old") as tx:
                tx.write(WEB, old(host="other"))
    assert new_one.read(WEB) == new(hostname="other", tls=True, port=1)
    assert on_disk()["schema_version"] == "1.2"


def test_a_program_in_between_meets_both(old_one, new_one, root):
    """It knows one of the steps itself and has the other from the store."""
    with Store.open(root, author=AUTHOR, schemas=[schema_11()]) as between:
        old_one.write(WEB, old(host="h"))
        assert between.read(WEB) == Service11(name="web", host="h", limits=Limits10(), items=[], port=8080)
        new_one.write(WEB, new(hostname="g", port=5, tls=True))
        between.update(WEB, lambda web: msgspec.structs.replace(web, port=web.port + 1))
        assert new_one.read(WEB) == new(hostname="g", port=6, tls=True)
        assert old_one.read(WEB) == old(host="g")


def test_unknown_fields_survive_both_ways(old_one, new_one, put, on_disk):
    """Those of people and other tools, at the top and nested, through any number of steps."""
    put(WEB, json.dumps({
        "name": "web", "host": "h", "limits": {"max": 1, "x-l": 1}, "items": [{"id": "a", "title": "A", "x-i": [1]}],
        "$schema": "s.json", "x-top": 1, "schema_version": "1.0",
    }))  # fmt: skip
    new_one.update(WEB, lambda web: msgspec.structs.replace(web, hostname="g"))
    old_one.update(WEB, lambda web: msgspec.structs.replace(web, name="n"))
    assert on_disk() == {
        "name": "n", "hostname": "g", "limits": {"maximum": 1, "x-l": 1},
        "items": [{"id": "a", "label": "A", "x-i": [1]}], "$schema": "s.json", "x-top": 1, "schema_version": "1.2",
        "port": 8080, "tls": False,
    }  # fmt: skip
    assert old_one.read_as(WEB, "1.0") == {
        "name": "n", "host": "g", "limits": {"max": 1, "x-l": 1}, "owner": "",
        "items": [{"id": "a", "title": "A", "x-i": [1]}], "$schema": "s.json", "x-top": 1, "schema_version": "1.0",
    }  # fmt: skip


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
def test_read_as_gives_every_version_to_every_program(old_one, new_one, version):
    """Forward and backward, from the steps of the program or of the store; what steps keep is not shown."""
    old_one.write(WEB, old(owner="ada", host="h"))
    new_one.update(WEB, lambda web: msgspec.structs.replace(web, tls=True))
    assert old_one.read_as(WEB, version) == new_one.read_as(WEB, version)
    found = old_one.read_as(WEB, version)
    assert found["schema_version"] == version
    assert found.get("owner") == (None if version == "1.2" else "ada")
    assert "schema_kept" not in found


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
def test_what_read_as_gave_can_be_written_and_nothing_is_lost(old_one, new_one, version):
    """What that version has no place for stays as it was: a value of it says nothing of the rest."""
    old_one.write(WEB, old(owner="ada"))
    new_one.update(WEB, lambda web: msgspec.structs.replace(web, tls=True, port=7))
    for store in (old_one, new_one):
        value = store.read_as(WEB, version)
        value["name"] = "changed"
        store.write(WEB, value)
        store.update(WEB, lambda web: msgspec.structs.replace(web, name="again"))
        store.commit("leave it clean")
        with store.transaction("blind") as tx:
            tx.write(WEB, {**value, "name": "at last"})
        assert new_one.read(WEB) == new(name="at last", tls=True, port=7)
        assert old_one.read(WEB).owner == "ada"


def test_an_old_value_makes_a_new_document_of_the_programs_version(old_one, new_one, on_disk):
    """Nothing was there, so the defaults of the steps stand."""
    value = {"name": "web", "host": "h", "limits": {"max": 1}, "items": [], "owner": "ada", "schema_version": "1.0"}
    new_one.create(WEB, value)
    assert on_disk()["schema_version"] == "1.2"
    assert new_one.read(WEB) == new(hostname="h", limits=Limits12(1))
    assert old_one.read(WEB).owner == "ada"


def test_the_lenses_are_there_before_the_first_document(new_one, root):
    """Also by `create` and by a transaction that touches no working file; reading and looking write nothing."""
    folder = root / ".muniment" / "schemas"
    new_one.write("other", {})
    new_one.status()
    new_one.schemas.list()
    assert not folder.exists()
    with new_one.transaction("first", worktree=False) as tx:
        tx.write(WEB, new())
        assert not folder.exists()
    assert len(list((folder / "service").iterdir())) == 3


def test_programs_that_disagree_on_a_step_are_told(new_one, root):
    """The second one to write is refused, for its documents could not be told from the other's."""
    new_one.write(WEB, new())
    other = schema_10()
    other = Schema(other.type, kind="service", version="1.1", names="services/*")
    other.lens("1.0", "1.1", lens.add("port", default=1))
    with Store.open(root, schemas=[other]) as second:
        with pytest.raises(SchemaInvalidError) as raised:
            second.write("services/api", old())
        assert (raised.value.kind, raised.value.from_version, raised.value.to_version) == ("service", "1.0", "1.1")
        assert second.names() == [WEB]


def test_two_programs_that_brought_different_steps_are_told_on_reading(old_one, new_one, root):
    """As after a merge of two branches of the host repository: the store then has two records of one step."""
    new_one.write(WEB, new())
    folder = root / ".muniment" / "schemas" / "service"
    with Store.init(root.parent / "elsewhere", schemas=[_other_step()]) as elsewhere:
        elsewhere.write("services/x", Service11(name="x", host="h", limits=Limits10(), items=[], port=1))
    for record in (root.parent / "elsewhere" / ".muniment" / "schemas" / "service").iterdir():
        (folder / record.name).write_bytes(record.read_bytes())
    with pytest.raises(MigrationFailedError, match="differ") as raised:
        old_one.read(WEB)
    assert (raised.value.kind, raised.value.name) == ("service", WEB)
    assert new_one.read(WEB) == new()


def _other_step():
    made = Schema(Service11, kind="service", version="1.1", names="services/*")
    made.lens("1.0", "1.1", lens.add("port", default=1))
    return made


def test_a_step_that_does_not_suit_leaves_the_file(old_one, new_one, put):
    """The error tells kind, versions and document, by every verb; nothing is half migrated."""
    new_one.write("services/api", new())
    text = '{"name":"web","hostname":"taken","host":"h","limits":{},"items":[],"schema_version":"1.1"}'
    path = put(WEB, text)
    uses = [
        lambda: new_one.read(WEB),
        lambda: new_one.write(WEB, new()),
        lambda: new_one.update(WEB, lambda web: web),
        lambda: new_one.read_as(WEB, "1.2"),
    ]
    for use in uses:
        with pytest.raises(MigrationFailedError, match="hostname") as raised:
            use()
        error = raised.value
        assert (error.name, error.kind, error.from_version, error.to_version) == (WEB, "service", "1.1", "1.2")
    assert path.read_text() == text


def test_what_raises_in_a_step_is_told_as_one_of_its_document(root, put):
    """A step in Python may fail by any error; the file stays."""
    schema = Schema(Service11, kind="service", version="1.1", names="services/*")

    @schema.upgrade("1.0", "1.1")
    def up(raw):
        raw["port"] = raw["nothing"]

    with Store.init(root, schemas=[schema]) as store:
        path = put(WEB, '{"schema_version":"1.0"}')
        with pytest.raises(MigrationFailedError, match="KeyError") as raised:
            store.read(WEB)
        assert isinstance(raised.value.__cause__, KeyError)
        assert path.read_text() == '{"schema_version":"1.0"}'


def test_a_rollback_by_the_new_program_leaves_an_old_file_that_both_read(old_one, new_one, on_disk):
    """Old bytes are written as they were."""
    old_one.write(WEB, old(owner="ada"))
    old_one.commit("old")
    new_one.update(WEB, lambda web: msgspec.structs.replace(web, tls=True))
    new_one.commit("new")
    new_one.rollback("HEAD~1", reason="back")
    assert on_disk()["schema_version"] == "1.0"
    assert old_one.read(WEB) == old(owner="ada")
    assert new_one.read(WEB) == new()


def test_threads_share_stores_of_both_versions(old_one, new_one):
    """What several threads count at once, by either program, is exact."""
    new_one.write(WEB, new())
    failures = []

    def count_old(web):
        web.limits.max += 1
        return web

    def count_new(web):
        web.limits.maximum += 1
        web.port += 1
        return web

    def run(store, count):
        try:
            for _ in range(20):
                store.update(WEB, count)
        except Exception as error:  # noqa: BLE001 - whatever it is
            failures.append(error)

    programs = [(old_one, count_old), (new_one, count_new)] * 2
    threads = [threading.Thread(target=run, args=program) for program in programs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert new_one.read(WEB) == new(port=8080 + 40, limits=Limits12(10 + 80))
