"""Ledgers with schemas: payloads of the program's types, old ones brought up to date on reading."""

import json
from pathlib import Path

import msgspec
import pytest

from muniment import Store
from muniment.errors import DocumentInvalidError
from service_versions import Service10, Service12, new, old, schema_10, schema_12


class Move(msgspec.Struct):
    """A payload of one kind."""

    move: str
    score: int = 0


class Note(msgspec.Struct):
    """A payload of another."""

    text: str


def raw(layout):
    """Give the payloads as they are kept."""
    return [
        json.loads(line)["payload"]
        for path in sorted(Path(layout.root).glob("*.jsonl"))
        for line in path.read_bytes().splitlines()
    ]


@pytest.fixture
def typed(root, store):
    """Open the ledger with a schema, as a program does; `typed(schema_12())`."""
    opened = []

    def reopen(schema):
        opened.append(Store.open(root, author="Ada <ada@example.org>"))
        return opened[-1].ledger("runs", schema=schema)

    yield reopen
    for other in opened:
        other.close()


def test_types_by_kind(typed, layout):
    """Each kind has its type, in and out; what has none is plain JSON."""
    ledger = typed({"turn": Move, "note": Note})
    made = [ledger.append("turn", Move("e4", 3)), ledger.append("note", Note("x")), ledger.append("other", {"a": 1})]
    assert [entry.payload for entry in made] == [Move("e4", 3), Note("x"), {"a": 1}]
    assert [entry.payload for entry in ledger] == [Move("e4", 3), Note("x"), {"a": 1}]
    assert ledger.get(made[0].id).payload == ledger.latest(kind="turn").payload == Move("e4", 3)
    assert ledger.append("turn", {"move": "e4", "score": 3}) == made[0]
    assert raw(layout) == [{"move": "e4", "score": 3}, {"text": "x"}, {"a": 1}]
    for bad in ({"move": 1}, {"score": 1}, 7, None):
        with pytest.raises(DocumentInvalidError):
            ledger.append("turn", bad)
    assert len(ledger) == 3


def test_one_type_for_all(typed):
    """A type alone is that of every kind."""
    ledger = typed(Move)
    batch = ledger.append_many([{"kind": "a", "payload": Move("d4")}, {"kind": "b", "payload": {"move": "c4"}}])
    assert [entry.payload for entry in batch] == [Move("d4"), Move("c4")]
    with pytest.raises(DocumentInvalidError):
        ledger.append_many([{"kind": "a", "payload": Move("e4")}, {"kind": "b", "payload": Note("x")}])
    assert len(ledger) == 2


def test_old_payloads_are_upgraded_on_reading(typed, layout):
    """What a program of an older schema appended is read by the steps and lenses as the newer one's type."""
    before = typed(schema_10())
    first = before.append("service", old())
    before.append("plain", {"port": "any"})
    kept = Path(next(Path(layout.root).glob("*.jsonl"))).read_bytes()
    ledger = typed(schema_12())
    found = [entry.payload for entry in ledger]
    assert type(found[0]) is Service12
    assert found[0].name == old().name
    assert found[0].hostname == old().host
    assert found[1] == {"port": "any"}
    for entry in (ledger.get(first.id), *ledger.tail(kinds="service"), ledger.latest(kind="service")):
        assert entry.payload == found[0]
        assert entry == first
    assert Path(next(Path(layout.root).glob("*.jsonl"))).read_bytes() == kept
    ledger.append("service", new(port=5))
    assert [entry.payload for entry in ledger.tail(kinds="service")] == [found[0], new(port=5)]
    assert ledger.fold([], lambda state, entry: [*state, entry.kind]) == ["service", "plain", "service"]


def test_an_old_program_reads_what_a_new_one_appended(typed):
    """A program that knows only the old schema reads newer payloads as its own type."""
    typed(schema_12()).append("service", new(hostname="h"))
    (entry,) = typed(schema_10())
    assert type(entry.payload) is Service10
    assert entry.payload.host == "h"


def test_what_does_not_fit_is_told_when_it_is_read(typed, ledger):
    """A payload that was appended without a schema, and does not fit, is an error of the one that reads it."""
    ledger.append("turn", {"move": "e4"})
    bad = ledger.append("turn", {"move": 7})
    typed_ledger = typed({"turn": Move})
    tail = typed_ledger.tail()
    with pytest.raises(DocumentInvalidError):
        list(tail)
    with pytest.raises(DocumentInvalidError):
        typed_ledger.get(bad.id)
    assert bad.id in {entry.id for entry in ledger.tail(after=tail.cursor)}
    assert bad in typed_ledger


def test_what_does_not_fit_can_be_erased_all_the_same(ledger, typed):
    """Erasing, and telling the heads, needs no payload to fit what a program says it is; nor does carrying it out."""
    first = ledger.append("turn", {"score": "odd"}, erasable=True)
    second = ledger.append("turn", {"score": "odd, too"})
    reader = typed({"turn": Move, "payload-erased": Note})
    with pytest.raises(DocumentInvalidError):
        reader.get(first.id)
    assert reader.heads() == (first.id, second.id)
    done = reader.erase(first.id, "asked")
    assert done.payload == {"entry": first.id, "reason": "asked"}
    assert reader.erase(first.id, "again") == done
    assert reader.get(first.id).is_erased
    assert reader.heads() == (second.id, done.id)


def test_an_erasure_is_carried_out_whatever_the_schemas_say(ledger, elsewhere, typed):
    """A copy that is brought one removes a payload that does not fit."""
    first = ledger.append("turn", {"score": "odd"}, erasable=True)
    ledger.sync(elsewhere)
    elsewhere.erase(first.id, "asked")
    reader = typed(Move)
    reader.sync(elsewhere)
    assert reader.get(first.id).is_erased
