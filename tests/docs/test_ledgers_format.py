"""What the page on ledgers shows is real, and its words alone lead a stranger to what the package reads."""

import base64
import gzip
import hashlib
import json
import re
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from muniment import Cursor, Store
from muniment.files.layout import Layout
from muniment.ledger.arrivals import Arrivals
from muniment.values import entry_line

PAGE = (Path(__file__).resolve().parents[2] / "docs/format/ledgers.md").read_text(encoding="utf-8")
SEGMENT = bytes(range(16)).hex()


def block(language):
    """Give the one fenced block of a language."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    return found


def sha256(data):
    """Name bytes by their hash."""
    return hashlib.sha256(data).hexdigest()


def body(line):
    """Cut the id and the signature out of a line, as the page says."""
    entry = json.loads(line)
    text = line.replace(f'"id":"{entry["id"]}",', "", 1)
    if "signature" in entry:
        text = text.replace(f',"signature":{json.dumps(entry["signature"])}' + "}", "}")
    return text.encode()


LINES = block("segment").splitlines()


@pytest.mark.parametrize("line", LINES)
def test_each_line_has_its_id(line):
    """The id is the hash of the body, which is the line without it; and the package takes the line for an entry."""
    assert line.startswith('{"id":"')
    assert sha256(body(line)) == json.loads(line)["id"]
    assert entry_line.check("a file", line.encode()).id == json.loads(line)["id"]


def test_the_lines_are_a_chain():
    """Each names the one above it, the clocks ascend, and the batch is complete."""
    entries = list(map(json.loads, LINES))
    assert [entry.get("above") for entry in entries] == [None, *(entry["id"] for entry in entries[:-1])]
    assert [entry["clock"] for entry in entries] == [1, 2, 3, 4]
    assert [entry.get("batch") for entry in entries] == [None, [0, 2], [1, 2], None]


def test_the_hashes_in_consoles_are_real():
    """What is piped into `sha256sum` has that hash: the body of the first line, and the payload of the last."""
    shown = re.findall(r"^\$ printf %s '(.*)' \| sha256sum\n(\w+)  -$", PAGE, re.MULTILINE)
    assert [sha256(text.encode()) for text, _ in shown] == [digest for _, digest in shown]
    assert [digest for _, digest in shown] == [json.loads(LINES[0])["id"], json.loads(LINES[-1])["erasable"]]


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """The ledger of the page, as the package makes it, when all random bytes count from 0."""
    monkeypatch.setattr("os.urandom", lambda size: bytes(range(size)))

    def at(second):
        return datetime(2026, 1, 31, 12, 0, second, tzinfo=UTC)

    with Store.init(tmp_path / "config") as store:
        ledger = store.ledger("runs")
        first = ledger.append("turn", {"move": "e4"}, actor="planner", stream="run-7", key="run-7/1", time=at(0))
        turn = {"kind": "turn", "payload": {"move": "e5"}, "actor": "critic", "stream": "run-7", "key": "run-7/2"}
        note = {"kind": "note", "payload": "both like it", "stream": "run-7", "attributes": {"by": "hand"}}
        ledger.append_many([{**turn, "prev": [first], "time": at(1)}, {**note, "time": at(1)}])
        ledger.append("contact", {"mail": "bob@example.org"}, erasable=True, time=at(2))
        yield ledger


def test_the_segment_is_the_one_that_is_written(runs, tmp_path):
    """The package writes the bytes shown, to the file that the page names, and the payload beside it."""
    folder = tmp_path / "config/.muniment/ledgers/runs"
    assert (folder / f"{SEGMENT}.jsonl").read_text("utf-8") == block("segment")
    erasable = json.loads(LINES[-1])["erasable"]
    payload = (folder / f"payloads/{erasable[:2]}/{erasable[2:]}.json").read_bytes()
    assert payload.decode() in PAGE
    assert sha256(payload) == erasable


def test_the_cursor_is_the_one_that_is_given(runs):
    """As text, and what that says; the sizes are those of the segment."""
    text, told = block("cursor").splitlines()
    assert str(runs.cursor()) == text
    assert base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode() == told
    assert json.loads(told)["reached"] == {SEGMENT: [4, len(block("segment"))]}
    assert list(runs.tail(Cursor.parse("runs", text))) == []


def test_the_archive_begins_as_shown(runs, tmp_path):
    """`zcat` shows the line of the page, but for how well this machine compresses, and then the segment."""
    path = runs.archive(runs.cursor()).path
    assert sha256(Path(path).read_bytes()) == Path(path).name.removesuffix(".jsonl.gz")
    header, _, rest = gzip.decompress(Path(path).read_bytes()).decode().partition("\n")
    assert rest == block("segment")
    shown, found = json.loads(block("archive")), json.loads(header)
    shown["stretches"][0][4][0][1] = found["stretches"][0][4][0][1]
    assert found == shown


def test_the_arrivals_are_read_as_the_page_says(tmp_path):
    """Its example gives the offsets that stand below it."""
    layout = Layout(tmp_path).ledger("runs")
    Path(layout.local).mkdir(parents=True)
    Path(layout.arrivals).write_text(block("arrivals"), "utf-8")
    arrivals = Arrivals(layout)
    arrivals.load()
    other = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
    assert [arrivals.offset_of(SEGMENT, index) for index in range(4)] == [1, 2, 3, 4]
    assert [arrivals.offset_of(other, index) for index in range(2)] == [5, 6]
    assert arrivals.total == 6
    assert arrivals.open == SEGMENT


def test_files_lie_where_the_page_says():
    """The paths are those of the layout."""
    layout = Layout("/config").ledger("<name>")
    tree = PAGE.partition("## Layout")[2].partition("## ")[0]
    for path in (
        layout.arrivals,
        layout.journal,
        layout.writer,
        layout.held,
        layout.set_aside,
        layout.index(("<fields>",)),
        layout.folds,
    ):
        assert path.rpartition("/")[2] in tree
    assert layout.segment("<segment>").endswith("ledgers/<name>/<segment>.jsonl")
    assert layout.stretch("<segment>", 1, 2).endswith("ledgers/<name>/<segment>.1-2.jsonl")
    assert layout.lock.endswith("locks/ledger-<name>.lock")


def pieces_by_the_page(folder):
    """Give what files hold of each segment, from which byte on: by the words of the page."""
    found = defaultdict(list)
    for path in folder.glob("*.jsonl"):
        segment, _, place = path.name.removesuffix(".jsonl").partition(".")
        found[segment].append((int(place.partition("-")[0] or 0), path.read_bytes()))
    for path in folder.glob("archives/*.jsonl.gz"):
        header, _, rest = gzip.decompress(path.read_bytes()).partition(b"\n")
        for segment, first, size, _, _ in json.loads(header)["stretches"]:
            found[segment].append((first[1], rest[: size[1]]))
            rest = rest[size[1] :]
    return found


def read_by_the_page(folder):
    """Give the entries of a ledger in order, by the words of the page and with nothing of the package."""
    entries: list[dict[str, Any]] = []
    for parts in pieces_by_the_page(folder).values():
        data = b""
        for first, held in sorted(parts):
            if first <= len(data):
                data += held[len(data) - first :]
        lines = data[: data.rfind(b"\n") + 1].decode().splitlines()
        index, count = json.loads(lines[-1]).get("batch", [0, 1]) if lines else (0, 1)
        entries += map(json.loads, lines[: len(lines) - index - 1] if index + 1 < count else lines)
    return sorted(entries, key=lambda entry: (entry["clock"], entry["id"]))


def test_a_ledger_can_be_read_by_the_page(tmp_path):
    """Segments, stretches, archives, a torn line and half of a batch: what the page makes of them, the package does."""
    with Store.init(tmp_path / "here") as here, Store.init(tmp_path / "there") as there:
        ours, theirs = here.ledger("runs"), there.ledger("runs")
        for number in range(5):
            ours.append("ours", number)
            theirs.append("theirs", number, actor="them")
            if number % 2:
                ours.sync(theirs)
        ours.archive(ours.cursor())
        ours.append_many([{"kind": "batch", "payload": number} for number in range(3)])
        folder = tmp_path / "here/.muniment/ledgers/runs"
        expected = [(entry.clock, entry.id, entry.payload) for entry in ours]
        assert [(entry["clock"], entry["id"], entry["payload"]) for entry in read_by_the_page(folder)] == expected
        batch = max(folder.glob("*.jsonl"), key=lambda path: path.stat().st_mtime_ns)
        torn = batch.read_bytes()
        half = torn[: torn.rindex(b"\n", 0, -1) + 20]
    batch.write_bytes(half)
    whole = [entry_id for _, entry_id, _ in expected[:-3]]
    assert [entry["id"] for entry in read_by_the_page(folder)] == whole
    with Store.open(tmp_path / "here") as again:
        assert [entry.id for entry in again.ledger("runs")] == whole
