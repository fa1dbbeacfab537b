"""Merging documents of a kind: rules that only the merged document breaks, and schema versions that differ."""

import json

import msgspec
import pytest

from muniment import Conflicted, DocumentInvalidError, Merged, Schema, SchemaError, Store, lens

ADA = "Ada <ada@example.org>"


class Range(msgspec.Struct):
    """What is low may not be above what is high."""

    low: int
    high: int
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse it."""
        if self.low > self.high:
            raise ValueError("low is above high")


def ranges():
    """The kind of it."""
    return Schema(Range, kind="range", version="1.0", names="r/*")


@pytest.fixture
def typed(root):
    """A store that knows the kind."""
    with Store.init(root, author=ADA, schemas=[ranges()]) as made:
        yield made


def sides(store, base, ours, theirs):
    """Commit a document, and what two branches make of it."""
    store.write("r/a", base)
    store.commit("base")
    store.branches.create("side")
    with store.transaction("theirs", branch="side", worktree=False) as change:
        change.write("r/a", theirs)
    store.write("r/a", ours)
    store.commit("ours")


@pytest.fixture
def broken(typed):
    """A merge of two documents that are well, of which only what both make is not."""
    sides(typed, Range(0, 10), Range(5, 10, "ours"), Range(0, 3))
    return typed


def document(low, high, note=""):
    """A document as it is stored."""
    return {"high": high, "low": low, "note": note, "schema_version": "1.0"}


def test_a_rule_that_only_the_merged_document_breaks_is_a_conflict(broken):
    """Of the whole document, with the reason; ours stands meanwhile, and each side can be taken."""
    result = broken.merge("side")
    assert isinstance(result, Conflicted)
    (conflict,) = result.conflicts
    assert (conflict.pointer, conflict.kind) == ("", "modify-modify")
    assert conflict.reason is not None
    assert "low is above high" in conflict.reason
    assert (conflict.ours, conflict.theirs) == (document(5, 10, "ours"), document(0, 3))
    assert broken.read("r/a") == Range(5, 10, "ours")
    assert broken.conflicts() == (conflict,)
    broken.resolve(conflict, "theirs")
    broken.merge_continue()
    assert broken.at("HEAD").read("r/a") == Range(0, 3)


@pytest.mark.parametrize(("prefer", "expected"), [("ours", Range(5, 10, "ours")), ("theirs", Range(0, 3))])
def test_a_preferred_side_is_taken_as_a_whole_then(broken, prefer, expected):
    """Half of it would break the rule."""
    assert isinstance(broken.merge("side", prefer=prefer), Merged)
    assert broken.read("r/a") == expected


@pytest.mark.parametrize("value", [Range(3, 5, "both"), {"low": 3, "high": 5, "note": "both"}, document(3, 5, "both")])
def test_a_whole_document_may_be_settled_by_a_value_of_its_type(broken, value):
    """Or by plain JSON; it is stamped as any other that is written."""
    (conflict,) = broken.merge("side").conflicts
    assert broken.resolve(conflict, value) == ()
    broken.merge_continue()
    assert broken.at("HEAD").read_as("r/a", "1.0") == document(3, 5, "both")


@pytest.mark.parametrize(
    "value", [document(9, 1), {"low": "a", "high": 2}, 7, Range, {**document(0, 1), "schema_version": "7.0"}]
)
def test_a_resolution_that_does_not_fit_is_refused(broken, value):
    """And nothing is changed: neither the file nor the conflict."""
    (conflict,) = broken.merge("side").conflicts
    with pytest.raises(SchemaError):
        broken.resolve(conflict, value)
    assert broken.conflicts() == (conflict,)
    assert broken.read("r/a") == Range(5, 10, "ours")


def test_a_choice_of_the_wrong_type_is_refused_at_its_place(typed):
    """Though other conflicts of the document are open."""
    sides(typed, Range(0, 10), Range(1, 11), Range(2, 12))
    high, low = typed.merge("side").conflicts
    with pytest.raises(DocumentInvalidError) as raised:
        typed.resolve(high, "text")
    assert raised.value.pointer == "/high"
    assert typed.conflicts() == (high, low)


def test_a_rule_may_be_broken_until_the_last_conflict_is_settled(typed):
    """What is still open may mend it; the last choice has to."""
    sides(typed, Range(0, 10), Range(1, 11), Range(20, 30))
    high, low = typed.merge("side").conflicts
    typed.resolve(low, "theirs")
    with pytest.raises(DocumentInvalidError, match="low is above high"):
        typed.resolve(high, "ours")
    assert typed.conflicts() == (high,)
    typed.resolve(high, "theirs")
    typed.merge_continue()
    assert typed.read("r/a") == Range(20, 30)


def test_a_merge_is_not_continued_with_a_file_that_breaks_a_rule(typed, put):
    """What was edited by hand after the last choice is checked too."""
    sides(typed, Range(0, 10), Range(1, 10), Range(2, 10))
    (low,) = typed.merge("side").conflicts
    typed.resolve(low, "theirs")
    put("r/a", '{"low": 11, "high": 10, "note": "", "schema_version": "1.0"}')
    with pytest.raises(DocumentInvalidError, match="low is above high"):
        typed.merge_continue()
    put("r/a", '{"low": 9, "high": 10, "note": "", "schema_version": "1.0"}')
    typed.merge_continue()
    assert typed.at("HEAD").read("r/a") == Range(9, 10)


def test_a_rule_that_a_side_broke_before_is_no_conflict_of_the_merge(typed, put, root):
    """Whoever committed it was told then."""
    sides(typed, Range(0, 10), Range(0, 9), Range(0, 10, "theirs"))
    put("r/a", '{"low": 5, "high": 4, "note": "", "schema_version": "1.0"}')
    typed.commit("by force", force=True)
    assert isinstance(typed.merge("side"), Merged)
    assert typed.status().clean
    assert json.loads((root / "r/a.json").read_text()) == document(5, 4, "theirs")


class Host10(msgspec.Struct):
    """An older program's type."""

    host: str
    port: int = 80


