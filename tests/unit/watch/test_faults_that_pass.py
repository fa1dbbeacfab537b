"""What cannot be looked at for a while, as on network mounts, is looked at again; a store that is gone ends a watch."""

import errno
import logging
import os
import shutil
import threading

import pytest

from muniment import NotAStoreError, Store, StoreClosedError
from muniment.files import disk
from muniment.watch import passing

CALLS = ["scandir", "stat", "read_file"]
PASSING = [errno.EIO, errno.ESTALE]


@pytest.fixture
def broken(monkeypatch):
    """Let a call of the disk fail for some paths, until they are mended; `broken(call, number, paths)`."""

    def begin(call, number, paths):
        real, wrong = getattr(disk, call), set(map(str, paths))

        def failing(path, *rest):
            if str(path) in wrong:
                raise OSError(number, os.strerror(number), path)
            return real(path, *rest)

        monkeypatch.setattr(disk, call, failing)
        return wrong

    return begin


@pytest.fixture(autouse=True)
def soon_tried_again(monkeypatch):
    """Let nobody wait."""
    monkeypatch.setattr(passing, "AGAIN_S", 0.0)


@pytest.mark.parametrize("number", PASSING)
@pytest.mark.parametrize("call", CALLS)
def test_the_rest_is_told_and_what_cannot_be_seen_later(call, number, watch, told, words, broken, root, caplog):
    """Nothing is told of what nobody can see: neither that it is gone, nor that it is no document; logged once."""
    changes = watch(poll_s=0.02)
    assert told(changes) == []
    paths = [root / "services", root / "services" / "web.json"]
    with caplog.at_level(logging.WARNING, logger="muniment"):
        wrong = broken(call, number, paths)
        (root / "services" / "web.json").write_text('{"port": 2}')
        (root / "services" / "mail.json").write_text("{}")
        (root / "top.json").write_text('{"x": 2}')
        found = words(told(changes))
        assert "changed top" in found
        assert "changed services/web" not in found or call != "read_file"
        for _ in range(3):
            found += words(told(changes))
        wrong.clear()
        while len(found) < 3:
            found += words([next(changes)])
    assert sorted(found) == ["changed services/web", "changed top", "created services/mail"]
    assert caplog.text.count("cannot be looked at") <= 1


@pytest.mark.parametrize("number", PASSING)
def test_a_watch_begins_where_a_document_cannot_be_read(number, watch, told, words, broken, root):
    """It is taken to be as it was committed until it can be read."""
    (root / "services" / "web.json").write_text('{"port": 2}')
    wrong = broken("read_file", number, [root / "services" / "web.json"])
    changes = watch(poll_s=0.02)
    assert told(changes) == []
    wrong.clear()
    assert words([next(changes)]) == ["changed services/web"]


@pytest.mark.parametrize("number", PASSING)
@pytest.mark.parametrize("call", ["scandir", "stat"])
def test_a_watch_begins_where_a_folder_cannot_be_listed(call, number, watch, told, words, broken, root):
    """Its documents are there all the same: they are not told as created later on, nor as removed."""
    cursor = str(watch().cursor)
    wrong = broken(call, number, [root / "services"])
    begun, resumed = watch(poll_s=0.02), watch(since=cursor, poll_s=0.02)
    assert told(resumed) == []
    assert told(begun) == []
    assert words([next(resumed)]) == ["changed zz/last"]
    wrong.clear()
    (root / "services" / "web.json").write_text('{"port": 2}')
    for changes in (begun, resumed):
        assert words([next(changes)]) == ["changed services/web"]


@pytest.mark.parametrize("number", PASSING)
def test_a_folder_that_comes_and_cannot_be_seen(number, watch, told, words, broken, root):
    """It is found when it can be, though nothing in it changes any more."""
    changes = watch(poll_s=0.02)
    assert told(changes) == []
    wrong = broken("scandir", number, [root / "new", root / "new" / "deep"])
    (root / "new" / "deep").mkdir(parents=True)
    (root / "new" / "deep" / "one.json").write_text("{}")
    assert told(changes) == []
    wrong.discard(str(root / "new"))
    assert told(changes) == []
    wrong.clear()
    assert words([next(changes)]) == ["created new/deep/one"]


