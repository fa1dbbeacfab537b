"""The verbs on kinds: list, check, migrate; with the types, and by what only the store describes."""

import json

import msgspec
import pytest

from muniment import (
    DirtyDocumentError,
    DocumentInvalidError,
    DocumentNotFoundError,
    HashMismatchError,
    MigrationFailedError,
    MigrationMissingError,
    MissingAuthorError,
    Store,
)
from muniment.repo import committing
from service_versions import Limits12, new, old, schema_10, schema_12

AUTHOR = "Ada <ada@example.org>"
WEB, API, OLD = "services/web", "services/api", "services/old"


@pytest.fixture
def old_one(store, root):
    """The store as an old program opened it, with two documents, committed."""
    with Store.open(root, author=AUTHOR, schemas=[schema_10()]) as opened:
        opened.write(WEB, old(name="web"))
        opened.write(API, old(name="api", owner="ada"))
        opened.write("other", {"schema_version": "1.0"})
        opened.commit("old")
        yield opened


@pytest.fixture
def new_one(old_one, root):
    """The store as the new program opened it."""
    with Store.open(root, author=AUTHOR, schemas=[schema_12()]) as opened:
        yield opened


@pytest.fixture
def known(new_one, store):
    """The store opened without any schema, after the new program left what it knows of the kind."""
    new_one.write("services/new", new())
    new_one.commit("new")
    return store


@pytest.fixture
def on_disk(root):
    """Give a document's file as plain JSON."""
    return lambda name: json.loads((root / f"{name}.json").read_text())


def versions(report):
    """The documents by version, of a store with one kind."""
    (kind,) = report
    return kind.documents


def test_without_kinds_there_is_nothing_to_tell(store):
    """And nothing to do; no folder is made."""
    store.write("web", {"any": 1})
    store.commit("begin")
    assert store.schemas.list() == ()
    assert store.schemas.check() == ()
    assert store.schemas.migrate(author=AUTHOR).commit is None
    assert store.schemas.export() == ()
    assert store.status().clean


def test_list_counts_the_documents_by_version(new_one, put):
    """In the order of numbers; those without a version, and those that cannot be read, at the end."""
    new_one.write("services/new", new())
    put("services/ten", '{"schema_version":"1.10"}')
    put("services/none", "{}")
    put("services/list", "[]")
    put("services/cut", "{")
    put("services/stamp", '{"schema_version":1.2}')
    (kind,) = new_one.schemas.list()
    assert (kind.kind, kind.version, kind.names, kind.is_typed) == ("service", "1.2", ("services/*",), True)
    assert list(kind.documents.items()) == [("1.0", 2), ("1.2", 1), ("1.10", 1), ("invalid", 3), ("none", 1)]


def test_a_store_tells_of_kinds_that_a_program_has_no_type_for(known):
    """By its newest description."""
    (kind,) = known.schemas.list()
    assert (kind.kind, kind.version, kind.names, kind.is_typed) == ("service", "1.2", ("services/*",), False)
    assert kind.documents == {"1.0": 2, "1.2": 1}


@pytest.mark.parametrize("with_types", [True, False])
def test_check_tells_what_people_typed_wrong(known, new_one, put, with_types):
    """The pointer, the line, the column and the file, in the order of names; also in a document of an old version."""
    store = new_one if with_types else known
    assert store.schemas.check() == ()
    put(WEB, '{\n "schema_version": "1.2",\n "name": 5,\n "hostname": "h", "limits": {}, "items": []}')
    put(API, '{\n "schema_version": "1.0", "name": "api",\n "host": "h", "limits": {}, "items": [],\n "limits": 3}')
    path = put(OLD, '{\n "schema_version": "1.0", "name": "old",\n "host": "h", "limits": {"max": "x"}, "items": []}')
    put("services/none", "{}")
    put("other", '{"schema_version": "none"}')
    found = {fault.name: fault for fault in store.schemas.check()}
    assert list(found) == [API, "services/none", OLD, WEB]
    assert (found[WEB].pointer, found[WEB].line, found[WEB].column) == ("/name", 3, 10)
    assert (found[API].pointer, found[API].line, found[API].column) == ("/limits", 4, 2)
    assert (found[OLD].path, found[OLD].pointer, found[OLD].line, found[OLD].column) == (
        str(path),
        "/limits/max",
        3,
        33,
    )
    assert (found["services/none"].pointer, found["services/none"].line) == (None, None)
    assert "schema_version" in found["services/none"].reason


