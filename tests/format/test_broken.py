"""Deliberately broken copies of the golden store: each gives exactly the finding that names the fault."""

import hashlib
import json
import shutil
from typing import Any

import pytest

from muniment import CorruptionError, MunimentError, NotFoundError, Store

FIRST = "b432f6e3eb35e0b7937e3a0d56675bc6b655398467674a9e5d3d357376ceb0fb"
SECOND = "e170d8baaa1c999f28922123cae12cc489c7fff1551d7fefa721a22af3ed5972"
HEAD = "d8d7423967f760d15af9ea15b880f545c6698bd6fe7132bccc3765573fe598c2"
TREE = "624e07023d0bcaa0a54e81ad3b733c1a20f761de6b68df6070b94744179629bc"
OLD_TREE = "214426f74b911c96cd5c67b4143d86327c61430631ea04760ae77ca86d1fea90"
WEB = "c06a4c46ed9477ce1bd3b54f46baf831003bcafed28b829f542d9c9f82fbb1e3"
LIMITS = "408a1cd4c952385cae3d177b9eb9abd7829daf048a4a103032e538965ce73b22"
ABSENT = "0" * 64
RULES = {
    "keys": [],
    "name": "web",
    "names": ["services/*"],
    "strategies": [["/port", "max"]],
    "time": "2026-01-31T15:00:00.000000Z",
    "type": "merge-rules",
}


def path_of(root, object_id):
    """The file of an object."""
    return root / ".muniment" / "objects" / object_id[:2] / f"{object_id[2:]}.json"


def put(root, body):
    """Store an object under the name that its bytes have; give that."""
    data = body if isinstance(body, bytes) else canonical(body)
    object_id = hashlib.sha256(data).hexdigest()
    path_of(root, object_id).parent.mkdir(exist_ok=True)
    path_of(root, object_id).write_bytes(data)
    return object_id


