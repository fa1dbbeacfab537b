"""`verify`: what it counts in a sound store, and what it says of the parts that are not objects."""

import os
import shutil

import pytest

from muniment import InvalidNameError, MunimentError, Store
from muniment.files.layout import Layout
from muniment.storage.loose import LooseObjects
from muniment.values import canonical
from muniment.values.objects import TreeNode, encode_commit, encode_node


@pytest.fixture
def begun(store, clock):
    """Two commits of two documents, one of which changed."""
    store.write("web", 1)
    store.write("api", 1)
    store.commit("one")
    store.write("web", 2)
    store.commit("two")
    return store


def codes(store):
    """What `verify` found, each as its code."""
    return [finding.code for finding in store.verify().findings]


@pytest.fixture
def plant(root, branch_at, clock):
    """Commit a tree that no program of ours would make; give the commit's id."""

    def make(node, **fields):
        objects = LooseObjects(Layout(root))
        blob = canonical.encode("planted")
        objects.put(canonical.digest(blob), blob)
        data = encode_node(node) if isinstance(node, TreeNode) else canonical.encode(node)
        objects.put(canonical.digest(data), data)
        body = {"parents": (), "author": "Eve", "time": clock.now, "message": "evil", "generation": 1, "meta": {}}
        commit = encode_commit(**{**body, "tree": canonical.digest(data), **fields})
        objects.put(canonical.digest(commit), commit)

        class Made:
            id = canonical.digest(commit)

        branch_at("evil", Made)
        return Made.id

    return make


def test_a_damaged_object_is_told_by_the_file_that_has_it(store, root):
    """Of a packed one that is the pack: no file of its own was ever there."""
    with store.transaction("many") as change:
        for number in range(40):
            change.write(f"many/{number}", number)
    (pack,) = (root / ".muniment/packs").iterdir()
    data = bytearray(pack.read_bytes())
    data[40] ^= 1
    pack.chmod(0o644)
    pack.write_bytes(data)
    with Store.open(root) as other:
        paths = {finding.path for finding in other.verify().findings if finding.code != "head-invalid"}
    assert paths == {str(pack)}


def test_a_sound_store_is_ok_and_counted(begun):
    """Heads, commits, trees, contents, objects in all, packs and working documents."""
    report = begun.verify()
    assert (report.ok, report.findings) == (True, ())
    assert (report.heads, report.commits, report.trees, report.blobs) == (1, 2, 2, 2)
    assert (report.objects, report.packs, report.documents, report.leftovers) == (6, 0, 2, 0)


def test_an_empty_store_is_ok(store):
    """There is nothing to find."""
    report = store.verify()
    assert report.ok
    assert (report.heads, report.commits, report.objects) == (0, 0, 0)


def test_half_written_objects_that_nothing_needs_are_no_damage(begun, root):
    """A program that was stopped left them; they are counted."""
    path = root / ".muniment" / "objects" / "ab" / ("c" * 62 + ".json")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"{")
    report = begun.verify()
    assert report.ok
    assert report.leftovers == 1


def test_what_this_program_remembers_does_not_hide_damage(begun, root):
    """Everything is read from the disk anew, also what was read a moment ago."""
    assert begun.verify().ok
    assert begun.at("HEAD")["web"] == 2
    path = root / ".muniment" / "objects"
    blob = begun.at("HEAD").blob_id("web")
    file = path / blob[:2] / f"{blob[2:]}.json"
    file.chmod(0o644)
    file.write_bytes(b"3")
    (finding,) = begun.verify().findings
    assert (finding.code, finding.path) == ("object-damaged", str(file))
    assert finding.remedy


def test_invalid_working_files_are_found(begun, put, root):
    """With the path of each, and how to mend it."""
    put("broken", "{")
    put("a/broken", "{")
    report = begun.verify()
    assert [finding.code for finding in report.findings] == ["document-invalid"] * 2
    assert {finding.path for finding in report.findings} == {str(root / "broken.json"), str(root / "a" / "broken.json")}
    assert "restore" in report.findings[0].remedy


