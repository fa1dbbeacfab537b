"""Trees and commits that a stranger made by hand, each with its right hash: refused, or they cost what they weigh."""

import os
import signal
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import pytest

from muniment import CorruptionError, MunimentError, Store
from muniment.files.layout import Layout
from muniment.values import canonical
from muniment.values.objects import TreeNode, encode_commit, encode_node

pytestmark = pytest.mark.usefixtures("quick_disk")

MOMENT = datetime(2020, 1, 1, tzinfo=UTC)
BOUND_S = 60


@contextmanager
def bounded():
    """End with an error what would take for ever: what is allowed is far more than a busy machine needs."""

    def give_up(*_):
        raise AssertionError(f"it takes longer than {BOUND_S} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(BOUND_S)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


class Forge:
    """A store into which objects are put by hand."""

    def __init__(self, root):
        self.root = root
        Store.init(root).close()
        self._layout = Layout(root)

    def put(self, data):
        """Put an object, with the right hash; give its id."""
        object_id = canonical.digest(data)
        path = self._layout.object(object_id)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)
        return object_id

    def node(self, level, *entries):
        """Put a tree node."""
        return self.put(encode_node(TreeNode(list(entries), level)))

    def commit(self, tree, *, parents=(), generation=1, **fields):
        """Put a commit."""
        told = {"author": "Eve", "time": MOMENT, "message": "m", "meta": {}, **fields}
        return self.put(encode_commit(tree=tree, parents=parents, generation=generation, **told))

    def head(self, commit, branch="main"):
        """Let a branch stand at a commit."""
        os.makedirs(self._layout.branch(branch), exist_ok=True)
        with open(self._layout.head(branch, commit), "wb"):
            pass

    def refusals(self):
        """Do everything that goes through trees and commits; give what refused, by name."""
        verbs = {
            "read": lambda store: dict(store.at("HEAD")),
            "status": lambda store: store.status(),
            "diff": lambda store: list(store.diff()),
            "show": lambda store: store.show("HEAD"),
            "log": lambda store: store.log(),
            "commit": lambda store: [store.write("new", 1), store.commit("mine", names=["new"])],
            "history": lambda store: store.history("a0"),
            "branch": lambda store: store.branches.list(),
        }
        found = {}
        for name, verb in verbs.items():
            with Store.open(self.root, author="Ada") as store, bounded():
                try:
                    verb(store)
                except MunimentError as error:
                    found[name] = error
        return found

    def faults(self):
        """Give the codes of what `verify` finds."""
        with Store.open(self.root) as store, bounded():
            return {finding.code for finding in store.verify().findings}


@pytest.fixture
def forge(tmp_path):
    """An empty store to put things into."""
    return Forge(tmp_path / "store")


def bombs(forge):
    """Give trees of few nodes that many paths lead through, by what is wrong with them."""
    blob = forge.put(b"1")
    names = [f"a{number}" for number in range(10)]

    def same(level_of, first):
        node = forge.node(0, *((name, blob) for name in names))
        for level in range(1, 31):
            node = forge.node(level_of(level), *((first(name), node) for name in names))
        return node

    def overlapping():
        level = {name: forge.node(0, *((other, blob) for other in names if other >= name)) for name in names}
        for height in range(1, 31):
            level = {
                name: forge.node(height, *((other, level[other]) for other in names if other >= name)) for name in names
            }
        return level[names[0]]

    return {
        "the same child under other names": same(lambda level: level, str),
        "the same child under one name": same(lambda level: level, lambda _: "a0"),
        "levels that lie": same(lambda _: 1, str),
        "children that overlap": overlapping(),
    }


BOMBS = [
    "the same child under other names",
    "the same child under one name",
    "levels that lie",
    "children that overlap",
]


@pytest.mark.parametrize("kind", BOMBS)
def test_a_tree_that_expands_is_refused(forge, kind):
    """Thirty nodes, each ten times the child of the next, are ten to the thirtieth documents: nobody goes there."""
    forge.head(forge.commit(bombs(forge)[kind]))
    found = forge.refusals()
    assert all(isinstance(found[name], CorruptionError) for name in ("read", "status", "diff", "show")), found
    assert "tree-invalid" in forge.faults()


