"""Differences of documents of different schema versions: as they are written, and lifted to one version."""

import msgspec
import pytest

from muniment import ABSENT, DocumentInvalidError, MigrationFailedError, Store
from service_versions import Limits12, new, old, schema_10, schema_12

AUTHOR = "Ada <ada@example.org>"
WEB, API = "services/web", "services/api"


@pytest.fixture
def old_one(store, root):
    """The store as the old program opened it, with two committed documents."""
    with Store.open(root, author=AUTHOR, schemas=[schema_10()]) as opened:
        opened.write(WEB, old(owner="ada"))
        opened.write(API, old())
        opened.write("other", {"schema_version": "1.0"})
        opened.commit("old")
        yield opened


@pytest.fixture
def new_one(old_one, root):
    """The store as the new program opened it."""
    with Store.open(root, author=AUTHOR, schemas=[schema_12()]) as opened:
        yield opened


def test_what_only_a_migration_changed_is_no_difference(new_one, old_one, store):
    """Lifted, nothing differs: for the new program, for the old one, and for one that knows no schema."""
    new_one.schemas.migrate()
    assert [change.name for change in new_one.diff("HEAD~1", "HEAD")] == [API, WEB]
    for opened in (new_one, old_one, store):
        assert opened.diff("HEAD~1", "HEAD", lifted=True) == []
        assert opened.diff("HEAD~1", lifted=True) == []


def test_what_people_changed_is_told_alone(new_one):
    """At the newer of the two versions; against the files too, both ways round."""
    new_one.update(WEB, lambda web: msgspec.structs.replace(web, hostname="h", limits=Limits12(3)))
    (change,) = new_one.diff(lifted=True)
    assert (change.name, change.change) == (WEB, "changed")
    assert change.flat()["changed"] == {
        "hostname": {"before": "a.example", "after": "h"},
        "limits.maximum": {"before": 10, "after": 3},
    }
    assert change.flat()["added"] == change.flat()["removed"] == {}
    (back,) = new_one.diff(":working", "HEAD", lifted=True)
    assert back.before == change.after
    assert back.after == change.before
    assert "schema_kept" not in change.before


def test_it_is_lifted_to_the_newest_version_of_those_concerned(new_one, old_one):
    """An old program compares two old states at its own version, and what is newer at that one."""
    old_one.update(API, lambda web: msgspec.structs.replace(web, host="h"))
    old_one.commit("host")
    (change,) = old_one.diff("HEAD~1", "HEAD", lifted=True)
    assert list(change.flat()["changed"]) == ["host"]
    new_one.update(API, lambda web: msgspec.structs.replace(web, tls=True))
    (change,) = old_one.diff(lifted=True)
    assert list(change.flat()["changed"]) == ["tls"]


def test_what_only_the_old_version_has_is_a_difference_of_no_new_one(new_one, old_one):
    """The owner has no place at the newest version: changed by an old program, nothing differs there."""
    new_one.schemas.migrate()
    old_one.update(WEB, lambda web: msgspec.structs.replace(web, owner="bob"))
    assert [change.name for change in new_one.diff()] == [WEB]
    assert new_one.diff(lifted=True) == []


def test_documents_added_removed_and_of_no_kind(new_one):
    """Those of one side are shown as that side is at the program's version; others as they are."""
    new_one.delete(API)
    new_one.write("services/new", new())
    new_one.write("other", {"schema_version": "1.2"})
    found = {change.name: change for change in new_one.diff(lifted=True)}
    assert list(found) == ["other", API, "services/new"]
    assert (found[API].change, found[API].after) == ("removed", ABSENT)
    assert found[API].before["hostname"] == "a.example"
    assert (found["services/new"].change, found["services/new"].before) == ("added", ABSENT)
    assert found["other"].patch == [{"op": "replace", "path": "/schema_version", "value": "1.2"}]


def test_names_may_be_given(new_one):
    """Only these are compared."""
    new_one.update(WEB, lambda web: msgspec.structs.replace(web, tls=True))
    new_one.update(API, lambda web: msgspec.structs.replace(web, tls=True))
    assert [change.name for change in new_one.diff(names=[API], lifted=True)] == [API]


def test_what_cannot_be_lifted_is_told_and_still_compared_as_it_is(new_one, put):
    """Typed errors with the document's name; the plain diff shows the hand edit."""
    for text, error in (
        ('{"host":"h","hostname":"g","schema_version":"1.1"}', MigrationFailedError),
        ('{"schema_version":7}', DocumentInvalidError),
        ("[]", DocumentInvalidError),
    ):
        put(WEB, text)
        with pytest.raises(error) as raised:
            new_one.diff(lifted=True)
        assert raised.value.name == WEB
        assert [change.name for change in new_one.diff()] == [WEB]