class Host11(msgspec.Struct):
    """A newer program's: renamed, and one field more."""

    hostname: str
    port: int = 80
    tls: bool = False


def hosts(version):
    """The kind as the older or the newer program knows it."""
    if version == "1.0":
        return Schema(Host10, kind="host", version="1.0", names="h/*")
    kind = Schema(Host11, kind="host", version="1.1", names="h/*")
    kind.lens("1.0", "1.1", lens.rename("host", "hostname"), lens.add("tls", default=False))
    return kind


@pytest.fixture
def opened(root):
    """Open the store as the older or the newer program does."""
    Store.init(root, author=ADA, schemas=[hosts("1.0")]).close()
    return lambda *kinds: Store.open(root, author=ADA, schemas=kinds)


def two_versions(opened):
    """Let the older program edit a document on `side`, and the newer one on `main`."""
    with opened(hosts("1.0")) as store:
        store.write("h/a", Host10("a", 1))
        store.commit("base")
        store.branches.create("side")
        store.branches.create("old")
        with store.transaction("older", branch="side", worktree=False) as change:
            change.write("h/a", Host10("b", 1))
    with opened(hosts("1.1")) as store:
        store.write("h/a", Host11("a", 2, tls=True))
        store.commit("newer")


@pytest.mark.parametrize("version", ["1.0", "1.1", None])
@pytest.mark.parametrize(("source", "into"), [("side", "main"), ("main", "side")])
def test_different_schema_versions_are_lifted_first(opened, source, into, version):
    """By the steps of the program or of the store, whichever program merges: a renamed field is no conflict."""
    two_versions(opened)
    with opened(*([hosts(version)] if version else [])) as store:
        store.branches.switch(into)
        assert isinstance(store.merge(source), Merged)
        expected = {"hostname": "b", "port": 2, "schema_version": "1.1", "tls": True}
        if version != "1.0":
            assert store.at("HEAD").read_as("h/a", "1.1") == expected
    with opened(hosts("1.1")) as store:
        assert store.at(into).read("h/a") == Host11("b", 2, tls=True)


def test_conflicts_of_different_versions_are_told_at_the_newer_one(opened):
    """Where both changed the field that was renamed."""
    two_versions(opened)
    with opened(hosts("1.1")) as store:
        store.write("h/a", Host11("c", 2))
        store.commit("newer")
        result = store.merge("side")
        assert isinstance(result, Conflicted)
        (conflict,) = result.conflicts
        assert (conflict.pointer, conflict.base, conflict.ours, conflict.theirs) == ("/hostname", "a", "c", "b")
        store.resolve(conflict, "theirs")
        store.merge_continue()
        assert store.at("HEAD").read("h/a") == Host11("b", 2)


@pytest.mark.parametrize("source", ["side", "main"])
def test_where_steps_are_missing_the_whole_document_is_in_conflict(opened, source):
    """A step in Python is in no store: a program without it cannot lift, and says why."""
    newer = Schema(Host11, kind="host", version="1.1", names="h/*")

    @newer.upgrade("1.0", "1.1")
    def _(raw):
        raw["hostname"] = raw.pop("host")

    with opened(hosts("1.0")) as store:
        store.write("h/a", Host10("a", 1))
        store.commit("base")
        store.branches.create("side")
        with store.transaction("older", branch="side", worktree=False) as change:
            change.write("h/a", Host10("b", 1))
    with opened(newer) as store:
        store.write("h/a", Host11("a", 2))
        store.commit("newer")
    with opened() as store:
        if source == "main":
            store.branches.switch("side")
        result = store.merge(source)
        assert isinstance(result, Conflicted)
        (conflict,) = result.conflicts
        assert (conflict.name, conflict.pointer, conflict.kind) == ("h/a", "", "modify-modify")
        assert conflict.reason is not None
        assert "1.0" in conflict.reason
        store.resolve(conflict, "theirs")
        store.merge_continue()
        assert store.at("HEAD").blob_id("h/a") == store.at(source).blob_id("h/a")


def test_what_common_ancestors_disagree_about_as_a_whole_is_no_fault_of_a_kind(typed):
    """One deleted the document and the other changed it, settled both ways before: told as that conflict again."""
    typed.write("r/a", Range(0, 1))
    typed.write("r/b", Range(0, 1))
    typed.commit("base")
    typed.branches.create("side")
    with typed.transaction("theirs", branch="side", worktree=False) as change:
        change.write("r/a", Range(0, 2))
    with typed.transaction("ours") as change:
        change.delete("r/a")
    typed.branches.create("old")
    typed.merge("side", prefer="ours")
    typed.merge("old", into="side", prefer="ours")
    (conflict,) = typed.merge("side").conflicts
    assert (conflict.name, conflict.pointer, conflict.kind, conflict.reason) == ("r/a", "", "modify-delete", None)
