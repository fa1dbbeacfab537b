"""Let each call that reaches the disk fail while governed documents are written: nothing is ever half migrated."""

import errno
import itertools
import json
import shutil

import msgspec
import pytest
from disk_calls import CHANGES, READS, SYNCS, At, fail, intercepted
from promises import AUTHOR, opened

from muniment import MunimentError, StorageError, Store
from service_versions import new, old, schema_10, schema_12

pytestmark = pytest.mark.usefixtures("quick_disk")

WEB, API = "services/web", "services/api"
FAULTS = {
    "full": (errno.ENOSPC, CHANGES - {"chmod", "rmdir", "truncate", "unlink"}),
    "faulty": (errno.EIO, SYNCS),
    "faulty reads": (errno.EIO, READS),
    "forbidden": (errno.EACCES, CHANGES - SYNCS),
    "too many files": (errno.EMFILE, frozenset({"create", "open", "scandir"})),
}


@pytest.fixture
def begun(place):
    """A store that an old program left, with two committed documents; closed."""
    with Store.init(place / "begun", author=AUTHOR, schemas=[schema_10()]) as store:
        store.write(WEB, old(owner="ada"))
        store.write(API, old(name="api"))
        store.commit("old")
    return place / "begun"


def changed(web):
    """Change what only a new program knows."""
    return msgspec.structs.replace(web, tls=True)


def in_transaction(store):
    """Both documents, one commit."""
    with store.transaction("both") as tx:
        tx.update(WEB, changed)
        tx.update(API, changed)


def forwards(store):
    """Write an older object, of which the rest has to be looked up."""
    store.write(WEB, {**store.read_as(WEB, "1.0"), "host": "h"})


VERBS = {
    "update": lambda store: store.update(WEB, changed),
    "write": lambda store: store.write(WEB, new(tls=True)),
    "create": lambda store: store.create("services/third", new(name="third")),
    "transaction": in_transaction,
    "migrate": lambda store: store.schemas.migrate(),
    "export": lambda store: store.schemas.export(),
    "forwards": forwards,
}


def raw(root):
    """Give the governed files as plain JSON."""
    return {path.stem: json.loads(path.read_text()) for path in (root / "services").iterdir()}


def check(root, before, after):
    """Check that each file is as it was or as it should be, and that old and new programs can read all of them."""
    found = raw(root)
    for name in before.keys() | after.keys():
        assert found.get(name) in (before.get(name), after.get(name))
    with opened(root, schemas=[schema_10()]) as old_one, opened(root, schemas=[schema_12()]) as new_one:
        for name in new_one.names():
            assert old_one.read(name).name == new_one.read(name).name
        assert old_one.read(WEB).owner == "ada"
        assert old_one.schemas.check() == new_one.schemas.check() == ()
        assert new_one.verify().findings == ()


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("kind", FAULTS)
def test_a_call_may_fail_while_a_document_is_brought_to_a_new_version(begun, place, verb, kind):
    """An error of ours or success; every document is whole and can be read by both; the next try works."""
    number, names = FAULTS[kind]
    with_fault, without = place / "with", place / "without"
    shutil.copytree(begun, without)
    with opened(without, schemas=[schema_12()]) as store:
        VERBS[verb](store)
    before, after = raw(begun), raw(without)
    for nth in itertools.count(1):
        shutil.rmtree(with_fault, ignore_errors=True)
        shutil.copytree(begun, with_fault)
        fault = At(nth, fail(number), names)
        with opened(with_fault, schemas=[schema_12()], lock_timeout_s=0.5) as store:
            with intercepted(fault):
                try:
                    VERBS[verb](store)
                except MunimentError:
                    done = False
                else:
                    done = True
            check(with_fault, after if done and fault.reached is None else before, after)
        with opened(with_fault, schemas=[schema_12()], lock_timeout_s=0.5) as again:
            if verb in {"update", "write", "forwards"}:
                VERBS[verb](again)
                assert raw(with_fault) == after
        if fault.reached is None:
            assert nth > 1
            break


@pytest.fixture
def left_by_a_new_program(begun):
    """The store after the new program wrote a document."""
    with opened(begun, schemas=[schema_12()]) as store:
        store.update(WEB, changed)
        store.commit("new")
    return begun


READING = {
    "read": lambda store: store.read(WEB),
    "read_as": lambda store: store.read_as(WEB, "1.1"),
    "at": lambda store: store.at("HEAD").read(WEB),
    "edit": lambda store: store.update(WEB, lambda web: msgspec.structs.replace(web, host="h")),
    "check": lambda store: store.schemas.check(),
    "list": lambda store: store.schemas.list(),
}


@pytest.mark.parametrize("verb", READING)
@pytest.mark.parametrize("number", [errno.EIO, errno.EMFILE, errno.EACCES])
def test_records_that_cannot_be_read_are_never_taken_for_missing(left_by_a_new_program, verb, number):
    """A newer document without its lenses would be read as it is, and written as a mixture: so it is an error."""
    root = left_by_a_new_program
    before = raw(root)
    reached = 0

    def decide(call):
        nonlocal reached
        if call.name in {"open", "listdir", "stat"} and "/schemas" in str(call.arguments[0]):
            reached += 1
            return fail(number)(call)
        return call.go_on()

    with opened(root, schemas=[schema_10()]) as store:
        with intercepted(decide):
            with pytest.raises(StorageError):
                READING[verb](store)
            assert reached
        assert raw(root) == before
        READING[verb](store)


def test_a_transaction_tells_a_fault_of_a_record_by_an_error_of_ours(left_by_a_new_program):
    """`write` has to look at the store's lenses where it is given an object of another version."""

    def decide(call):
        return fail(errno.EIO)(call) if "/schemas" in str(call.arguments[0]) else call.go_on()

    with opened(left_by_a_new_program, schemas=[schema_10()]) as store:
        value = store.read_as(WEB, "1.2")
        with opened(left_by_a_new_program, schemas=[schema_10()]) as fresh, fresh.transaction("no") as tx:
            with intercepted(decide), pytest.raises(StorageError):
                tx.write(WEB, value)
            tx.write(WEB, value | {"name": "go on"})
        assert store.read(WEB).name == "go on"
