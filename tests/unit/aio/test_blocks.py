"""What is lent to an `async with` block: locked for its length, and given back however it ends."""

import threading

import anyio
import anyio.lowlevel
import pytest

from muniment import InvalidValueError, LockTimeoutError, Store

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


async def test_a_cancelled_wait_for_a_lock_leaves_none(store, root):
    """The verb has happened when the task goes on, or it has not; and nobody holds the lock."""
    with Store.open(root) as other:
        released = threading.Event()

        def hold():
            with other.edit("services/web") as web:
                web["port"] = 1
                released.wait(10)

        async with anyio.create_task_group() as group:
            group.start_soon(anyio.to_thread.run_sync, hold)
            await anyio.sleep(0.05)
            with anyio.move_on_after(0.05):
                group.start_soon(_soon, released)
                async with store.edit("services/web") as web:
                    web["port"] = 7
                    await anyio.sleep_forever()
        other.write("services/web", {"port": 9})
    assert await store.read("services/web") == {"port": 9}


async def _soon(event):
    await anyio.sleep(0.1)
    event.set()


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


async def test_a_block_within_a_block_on_the_same_document(store):
    """It waits for the outer one in vain, and says so."""
    store._sync._parts.locks._timeout_s = 0.1
    async with store.edit("services/web"):
        with pytest.raises(LockTimeoutError):
            await store.edit("services/web").__aenter__()


async def test_blocks_leave_no_threads(store):
    """Each ends with its block."""
    for _ in range(5):
        async with store.edit("services/web") as web:
            web["port"] += 1
    for thread in threading.enumerate():
        if thread.name.startswith("muniment-block"):
            await anyio.to_thread.run_sync(thread.join, 5)
            assert not thread.is_alive()
