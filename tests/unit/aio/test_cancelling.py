"""Whatever is cancelled, in whichever way, has happened then or not, never happens later, and holds no lock."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial

import anyio
import anyio.lowlevel
import pytest

from muniment import Store
from muniment.aio import AsyncStore, Block, calls
from muniment.aio.blocks import as_it_is
from muniment.files import patience

pytestmark = pytest.mark.anyio

LONG_S = 60.0
"""Nobody waits as long in these tests: who does anyhow has not given up."""
OWN = "asyncio by itself"
HOLD = """
import sys
from muniment import Store
with Store.open(sys.argv[1]) as store, store.edit("services/web"):
    store.write("a", 1)  # its lock has a file then, so that a transaction takes both
    store.delete("a")
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(params=["asyncio", OWN, "trio"])
def how(request):
    """Cancel by a scope of anyio, or as `asyncio.timeout`, `asyncio.TaskGroup` and Ctrl-C do."""
    return request.param


@pytest.fixture
def anyio_backend(how):
    """The event loop of it."""
    return how.split()[0]


@pytest.fixture
async def store(root):
    """A store that waits for locks for long."""
    async with await AsyncStore.open(root, author="Ada <ada@example.org>", lock_timeout_s=LONG_S) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _in_time(how):
    """A wait that is not given up fails, and does not hang."""
    watchdog = threading.Timer(LONG_S / 2, sys.stderr.write, ["a cancelled wait goes on\n"])
    watchdog.daemon = True
    watchdog.start()
    yield
    is_in_time = watchdog.is_alive()
    watchdog.cancel()
    assert is_in_time


@asynccontextmanager
async def begun(work, how):
    """Run `work` in a task for the length of a block; gives the function that cancels it."""
    if how == OWN:
        task = asyncio.create_task(work())
        yield task.cancel
        with suppress(asyncio.CancelledError):
            await task
        return
    async with anyio.create_task_group() as group:
        scope = anyio.CancelScope()

        async def scoped():
            with scope:
                await work()

        group.start_soon(scoped)
        yield scope.cancel


