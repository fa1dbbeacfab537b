"""Stop a program while governed documents are brought to a new version: no document without the lenses to read it."""

import json
import shutil
from pathlib import Path

import msgspec
import pytest
from disk_calls import CHANGES, die, die_after, intercepted
from medium import Medium
from promises import AUTHOR, opened
from stops import each_stop

from muniment import Store
from muniment.files import disk, journal
from service_versions import Item12, new, old, schema_10, schema_12

WEB, API = "services/web", "services/api"


def written(store):
    """Write a value of the newest version over an old document."""
    store.write(WEB, new(tls=True))


def edited(store):
    """Edit one."""
    store.update(WEB, lambda web: msgspec.structs.replace(web, tls=True, items=[Item12("a", "A")]))


def created(store):
    """Make one beside the old ones."""
    store.create("services/third", new(name="third"))


def committed(store):
    """Change one and make one, by one commit."""
    with store.transaction("change") as tx:
        tx.update(WEB, lambda web: msgspec.structs.replace(web, tls=True))
        tx.create("services/third", new(name="third"))


def migrated(store):
    """Bring all that is committed to the newest version."""
    store.schemas.migrate()


def exported(store):
    """Write the JSON Schema of each version for editors."""
    store.schemas.export()


WORKS = [written, edited, created, committed, migrated, exported]
HALF = die_after(lambda size: size // 2)


@pytest.fixture
def begun(place):
    """A store that an old program left, with two committed documents; closed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal, "GROWTH", 1 << 14)
        with Store.init(place / "begun" / "store", author=AUTHOR, schemas=[schema_10()]) as store:
            store.write(WEB, old(owner="ada"))
            store.write(API, old(name="api"))
            store.commit("old")
    return place / "begun"


def raw(root):
    """Give the governed files as plain JSON."""
    return {path.stem: json.loads(path.read_text()) for path in (root / "services").iterdir()}


def check(root, before, after, *, all_or_nothing):
    """Check that the files are the old or the new ones, never mixed, and that old and new programs read them all."""
    with opened(root, schemas=[schema_10()]) as old_one, opened(root, schemas=[schema_12()]) as new_one:
        assert old_one.verify().findings == ()
        for name in old_one.names():
            assert old_one.read(name).name == new_one.read(name).name
        assert old_one.read(WEB).owner == "ada"
        for name, document in old_one.at("HEAD").items():
            assert document.name == new_one.at("HEAD").read(name).name
        assert old_one.schemas.check() == new_one.schemas.check() == ()
    with opened(root) as plain:
        assert plain.schemas.check() == ()
    found = raw(root)
    if all_or_nothing:
        assert found in (before, after)
    for name in before.keys() | after.keys():
        assert found.get(name) in (before.get(name), after.get(name))


def finished(begun, place, work):
    """Give what the files are after the work was done."""
    shutil.copytree(begun, place / "finished")
    with opened(place / "finished" / "store", schemas=[schema_12()]) as store:
        work(store)
    return raw(place / "finished" / "store")


@pytest.mark.usefixtures("quick_disk")
@pytest.mark.parametrize("decision", [die, HALF], ids=["before the call", "half written"])
@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.__name__)
def test_a_program_may_be_stopped_at_any_call(begun, place, work, decision):
    """Each file is old or new, every document readable by old and new programs, and the next one just goes on."""
    before, after = raw(begun / "store"), finished(begun, place, work)
    names = CHANGES if decision is die else frozenset({"write", "pwrite"})

    def working(folder, at, _):
        store = opened(folder / "store", schemas=[schema_12()])
        with intercepted(at):
            work(store)

    count = 0
    for count, stop in enumerate(each_stop(begun, place, decision, names, working), 1):  # noqa: B007 - counted
        root = stop.root / "store"
        check(root, before, after, all_or_nothing=work is migrated)
        if not stop.was_stopped:
            assert raw(root) == after
        with opened(root, schemas=[schema_12()], lock_timeout_s=1.0) as store:
            written(store)
            assert store.read(WEB) == new(tls=True)
    assert count > 3


class _PowerCut:
    """Looks at what would be left of the disk, just before each call that changes it."""

    def __init__(self, top, look):
        self.medium = Medium(top)
        self._look = look

    def __call__(self, call):
        if call.name in {"rename", "replace", "unlink"}:
            self._look(self.medium)
        return self.medium(call)


@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.__name__)
def test_the_power_may_fail_at_any_call(begun, place, work, monkeypatch):
    """What is durable of a document of the new version can be read by an old program: its lenses were so before."""
    monkeypatch.setattr(journal, "GROWTH", 1 << 14)
    monkeypatch.setattr(disk, "sync_file_system", lambda _: False)
    before, after = raw(begun / "store"), finished(begun, place, work)
    seen: list[Path] = []

    def look(medium):
        left = place / f"left-{len(seen)}"
        medium.left_in(left)
        seen.append(left)

    watch = _PowerCut(begun, look)
    with opened(begun / "store", schemas=[schema_12()]) as store, intercepted(watch):
        work(store)
        look(watch.medium)
    watch.medium.close()
    for left in seen:
        check(left / "store", before, after, all_or_nothing=work is migrated)
    assert len(seen) > 1
