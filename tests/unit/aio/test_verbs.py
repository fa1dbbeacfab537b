"""Verbs are awaited, and do what they do in the synchronous interface."""

import anyio
import pytest

from muniment import DocumentNotFoundError, Merged, Store, StoreClosedError
from muniment.aio import AsyncStore

pytestmark = pytest.mark.anyio


async def test_documents_commits_and_history(store, root):
    """What is written here is there for everybody, and the other way round."""
    await store.write("services/api", {"port": 81})
    made = await store.commit("add the api", names=["services/api"])
    assert await store.read("services/api") == {"port": 81}
    assert [one.message for one in await store.log()] == ["add the api", "begin"]
    assert [one.message async for one in store.log(limit=1)] == ["add the api"]
    assert await store.names() == ["services/api", "services/web"]
    assert (await store.status()).clean
    with Store.open(root) as other:
        assert other.log()[0] == made
    assert await store.branch == "main"
    assert store.path == str(root)


async def test_errors_are_those_of_the_synchronous_verbs(store):
    """Raised where the verb is awaited."""
    with pytest.raises(DocumentNotFoundError):
        await store.read("nothing")
    await store.close()
    with pytest.raises(StoreClosedError):
        await store.names()


async def test_init_and_find(tmp_path):
    """The ways to a store are awaited."""
    async with await AsyncStore.init(tmp_path / "new", author="Ada <a@b.c>") as made:
        await made.write("a", 1)
    async with await AsyncStore.find(tmp_path / "new") as found:
        assert await found.read("a") == 1


async def test_what_hangs_on_a_store(store):
    """Branches, tags, notes and a merge."""
    await store.branches.create("side")
    await store.branches.switch("side")
    await store.write("services/web", {"port": 8080})
    await store.commit("raise the port")
    await store.branches.switch("main")
    await store.write("a", 1)
    await store.commit("another")
    assert isinstance(await store.merge("side"), Merged)
    tag = await store.tags.create("v1")
    assert [one.name async for one in store.tags.list()] == [tag.name] == ["v1"]
    await store.notes.add("HEAD", "well done")
    assert [note.text for note in await store.notes.list()] == ["well done"]
    assert {one.name for one in await store.branches.list()} == {"main", "side"}
    assert (await store.verify()).ok


async def test_a_snapshot(store):
    """It holds what the commit held."""
    await store.write("services/web", {"port": 1})
    before = await store.at("HEAD")
    assert await before.read("services/web") == {"port": 80}
    assert await before.names() == ["services/web"]
    assert (await before.contains("services/web"), await before.count()) == (True, 1)
    assert before.commit.message == "begin"
    async with store.snapshot() as now:
        assert await now.read("services/web") == {"port": 1}


async def test_the_loop_goes_on_while_a_verb_waits(store, root):
    """A document that another holds keeps one task waiting, and no other."""
    async with anyio.create_task_group() as group:
        with Store.open(root) as other, other.edit("services/web") as web:
            group.start_soon(store.write, "services/web", {"port": 2})
            for number in range(20):
                await store.write("other", number)
            web["port"] = 1
        assert await store.read("other") == 19
    assert await store.read("services/web") == {"port": 2}
