"""Kill real processes at moments that nobody chose: what they acknowledged is there."""

import random
import time

from children import Child
from promises import AUTHOR, check_files, opened
from quick_stores import SWEEP

from muniment import Store

KILLS = 200 if SWEEP else 20


def commit_for_ever(root):
    """Make work that counts in two documents at once, and tells each number with its commit once it is acknowledged."""

    def work(tell):
        store = opened(root)
        number = store.read("left", int)
        while True:
            number += 1
            with store.transaction(f"number {number}") as change:
                change.write("left", number)
                change.write("right", number)
                change.write(f"seen/{number % 3}", number)
            tell((number, change.commit.id))

    return work


def test_killed_writers_lose_nothing(tmp_path):
    """Many writers, each killed by SIGKILL: every acknowledged commit is in the log, and the files are the head's."""
    chance = random.Random(20)
    with Store.init(tmp_path, author=AUTHOR) as store, store.transaction("start") as change:
        change.write("left", 0)
        change.write("right", 0)
    acknowledged: dict[int, str] = {}
    for _ in range(KILLS):
        child = Child(commit_for_ever(tmp_path))
        acknowledged.update([child.hear()])
        time.sleep(chance.uniform(0, 0.15))
        child.kill()
        acknowledged.update(child.told())
        with opened(tmp_path) as store:
            with store.transaction("next") as change:
                change.write("next", max(acknowledged))
            assert store.status().clean
            assert store.read("left") == store.read("right") >= max(acknowledged)
    with opened(tmp_path) as store:
        log = {commit.id for commit in store.log()}
        assert set(acknowledged.values()) <= log
        assert len(log) <= store.read("left") + KILLS + 1
        assert store.verify().findings == ()
        check_files(tmp_path, dict(store.at("HEAD")))


def test_a_reader_beside_killed_writers_sees_whole_changes(tmp_path):
    """While writers come and are killed, a snapshot sees both documents of each change or neither."""
    with Store.init(tmp_path, author=AUTHOR) as store:
        with store.transaction("start") as change:
            change.write("left", 0)
            change.write("right", 0)
        for _ in range(10):
            child = Child(commit_for_ever(tmp_path))
            child.hear()
            child.kill()
            with store.snapshot() as snapshot:
                assert snapshot["left"] == snapshot["right"]