def test_check_may_be_asked_for_some(new_one, put):
    """Those of no kind are checked as JSON then; one that is not there is an error."""
    put(WEB, "{}")
    put("other", "{")
    assert [fault.name for fault in new_one.schemas.check([API])] == []
    assert [fault.name for fault in new_one.schemas.check([WEB, "other", API, WEB])] == ["other", WEB]
    with pytest.raises(DocumentNotFoundError):
        new_one.schemas.check(["services/none"])


@pytest.mark.parametrize("with_types", [True, False])
def test_migrate_brings_all_to_the_newest_version_by_one_commit(known, new_one, old_one, with_types):
    """The working files follow; what the newest has no place for is kept; a second time there is nothing to do."""
    store = new_one if with_types else known
    count = len(store.log())
    done = store.schemas.migrate()
    assert [change.name for change in done.changes] == [API, WEB]
    assert done.commit is not None
    assert store.log(limit=1)[0].id == done.commit.id
    assert len(store.log()) == count + 1
    assert versions(store.schemas.list()) == {"1.2": 3}
    assert store.status().clean
    assert store.verify().ok
    assert new_one.read(WEB) == new(hostname="a.example")
    assert old_one.read(API) == old(name="api", owner="ada")
    assert store.at("HEAD~1").read(WEB, dict)["schema_version"] in {"1.0", "1.2"}
    again = store.schemas.migrate()
    assert (again.changes, again.commit) == ((), None)


def test_a_dry_run_tells_the_changes_and_touches_nothing(new_one, root):
    """The diff of each document, without an author, and without a file more anywhere."""

    def all_files():
        return {path: path.read_bytes() for path in root.rglob("*") if path.is_file() and "/local/" not in str(path)}

    before = all_files()
    with Store.open(root, schemas=[schema_12()]) as nobody:
        done = nobody.schemas.migrate(dry_run=True)
        assert done.commit is None
        assert [change.name for change in done.changes] == [API, WEB]
        assert {"op": "replace", "path": "/schema_version", "value": "1.2"} in done.changes[0].patch
        with pytest.raises(MissingAuthorError):
            nobody.schemas.migrate()
    assert all_files() == before


def test_migrate_takes_names_and_a_message(new_one):
    """Only those; of one that the head does not have it is told."""
    done = new_one.schemas.migrate(names=[WEB, WEB], message="one", author="Eve <eve@example.org>")
    assert [change.name for change in done.changes] == [WEB]
    assert (done.commit.message, done.commit.author) == ("one", "Eve <eve@example.org>")
    assert versions(new_one.schemas.list()) == {"1.0": 1, "1.2": 1}
    with pytest.raises(DocumentNotFoundError):
        new_one.schemas.migrate(names=["services/none"])
    assert new_one.schemas.migrate(names=["other"]).commit is None


def test_migrate_refuses_files_with_edits(new_one, put, on_disk):
    """Nothing is changed, of the others neither; formatting alone is no edit."""
    new_one.restore([API, WEB])
    put(API, json.dumps(on_disk(API), indent=7))
    path = put(WEB, json.dumps({**on_disk(WEB), "name": "edited"}))
    text, count = path.read_text(), len(new_one.log())
    with pytest.raises(DirtyDocumentError, match=WEB):
        new_one.schemas.migrate()
    assert (path.read_text(), len(new_one.log())) == (text, count)
    assert on_disk(API)["schema_version"] == "1.0"
    assert new_one.schemas.migrate(names=[API]).commit is not None


BAD = {
    "step": ({"name": "bad", "hostname": "x", "host": "h", "limits": {}, "items": []}, "1.1", MigrationFailedError),
    "type": ({"name": "bad", "host": 5, "limits": {"max": 1}, "items": []}, "1.0", DocumentInvalidError),
    "missing": ({"name": "bad"}, "0.9", MigrationMissingError),
    "stamp": ({"name": "bad"}, "abc", DocumentInvalidError),
}


