"""Let each call that reaches the disk fail in turn: an error of ours, nothing lost, nothing half done."""

import errno
import itertools
import os
import shutil
from contextlib import suppress
from functools import partial

import pytest
from disk_calls import CHANGES, READS, SYNCS, At, fail, intercepted
from promises import opened
from scenarios import SCENARIOS, Stopped, check, stop

from muniment import MunimentError
from muniment.files import disk
from muniment.schema.merge_rules import MergeRules

pytestmark = pytest.mark.usefixtures("quick_disk")

TAKING_SPACE = CHANGES - {"chmod", "rmdir", "truncate", "unlink"}
FAULTS = {
    "full": (errno.ENOSPC, TAKING_SPACE),
    "faulty": (errno.EIO, SYNCS),
    "faulty reads": (errno.EIO, READS),
    "forbidden": (errno.EACCES, CHANGES - SYNCS),
    "read-only": (errno.EROFS, CHANGES - SYNCS),
    "too many files": (errno.EMFILE, frozenset({"create", "open", "scandir"})),
}


@pytest.fixture(params=[name for name in SCENARIOS if name != "recovery"])
def scenario(request):
    """Each scenario in turn."""
    return SCENARIOS[request.param]


def attempt(verb):
    """Do what may only succeed or raise an error of ours; tell whether it succeeded."""
    try:
        verb()
    except MunimentError:
        return False
    return True


def go_on(store):
    """Commit once more on the same open store; tell whether it was not refused."""

    def commit():
        with store.transaction("go on", worktree=False) as change:
            change.write("next", change.read("next") + 1 if change.exists("next") else 1)

    return attempt(commit)


def must_go_on(scenario, fault):
    """Tell whether a store has to take commits after a fault; a failed sync or checkpoint may forbid it."""
    return scenario is not SCENARIOS["checkpoint"] and (fault.reached is None or fault.reached.name not in SYNCS)


def sweep(template, root, scenario, decide):
    """Let a scenario meet a fault at each place in turn until it meets none; give how many there were."""
    for nth in itertools.count(1):
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(template, root)
        store = opened(root, lock_timeout_s=0.5)
        with store.transaction("acknowledged", worktree=False) as change:
            change.write("next", 1)
        scenario.prepare(store)
        fault = decide(nth)
        with intercepted(fault):
            done = attempt(partial(scenario.work, store))
        if scenario is not SCENARIOS["close"]:
            assert go_on(store) or not must_go_on(scenario, fault)
        check(root, scenario, [change.commit.id], was_stopped=not done)
        store.close()
        if fault.reached is None:
            return nth - 1
    raise AssertionError


