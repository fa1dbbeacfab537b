"""Stores for tests that run under both event loops."""

import pytest

from muniment import Store
from muniment.aio import AsyncStore

ADA = "Ada <ada@example.org>"


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    """Run each asynchronous test under asyncio, and under trio."""
    return request.param


@pytest.fixture
def root(tmp_path):
    """The folder of a store with one document, committed."""
    folder = tmp_path / "store"
    with Store.init(folder, author=ADA) as store:
        store.write("services/web", {"port": 80})
        store.commit("begin")
    return folder


@pytest.fixture
async def store(root):
    """The same store, opened for an event loop."""
    async with await AsyncStore.open(root, author=ADA, lock_timeout_s=5.0) as opened:
        yield opened