@pytest.mark.parametrize("kind", BOMBS)
def test_trees_that_expand_are_refused_beside_each_other(forge, kind):
    """Comparing such a tree with a sound one is refused as well."""
    blob = forge.put(b"1")
    sound = forge.commit(forge.node(0, *((f"a{number}", blob) for number in range(10))))
    forge.head(forge.commit(bombs(forge)[kind], parents=(sound,), generation=2))
    assert {"read", "show"} <= set(forge.refusals())


@pytest.mark.parametrize("level", [1, 51, 500, 3000, -1])
def test_a_tree_that_is_too_high_is_refused(forge, level):
    """A chain of nodes of one child each is followed no further than any tree is high."""
    node = forge.node(min(level, 0), ("a0", forge.put(b"1")))
    for height in range(1, level + 1):
        node = forge.node(height, ("a0", node))
    forge.head(forge.commit(node))
    found = forge.refusals()
    assert ("read" in found) == (not 0 <= level <= 51), found
    forge.faults()


@pytest.mark.parametrize("level", [0, 1, 30])
def test_an_empty_node_is_refused_or_empty(forge, level):
    """An empty node has no place above the lowest level; the empty tree spelled otherwise raises nothing strange."""
    for node in (forge.node(level), forge.put(b'{"entries": [],"level":%d,"type":"tree"}' % level)):
        forge.head(forge.commit(node, message=node))
    forge.refusals()
    forge.faults()


NAMES = [
    "../x", "/x", "/etc/x", "a/../../x", ".muniment/x", ".muniment/local/journal", ".git/config", "a\\b", "con", "a\0b",
    "\x1b[31m", "", ".", "a//b", "x" * 300, "C:/x",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_leads_out_becomes_no_file(forge, tmp_path, name):
    """A tree may name anything: nothing is written outside the store, nor into its own folder."""
    sound = forge.node(0, ("a0", forge.put(b"1")))
    bad = forge.node(0, *sorted([("a0", forge.put(b"2")), (name, forge.put(b'"theirs"'))]))
    first = forge.commit(sound)
    forge.head(first)
    forge.head(forge.commit(bad, parents=(first,), generation=2), "bad")
    before = {path for path in tmp_path.rglob("*") if ".muniment" not in path.parts}
    control = set((forge.root / ".muniment").glob("*"))
    verbs = [
        lambda store: store.branches.switch("bad"),
        lambda store: store.merge("bad"),
        lambda store: store.rollback("bad", reason="r"),
        lambda store: store.restore([name], "bad"),
        lambda store: store.cherry_pick("bad"),
        lambda store: dict(store.at("bad")),
        lambda store: store.diff("main", "bad"),
        lambda store: store.undo(),
        lambda store: store.merge_abort(),
    ]
    for verb in verbs:
        with Store.open(forge.root, author="Ada") as store, suppress(MunimentError):
            verb(store)
    after = {path for path in tmp_path.rglob("*") if ".muniment" not in path.parts}
    assert after - before <= {forge.root / "a0.json"}
    assert {path.name for path in (forge.root / ".muniment").glob("*")} - {path.name for path in control} <= {
        "packs", "branches"
    }  # fmt: skip
    assert "tree-invalid" in forge.faults()


def test_a_commit_with_very_many_parents_costs_what_it_weighs(forge):
    """A hundred thousand parents that are not there are one error, soon."""
    parents = tuple(canonical.digest(str(number).encode()) for number in range(100_000))
    forge.head(forge.commit(forge.node(0), parents=parents, generation=2))
    assert "log" in forge.refusals()
    assert "object-missing" in forge.faults()


def test_the_same_parent_very_many_times_is_one(forge):
    """A commit that names one parent a hundred thousand times is walked once, level by level."""
    tree = forge.node(0)
    commit = forge.commit(tree)
    for generation in range(2, 12):
        commit = forge.commit(tree, parents=(commit,) * 10_000, generation=generation)
    forge.head(commit)
    forge.refusals()
    forge.faults()


@pytest.mark.parametrize("generations", [(1, 1, 1), (3, 2, 1), (1, 1000, 5), (-5, 0, 7), (1, (1 << 62) - 1, 2)])
def test_generations_and_dates_that_lie_only_mislead(forge, generations):
    """Commits whose generations or times are made up are told by `verify`; no verb fails otherwise, or hangs."""
    tree, parent = forge.node(0, ("a0", forge.put(b"1"))), ()
    for number, generation in enumerate(generations):
        time = MOMENT.replace(year=2020 - number)
        made = forge.commit(tree, parents=parent, generation=generation, time=time, message=str(number))
        other = forge.commit(tree, parents=parent, generation=generation, time=time, message=f"{number} too")
        parent = (made, other)
    for number, head in enumerate(parent):
        forge.head(head, f"b{number}")
    forge.head(parent[0])
    forge.refusals()
    assert "commit-invalid" in forge.faults()
    with Store.open(forge.root, author="Ada") as store, bounded(), suppress(MunimentError):
        store.merge("b1")


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00+23:59",
                                  "9999-12-31T23:59:59-23:59"])  # fmt: skip
