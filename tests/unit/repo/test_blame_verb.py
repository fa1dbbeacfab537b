"""`Store.blame`: which commit set each scalar of a document, whatever schema version it was written at."""

import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from muniment import (
    DocumentNotFoundError,
    InvalidNameError,
    MergeRules,
    ObjectNotFoundError,
    RevisionNotFoundError,
    Schema,
    SchemaInvalidError,
    Store,
    lens,
)
from muniment.files.layout import Layout
from muniment.storage.loose import LooseObjects
from muniment.values import canonical
from muniment.values.objects import encode_commit
from service_versions import Item10, Limits12, old, schema_10, schema_12

AUTHOR = "Ada <ada@example.org>"
WEB = "services/web"


@pytest.fixture
def merge(root):
    """Commit the documents of one commit on top of several, as a merge does; give the commit's id."""

    def make(tree_of, *parents):
        data = encode_commit(
            tree=tree_of.tree,
            parents=tuple(parent.id for parent in parents),
            author="Ada",
            time=datetime.now(UTC),
            message="merge",
            generation=1 + max(parent.generation for parent in parents),
            meta={},
        )
        LooseObjects(Layout(root)).put(canonical.digest(data), data)
        return canonical.digest(data)

    return make


def told(store, name="web", revision="HEAD"):
    """Name the commits that set the scalars of a document by their messages."""
    return {place: commit.message for place, commit in store.blame(name, revision).items()}


def change(store, message, value, name="web", **options):
    """Commit one value; give the commit."""
    with store.transaction(message, **options) as transaction:
        transaction.write(name, value)
    return transaction.commit


def test_each_scalar_has_the_commit_that_set_it(store):
    """By pointer, in the order of the places, whole commits; also of an older revision, and of any JSON."""
    first = change(store, "first", {"port": 1, "hosts": ["a"], "m~n": {"a/b": None}})
    change(store, "second", {"port": 2, "hosts": ["a", "b"], "m~n": {"a/b": None}})
    change(store, "other", [1, {}], "other")
    assert list(told(store).items()) == [
        ("/hosts/0", "first"),
        ("/hosts/1", "second"),
        ("/m~0n/a~1b", "first"),
        ("/port", "second"),
    ]
    assert set(store.blame("web", "HEAD~2").values()) == {first}
    assert told(store, "other") == {"/0": "other"}
    change(store, "scalar", "text", "scalar")
    assert told(store, "scalar") == {"": "scalar"}


def test_what_is_not_there_is_not_found(store):
    """No commit yet, no such document there, no such revision, the working files, a name that is none."""
    with pytest.raises(RevisionNotFoundError):
        store.blame("web")
    change(store, "first", {"port": 1})
    store.write("uncommitted", 1)
    store.delete("web")
    store.commit("gone", names=["web"])
    for name in ("web", "uncommitted", "nope"):
        with pytest.raises(DocumentNotFoundError) as raised:
            store.blame(name)
        assert raised.value.where == f"commit {store.at('HEAD').commit.id[:12]}"
    assert told(store, "web", "HEAD~1") == {"/port": "first"}
    for revision in ("nope", ":working"):
        with pytest.raises(RevisionNotFoundError):
            store.blame("web", revision)
    with pytest.raises(InvalidNameError):
        store.blame("../web")


def test_a_document_made_again_has_no_older_past(store):
    """Who brought it back set it."""
    change(store, "first", {"port": 1})
    store.delete("web")
    store.commit("gone")
    store.rollback("HEAD~1", reason="back")
    assert told(store) == {"/port": "back"}


def test_a_merge_is_looked_through(store, branch_at, merge):
    """Each side's values are those of its commits; what only the merge has is the merge's."""
    base = change(store, "base", {"a": 0, "b": 0, "c": 0, "d": 0})
    branch_at("side", base)
    ours = change(store, "ours", {"a": 1, "b": 0, "c": 0, "d": 0}, worktree=False)
    theirs = change(store, "theirs", {"a": 0, "b": 1, "c": 0, "d": 0}, branch="side")
    result = change(store, "result", {"a": 1, "b": 1, "c": 0, "d": 1}, branch="side")
    merged = merge(result, ours, theirs)
    assert told(store, "web", merged) == {"/a": "ours", "/b": "theirs", "/c": "base", "/d": "merge"}


def test_blame_takes_in_a_long_history(store):
    """Through more commits than are looked at one by one, also for a store that is opened anew."""
    for number in range(150):
        change(store, f"number {number}", {"still": True, "n": number}, worktree=False)
    with Store.open(store.path) as other:
        assert told(other) == told(other) == {"/n": "number 149", "/still": "number 0"}


