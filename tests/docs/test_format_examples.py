"""The examples on the page about objects are real: its ids, ranks and trees can be relied on by a stranger."""

import hashlib
import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from muniment.files.layout import Layout
from muniment.history.tree import rank
from muniment.history.tree_build import build
from muniment.values import canonical
from muniment.values.ids import BlobId
from muniment.values.objects import decode_commit, decode_node, encode_commit, encode_node

PAGE = (Path(__file__).resolve().parents[2] / "docs/format/objects.md").read_text(encoding="utf-8")
CONTENT = '{"port":8080}'


def sha256(text):
    """Name a text by its hash, as `sha256sum` does."""
    return hashlib.sha256(text.encode()).hexdigest()


def blocks(language):
    """Give the fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def rows(language):
    """Give the rows of the one table that is a fenced block, without its heading."""
    (table,) = blocks(language)
    return [line.split() for line in table.splitlines()[1:]]


OBJECTS = {
    object_id: text
    for text, object_id in re.findall(r"^\$ printf %s '(.*)' \| sha256sum\n(\w+)  -$", PAGE, re.MULTILINE)
}
NODES = [object_id for object_id, text in OBJECTS.items() if text.endswith('"type":"tree"}')]
COMMITS = [object_id for object_id, text in OBJECTS.items() if text.endswith('"type":"commit"}')]


def test_the_page_has_examples_of_every_kind():
    """Every line of a console was understood, and there are blobs, nodes and commits among them."""
    shown = [line for block in blocks("console") for line in block.splitlines()]
    assert len(shown) == 2 * len(OBJECTS) + 2
    assert {*NODES, *COMMITS} == {object_id for object_id, text in OBJECTS.items() if '"type":' in text}
    assert CONTENT in OBJECTS.values()
    assert len(NODES) == len(COMMITS) == 2


@pytest.mark.parametrize("object_id", OBJECTS)
def test_each_example_has_its_id_and_is_canonical(object_id):
    """The id is the hash of the text shown, and the package writes the same value in the same way."""
    text = OBJECTS[object_id]
    assert sha256(text) == object_id
    assert canonical.encode(json.loads(text)) == canonical.encode(canonical.decode(text.encode())) == text.encode()


@pytest.mark.parametrize("object_id", NODES)
def test_each_node_is_read_and_written(object_id):
    """The package takes the nodes on the page for nodes."""
    data = OBJECTS[object_id].encode()
    assert encode_node(decode_node(object_id, data)) == data


@pytest.mark.parametrize("object_id", COMMITS)
def test_each_commit_is_read_and_written(object_id):
    """The package takes the commits on the page for commits."""
    data = OBJECTS[object_id].encode()
    commit = decode_commit(object_id, data)
    fields = {name: getattr(commit, name) for name in commit.__struct_fields__ if name not in {"id", "signature"}}
    assert encode_commit(**fields) == data


def test_the_commits_refer_to_trees_that_can_be_made():
    """The first commit has the tree that is shown, the second that tree with one port for all."""
    first, second = (json.loads(OBJECTS[object_id]) for object_id in COMMITS)
    documents = {name: BlobId(blob) for name, blob in json.loads(OBJECTS[first["tree"]])["entries"]}
    assert build(documents).root == first["tree"]
    assert build(dict.fromkeys(documents, BlobId(sha256(CONTENT)))).root == second["tree"]
    assert second["parents"] == [COMMITS[0]]


def test_the_loose_object_lies_where_the_package_looks_for_it():
    """The path of the loose object that is shown is the one that the layout gives."""
    ((shown, object_id, again),) = re.findall(r"^\$ cd (?:\S+) && sha256sum (\S+)\n(\w+)  (\S+)$", PAGE, re.MULTILINE)
    layout = Layout("/")
    assert shown == again == layout.object(object_id).removeprefix(f"{layout.objects}/")
    assert object_id in OBJECTS


def test_the_ranks_are_real():
    """Each name has the hash and the rank that the page says, and no rank up to 4 is left out."""
    shown = rows("ranks")
    for expected, begins, name in shown:
        assert sha256(name).startswith(begins)
        assert str(rank(name)) == expected
    assert {int(expected) for expected, _, _ in shown} == set(range(5))


def tree_by_the_page(documents):
    """Make a tree by the words of the page and with nothing of the package; give the root's level, list and id."""
    level, entries = 0, sorted([name, blob] for name, blob in documents.items())
    while len(entries) > 64:
        starts = [at for at, (name, _) in enumerate(entries) if at == 0 or leading_zeros(name) // 5 > level]
        nodes = [entries[start:stop] for start, stop in pairwise([*starts, len(entries)])]
        level, entries = level + 1, [[node[0][0], node_id(node, level)] for node in nodes]
    return level, entries, node_id(entries, level)


def node_id(entries, level):
    """Name a node by the hash of its JSON, which is canonical as long as the names are ASCII."""
    return sha256(json.dumps({"entries": entries, "level": level, "type": "tree"}, separators=(",", ":")))


def leading_zeros(name):
    """Count the zero bits with which the hash of a name begins."""
    return 256 - int(sha256(name), 16).bit_length()


@pytest.mark.parametrize(("count", "level", "entries", "root"), rows("trees"))
def test_the_trees_are_real(count, level, entries, root):
    """What the page's words alone lead to, and what the package makes, are the tree that is shown."""
    documents = {f"orders/{number:05}": BlobId(sha256(CONTENT)) for number in range(int(count))}
    made_level, made_entries, made_root = tree_by_the_page(documents)
    assert (str(made_level), str(len(made_entries)), made_root) == (level, entries, root)
    assert build(documents).root == root


def test_the_root_of_a_hundred_documents_is_the_one_shown():
    """The inner node in full is the root of one of the trees in the table."""
    assert NODES[1] == next(root for count, _, _, root in rows("trees") if count == "100")