@pytest.mark.parametrize("with_types", [True, False])
@pytest.mark.parametrize(("value", "version", "error"), BAD.values(), ids=BAD)
def test_one_document_that_fails_stops_a_migration_of_all(known, new_one, put, root, value, version, error, with_types):
    """No file is touched and no commit is made; the error names the document."""
    store = new_one if with_types else known
    put("services/zzz", json.dumps({**value, "schema_version": version}))
    new_one.commit("forced", force=True)
    before = {path: path.read_bytes() for path in (root / "services").iterdir()}
    for dry_run in (True, False):
        with pytest.raises(error) as raised:
            store.schemas.migrate(dry_run=dry_run)
        assert raised.value.name == "services/zzz"
    assert {path: path.read_bytes() for path in (root / "services").iterdir()} == before
    assert store.log(limit=1)[0].message == "forced"


def test_migrate_leaves_what_is_newer_alone(old_one, new_one):
    """An old program does not bring documents down."""
    new_one.schemas.migrate()
    assert old_one.schemas.migrate().commit is None
    assert versions(old_one.schemas.list()) == {"1.2": 2}


def test_two_programs_may_migrate_at_once(new_one, root, monkeypatch):
    """The second finds nothing to do when its turn comes."""
    commit = committing.commit
    with Store.open(root, author=AUTHOR, schemas=[schema_12()]) as other:

        def after_another(parts, intent, compose):
            monkeypatch.setattr(committing, "commit", commit)
            assert other.schemas.migrate().commit is not None
            return commit(parts, intent, compose)

        new_one.schemas._parts.lock_timeout_s = 5.0
        monkeypatch.setattr(committing, "commit", after_another)
        # its locks are held already, so the other one migrates as if it had been quicker: without them
        monkeypatch.setattr(type(other._parts.locks), "exclusive", lambda *_: _nothing())
        done = new_one.schemas.migrate()
    assert (done.changes, done.commit) == ((), None)
    assert new_one.status().clean


def test_what_happened_before_its_turn_came_is_taken_as_it_is(new_one, old_one, monkeypatch):
    """A document deleted meanwhile is left alone, one changed meanwhile is migrated as it is now, and told so."""
    commit = committing.commit

    def after_others(parts, intent, compose):
        monkeypatch.setattr(committing, "commit", commit)
        with old_one.transaction("meanwhile", worktree=False) as tx:
            tx.delete(WEB)
            tx.update(API, lambda api: msgspec.structs.replace(api, host="meanwhile"))
        old_one.restore([WEB, API])
        return commit(parts, intent, compose)

    monkeypatch.setattr(committing, "commit", after_others)
    monkeypatch.setattr(type(old_one._parts.locks), "exclusive", lambda *_: _nothing())
    done = new_one.schemas.migrate()
    assert [change.name for change in done.changes] == [API]
    assert done.changes[0].after["hostname"] == "meanwhile"
    assert new_one.names("services/") == [API]
    assert new_one.status().clean


class _nothing:  # noqa: N801 - reads as a function
    def __enter__(self):
        return None

    def __exit__(self, *_):
        return None


def test_a_record_that_was_tampered_with_is_told_by_the_verbs(known, new_one, root):
    """The path of the record; reading through it tells kind, versions and document."""
    for path in (root / ".muniment" / "schemas" / "service").iterdir():
        path.write_bytes(path.read_bytes().replace(b"port", b"prot"))
    with Store.open(root, author=AUTHOR) as plain:
        for verb in (plain.schemas.list, plain.schemas.check, plain.schemas.migrate, plain.schemas.export):
            with pytest.raises(HashMismatchError):
                verb()
        assert plain.read("services/new")["schema_version"] == "1.2"
    with Store.open(root, schemas=[schema_10()]) as opened, pytest.raises(MigrationFailedError) as raised:
        opened.read("services/new")
    error = raised.value
    assert (error.name, error.kind, error.from_version, error.to_version) == ("services/new", "service", "1.2", "1.0")


def test_limits_of_old_documents_are_theirs(new_one, put):
    """A value out of the middle: an object is brought along with everything in it."""
    put(WEB, '{"name":"w","host":"h","limits":{"max":3},"items":[],"schema_version":"1.0"}')
    new_one.commit("edit")
    new_one.schemas.migrate(names=[WEB])
    assert new_one.read(WEB).limits == Limits12(3)
