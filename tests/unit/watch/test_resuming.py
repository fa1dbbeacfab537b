"""A cursor resumes: what happened while nobody watched is told first, nothing is missed, and nothing is told twice."""

import json
import shutil
from base64 import urlsafe_b64decode, urlsafe_b64encode
from itertools import islice
from zlib import compress, decompress

import pytest

from muniment import BlobNotFoundError, HeadMoved, InvalidCursorError, Store, WatchCursor
from muniment.files.layout import Layout

ADA = "Ada <ada@example.org>"


def test_what_happened_meanwhile_is_told(watch, told, words, store, save, root):
    """Commits one by one, files, tags and ledgers; then it goes on."""
    cursor = str(watch().cursor)
    with store.transaction("one") as step:
        step.write("top", {"x": 2})
    with store.transaction("two") as step:
        step.write("top", {"x": 3})
        step.write("new", {})
    store.tags.create("v1")
    store.ledger("runs").append("a")
    save("services/web", {"port": 5})
    save("bad", "{")
    changes = watch(since=cursor)
    assert words([next(changes) for _ in range(6)]) == [
        "moved main: top", "moved main: new,top", "TagCreated", "invalid bad", "changed services/web", "LedgerGrown",
    ]  # fmt: skip
    save("services/web", {"port": 6})
    assert words(told(changes)) == ["changed services/web"]


def script(store, save, root):
    """Do all sorts of things."""
    save("top", {"x": 2})
    store.commit("one", names=["top"])
    save("bad", "{")
    with store.transaction("two") as step:
        step.write("top", {"x": 3})
        step.write("new", {})
    store.branches.create("side")
    store.tags.create("v1")
    store.ledger("runs").append("a")
    save("services/web", {"port": 5})
    save("more", {})
    (root / "new.json").unlink()


def test_from_every_change_on_the_rest_is_told(watch, told, store, save, root):
    """Behind each of the changes stands a cursor: resumed there, a watch tells just those that follow."""
    changes = watch()
    script(store, save, root)
    found = [*told(changes), next(changes)]
    end = changes.cursor
    rest = [str(change) for change in found]
    assert len(rest) == 8
    for index, change in enumerate(found):
        for cursor in (change.cursor, str(change.cursor)):
            resumed = watch(since=cursor)
            others = (str(one) for one in resumed if getattr(one, "name", "") != "zz/last")
            again = list(islice(others, len(rest) - index - 1))
            assert again == rest[index + 1 :]
            assert resumed.cursor.moment.documents.keys() - end.moment.documents.keys() <= {"zz/last"}
    assert list(watch(since=end, timeout_s=0)) == []


def test_a_cursor_of_a_clean_store_is_short(watch, store):
    """However many documents there are; and what differs from the commit is in it."""
    with store.transaction("many") as step:
        for count in range(500):
            step.write(f"many/{count}", {"count": count})
    cursor = watch().cursor
    assert len(str(cursor)) < 400
    assert cursor.moment.documents == {}
    store.write("many/7", {})
    store.delete("many/8")
    assert watch().cursor.moment.documents.keys() == {"many/7", "many/8"}


def test_a_cursor_is_one_word_that_says_the_same(watch, root):
    """Whether it is written and read, or asked for again."""
    cursor = watch().cursor
    assert str(cursor).replace("-", "").replace("_", "").isalnum()
    read = WatchCursor.parse(str(root), str(cursor))
    assert (read, hash(read), str(read)) == (cursor, hash(cursor), str(cursor))
    assert read != str(cursor)


def test_the_old_value_of_what_was_never_committed(watch, store, save):
    """The process that saw it has it; another one does not, and says so when it is asked."""
    save("top", {"x": 2})
    changes = watch()
    save("top", {"x": 3})
    change = next(changes)
    assert (change.old, change.new) == ({"x": 2}, {"x": 3})
    save("top", {"x": 4})
    resumed = next(watch(since=change.cursor))
    assert resumed.new == {"x": 4}
    with pytest.raises(BlobNotFoundError):
        _ = resumed.old
    with pytest.raises(BlobNotFoundError):
        _ = resumed.patch


