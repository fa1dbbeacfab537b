"""A watch in an event loop: it tells what it tells elsewhere, and is let go."""

import anyio
import anyio.lowlevel
import pytest

from muniment import DocumentChanged, HeadMoved, Store

pytestmark = pytest.mark.anyio


async def test_changes_are_iterated_over(store, root):
    """Those of any program; the cursor is behind what was given."""
    given = []
    with Store.open(root, author="Ben <b@c.d>") as other:
        async with store.watch(debounce_s=0) as changes:
            other.write("a", 1)
            async for change in changes:
                given.append(change)
                if len(given) == 1:
                    other.commit("a")
                else:
                    changes.stop()
        other.write("b", 1)
    assert [type(change) for change in given] == [DocumentChanged, HeadMoved]
    cursor = await changes.cursor
    assert [change.name async for change in store.watch(since=cursor, timeout_s=0.1)] == ["b"]


async def test_a_wait_that_is_cancelled_is_gone_on_with(store):
    """Nothing is lost by a time limit."""
    async with store.watch(debounce_s=0) as changes:
        with anyio.move_on_after(0.05) as scope:
            await anext(changes)
        assert scope.cancelled_caught
        await store.write("a", 1)
        with anyio.fail_after(20):
            assert (await anext(changes)).name == "a"


async def test_one_that_is_stopped_as_it_gives_a_change_ends(store, monkeypatch):
    """By another thread, between the look for a change at hand and the taking of it: that stays for the cursor."""
    changes = store.watch(debounce_s=0)
    watch = await changes._begun()

    def found():
        monkeypatch.undo()
        is_found = watch.wait()
        changes.stop()
        return is_found

    monkeypatch.setattr(watch, "wait", found)
    await store.write("a", 1)
    assert [change async for change in changes] == []
    cursor = await changes.cursor
    assert [change.name async for change in store.watch(since=cursor, timeout_s=0.1)] == ["a"]


async def test_functions_are_called_and_awaited(store, caplog):
    """Plain ones and coroutines; one that raises does not stop the others."""
    came = []
    changes = store.watch(debounce_s=0)

    @store.on_change("services/*")
    def fail(_):
        raise ZeroDivisionError

    @store.on_change("services/*")
    async def take(change):
        await anyio.lowlevel.checkpoint()
        came.append(change.name)
        changes.stop()

    await changes
    await store.write("other", 1)
    await store.write("services/web", {"port": 1})
    with anyio.fail_after(20):
        await changes.run()
    assert came == ["services/web"]
    assert "ZeroDivisionError" in caplog.text
