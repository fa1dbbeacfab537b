"""Documents as a watch tells of them: however a file was written, its last state is told."""

import json
import os
import shutil
from pathlib import Path

import pytest

from muniment import ABSENT


def test_what_becomes_of_a_document_is_told_in_turn(watch, told, words, save, root):
    """Created, changed, removed; with the old value, the new one, and what makes the one of the other."""
    changes = watch()
    save("new", {"a": 1})
    (created,) = told(changes)
    assert (created.name, created.change, created.old, created.new) == ("new", "created", ABSENT, {"a": 1})
    save("new", {"a": 2})
    (changed,) = told(changes)
    assert (changed.change, changed.old, changed.new) == ("changed", {"a": 1}, {"a": 2})
    assert changed.patch == [{"op": "replace", "path": "/a", "value": 2}]
    (root / "new.json").unlink()
    (removed,) = told(changes)
    assert (removed.change, removed.old, removed.new) == ("removed", {"a": 2}, ABSENT)
    assert [created.new, changed.old] == [{"a": 1}, {"a": 1}]


def test_what_is_committed_is_read_from_history(watch, told, save, store):
    """The old value of a document that was never touched before comes from the objects, the new one back again too."""
    changes = watch()
    save("top", {"x": 2})
    (first,) = told(changes)
    save("top", {"x": 1})
    (second,) = told(changes)
    assert [first.old, first.new, second.old, second.new] == [{"x": 1}, {"x": 2}, {"x": 2}, {"x": 1}]
    store.close()
    assert second.new == {"x": 1}


def test_the_same_content_is_no_change(watch, told, root, save):
    """Laid out otherwise, touched, or written again with what it had, a document says the same."""
    changes = watch()
    save("top", '{\n\n"x":1.0}')
    os.utime(root / "top.json")
    (root / "services" / "web.json").write_text('{"port": 1}')
    assert told(changes) == []


def test_a_change_that_was_taken_back_before_anybody_looked_is_none(watch, told, save):
    """The state counts, not the events."""
    changes = watch()
    save("top", {"x": 2})
    save("top", {"x": 1})
    assert told(changes) == []


def by_replacing(path: Path, text: str) -> None:
    """As vim does with `backupcopy=no`, VS Code on some systems, and Muniment itself."""
    aside = path.with_name("4913")
    aside.write_text(text)
    os.replace(aside, path)


def by_moving_away(path: Path, text: str) -> None:
    """As vim and emacs do: the old file becomes the backup, and a new one is made."""
    path.rename(path.with_name(path.name + "~"))
    path.write_text(text)


def in_place(path: Path, text: str) -> None:
    """As nano, VS Code and most programs do: cut to nothing, and written anew."""
    path.write_text(text)


def in_pieces(path: Path, text: str) -> None:
    """As a slow writer does: it can be seen half written."""
    with path.open("w") as file:
        for character in text:
            file.write(character)
            file.flush()


def deleting_first(path: Path, text: str) -> None:
    """As git and some editors do."""
    path.unlink()
    path.write_text(text)


def by_a_hidden_file(path: Path, text: str) -> None:
    """As rsync does, and editors with swap files."""
    aside = path.with_name(f".{path.name}.swp")
    aside.write_text(text)
    os.replace(aside, path)


def through_a_link(path: Path, text: str) -> None:
    """As deployments do: the name becomes a link to another file in the store."""
    target = path.with_name(f"{path.name}-v2.json.txt")
    target.write_text(text)
    path.unlink()
    path.symlink_to(target.name)


WAYS = [by_replacing, by_moving_away, in_place, in_pieces, deleting_first, by_a_hidden_file, through_a_link]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("debounce_s", [0.0, 0.05])
def test_editors_have_many_ways_of_saving(way, debounce_s, watch, told, root):
    """Whichever it is, the last thing that is told is what the file says."""
    changes = watch(debounce_s=debounce_s)
    assert told(changes) == []
    for count in range(5):
        way(root / "services" / "web.json", json.dumps({"port": count + 10}))
        found = told(changes)
        assert {change.name for change in found} == {"services/web"}
        assert found[-1].new == {"port": count + 10}