def test_a_store_that_is_gone_ends_the_watch(watch, told, broken, root):
    """As it says itself: what is below it cannot be looked at for that reason."""
    changes = watch(poll_s=0.02)
    assert told(changes) == []
    broken("scandir", errno.ESTALE, [root])
    shutil.rmtree(root)
    with pytest.raises(NotAStoreError):
        next(changes)
    with pytest.raises(NotAStoreError):
        Store.open(root)


CONTROL = {
    "heads": ["refs/heads"], "a branch": ["refs/heads/main"], "tags": ["refs/tags"], "ledgers": ["ledgers"],
    "the log": ["local/operations.jsonl"], "the journal": ["local/journal"], "the choice of a branch": ["local/HEAD"],
    "everything": ["format.json", "refs/heads", "refs/tags", "ledgers", "local/operations.jsonl", "local/journal"],
}  # fmt: skip
CONTROL_CALLS = ["stat", "open_fd", "listdir", "scandir", "read_file"]


@pytest.fixture
def control_broken(root, monkeypatch):
    """Let some of the control folder fail, so many times or for ever; `control_broken(number, paths, times)`."""

    def begin(number, paths, times=None):
        wrong, left = {str(root / ".muniment" / path) for path in paths}, [times]

        def broken_one(real):
            def failing(path, *rest):
                if str(path).rstrip("/") in wrong and left[0] != 0:
                    left[0] = left[0] and left[0] - 1
                    raise OSError(number, os.strerror(number), path)
                return real(path, *rest)

            return failing

        for call in CONTROL_CALLS:
            monkeypatch.setattr(disk, call, broken_one(getattr(disk, call)))
        return left

    return begin


@pytest.mark.parametrize("number", PASSING)
@pytest.mark.parametrize("paths", CONTROL.values(), ids=CONTROL)
def test_all_is_told_once_the_control_folder_can_be_seen(
    paths, number, watch, told, words, store, save, control_broken, caplog
):
    """In its order, and nothing of what could not be seen, as that it is gone; it is logged once."""
    changes = watch(poll_s=0.02)
    assert told(changes) == []
    with store.transaction("step") as step:
        step.write("top", {"x": 2})
    store.tags.create("one")
    save("services/web", {"port": 2})
    store.ledger("runs").append("a")
    with caplog.at_level(logging.WARNING, logger="muniment"):
        left = control_broken(number, paths, times=9)
        found = words(told(changes, at_least=4))
    assert found == ["moved main: top", "TagCreated", "changed services/web", "LedgerGrown"]
    assert left == [0]
    assert caplog.text.count("cannot be looked at") == 1


@pytest.mark.parametrize("end", ["stop", "close"])
def test_one_that_waits_for_the_control_folder_can_be_ended(end, watch, store, control_broken):
    """At once, however seldom it tries again."""
    changes = watch(poll_s=600.0)
    control_broken(errno.ESTALE, CONTROL["everything"])
    timer = threading.Timer(0.2, changes.stop if end == "stop" else store.close)
    timer.start()
    if end == "stop":
        assert list(changes) == []
    else:
        with pytest.raises(StoreClosedError):
            next(changes)
    timer.join()


def test_a_store_that_goes_while_it_cannot_be_seen_ends_the_watch(watch, told, root, control_broken):
    """As it says itself."""
    changes = watch(poll_s=0.02)
    assert told(changes) == []
    control_broken(errno.ESTALE, CONTROL["heads"])
    threading.Timer(0.2, shutil.rmtree, (root,)).start()
    with pytest.raises(NotAStoreError):
        list(changes)