def test_a_damaged_journal_is_found(begun, root):
    """It is told, and not touched."""
    begun.close()
    (root / ".muniment" / "local" / "journal").write_bytes(b"garbage" * 9)
    with Store.open(root, author="Ada") as store:
        (finding,) = store.verify().findings
    assert finding.code == "journal-damaged"
    assert (root / ".muniment" / "local" / "journal").read_bytes() == b"garbage" * 9


def test_a_missing_local_folder_is_no_damage(begun, root):
    """A fresh clone has none."""
    begun.close()
    shutil.rmtree(root / ".muniment" / "local")
    with Store.open(root) as store:
        assert store.verify().ok


def test_an_object_that_is_no_json_in_canonical_form_is_found(begun, plant):
    """A document's content that another program stored in its own way."""
    data = b'{ "a": 1 }'
    LooseObjects(Layout(begun.path)).put(canonical.digest(data), data)
    plant(TreeNode([("web", canonical.digest(data))], 0))
    assert codes(begun) == ["blob-invalid"]


NAMES_OUT = [
    "../escaped",
    "/escaped",
    "a/../../escaped",
    ".muniment/format",
    ".muniment/local/HEAD",
    "a\\b",
    "con",
    "",
]


@pytest.mark.parametrize("name", NAMES_OUT)
def test_a_tree_with_a_name_that_cannot_be_is_found_and_never_written(begun, plant, root, name):
    """The host's git may bring any tree: no rollback to it makes a file outside the store, or in its own folder."""
    planted = plant(TreeNode([(name, canonical.digest(b'"planted"'))], 0))
    before = sorted(path for path in root.parent.rglob("*") if "local" not in path.parts)
    assert codes(begun) == ["tree-invalid"]
    with pytest.raises(MunimentError):
        begun.rollback(planted, reason="taken in")
    with pytest.raises(MunimentError):
        begun.rollback(planted, names=[name], reason="taken in")
    assert sorted(path for path in root.parent.rglob("*") if "local" not in path.parts) == before
    assert len(begun.log()) == 2


MALFORMED = {
    "tree is no id": {"tree": "nothing"},
    "tree leads elsewhere": {"tree": "../../../../format"},
    "parent is no id": {"parents": ("nothing",)},
    "generation is zero": {"generation": 0},
    "generation is too large": {"generation": 7},
}


@pytest.mark.parametrize("fields", MALFORMED.values(), ids=MALFORMED)
def test_a_commit_whose_fields_make_no_sense_is_found(begun, plant, fields):
    """It is reported, whatever it holds, and the report is finished."""
    plant(TreeNode([("web", canonical.digest(b'"planted"'))], 0), **fields)
    report = begun.verify()
    assert not report.ok
    assert report.commits >= 2


def test_a_commit_whose_time_has_no_zone_is_found(begun, root, branch_at):
    """Times that cannot be compared are damage, and no reason to fail."""
    objects = LooseObjects(Layout(root))
    head = begun.at("HEAD").commit
    data = encode_commit(
        tree=head.tree, parents=(head.id,), author="Eve", time=head.time, message="", generation=3, meta={}
    ).replace(b'Z","tree"', b'","tree"')
    objects.put(canonical.digest(data), data)

    class Made:
        id = canonical.digest(data)

    branch_at("evil", Made)
    assert not begun.verify().ok


def test_a_tree_entry_that_is_no_id_is_found(begun, plant):
    """What is not written like an id is never looked up as a path."""
    plant(TreeNode([("web", "../../../format")], 0))
    report = begun.verify()
    assert not report.ok
    assert report.commits == 3


def test_verifying_changes_nothing(begun, root):
    """But for the program's own cache and locks."""

    def files():
        return {path: path.read_bytes() for path in root.rglob("*") if path.is_file() and "local" not in path.parts}

    before = files()
    begun.verify()
    assert files() == before
    assert os.path.isdir(root)


def test_a_link_out_of_the_store_is_found(begun, root):
    """As a document that is not valid."""
    (root.parent / "secret.json").write_text("1")
    (root / "link.json").symlink_to("../secret.json")
    assert codes(begun) == ["document-invalid"]
    with pytest.raises(InvalidNameError):
        begun.read("link")