def test_a_file_that_is_no_document_is_told_once_for_each_content(watch, told, words, save, root):
    """It ends nothing; and when it is mended, the value before was the last that there was."""
    changes = watch()
    save("top", '{"x": ')
    (invalid,) = told(changes)
    assert (words([invalid]), "line 1" in invalid.reason) == (["invalid top"], True)
    os.utime(root / "top.json")
    save("services/web", {"port": 2})
    assert words(told(changes)) == ["changed services/web"]
    save("top", '{"x": 1, "x": 2}')
    assert words(told(changes)) == ["invalid top"]
    save("top", {"x": 3})
    (mended,) = told(changes)
    assert (mended.change, mended.old, mended.new) == ("changed", {"x": 1}, {"x": 3})


def test_a_file_that_never_was_a_document(watch, told, words, save, root):
    """It is told of as invalid, then as removed or created; also where its name can be no document's."""
    changes = watch()
    save("bad", "{")
    save("no?name", "{}")
    assert words(told(changes)) == ["invalid bad", "invalid no?name"]
    (root / "no?name.json").unlink()
    save("bad", "{}")
    assert words(told(changes)) == ["created bad", "removed no?name"]


def test_what_is_mended_to_what_it_was_is_told(watch, told, words, save):
    """Else whoever heard that it was invalid would think so for ever."""
    changes = watch()
    save("top", "")
    assert words(told(changes)) == ["invalid top"]
    save("top", {"x": 1})
    assert words(told(changes)) == ["changed top"]


def test_hidden_files_and_others_are_no_documents(watch, told, root):
    """Nor is what lies in hidden folders, as git's, or has a name that is no text."""
    changes = watch()
    for name in (".hidden.json", "notes.txt", ".git/config.json", ".muniment/local/own.json"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("{}")
    with open(os.fsencode(root) + b"/\xff.json", "w") as file:
        file.write("{}")
    assert told(changes) == []


def test_a_folder_may_be_made_and_filled_before_it_is_watched(watch, told, words, root, tmp_path):
    """However deep, and however it came: made, moved here, or made again after it was deleted."""
    changes = watch()
    assert told(changes) == []
    deep = tmp_path / "aside" / "a" / "b"
    deep.mkdir(parents=True)
    (deep / "one.json").write_text("{}")
    (tmp_path / "aside").rename(root / "deep")
    assert words(told(changes)) == ["created deep/a/b/one"]
    for count in range(3):
        (root / "deep" / "a" / "b" / "one.json").write_text(json.dumps({"count": count}))
        assert words(told(changes))[-1] == "changed deep/a/b/one"
        shutil.rmtree(root / "deep")
        assert words(told(changes)) == ["removed deep/a/b/one"]
        (root / "deep" / "a" / "b").mkdir(parents=True)
        (root / "deep" / "a" / "b" / "one.json").write_text("{}")
        assert words(told(changes))[-1] == "created deep/a/b/one"


def test_a_folder_that_is_renamed_is_told_of_by_its_new_name(watch, told, words, root):
    """Its documents are removed there and created here, and what changes in it later has the new name."""
    changes = watch()
    assert told(changes) == []
    (root / "services").rename(root / "programs")
    assert words(told(changes)) == ["created programs/web", "removed services/web"]
    (root / "programs" / "web.json").write_text('{"port": 3}')
    assert words(told(changes))[-1] == "changed programs/web"
    (root / "services").mkdir()
    (root / "services" / "web.json").write_text('{"port": 4}')
    found = told(changes)
    assert words(found)[-1] == "created services/web"
    assert found[-1].new == {"port": 4}


def test_only_the_names_that_are_wanted(watch, told, words, save, store):
    """Patterns choose documents; the moves of heads that touch none of these are left out, tags and ledgers too."""
    changes = watch(names=["services/*", "zz/**"])
    save("top", {"x": 5})
    save("services/deep/er", {})
    save("services/mail", {})
    store.commit("all")
    store.tags.create("v1")
    store.ledger("runs").append("a")
    save("top", {"x": 6})
    store.commit("the other")
    found = told(changes)
    assert words(found) == ["moved main: services/mail"]
    assert found[0].to == store.log()[1].id


def test_changes_are_gathered(watch, told, words, save):
    """With `debounce_s`, several quick changes of a document are told as one."""
    changes = watch(debounce_s=0.3)
    assert told(changes) == []
    for count in range(20):
        save("top", {"x": count + 10})
    (change,) = told(changes)
    assert change.new == {"x": 29}