def test_a_blob_that_is_missing_is_told(store):
    """What is damaged is not passed over: the answer would be wrong."""
    change(store, "first", {"a": 1, "b": 1})
    lost = store.at("HEAD").blob_id("web")
    change(store, "second", {"a": 2, "b": 1})
    store.close()
    os.unlink(Layout(store.path).object(lost))
    with Store.open(store.path) as other, pytest.raises(ObjectNotFoundError):
        other.blame("web")


@pytest.fixture
def old_one(store, root):
    """The store as the old program opened it: three commits of a document of version 1.0."""
    with Store.open(root, author=AUTHOR, schemas=[schema_10()]) as opened:
        change(opened, "first", old(owner="ada", items=[Item10("a", "A"), Item10("b", "B")]), WEB)
        change(opened, "host", old(owner="ada", host="h", items=[Item10("a", "A"), Item10("b", "B")]), WEB)
        change(opened, "items", old(owner="ada", host="h", items=[Item10("b", "new"), Item10("a", "A")]), WEB)
        yield opened


@pytest.fixture
def new_one(old_one, root):
    """The store as the new program opened it, which migrated the document and then raised a limit."""
    with Store.open(root, author=AUTHOR, schemas=[schema_12()]) as opened:
        opened.schemas.migrate(message="migrated")
        opened.update(WEB, lambda web: msgspec.structs.replace(web, limits=Limits12(99)))
        opened.commit("limits")
        yield opened


AT_12 = {
    "/hostname": "host",
    "/items/0/id": "first",
    "/items/0/label": "items",
    "/items/1/id": "first",
    "/items/1/label": "first",
    "/limits/maximum": "limits",
    "/name": "first",
    "/port": "first",
    "/schema_version": "migrated",
    "/tls": "first",
}
AT_10 = {
    "/host": "host",
    "/items/0/id": "first",
    "/items/0/title": "items",
    "/items/1/id": "first",
    "/items/1/title": "first",
    "/limits/max": "limits",
    "/name": "first",
    "/owner": "first",
    "/schema_version": "migrated",
}


def test_steps_are_looked_through(new_one):
    """A field was set under its old name, at any depth; an added one with the document; the stamp by who migrated."""
    assert told(new_one, WEB) == AT_12
    assert told(new_one, WEB, "HEAD~2") == {**AT_12, "/limits/maximum": "first", "/schema_version": "first"}


def test_each_program_is_told_at_its_own_version(new_one, old_one):
    """An old program asks for the places that it knows, of what newer programs wrote too."""
    assert told(old_one, WEB) == AT_10
    assert told(old_one, WEB, "HEAD~2") == {**AT_10, "/limits/max": "first", "/schema_version": "first"}


def test_a_program_without_the_type_is_told_at_the_version_that_is_there(new_one, store):
    """As the document stands at that revision, by the steps and the keys of items that the store keeps."""
    assert told(store, WEB) == AT_12
    before = {**AT_10, "/limits/max": "first", "/schema_version": "first"}
    assert told(store, WEB, "HEAD~2") == before


class Doc(msgspec.Struct):
    """A kind of documents with a number and a list."""

    n: int = 0
    l: list[dict[str, int]] = []  # noqa: E741 - msgspec copies the default


def doc_schema(version="1.0", **options):
    """Make a schema of documents `web` at a version, without steps."""
    return Schema(Doc, kind="doc", version=version, names="web", **options)


def opened(root, schema):
    """Open the store with one schema."""
    return Store.open(root, author=AUTHOR, schemas=[schema])


def test_a_step_in_python_is_looked_through(store, root):
    """What a function makes of the old value is the old value's commit's, and changes as it changes."""
    change(store, "first", {"schema_version": "1.0", "count": 1, "x": 1})
    change(store, "counted", {"schema_version": "1.0", "count": 2, "x": 1})
    schema = doc_schema("1.1")

    @schema.upgrade("1.0", "1.1")
    def double(raw):
        raw["n"] = raw.pop("count") * 2

    with opened(root, schema) as typed:
        typed.schemas.migrate(message="migrated")
        assert told(typed) == {"/n": "counted", "/schema_version": "migrated", "/x": "first"}


@pytest.mark.parametrize("start", ["2.0", "1.5"], ids=["another major", "a newer minor"])
def test_where_no_steps_lead_the_first_that_can_be_read_is_told(store, root, start):
    """What was before it cannot be compared: nobody is told an error for it."""
    change(store, "old", {"schema_version": "0.9", "n": 1, "l": []})
    change(store, "readable", {"schema_version": start, "n": 1, "l": []})
    change(store, "later", {"schema_version": start, "n": 1, "l": [{"a": 1}]})
    for schema in (doc_schema(start), doc_schema("1.0")):
        with opened(root, schema) as typed:
            assert told(typed) == {"/l/0/a": "later", "/n": "readable", "/schema_version": "readable"}


