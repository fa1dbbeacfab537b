"""What the page on merging shows and tables is what the package does, and what a stranger comes to by its words."""

import hashlib
import json
import re
from pathlib import Path
from typing import get_args

import pytest

from muniment import Store
from muniment.files.layout import Layout
from muniment.repo import requirements
from muniment.repo.merging import common_base
from muniment.repo.merging.merge_result import Merged
from muniment.values import json_merge
from muniment.values.json_merge import ConflictKind
from muniment.values.json_value import JsonValue
from muniment.values.merge_rules import NAMES, Rules
from muniment.values.unfinished_merge import decode, encode

FORMAT = Path(__file__).resolve().parents[2] / "docs/format"
PAGE = (FORMAT / "merging.md").read_text(encoding="utf-8")
LOCAL = (FORMAT / "local.md").read_text(encoding="utf-8")
OBJECTS = {
    object_id: text
    for text, object_id in re.findall(r"^\$ printf %s '(.*)' \| sha256sum\n(\w+)  -$", PAGE, re.MULTILINE)
}
BASE, LEFT, RIGHT, RECONCILED = [one for one, text in OBJECTS.items() if text.endswith('"type":"commit"}')]
OLD, ADAS, ADDED, BOS, MERGED = [one for one, text in OBJECTS.items() if '"type":' not in text]
DOCUMENTS = {
    BASE: {"services/web": OLD},
    LEFT: {"services/api": ADDED, "services/web": ADAS},
    RIGHT: {"services/web": BOS},
    RECONCILED: {"services/api": ADDED, "services/web": MERGED},
}
(ORDERS,) = re.findall(r"^```order\n.*\n((?:.*\n)+?)```$", PAGE, re.MULTILINE)


def compact(value):
    """Write a value as its canonical bytes, which this is as long as its texts are ASCII."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def sha256(text):
    """Name a text by its hash, as `sha256sum` does."""
    return hashlib.sha256(text.encode()).hexdigest()


def tree(commit):
    """Write the one node of a commit's tree."""
    return compact({"entries": sorted(map(list, DOCUMENTS[commit].items())), "level": 0, "type": "tree"})


def rows(heading):
    """Give the first column of the table below a heading, without the marks of code."""
    section = PAGE.split(f"\n## {heading}\n")[-1].split(f"\n### {heading}\n")[-1].split("\n#")[0]
    return [
        name for cell in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE) for name in re.findall(r"`(.+?)`", cell)
    ]


def test_each_object_has_its_id():
    """The ids are the hashes of the texts shown, and each commit's tree is that of the documents told of it."""
    assert {sha256(text) for text in OBJECTS.values()} == set(OBJECTS)
    for commit in DOCUMENTS:
        assert json.loads(OBJECTS[commit])["tree"] == sha256(tree(commit))


def test_the_commit_follows_from_the_words():
    """Author, message, time and the order of the parents are those of the table, whatever made them."""
    left, right = json.loads(OBJECTS[LEFT]), json.loads(OBJECTS[RIGHT])
    assert (left["generation"], left["parents"]) == (right["generation"], right["parents"])
    assert left["time"] < right["time"]
    reconciled = {
        "author": requirements.RECONCILER,
        "generation": 3,
        "message": "reconcile main",
        "parents": [RIGHT, LEFT],
        "time": right["time"],
        "tree": sha256(tree(RECONCILED)),
        "type": "commit",
    }
    assert OBJECTS[RECONCILED] == compact(reconciled)


@pytest.fixture
def diverged(tmp_path):
    """A store that holds the objects of the page, and whose branch has the two heads."""
    Store.init(tmp_path).close()
    layout = Layout(str(tmp_path))
    texts = [*(OBJECTS[one] for one in OBJECTS if one != RECONCILED), *map(tree, (BASE, LEFT, RIGHT))]
    for text in texts:
        path = Path(layout.object(sha256(text)))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for head in (LEFT, RIGHT):
        path = Path(layout.head("main", head))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path


def test_the_package_makes_that_commit(diverged):
    """A diverged branch of these commits is reconciled by the commit shown, and by that alone."""
    with Store.open(diverged) as store:
        result = store.reconcile()
        assert isinstance(result, Merged)
        assert result.commit.id == RECONCILED
    layout = Layout(str(diverged))
    assert Path(layout.object(RECONCILED)).read_text() == OBJECTS[RECONCILED]
    assert [head.name for head in Path(layout.branch("main")).iterdir()] == [RECONCILED]


@pytest.mark.parametrize("line", ORDERS.splitlines())
def test_the_orders_are_real(line):
    """Items of keyed lists stand in the order that each line of the example shows."""
    columns = re.split(r" {2,}", line)
    lists: list[list[JsonValue]] = [[{"id": one} for one in column.split(" ")] for column in columns]
    base, ours, theirs, merged = lists
    assert json_merge.merge(base, ours, theirs, Rules(keys={"": "id"})) == (merged, ())


def test_each_strategy_and_each_kind_is_told():
    """The tables have just the strategies and kinds of conflict that there are; the limit of levels is the real one."""
    assert rows("Strategies") == list(NAMES)
    assert sorted(rows("Conflicts")) == sorted(get_args(ConflictKind))
    assert f"at level {common_base.MOST_LEVELS}," in PAGE
    assert rows("Reconciling") == ["author", "generation", "message", "meta", "parents", "signature", "time"]


def test_the_unfinished_merge_is_read_and_written():
    """The example on the page about this copy is a note that the package writes just so."""
    (text,) = re.findall(r"^```json\n(\{.*\"type\":\"unfinished-merge\".*\})\n```$", LOCAL, re.MULTILINE)
    assert encode(decode("a file", text.encode())) == text.encode()
    conflicts = list(decode("a file", text.encode()).open_conflicts())
    assert [(one.name, one.pointer, one.kind) for one in conflicts] == [("services/web", "/port", "modify-modify")]
