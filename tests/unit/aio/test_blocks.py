"""What is lent to an `async with` block: locked for its length, and given back however it ends."""

import threading

import anyio
import anyio.lowlevel
import pytest

from muniment import InvalidValueError, LockTimeoutError, Store
from muniment.aio import calls

pytestmark = pytest.mark.anyio


async def test_edit_and_transaction(store):
    """Written when the block ends well."""
    async with store.edit("services/web") as web:
        web["port"] = 8080
    assert await store.read("services/web") == {"port": 8080}
    await store.commit("raise the port")
    async with store.transaction("both") as tx:
        await tx.write("a", 1)
        await tx.update("services/web", lambda web: web | {"host": "h"})
        async with tx.edit("services/web") as web:
            web["port"] = 1
        assert await tx.read("services/web") == {"port": 1, "host": "h"}
    assert tx.commit.message == "both"
    assert await store.read("services/web") == {"port": 1, "host": "h"}


async def test_a_block_that_raises_writes_nothing(store):
    """As with the synchronous one, and its locks are given back."""
    lent = []

    async def fail():
        async with store.transaction("never") as tx:
            lent.append(tx)
            await tx.write("a", 1)
            await tx.read("services/web")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert not await store.exists("a")
    await store.write("services/web", {"port": 3})
    with pytest.raises(InvalidValueError):
        await lent[0].write("a", 1)


async def test_tasks_that_edit_one_document_take_turns(store):
    """None of their changes is lost."""

    async def raise_port():
        async with store.edit("services/web") as web:
            port = web["port"]
            await anyio.lowlevel.checkpoint()
            web["port"] = port + 1

    async with anyio.create_task_group() as group:
        for _ in range(25):
            group.start_soon(raise_port)
    assert await store.read("services/web") == {"port": 105}


async def test_a_block_that_is_cancelled_writes_nothing_and_gives_its_locks_back(store, root):
    """Wherever in the block it was."""
    for _ in range(3):
        with anyio.move_on_after(0.05) as scope:
            async with store.transaction("never") as tx:
                await tx.update("services/web", lambda web: web | {"port": 1})
                await anyio.sleep_forever()
        assert scope.cancelled_caught
        with Store.open(root, lock_timeout_s=0.0) as other:
            other.write("services/web", {"port": 80})
    assert len(await store.log()) == 1


async def test_a_verb_that_is_cancelled_before_it_began_does_not_happen(store):
    """Nothing is written."""
    with anyio.CancelScope() as scope:
        scope.cancel()
        await store.write("a", 1)
    assert scope.cancelled_caught
    assert not await store.exists("a")


async def test_more_waiting_tasks_than_worker_threads(store):
    """A block can end while all workers wait for its lock."""
    async with anyio.create_task_group() as group, store.edit("services/web") as web:
        for number in range(60):
            group.start_soon(store.write, "services/web", {"port": number})
        await anyio.sleep(0.1)
        web["port"] = 1
    assert (await store.read("services/web"))["port"] in range(60)


async def test_what_a_task_calls_in_its_block_finds_its_locks(store):
    """As in a `with` block: it is refused at once what would wait for itself, and snapshots share their locks."""
    store._sync._parts.locks._timeout_s = 60.0
    async with store.edit("services/web"):
        with pytest.raises(LockTimeoutError, match="this very thread"):
            await store.write("services/web", {"port": 1})
        with pytest.raises(LockTimeoutError, match="this very thread"):
            await store.edit("services/web").__aenter__()
    async with store.snapshot() as outer:
        assert await outer.read("services/web") == {"port": 80}
        async with store.snapshot() as inner:
            assert await inner.read("services/web") == {"port": 80}
        assert await outer.contains("services/web")
    await store.write("services/web", {"port": 2})


async def test_a_task_that_was_begun_in_a_block_is_not_in_it(store):
    """It waits for the block like any other; and the block may wait for a verb of such a task."""
    begun = anyio.Event()

    async def another():
        begun.set()
        await store.write("services/web", {"port": 2})

    async with anyio.create_task_group() as group, store.edit("services/web") as web:
        group.start_soon(another)
        await begun.wait()
        web["port"] = 1
    assert await store.read("services/web") == {"port": 2}


async def test_verbs_in_a_block_find_a_thread(store):
    """However many others wait for the block: its own verbs, and those of tasks that it began, go on."""
    is_held, all_wait = anyio.Event(), anyio.Event()

    async def hold():
        async with store.edit("services/web") as web:
            is_held.set()
            await all_wait.wait()
            await store.write("a", 1)
            async with anyio.create_task_group() as inner:
                for number in range(10):
                    inner.start_soon(store.write, f"b{number}", number)
            web["port"] = 1

    async with anyio.create_task_group() as group:
        group.start_soon(hold)
        await is_held.wait()
        for number in range(100):
            group.start_soon(store.write, "services/web", {"port": number})
        while calls.limit().available_tokens:
            await anyio.lowlevel.checkpoint()
        all_wait.set()
    assert len(await store.names()) == 12


async def test_blocks_may_end_in_any_order(store):
    """The thread that they share ends with the last."""
    first, second = store.edit("services/web"), store.snapshot()
    web = await first.__aenter__()
    await second.__aenter__()
    web["port"] = 1
    await first.__aexit__(None, None, None)
    assert await store.read("services/web") == {"port": 1}
    await second.__aexit__(None, None, None)
    assert await store.read("services/web") == {"port": 1}
    with pytest.raises(InvalidValueError):
        await first.__aenter__()


async def test_blocks_leave_no_threads(store):
    """Each ends with its block."""
    for _ in range(5):
        async with store.edit("services/web") as web:
            web["port"] += 1
    for thread in threading.enumerate():
        if thread.name.startswith("muniment-block"):
            await anyio.to_thread.run_sync(thread.join, 5)
            assert not thread.is_alive()
