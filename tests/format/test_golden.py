"""The store that was kept when format 1 was defined: every later program reads it, and writes the same."""

import hashlib
import json
import runpy
from datetime import UTC, datetime
from pathlib import Path

import pytest

from muniment import Store
from muniment.history.tree_build import build
from muniment.values.ids import BlobId

HERE = Path(__file__).parent
KEPT = HERE / "golden-1"

COMMITS = [
    "b432f6e3eb35e0b7937e3a0d56675bc6b655398467674a9e5d3d357376ceb0fb",
    "e170d8baaa1c999f28922123cae12cc489c7fff1551d7fefa721a22af3ed5972",
    "d8d7423967f760d15af9ea15b880f545c6698bd6fe7132bccc3765573fe598c2",
]
TREES = [
    "214426f74b911c96cd5c67b4143d86327c61430631ea04760ae77ca86d1fea90",
    "9382dae4591e57d5fd8d26d164075e975cdf5902a25363a2121f26fe5768a279",
    "624e07023d0bcaa0a54e81ad3b733c1a20f761de6b68df6070b94744179629bc",
]
WEB = {"name": "web", "port": 8080, "weights": [0.5, 1, 10**21, 0], "tls": None}
API = {"name": "api", "\U0001f600": "beyond", "\uffff": "the basic plane"}
LIMITS = {"largest": 18446744073709551616, "smallest": 1e-7, "text": 'tab\t, quote ", line\u2028'}
CONTENTS = [
    {"services/api": API, "services/web": WEB},
    {"limits/grenzwerte-größe": LIMITS, "services/api": API, "services/web": WEB},
    {"limits/grenzwerte-größe": LIMITS, "services/web": {"name": "web", "port": 9090}},
]


def files_of(folder):
    """Every file below a folder, by its path from there, with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_is_sound(golden):
    """Nothing is found, and everything is counted."""
    with Store.open(golden) as store:
        report = store.verify()
        assert report.findings == ()
        assert (report.heads, report.commits, report.trees, report.blobs) == (1, 3, 3, 4)
        assert (report.objects, report.packs, report.documents, report.leftovers) == (10, 0, 2, 0)
        assert store.status().clean


def test_its_commits_are_as_recorded(golden):
    """Their ids, trees, times and words."""
    with Store.open(golden) as store:
        commits = store.log()[::-1]
    assert [commit.id for commit in commits] == COMMITS
    assert [commit.tree for commit in commits] == TREES
    assert [commit.parents for commit in commits] == [(), (COMMITS[0],), (COMMITS[1],)]
    assert [commit.generation for commit in commits] == [1, 2, 3]
    assert [commit.time for commit in commits] == [
        datetime(2026, 1, 31, h, 0, 0, 123456, tzinfo=UTC) for h in (12, 13, 14)
    ]
    assert [commit.message for commit in commits] == [
        "two services\n\nAs agreed.",
        "limits",
        "without the second, and a new port",
    ]
    assert [commit.author for commit in commits] == [
        "Ada Lovelace <ada@example.org>",
        "Zoë <zoe@example.org>",
        "Ada Lovelace <ada@example.org>",
    ]
    assert [commit.meta for commit in commits] == [{}, {"ticket": 7}, {}]


@pytest.mark.parametrize("number", range(3))
def test_its_documents_are_as_recorded(golden, number):
    """What each commit holds, and of what type the numbers are."""
    with Store.open(golden) as store:
        found = dict(store.at(COMMITS[number]))
    assert found == CONTENTS[number]
    assert json.dumps(found, sort_keys=True).count(".") == json.dumps(CONTENTS[number], sort_keys=True).count(".")


def test_each_object_is_named_by_its_hash():
    """As `sha256sum` tells of its file; nothing of this project is needed to check it."""
    paths = list((KEPT / ".muniment" / "objects").rglob("*.json"))
    assert len(paths) == 10
    for path in paths:
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.parent.name + path.stem


def test_its_head_is_an_empty_file():
    """Named by the newest commit, in the folder of the branch."""
    (head,) = (KEPT / ".muniment" / "refs" / "heads" / "main").iterdir()
    assert (head.name, head.read_bytes()) == (COMMITS[-1], b"")


def test_it_can_be_gone_on_with(golden):
    """A commit on top, a rollback to the first."""
    with Store.open(golden, author="Bob") as store:
        store.write("services/web", 1)
        assert store.commit("go on").parents == (COMMITS[-1],)
        store.rollback(COMMITS[0], reason="back to the beginning")
        assert store.at("HEAD").commit.tree == TREES[0]
        assert store.verify().ok


def test_the_same_history_is_written_the_same_today(tmp_path):
    """Every file of the store, byte for byte, but for what is local."""
    make = runpy.run_path(str(HERE / "make_golden.py"))["make"]
    assert make(tmp_path / "made") == COMMITS
    assert files_of(tmp_path / "made") == files_of(KEPT)


ROOTS = {
    0: ("ca4511f666dfda1ef19f9c20648d61c7904d5140e2e572eb5cf5f80ce44ace8f", 1, 0),
    1: ("ee2e5ba0182e566430ec7306f44bd57164a6146a9f7de334ec59ce4a1984a910", 1, 0),
    64: ("e3aa988c4f4ebc57fd74fe1327cec43b530f9555796369c2d0de83ff68433cb0", 1, 0),
    65: ("c98e9013073fdbe5c0ff75ac73a77cd6170bb1ecda26e348e8c9545f858bf440", 4, 1),
    1_000: ("ca128e05c19eecac9050e38b0af380c3c51fad9a68f334ac146f8aed4e263146", 28, 1),
    20_000: ("102d076025877d7a2874ed9be8f7e1c459fb1051822e69260c2278b75b3fd3a3", 669, 2),
}


@pytest.mark.parametrize("count", ROOTS)
def test_larger_trees_have_the_recorded_roots(count):
    """Where nodes begin, and how many levels there are, is part of the format."""
    null = BlobId(hashlib.sha256(b"null").hexdigest())
    update = build(dict.fromkeys([f"services/n{number}" for number in range(count)], null))
    assert (update.root, len(update.nodes), update.decoded[update.root].level) == ROOTS[count]