@pytest.mark.parametrize("ever_after", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("kind", FAULTS)
def test_a_call_may_fail(template, place, scenario, kind, ever_after):
    """Whichever call fails, once or from then on, the change is there whole or not at all, and work goes on."""
    number, names = FAULTS[kind]
    root = place / "store"
    nths = sweep(template, root, scenario, lambda nth: At(nth, fail(number), names, ever_after=ever_after))
    assert nths >= 1


def test_after_a_failed_sync_of_the_journal_a_store_takes_no_more(template, place):
    """The kernel may have dropped what it could not write, so only a store opened anew goes on."""
    shutil.copytree(template, place / "store")
    store = opened(place / "store")
    with intercepted(At(1, fail(errno.EIO), frozenset({"fdatasync"}))):
        assert not attempt(lambda: SCENARIOS["one"].work(store))
    for _ in range(2):
        with pytest.raises(MunimentError, match="open the store anew"):
            SCENARIOS["one"].work(store)
    check(place / "store", SCENARIOS["one"], [], was_stopped=True)


def test_after_a_failed_checkpoint_nothing_is_taken_for_durable(template, place):
    """What a checkpoint could not sync is written anew by the next writer, because the kernel may call it clean."""
    shutil.copytree(template, place / "store")
    store = opened(place / "store")
    SCENARIOS["three"].work(store)
    with intercepted(At(1, fail(errno.EIO), SYNCS, ever_after=True)):
        store.close()
    written = []

    def watch(call):
        if (call.name == "create" and "/objects/" in call.arguments[0]) or call.name in {"rename", "replace"}:
            written.append(str(call.arguments[-1]))
        return call.go_on()

    with opened(place / "store") as again:
        with intercepted(watch):
            assert go_on(again)
        changed = again._parts.layout.object(again.log(limit=2)[1].id)
    assert changed in written


def test_a_failed_checkpoint_in_a_recovery_is_not_forgotten(template, place):
    """A program that cannot sync what it finished for a stopped one takes no changes; one that opens anew does."""
    shutil.copytree(template, place / "store")
    store = opened(place / "store")
    with intercepted(At(1, stop, frozenset({"rename"}))), pytest.raises(Stopped):
        SCENARIOS["one"].work(store)
    with intercepted(At(1, fail(errno.EIO), SYNCS - {"fdatasync"}, ever_after=True)):
        assert not go_on(store)
    assert not go_on(store)
    with opened(place / "store") as again:
        assert go_on(again)
    check(place / "store", SCENARIOS["one"], [], was_stopped=False)


def snapshot(store):
    """Use a snapshot in every way."""
    with store.snapshot() as documents:
        assert documents["a"] == 1
        assert "a" in documents
        list(documents)


def edit(store):
    """Edit a document in place."""
    with store.edit("folder/b") as value:
        value["x"] = "edited"


VERBS = {
    "write": lambda store: store.write("a", "new"),
    "create": lambda store: store.create("new/folder/e", 1),
    "update": lambda store: store.update("a", lambda value: value + 1),
    "delete": lambda store: store.delete("folder/c"),
    "read": lambda store: store.read("a", locked=True),
    "names": lambda store: store.names(),
    "exists": lambda store: store.exists("a"),
    "status": lambda store: store.status(),
    "log": lambda store: store.log(),
    "history": lambda store: store.history("a"),
    "blame": lambda store: store.blame("a"),
    "diff": lambda store: store.diff(),
    "show": lambda store: store.show(),
    "at": lambda store: dict(store.at("HEAD")),
    "verify": lambda store: store.verify(),
    "branch": lambda store: store.branch,
    "snapshot": snapshot,
    "edit": edit,
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("kind", FAULTS)
def test_every_verb_tells_a_fault_by_an_error_of_ours(template, place, verb, kind):
    """Whichever call fails, what leaves is a `MunimentError`, locks are free again, and the documents are whole."""
    number, names = FAULTS[kind]
    for nth in itertools.count(1):
        root = place / str(nth)
        shutil.copytree(template, root)
        store = opened(root, lock_timeout_s=0.5)
        fault = At(nth, fail(number), names)
        with intercepted(fault):
            attempt(partial(VERBS[verb], store))
        with opened(root, lock_timeout_s=0.5) as other:
            other.update("unused", lambda _: "still possible")
            assert other.status().invalid == ()
            other.commit("still possible")
        assert attempt(partial(VERBS[verb], store)) or verb in {"create", "delete"}
        store.close()
        if fault.reached is None:
            break


def test_a_store_is_closed_though_the_system_will_not_close_files(template, place, monkeypatch):
    """All that was acknowledged is durable by then: there is nothing to tell, and no descriptor is closed twice."""
    shutil.copytree(template, place / "store")
    store = opened(place / "store")
    SCENARIOS["one"].work(store)
    store.ledger("runs").append("step", 1)
    closed = []

    def close(fd):
        closed.append(fd)
        os.close(fd)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(disk, "close", close)
        store.close()
    assert len(closed) > 3
    with opened(place / "store") as again:
        assert again.at("HEAD")["a"] == 2
        assert [entry.payload for entry in again.ledger("runs")] == [1]


def test_rules_that_cannot_be_looked_at_are_not_taken_for_none(template, place):
    """A merge without the rules that the store keeps would be another merge."""
    shutil.copytree(template, place / "store")
    with opened(place / "store") as store:
        store.merge_rules.declare(MergeRules("rules", names="a", strategies={"/port": "max"}))
    faults = [At(nth, fail(errno.EIO), READS) for nth in range(1, 12)]
    for fault in faults:
        with opened(place / "store") as store, intercepted(fault), suppress(MunimentError):
            assert [rules.name for rules in store.merge_rules.list()] == ["rules"]
    assert any(fault.reached and fault.reached.name == "stat" for fault in faults)


def test_a_ledger_that_cannot_be_looked_at_is_not_taken_for_none(template, place):
    """Of one that has archives alone, the system will not say that they are there."""
    shutil.copytree(template, place / "store")
    with opened(place / "store") as store:
        ledger = store.ledger("runs")
        ledger.append("step", 1)
        ledger.archive(ledger.cursor(), all_writers=True)
        assert store.ledgers() == ["runs"]
        faults = [At(nth, fail(errno.EIO), READS) for nth in range(1, 20)]
        for fault in faults:
            with intercepted(fault), suppress(MunimentError):
                assert store.ledgers() == ["runs"]
        assert any(fault.reached and fault.reached.name == "stat" for fault in faults)