def canonical(body):
    """The canonical bytes of an object without floats."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def move_head(root, commit_id):
    """Let the branch stand at another commit."""
    folder = root / ".muniment" / "refs" / "heads" / "main"
    (folder / HEAD).rename(folder / commit_id)


def commit(root, **fields):
    """Put a commit on top that differs from a sound one in some fields, and move the head there."""
    body = {
        "author": "Eve",
        "generation": 4,
        "message": "broken",
        "parents": [HEAD],
        "time": "2026-01-31T15:00:00.000000Z",
        "tree": TREE,
        "type": "commit",
        **fields,
    }
    commit_id = put(root, {name: value for name, value in body.items() if value is not ...})
    move_head(root, commit_id)


def tree(root, entries, level=0):
    """Put a commit on top that has this tree."""
    commit(root, tree=put(root, {"entries": entries, "level": level, "type": "tree"}))


def flip(path, at):
    """Flip one bit of a file."""
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


BREAKS: dict[str, tuple[Any, list[str]]] = {
    "nothing": (lambda _: None, []),
    "a sound commit on top": (commit, []),
    "flipped bit in a document": (lambda root: flip(path_of(root, WEB), 3), ["object-damaged"]),
    "flipped bit in a tree": (lambda root: flip(path_of(root, OLD_TREE), -1), ["object-damaged"]),
    "flipped bit in a commit": (lambda root: flip(path_of(root, FIRST), 20), ["object-damaged"]),
    "flipped bit in the head's commit": (
        lambda root: flip(path_of(root, HEAD), 20),
        ["object-damaged", "head-invalid"],
    ),
    "emptied document": (lambda root: path_of(root, WEB).write_bytes(b""), ["object-damaged"]),
    "cut document": (lambda root: path_of(root, LIMITS).write_bytes(b'{"larg'), ["object-damaged"]),
    "missing document": (lambda root: path_of(root, WEB).unlink(), ["object-missing"]),
    "missing tree": (lambda root: path_of(root, TREE).unlink(), ["object-missing"]),
    "missing commit": (lambda root: path_of(root, SECOND).unlink(), ["object-missing"]),
    "missing head commit": (lambda root: path_of(root, HEAD).unlink(), ["object-missing", "head-invalid"]),
    "head of nothing": (lambda root: move_head(root, ABSENT), ["object-missing", "head-invalid"]),
    "head of a document": (lambda root: move_head(root, WEB), ["object-malformed", "head-invalid"]),
    "head of a tree": (lambda root: move_head(root, TREE), ["object-malformed", "head-invalid"]),
    "commit without a tree": (lambda root: commit(root, tree=...), ["object-malformed", "head-invalid"]),
    "commit without a type": (lambda root: commit(root, type=...), ["object-malformed", "head-invalid"]),
    "commit with a text for a generation": (
        lambda root: commit(root, generation="4"),
        ["object-malformed", "head-invalid"],
    ),
    "parent that is a document": (lambda root: commit(root, parents=[WEB]), ["object-malformed"]),
    "tree that is a document": (lambda root: commit(root, tree=WEB), ["object-malformed"]),
    "tree that is a commit": (lambda root: commit(root, tree=FIRST), ["object-malformed"]),
    "parent that is absent": (lambda root: commit(root, parents=[HEAD, ABSENT]), ["object-missing"]),
    "tree that is absent": (lambda root: commit(root, tree=ABSENT), ["object-missing"]),
    "generation too small": (lambda root: commit(root, generation=3), ["commit-invalid"]),
    "generation too large": (lambda root: commit(root, generation=5), ["commit-invalid"]),
    "generation of the other parent": (
        lambda root: commit(root, generation=2, parents=[FIRST, HEAD]),
        ["commit-invalid"],
    ),
    "first generation": (lambda root: commit(root, parents=[], generation=2), ["commit-invalid"]),
    "earlier than its parent": (lambda root: commit(root, time="2026-01-31T13:59:59.000000Z"), ["commit-invalid"]),
    "tree out of order": (lambda root: tree(root, [["b", WEB], ["a", WEB]]), ["tree-invalid"]),
    "tree with a name twice": (lambda root: tree(root, [["a", WEB], ["a", LIMITS]]), ["tree-invalid"]),
    "tree in the order of UTF-16": (lambda root: tree(root, [["\U00010000", WEB], ["\uffff", WEB]]), ["tree-invalid"]),
    "inner node over documents": (lambda root: tree(root, [["limits/grenzwerte-größe", TREE]], 2), ["tree-invalid"]),
    "inner node with another first name": (lambda root: tree(root, [["a", TREE]], 1), ["tree-invalid"]),
    "document that is absent": (lambda root: tree(root, [["a", ABSENT]]), ["object-missing"]),
    "document not canonical": (lambda root: tree(root, [["a", put(root, b'{"b":1,"a":2}')]]), ["blob-invalid"]),
    "document with a name twice": (lambda root: tree(root, [["a", put(root, b'{"a":1,"a":1}')]]), ["blob-invalid"]),
    "document that is no JSON": (lambda root: tree(root, [["a", put(root, b"no")]]), ["blob-invalid"]),
    "document with a line feed": (lambda root: tree(root, [["a", put(root, b"1\n")]]), ["blob-invalid"]),
    "pack that is none": (lambda root: pack(root, b"no pack"), ["pack-damaged"]),
    "empty pack": (lambda root: pack(root, b""), ["pack-damaged"]),
    "broken working file": (lambda root: (root / "services" / "web.json").write_text("{"), ["document-invalid"]),
    "file that can be no document": (lambda root: (root / "con.json").write_text("{}"), ["document-invalid"]),
    "sound merge rules": (lambda root: merge_rules(root, canonical(RULES)), []),
    "merge rules under another name": (
        lambda root: merge_rules(root, canonical(RULES), ABSENT),
        ["merge-rules-damaged"],
    ),
    "merge rules of another set": (
        lambda root: merge_rules(root, canonical({**RULES, "name": "api"})),
        ["merge-rules-damaged"],
    ),
    "merge rules that are none": (lambda root: merge_rules(root, b"{}"), ["merge-rules-damaged"]),
    "journal of another kind": (lambda root: local(root, "journal", b"no journal"), ["journal-damaged"]),
}


def pack(root, data):
    """Leave a file among the packs."""
    (root / ".muniment" / "packs").mkdir()
    (root / ".muniment" / "packs" / f"{'a' * 64}.pack").write_bytes(data)


def merge_rules(root, data, digest=None):
    """Leave a record of the merge rules `web`, under the name that its bytes have, or another."""
    folder = root / ".muniment" / "merging" / "web"
    folder.mkdir(parents=True)
    (folder / f"{digest or hashlib.sha256(data).hexdigest()}.json").write_bytes(data)


def local(root, name, data):
    """Leave a file in the local folder."""
    (root / ".muniment" / "local").mkdir(exist_ok=True)
    (root / ".muniment" / "local" / name).write_bytes(data)


@pytest.mark.parametrize("fault", BREAKS)
def test_each_fault_is_found_and_nothing_else(golden, fault):
    """The codes of the findings are those of the fault; each finding names a place and a remedy."""
    make, codes = BREAKS[fault]
    make(golden)
    with Store.open(golden) as store:
        report = store.verify()
    assert sorted(finding.code for finding in report.findings) == sorted(codes)
    assert report.ok is (not codes)
    for finding in report.findings:
        assert finding.path.startswith(str(golden))
        assert finding.detail
        assert finding.remedy


UNREADABLE = [fault for fault in BREAKS if fault.startswith(("flipped", "missing", "emptied", "cut"))]


@pytest.mark.parametrize("fault", UNREADABLE)
def test_no_damage_is_ever_given_as_data(golden, fault):
    """Reading every commit gives what was recorded or an error, and at least one error."""
    with Store.open(golden) as store:
        sound = {commit_id: dict(store.at(commit_id)) for commit_id in (FIRST, SECOND, HEAD)}
    shutil.rmtree(golden / ".muniment" / "local", ignore_errors=True)
    BREAKS[fault][0](golden)
    errors = []
    for commit_id, documents in sound.items():
        with Store.open(golden) as store:
            try:
                assert dict(store.at(commit_id)) == documents
            except MunimentError as error:
                errors.append(error)
    assert errors
    assert all(isinstance(error, CorruptionError | NotFoundError) for error in errors)


def test_several_faults_are_all_found(golden):
    """One report tells all of them, each once, however many commits lead there."""
    flip(path_of(golden, LIMITS), 5)
    path_of(golden, OLD_TREE).unlink()
    (golden / "services" / "web.json").write_text("{")
    with Store.open(golden) as store:
        codes = sorted(finding.code for finding in store.verify().findings)
    assert codes == ["document-invalid", "object-damaged", "object-missing"]


def test_a_damaged_copy_is_mended_by_the_missing_objects(golden, tmp_path_factory):
    """Bringing the files back from another copy is all that it takes."""
    other = tmp_path_factory.mktemp("other") / "copy"
    shutil.copytree(golden, other)
    flip(path_of(golden, LIMITS), 5)
    path_of(golden, TREE).unlink()
    for object_id in (LIMITS, TREE):
        shutil.copy(path_of(other, object_id), path_of(golden, object_id))
    with Store.open(golden) as store:
        assert store.verify().ok
