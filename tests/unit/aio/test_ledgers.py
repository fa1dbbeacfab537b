"""Ledgers in an event loop: appended to by many tasks, read on, followed, and let go."""

import threading
from typing import Any

import anyio
import pytest

from muniment import Cursor, Store

pytestmark = pytest.mark.anyio


async def test_many_tasks_append(store):
    """Each entry is there once."""
    runs = await store.ledger("runs")

    async def append(number):
        entry = await runs.append("turn", number, key=f"k{number}")
        assert await runs.contains(entry)

    async with anyio.create_task_group() as group:
        for number in range(100):
            group.start_soon(append, number)
    assert await runs.count() == 100
    assert sorted([entry.payload async for entry in runs]) == list(range(100))
    assert (await runs.verify()).ok
    assert await store.ledgers() == ["runs"]


async def test_a_tail_and_its_cursor(store):
    """The cursor tells of what was given, not of what was read ahead."""
    runs = await store.ledger("runs")
    await runs.append_many([{"kind": "a", "payload": number} for number in range(3000)])
    tail = await runs.tail()
    await runs.append("late")
    given = []
    async for entry in tail:
        given.append(entry.payload)
        if len(given) == 1234:
            break
    cursor = await tail.cursor
    assert isinstance(cursor, Cursor)
    given += [entry.payload async for entry in tail]
    assert given == list(range(3000))
    rest = [entry async for entry in runs.tail(cursor)]
    assert [entry.payload for entry in rest] == [*range(1234, 3000), None]
    assert [entry.payload async for entry in runs.tail(await runs.tail(3000).cursor)] == [None]


async def test_a_subscription(store, root):
    """It gives what any program appends, until it is stopped."""
    runs = await store.ledger("runs")
    await runs.append("a", 0)
    given = []
    with Store.open(root, author="Ben <b@c.d>") as other:
        async with runs.subscribe(after=0) as found:
            async for entry in found:
                given.append(entry.payload)
                if len(given) == 5:
                    found.stop()
                else:
                    other.ledger("runs").append("a", len(given))
    assert given == [0, 1, 2, 3, 4]
    assert [entry async for entry in runs.subscribe(timeout_s=0.05)] == []


async def follow(found, given):
    """Take what comes."""
    async with found:
        async for entry in found:
            given.append(entry.payload)


async def test_a_cancelled_wait_loses_nothing_and_leaves_no_thread(store):
    """What comes afterwards lies behind the cursor."""
    runs = await store.ledger("runs")
    before = set(threading.enumerate())
    for number in range(3):
        given: list[Any] = []
        found = await runs.subscribe(after=0)
        async with anyio.create_task_group() as group:
            group.start_soon(follow, found, given)
            while len(given) < number:  # noqa: ASYNC110 - what is waited for sets no event
                await anyio.sleep(0.001)
            group.cancel_scope.cancel()
        assert given == list(range(number))
        await runs.append("a", number)
        assert [entry.payload async for entry in runs.tail(await found.cursor)] == [number]
    left = {one for one in threading.enumerate() if "notify" in repr(one) or "Observer" in repr(one)} - before
    for thread in left:
        await anyio.to_thread.run_sync(thread.join, 5)
        assert not thread.is_alive()


async def test_many_subscribers_do_not_starve_verbs(store):
    """However many tasks wait, a verb finds a thread."""
    runs = await store.ledger("runs")
    came = []

    async def follow():
        async for entry in runs.subscribe(after=0):
            came.append(entry)
            break

    async with anyio.create_task_group() as group:
        for _ in range(50):
            group.start_soon(follow)
        await anyio.sleep(0.05)
        with anyio.fail_after(20):
            await runs.append("a")
    assert len(came) == 50


async def test_sync_and_fold(store, tmp_path):
    """Copies of a ledger are exchanged by path, or by the ledger itself."""
    runs = await store.ledger("runs")
    await runs.append_many([{"kind": "a", "payload": number} for number in range(4)])
    await runs.backup(tmp_path / "copy")
    with Store.open(tmp_path / "copy", author="Ben <b@c.d>") as other:
        other.ledger("runs").append("a", 4)
    assert (await runs.sync(tmp_path / "copy")).received == 1
    assert await runs.fold(0, lambda total, entry: total + entry.payload) == 10
