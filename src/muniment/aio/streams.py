"""What is read piece by piece: awaited to begin, iterated over with `async for`."""

from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from functools import partial
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar, cast

from muniment.aio.calls import surely, wait_in_thread
from muniment.aio.threads import in_thread

Item_co = TypeVar("Item_co", covariant=True)
Items = TypeVar("Items", bound=Any)
Mark_co = TypeVar("Mark_co", covariant=True)
Position = TypeVar("Position")
T = TypeVar("T")


class Source(Protocol[Item_co, Mark_co]):
    """A synchronous iterator that tells whether its next item takes waiting for."""

    @property
    def at_hand(self) -> int:
        """How many items can be taken without waiting."""
        ...

    @property
    def cursor(self) -> Mark_co:
        """Where to resume."""
        ...

    def wait(self) -> bool:
        """Wait until an item is at hand, without taking it; False where there will be none any more."""
        ...

    def __next__(self) -> Item_co:
        """Take the next item."""
        ...


class Stoppable(Source[Item_co, Mark_co], Protocol[Item_co, Mark_co]):
    """One that waits for what happens, until it is stopped."""

    def stop(self) -> None:
        """Let `wait` end for good, from any thread."""
        ...

    def wake(self) -> None:
        """Let `wait` look at once, and see whether anybody still waits, from any thread."""
        ...

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        """Stop, and give back what it holds."""
        ...


class Stream(Generic[T, Position]):
    """Items in order; only what has to be read is read in a thread. For one task at a time."""

    def __init__(self, begin: Callable[[], Source[T, Position]]) -> None:
        self._begin = begin
        self._source: Source[T, Position] | None = None

    async def _begun(self) -> Source[T, Position]:
        if self._source is None:
            self._source = await in_thread(self._begin)
        return self._source

    def __await__(self) -> Generator[Any, Any, Self]:
        """Begin: what is appended later is not read."""
        yield from self._begun().__await__()
        return self

    def __aiter__(self) -> Self:
        """Go on with the next item."""
        return self

    async def __anext__(self) -> T:
        """Give the next item."""
        source = self._source or await self._begun()
        if not source.at_hand and not await in_thread(source.wait):
            raise StopAsyncIteration
        return next(source)

    @property
    def cursor(self) -> Awaitable[Position]:
        """Where to resume, so that nothing comes twice that was given, and nothing is left out."""
        return self._cursor()

    async def _cursor(self) -> Position:
        return (await self._begun()).cursor


class Following(Stream[T, Position]):
    """Items as they come, for ever; `stop`, or the end of its `async with` block, ends it. For one task at a time.

    A wait may be cancelled, and be gone on with later: nothing is lost by that.
    """

    _source: Stoppable[T, Position] | None

    def __init__(self, begin: Callable[[], Stoppable[T, Position]]) -> None:
        super().__init__(begin)
        self._is_stopped = False

    async def _begun(self) -> Stoppable[T, Position]:
        is_new = self._source is None
        begun = cast("Stoppable[T, Position]", await super()._begun())
        if is_new and self._is_stopped:
            begun.stop()
        return begun

    async def __aenter__(self) -> Self:
        """Follow for the length of a block."""
        await self._begun()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        """Stop, and give back what it holds."""
        self.stop()
        if self._source is not None:
            await surely(in_thread, partial(self._source.__exit__, kind, error, trace))

    async def __anext__(self) -> T:
        """Wait for the next item, and give it."""
        source = self._source or await self._begun()
        if self._is_stopped or not (source.at_hand or await wait_in_thread(source.wait, source.wake)):
            raise StopAsyncIteration
        try:
            return next(source)
        except StopIteration:  # another thread stopped it meanwhile
            raise StopAsyncIteration from None

    def stop(self) -> None:
        """End the iteration, from any task or thread; what was not given yet stays for the cursor."""
        self._is_stopped = True
        if self._source is not None:
            self._source.stop()


class Listing(Generic[Items, T]):
    """A list, or a tuple, to be awaited whole, or gone through with `async for`."""

    def __init__(self, ask: Callable[[], Awaitable[Items]]) -> None:
        self._ask = ask

    def __await__(self) -> Generator[Any, Any, Items]:
        """Give all of it."""
        items: Items = yield from self._ask().__await__()
        return items

    async def __aiter__(self) -> AsyncIterator[T]:
        """Give one after the other."""
        for item in await self._ask():
            yield item