def test_a_time_at_the_edge_is_no_other_error(forge, time):
    """A commit of the first or the last moment that there is can be listed, built on and looked for by its time."""
    data = encode_commit(
        tree=forge.node(0), parents=(), author="Eve", time=MOMENT, message="m", generation=1, meta={}
    ).replace(b"2020-01-01T00:00:00.000000Z", time.encode())
    forge.head(forge.put(data))
    forge.refusals()
    forge.faults()
    with Store.open(forge.root, author="Ada") as store:
        for revision in ("HEAD@{2020-01-01}", "HEAD@{1 day ago}", "HEAD@{9999-12-31}"):
            with suppress(MunimentError):
                store.at(revision)


def test_a_commit_cannot_lead_back_to_itself(forge):
    """A cycle needs a hash that is wrong: such an object is refused when it is read."""
    tree = forge.node(0)
    one = forge.commit(tree)
    layout = Layout(forge.root)
    other = forge.commit(tree, parents=(one,), generation=2)
    with open(layout.object(one), "wb") as file:
        file.write(
            encode_commit(tree=tree, parents=(other,), author="Eve", time=MOMENT, message="m", generation=3, meta={})
        )
    forge.head(other)
    found = forge.refusals()
    assert isinstance(found["log"], CorruptionError)
    assert "object-damaged" in forge.faults()


@pytest.mark.parametrize("opener", [b"[", b'{"a":'])
def test_json_nested_very_deep_is_refused_everywhere(forge, opener):
    """A hundred thousand containers within each other: as a document, a blob, a commit's `meta`, a node or a tag."""
    deep = opener * 100_000
    commit = encode_commit(
        tree=forge.node(0, ("a0", forge.put(deep))), parents=(), author="Eve", time=MOMENT, message="m", generation=1,
        meta={"deep": 1},
    )  # fmt: skip
    forge.head(forge.put(commit))
    (forge.root / "a0.json").write_bytes(deep)
    forge.refusals()
    forge.head(forge.put(commit.replace(b'"deep":1', b'"deep":' + deep)), "deep")
    forge.head(forge.put(b'{"entries":[],"level":0,"more":%b,"type":"tree"}' % deep), "node")
    tag = Layout(forge.root).tag("v1")
    os.makedirs(tag)
    with open(f"{tag}/{forge.put(deep)}", "wb"):
        pass
    forge.faults()
    with Store.open(forge.root, author="Ada") as store:
        for verb in (lambda: store.at("deep"), lambda: dict(store.at("node")), store.tags.list, store.branches.list):
            with suppress(MunimentError):
                verb()