@contextmanager
def held_elsewhere(root):
    """Another process edits the document for the length of the block."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "held\n"
        yield
        holder.stdin.close()


@pytest.fixture
def waits(monkeypatch):
    """Is set when somebody looks whether what he waits for is still wanted."""
    looked = threading.Event()
    ask = patience.is_over

    def asked():
        looked.set()
        return ask()

    monkeypatch.setattr(patience, "is_over", asked)
    return looked


async def seen(event):
    """Wait for an event of another thread."""
    assert await anyio.to_thread.run_sync(event.wait, LONG_S / 2)


def is_free(root):
    """Tell whether nobody has the document locked."""
    with Store.open(root, lock_timeout_s=0.0) as other:
        other.update("services/web", lambda web: web)
    return True


async def edit(store):
    """Change the document in a block."""
    async with store.edit("services/web") as web:
        web["port"] = 1


async def transaction(store):
    """Write two documents, which are locked at the end."""
    async with store.transaction("both") as tx:
        await tx.write("services/web", {"port": 1})
        await tx.write("a", 1)


async def write(store):
    """Write the document, for a moment."""
    await store.write("services/web", {"port": 1})


WAITING = (write, edit, transaction)


async def test_waiting_for_a_lock_of_another_process_is_given_up(store, root, how, waits):
    """At once, and not after `lock_timeout_s`; nothing is written, then or later."""
    with held_elsewhere(root):
        for verb in WAITING:
            waits.clear()
            async with begun(partial(verb, store), how) as cancel:
                await seen(waits)
                cancel()
    assert is_free(root)
    assert await store.read("services/web") == {"port": 80}
    assert await store.names() == ["services/web"]


async def test_a_verb_that_runs_is_waited_for(store, root, how):
    """What was begun has happened when its task goes on."""
    runs, may_end = threading.Event(), threading.Event()
    has_ended = []

    def slowly(web):
        runs.set()
        may_end.wait(LONG_S / 2)
        return web | {"port": 1}

    async def work():
        try:
            await store.update("services/web", slowly)
        finally:
            has_ended.append(True)

    async with begun(work, how) as cancel:
        await seen(runs)
        for _ in range(3):
            cancel()
            for _ in range(10):
                await anyio.lowlevel.checkpoint()
        assert not has_ended
        may_end.set()
    assert has_ended
    assert is_free(root)
    assert await store.read("services/web") == {"port": 1}


async def test_a_verb_that_waits_for_a_thread_does_not_happen(store, how):
    """All are busy: it is called off."""
    calls.limit().total_tokens = 1
    runs, may_end = threading.Event(), threading.Event()

    def slowly(web):
        runs.set()
        may_end.wait(LONG_S / 2)
        return web

    async with begun(lambda: store.update("services/web", slowly), how):
        await seen(runs)
        async with begun(lambda: store.write("a", 1), how) as cancel:
            await anyio.lowlevel.checkpoint()
            cancel()
        may_end.set()
    assert not await store.exists("a")


@pytest.mark.parametrize("place", ["in it", "at its end"])
async def test_a_block_writes_nothing_where_it_is_cancelled(store, root, how, place):
    """Neither in its middle, nor before its end has begun."""
    within = threading.Event()
    cancels: list[Callable[[], object]] = []

    async def work():
        async with store.transaction("never") as tx:
            await tx.update("services/web", lambda web: web | {"port": 1})
            within.set()
            if place == "in it":
                await anyio.sleep_forever()
            while not cancels:
                await anyio.lowlevel.checkpoint()
            cancels[0]()

    async with begun(work, how) as cancel:
        await seen(within)
        if place == "in it":
            cancel()
        else:
            cancels.append(cancel)
    assert is_free(root)
    assert len(await store.log()) == 1


class Slow:
    """A context manager that takes its time, and tells what became of it."""

    def __init__(self, slow):
        self._slow = slow
        self.runs, self.may_end = threading.Event(), threading.Event()
        self.told = []

    def _take(self, what):
        if what == self._slow:
            self.runs.set()
            assert self.may_end.wait(LONG_S / 2)
        self.told.append((what, threading.current_thread().name))

    def __enter__(self):
        self._take("enter")

    def __exit__(self, kind, error, trace):
        self._take("exit")


@pytest.mark.parametrize("slow", ["enter", "exit"])
async def test_a_block_that_began_is_left_in_its_thread(how, slow):
    """Once, and wholly, however often it is cancelled meanwhile."""
    manager = Slow(slow)

    async def work():
        async with Block(lambda: manager, as_it_is):
            pass

    async with begun(work, how) as cancel:
        await seen(manager.runs)
        for _ in range(3):
            cancel()
            for _ in range(10):
                await anyio.lowlevel.checkpoint()
        manager.may_end.set()
    assert [what for what, _ in manager.told] == ["enter", "exit"]
    assert len({thread for _, thread in manager.told}) == 1


@pytest.mark.parametrize("times", [1, 3])
async def test_what_gives_back_is_called_once_however_often_it_is_called_off(times, anyio_backend):
    """Asyncio may cancel each attempt before a thread begins; that it did is raised in the end."""
    if anyio_backend == "trio":
        return  # its shields hold
    attempts, given_back = [], []

    async def call(function):
        attempts.append(function)
        if len(attempts) <= times:
            raise asyncio.CancelledError
        function()

    with pytest.raises(asyncio.CancelledError):
        await calls.surely(call, lambda: given_back.append(True))
    assert given_back == [True]


async def test_a_store_is_closed_where_its_block_is_cancelled(root, how):
    """Its files do not stay open until somebody collects it."""
    opened = []

    async def work():
        async with await AsyncStore.open(root) as store:
            opened.append(store)
            await anyio.sleep_forever()

    async with begun(work, how) as cancel:
        while not opened:
            await anyio.lowlevel.checkpoint()
        cancel()
    assert "Closed" in type(opened[0]._sync._parts).__name__


async def test_a_cancelled_wait_for_entries_may_be_gone_on_with(store, how):
    """The subscription is not stopped by it, and nothing is lost."""
    runs = await store.ledger("runs")
    given = []
    async with runs.subscribe(after=0) as found:
        for number in range(3):
            async with begun(found.__anext__, how) as cancel:
                for _ in range(20 * number):
                    await anyio.lowlevel.checkpoint()
                cancel()
            await runs.append("a", number)
            given.append((await anext(found)).payload)
    assert given == [0, 1, 2]


async def test_one_of_many_that_wait_for_a_ledger_is_cancelled(store, how):
    """Its entry is there or is not, and those of all others are."""
    runs = await store.ledger("runs")
    async with anyio.create_task_group() as group:
        for number in range(30):
            group.start_soon(runs.append, "turn", number)
        async with begun(lambda: runs.append("turn", -1), how) as cancel:
            await anyio.lowlevel.checkpoint()
            cancel()
    assert {entry.payload async for entry in runs} - {-1} == set(range(30))
    assert (await runs.verify()).ok