def test_another_pattern_than_before(watch, words, store, save):
    """What was not watched before is compared with the commit, so that nothing is missed."""
    narrow = watch(names="services/*")
    save("top", {"x": 2})
    save("services/web", {"port": 2})
    assert words([next(narrow)]) == ["changed services/web"]
    assert words([next(watch(since=narrow.cursor))]) == ["changed top"]


@pytest.fixture
def word(watch):
    """A good cursor, as one word."""
    return str(watch().cursor)


def changed(word, **members):
    """Write a cursor with some members changed."""
    data = json.loads(decompress(urlsafe_b64decode(word + "=" * (-len(word) % 4))))
    return urlsafe_b64encode(compress(json.dumps({**data, **members}).encode())).decode().rstrip("=")


DAMAGES = {
    "cut": lambda word: word[:-5],
    "one letter": lambda word: word[:40] + ("A" if word[40] != "A" else "B") + word[41:],
    "more": lambda word: word + "AAAA",
    "empty": lambda _: "",
    "no word": lambda _: "ü",
    "a number": lambda _: 7,
    "of a ledger": lambda _: "eyJmb3JtYXQiOjF9",
    "a newer format": lambda word: changed(word, format=2),
    "another copy": lambda word: changed(word, copy="0" * 32),
    "no commit's id": lambda word: changed(word, base="../../etc"),
    "an unknown commit": lambda word: changed(word, base="0" * 64),
    "a member too much": lambda word: changed(word, more=1),
    "no branch's name": lambda word: changed(word, selected="a..b"),
    "a negative place": lambda word: changed(word, log=[-1, ""]),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_what_is_no_cursor_of_this_copy_is_refused(damage, word, watch, root):
    """The error says which store it was for, and how to start afresh."""
    with pytest.raises(InvalidCursorError, match="since=None") as caught:
        watch(since=damage(word))
    assert caught.value.of == str(root)
    watch(since=changed(word))


def test_a_cursor_of_another_store_or_a_clone(word, root, tmp_path):
    """A clone has no `local/`, and so is another copy."""
    shutil.copytree(root, tmp_path / "clone")
    shutil.rmtree(tmp_path / "clone" / ".muniment" / "local")
    for place in (tmp_path / "clone", tmp_path / "new"):
        other = Store.open(place) if place.exists() else Store.init(place)
        with other, pytest.raises(InvalidCursorError, match="copy"):
            other.watch(since=word)


def test_the_log_may_have_been_taken_away(watch, store, root):
    """Then the moves are told as one."""
    cursor = watch().cursor
    first = store.log()[0].id
    for count in range(2):
        with store.transaction("step") as step:
            step.write("top", {"x": count + 2})
    with open(Layout(str(root)).operations, "w"):
        pass
    moved = next(watch(since=cursor))
    assert isinstance(moved, HeadMoved)
    assert (moved.from_, moved.to) == (first, store.log()[0].id)


def test_very_many_moves_are_told_piece_by_piece(watch, told, store):
    """In order, and with no more of them in memory than a piece of the log has."""
    changes = watch()
    for count in range(150):
        with store.transaction("step") as step:
            step.write(f"d{count % 7}", {"x": count})
    next(changes)
    assert len(changes._steps) < 150
    rest = told(changes)
    assert [change.to for change in rest] == [commit.id for commit in store.log()][148::-1]


def test_what_was_before_is_told_whatever_the_patience(watch, save):
    """To catch up with what nobody watched is no time in which nothing comes."""
    with watch() as changes:
        cursor = changes.cursor
    names = [f"many/{number:04}" for number in range(1500)]
    for name in names:
        save(name, {})
    assert [change.name for change in watch(since=cursor, timeout_s=0)] == names
