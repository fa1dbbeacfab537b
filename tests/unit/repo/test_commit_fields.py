"""What a commit says: who, when and why, and what may not stand there."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from muniment import (
    InvalidNameError,
    InvalidValueError,
    MissingAuthorError,
    Store,
)


def test_a_commit_says_who_when_and_why(store, clock):
    """It is as it was given, the same when it is read again, and names its parent."""
    store.write("web", 1)
    first = store.commit("begin\n\nwith more", meta={"ticket": 7, "tags": ["a"]})
    assert (first.author, first.message, first.meta) == (
        "Ada <ada@example.org>", "begin\n\nwith more", {"ticket": 7, "tags": ["a"]},
    )  # fmt: skip
    assert (first.parents, first.generation, first.time, first.signature) == ((), 1, clock.now, None)
    store.write("web", 2)
    second = store.commit("go on", author="Bob <bob@example.org>")
    assert (second.author, second.parents, second.generation, second.meta) == (
        "Bob <bob@example.org>", (first.id,), 2, {},
    )  # fmt: skip
    with Store.open(store.path) as other:
        assert other.log() == [second, first]


def test_a_change_needs_an_author(root):
    """Its own, or the store's; the error comes before anything is made."""
    with Store.init(root) as store:
        store.write("web", 1)
        for use in (
            lambda: store.commit("no"),
            lambda: store.transaction("no"),
            lambda: store.rollback("HEAD", reason="no"),
        ):
            with pytest.raises(Exception) as raised:  # noqa: PT011 - rollback may look for HEAD first
                use()
            assert isinstance(raised.value, MissingAuthorError) or "no commit" in str(raised.value)
        assert store.commit("yes", author="Bob").author == "Bob"
        with pytest.raises(MissingAuthorError):
            store.rollback("HEAD", reason="no")


@pytest.mark.parametrize("author", ["  ", "Ada\nEve", "Ada\x00", "Ada\ud800"])
def test_an_author_is_one_line_of_text(store, author):
    """What could forge another field of a log is refused."""
    store.write("web", 1)
    with pytest.raises(InvalidNameError):
        store.commit("no", author=author)
    assert store.log() == []


def test_what_cannot_be_stored_in_a_commit_is_refused(store):
    """A message with half a character, and meta that is no JSON; nothing is committed."""
    store.write("web", 1)
    with pytest.raises(InvalidValueError):
        store.commit("half \ud800")
    with pytest.raises(InvalidValueError) as raised:
        store.commit("no", meta={"a": [float("nan")]})
    assert raised.value.pointer == "/meta/a/0"
    assert store.log() == []
    assert store.commit("yes").generation == 1


def test_a_message_that_is_no_text_does_not_spoil_the_store(store):
    """A program's mistake is an error at once, and never a head that nobody can read."""
    store.write("web", 1)
    with pytest.raises(Exception, match=r".+"):
        store.commit(None)
    with Store.open(store.path, author="Bob") as other:
        assert other.log() == []
        other.commit("yes")
        assert other.verify().ok


def test_a_commit_is_never_earlier_than_its_parent(store, clock):
    """When the clock goes back, time stands still until it has caught up."""
    times = []
    for number, minutes in enumerate([0, -60, -30, 1]):
        clock.now = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(minutes=minutes)
        store.write("web", number)
        times.append(store.commit("step").time)
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert times == [noon, noon, noon, noon + timedelta(minutes=1)]
    assert store.verify().ok


def test_times_are_kept_in_utc_to_the_microsecond(store, clock):
    """Whatever zone the machine is in."""
    clock.now = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    store.write("web", 1)
    commit = store.commit("begin")
    with Store.open(store.path) as other:
        (read,) = other.log()
    assert read.time == commit.time == datetime(2026, 1, 1, 10, 0, 0, 123456, tzinfo=UTC)
    assert read.time.utcoffset() == timedelta(0)