def test_what_a_failing_step_hides_is_not_told(store, root):
    """A step that does not suit an old document ends the search there."""
    change(store, "unsuited", {"schema_version": "1.0", "n": "text", "x": 1})
    change(store, "suited", {"schema_version": "1.0", "n": "1", "x": 1})
    schema = doc_schema("1.1")
    schema.upgrade("1.0", "1.1")(lambda raw: raw.update(n=int(raw["n"])))
    with opened(root, schema) as typed:
        assert told(typed) == {"/n": "suited", "/schema_version": "suited", "/x": "suited"}


@pytest.mark.parametrize(
    "broken", [[1], {"n": 1}, {"schema_version": 7, "n": 1}], ids=["list", "no stamp", "bad stamp"]
)
def test_what_is_no_document_of_the_kind_is_told_as_it_stands(store, root, broken):
    """At the revision itself, all versions are compared as they stand; before it, the search ends there."""
    change(store, "first", {"schema_version": "1.0", "n": 1})
    change(store, "broken", broken)
    change(store, "mended", {"schema_version": "1.0", "n": 1})
    with opened(root, doc_schema()) as typed:
        assert told(typed) == {"/n": "mended", "/schema_version": "mended"}
        assert told(typed, "web", "HEAD~1") == told(store, "web", "HEAD~1")


def test_documents_without_a_stamp_have_none_to_tell(store, root):
    """Where the schema says what such documents are, they are read so, and the stamp is who wrote it first."""
    change(store, "bare", {"n": 1})
    change(store, "more", {"n": 1, "l": [{"a": 1}]})
    with opened(root, doc_schema(unversioned="1.0")) as typed:
        assert told(typed) == {"/l/0/a": "more", "/n": "bare"}
        change(typed, "stamped", Doc(1, [{"a": 1}]))
        assert told(typed) == {"/l/0/a": "more", "/n": "bare", "/schema_version": "stamped"}


def test_what_steps_keep_is_nobodys(store, root):
    """What a migration keeps for the way back is none of the document's values."""
    change(store, "first", {"schema_version": "1.0", "n": 1, "gone": "kept"})
    schema = doc_schema("1.1")
    schema.lens("1.0", "1.1", lens.remove("gone", default=""))
    with opened(root, schema) as typed:
        typed.schemas.migrate(message="migrated")
        assert "schema_kept" in store.read("web")
        assert told(typed) == told(store) == {"/n": "first", "/schema_version": "migrated"}


def test_the_schema_tells_items_by_its_keys(store, root):
    """With a key an item that moved and changed is followed, and only its change is new."""
    with opened(root, doc_schema(keys={"/l": "id"})) as typed:
        change(typed, "first", Doc(0, [{"id": 1, "v": 1}, {"id": 2, "v": 1}]))
        change(typed, "turned", Doc(0, [{"id": 2, "v": 2}, {"id": 1, "v": 1}]))
        assert told(typed) == {
            "/l/0/id": "first",
            "/l/0/v": "turned",
            "/l/1/id": "first",
            "/l/1/v": "first",
            "/n": "first",
            "/schema_version": "first",
        }


def test_two_kinds_of_one_document_are_refused(store, root):
    """Nobody can tell by which to read it."""
    change(store, "first", {"n": 1})
    other = Schema(Doc, kind="other", version="1.0", names="w*")
    with Store.open(root, schemas=[doc_schema(), other]) as typed, pytest.raises(SchemaInvalidError):
        typed.blame("web")


def test_blame_leaves_everything_as_it_is(new_one, root):
    """Nothing is written but the index of this copy."""

    def files():
        return {path: path.stat().st_mtime_ns for path in Path(root).rglob("*") if "local" not in path.parts}

    before = files()
    new_one.blame(WEB)
    assert files() == before


def test_items_are_told_by_the_key_that_merge_rules_declare(store):
    """A document of no kind has keys too: an item that is edited and moved at once stays itself."""
    change(store, "begin", [{"id": "a", "n": 1, "m": 1}, {"id": "b", "n": 1, "m": 1}])
    change(store, "turn", [{"id": "b", "n": 2, "m": 1}, {"id": "a", "n": 1, "m": 1}])
    assert told(store)["/0/m"] != told(store)["/1/m"]
    store.merge_rules.declare(MergeRules("lists", names="web", keys={"": "id"}))
    assert told(store) == {"/0/id": "begin", "/0/m": "begin", "/0/n": "turn"} | dict.fromkeys(
        ("/1/id", "/1/m", "/1/n"), "begin"
    )
