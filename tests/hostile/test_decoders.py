"""Every decoder of bytes or text from elsewhere: whatever they are, it answers, or raises an error of ours."""

import json
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strangers import SWEEP

from muniment import Cursor, MunimentError
from muniment.files import journal_note
from muniment.history import revision
from muniment.schema import lens, merge_record, overrides, pattern, record
from muniment.schema.validator import Validator
from muniment.signing import allowed_line, pattern_list, sshsig
from muniment.signing.allowed_signers import AllowedSigners
from muniment.signing.private_key import PrivateFile
from muniment.signing.public_key import PublicKey
from muniment.signing.wire import Broken
from muniment.storage import pack_block
from muniment.storage.change import Change, Replacement, decode_change, encode_change
from muniment.values import (
    canonical,
    entry_line,
    left_by_git,
    merge_patch,
    names,
    note,
    objects,
    operation,
    patch,
    place,
    pointer,
    policy,
    strict_json,
    text_merge,
    unfinished_merge,
    word,
)
from muniment.values.operation import HeadMove
from muniment.values.watch_cursor import Moment, WatchCursor

MANY = 5_000 if SWEEP else 60
ID, OTHER = "ab" * 32, "cd" * 32
MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
TIME = "2026-01-02T03:04:05.000000Z"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ6CSYQm3q8JbX3GyCxHhyPKtSAPTmtgBF6MEWyAZCX6"


def as_json(value):
    """Write a seed."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


COMMIT = objects.encode_commit(
    tree=ID, parents=(ID, OTHER), author="Ada", time=MOMENT, message="m", generation=3, meta={"a": [1, {"b": 2.5}]}
)
UNFINISHED = as_json({
    "type": "unfinished-merge", "verb": "merge", "branch": "main", "heads": [ID], "parents": [ID, OTHER],
    "message": "m", "author": "Ada", "time": TIME, "meta": {},
    "documents": {"a": {"before": ID, "merged": OTHER, "places": [
        {"id": "1", "kind": "modify-modify", "pointer": "/a", "base": {"value": 1}, "ours": {"value": [2]}}]}},
})  # fmt: skip
LENS = as_json({"type": "lens", "kind": "service", "older": "1.0", "newer": "1.1", "lenses": [
    {"op": "rename", "old": "a", "new": "b"}, {"op": "add", "field": "c", "default": 1},
    {"op": "inside", "field": "d", "lenses": [{"op": "wrap", "field": "e"}]}]})  # fmt: skip
SCHEMA = as_json({"type": "schema", "kind": "service", "version": "1.0", "names": ["services/*"], "json_schema": {}})
RULES = as_json({"type": "merge-rules", "time": TIME, "name": "rules", "names": ["services/*"], "keys": [["/b", "id"]],
    "strategies": [["/a", "counter"], ["/b/*/c", None]]})  # fmt: skip
ENTRY = b'{"id":"%b","actor":"ada","clock":1,"kind":"seen","payload":{"a":1},"time":"%b"}' % (
    ID.encode(), TIME.encode(),
)  # fmt: skip
MARKED = b'{\n<<<<<<< ours\n"a": 1\n||||||| base\n"a": 0\n=======\n"a": 2\n>>>>>>> theirs\n}\n'
SSHSIG = """-----BEGIN SSH SIGNATURE-----
U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgnoJJhCberwltfcbILEeHI8q1IA9Oa2
AEXowRbIBkJfoAAAAIbXVuaW1lbnQAAAAAAAAABnNoYTUxMgAAAFMAAAALc3NoLWVkMjU1MTkA
-----END SSH SIGNATURE-----
"""
PRIVATE = (
    b"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n"
    b"QyNTUxOQAAACCegkmEJt6vCW19xsgsR4cjyrUgD05rYARejBFsgGQl+gAAAIg=\n-----END OPENSSH PRIVATE KEY-----\n"
)
CHANGE = encode_change(
    Change(
        [(ID, b"1")], [ID], [HeadMove("main", ID, OTHER)], [Replacement("a", None, ID)], [b"1"], b"1", texts={"a": b"1"}
    )
)
CURSOR = str(Cursor("events"))
WATCHED = str(
    WatchCursor("copy", lambda: Moment(selected="main", heads={"main": (ID,)}, documents={"a": ID, "b": None}))
)


def text(function):
    """Let a function of text take bytes."""
    return lambda data: function(data.decode("utf-8", "replace"))


def value(function):
    """Let a function of a JSON value take bytes; what is no JSON is refused before it."""
    return lambda data: function(canonical.decode(data))


def listed(function):
    """Let a function of a list of operations take bytes."""

    def call(data):
        given = canonical.decode(data)
        return function(given) if isinstance(given, list) and all(isinstance(one, dict) for one in given) else None

    return call


DECODERS = {
    "json, strictly": (strict_json.parse, [as_json({"a": [1, 2.5, "x\u20ac", None, True]}), b"[" * 300, b"1e999", b"-0.0"]),
    "json": (canonical.decode, [as_json({"a": [1, 2.5, "x", None, True]}), b'{"a":1,"a":2}', b'"\\ud800"', b"9" * 5000]),
    "json, twice": (lambda data: canonical.encode(canonical.decode(data)), [as_json({"a": [1, 2.5, {"\U0001f600": 1}]})]),
    "document name": (text(names.document_name), [b"services/web", b"a/../b", b"con", b"x" * 300]),
    "branch name": (text(names.branch_name), [b"feature/x", b"HEAD", b"a..b"]),
    "tag name": (text(names.tag_name), [b"v1"]),
    "author": (text(names.author), [b"Ada <ada@example.org>"]),
    "folder name": (text(lambda name: names.folder_name("ledger", name)), [b"events", b"a/b"]),
    "revision": (text(revision.parse), [b"HEAD~2^1", b"main@{2026-01-01}", b"v1~99999999999999999999", b"a@{1 day ago}"]),
    "commit": (lambda data: objects.decode_commit(ID, data), [COMMIT]),
    "commit's link": (lambda data: objects.decode_link(ID, data), [COMMIT]),
    "tree node": (lambda data: objects.decode_node(ID, data), [b'{"entries":[["a","%b"]],"level":0,"type":"tree"}' % ID.encode()]),
    "tag": (
        lambda data: objects.decode_tag(ID, data),
        [objects.encode_tag(name="v1", target=ID, author="Ada", time=MOMENT, message="m")],
    ),
    "unsigned": (lambda data: objects.unsigned(canonical.encode(canonical.decode(data))), [COMMIT]),
    "note": (
        lambda data: note.decode(ID, data),
        [as_json({"author": "A", "commit": ID, "name": None, "text": "t", "time": TIME, "type": "note"})],
    ),
    "policy": (
        lambda data: policy.decode(ID, data),
        [as_json({"author": "A", "branch": "main", "requires": "signatures", "since": [ID], "time": TIME, "type": "policy"})],
    ),
    "operation": (
        operation.decode,
        [as_json({"author": "A", "heads": [["main", ID, OTHER]], "message": "m", "tags": [["v", None, ID]], "time": TIME, "verb": "commit"})],
    ),
    "operation's moves": (operation.decode_moves, [as_json({"heads": [["main", ID, None]], "time": TIME})]),
    "change": (decode_change, [CHANGE]),
    "journal's note": (journal_note.decode, [journal_note.encode(journal_note.Note(b"1" * 16, b"2" * 16, 4096, 7, documents=True))]),
    "unfinished merge": (
        lambda data: list(unfinished_merge.decode("merge.json", data).open_conflicts()),
        [UNFINISHED],
    ),
    "entry": (lambda data: entry_line.decode("x", data), [ENTRY]),
    "entry, checked": (lambda data: entry_line.check("x", data), [ENTRY]),
    "entries": (lambda data: entry_line.decode_lines("x", data), [ENTRY + b"\n" + ENTRY + b"\n"]),
    "ledger's cursor": (text(lambda token: Cursor.parse("events", token)), [CURSOR.encode()]),
    "ledger's cursor, its inside": (lambda data: Cursor.parse("events", word.encode(data)), [word.decode(CURSOR)]),
    "watch's cursor": (text(lambda token: WatchCursor.parse("store", token)), [WATCHED.encode()]),
    "watch's cursor, its bytes": (lambda data: WatchCursor.parse("store", word.encode(data)), [word.decode(WATCHED)]),
    "record of a lens": (lambda data: record.decode("service", data), [LENS, SCHEMA]),
    "record of merge rules": (lambda data: merge_record.decode("x", "rules", data), [RULES]),
    "pattern of names": (text(pattern.compiled), [b"services/**/a-?", b"*" * 50]),
    "overrides": (
        value(lambda given: overrides.apply(given, overrides.entries_of(given))),
        [as_json({"a": 1, "overrides": [{"id": "1", "changes": [{"op": "replace", "path": "/a", "value": 2}], "until": TIME}]})],
    ),
    "json pointer": (text(lambda given: pointer.get({"a": [1, {"b": 2}]}, given)), [b"/a/1/b", b"/a/-", b"/~0~1", b"/a/" + b"9" * 5000]),
    "patch": (
        listed(lambda operations: patch.apply({"a": [1, 2]}, operations)),
        [as_json([{"op": "add", "path": "/a/0", "value": 1}, {"op": "move", "from": "/a/0", "path": "/b"}, {"op": "test", "path": "/b", "value": 1}])],
    ),
    "merge patch": (value(lambda given: merge_patch.apply({"a": {"b": 1}}, given)), [as_json({"a": {"b": None, "c": 2}})]),
    "marks of git": (lambda data: left_by_git.is_marked(data, b'{"a":0}', b'{"a":1}', b'{"a":2}'), [MARKED]),
    "merge of texts": (text(lambda given: text_merge.merge("a b c\n", given, "a c b\n")), [b"a b d\nc"]),
    "place of a fault": (
        lambda data: place.line_and_column(data, place.offset_of(data, "/a/1")),
        [as_json({"a": [1, 2, {"b": "c"}]})],
    ),
    "json schema": (
        value(lambda given: Validator(given).fault({"a": "x", "b": [1]}) if isinstance(given, dict) else None),
        [as_json({"type": "object", "properties": {"a": {"type": "string", "maxLength": 3, "format": "date"}}, "required": ["b"]}),
         as_json({"$ref": "#/$defs/x", "$defs": {"x": {"anyOf": [{"type": "integer"}, {"$ref": "#/$defs/x"}]}}})],
    ),
    "allowed signers": (text(AllowedSigners.parse), [f'ada@example.org valid-after="20260101Z",namespaces="m" {KEY}\n# c\n'.encode()]),
    "public key": (text(PublicKey.of_line), [KEY.encode()]),
    "private key": (lambda data: PrivateFile("key", data).signer(None), [PRIVATE]),
    "signature": (text(sshsig.decode), [SSHSIG.encode()]),
    "list of patterns": (text(lambda given: pattern_list.matches("ada@example.org", given)), [b"*@example.org,!eve@*", b"*" * 60 + b"x"]),
}  # fmt: skip
DOCUMENTED = {"signature": Broken}
"""A signal within its floor, which is no error of ours until it is told with what it was about."""
TOKENS = [
    b"{", b"}", b"[", b"]", b'"', b":", b",", b"null", b"true", b"-1", b"1e400", b"-0", b"9223372036854775808", b"1.5",
    b"18446744073709551616", b"1" * 400, b'"\\ud800"', b'"\\u0000"', b"\xff", b"\0", b"\n", b"/", b"..", b"~", b"*", b"\\",
    b"0001-01-01T00:00:00+23:59", b"9999-12-31T23:59:59-23:59", b"\x1b[31m", b"\xe2\x80\xa8", b"[" * 3000, b'{"a":' * 3000,
    b"\x91" * 3000, b"\xdd\xff\xff\xff\xff", b"\xdf\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff", b"%s", b"-----",
]  # fmt: skip


@st.composite
def spoiled(draw, seeds):
    """Give one of some seeds with a few places changed, or any bytes at all."""
    if draw(st.integers(0, 19)) == 0:
        return draw(st.binary(max_size=200))
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(data)))
        stop = min(len(data), start + draw(st.sampled_from([0, 0, 1, 1, 2, 4, 16, 100])))
        new = draw(st.one_of(st.sampled_from(TOKENS), st.binary(max_size=3), st.just(data[start:stop] * 2)))
        data = data[:start] + new + data[stop:]
    return data


@pytest.mark.parametrize("name", DECODERS)
def test_a_decoder_answers_or_refuses(name):
    """Spoiled bytes give a value or an error of ours: none of Python's own, and none of a library's."""
    decode, seeds = DECODERS[name]

    @settings(max_examples=MANY, suppress_health_check=list(HealthCheck), deadline=None)
    @given(spoiled(seeds))
    def law(data):
        try:
            decode(data)
        except MunimentError:
            pass
        except DOCUMENTED.get(name, MunimentError):
            pass

    law()


@pytest.mark.parametrize("name", DECODERS)
@pytest.mark.parametrize("token", TOKENS[-9:-3], ids=["lines", "array", "object", "msgpack", "map", "bin"])
def test_a_decoder_refuses_what_is_deep_or_claims_to_be_long(name, token):
    """Each value of a seed in turn is replaced by nesting without an end, or by what claims to be very long."""
    decode, seeds = DECODERS[name]
    for seed in seeds:
        for at in [0, *(at + 1 for at, byte in enumerate(seed) if byte in b":,[")][: None if SWEEP else 25]:
            for data in (seed[:at] + token + seed[at:], seed[:at] + token * 40):
                try:
                    decode(data)
                except (MunimentError, DOCUMENTED.get(name, MunimentError)):
                    pass


@pytest.mark.parametrize("size", [0, 1, 1 << 20])
def test_a_block_unpacks_to_the_size_that_was_told(size):
    """A frame gives as many bytes as the index tells, or is refused; it is never unpacked further."""
    packed = pack_block.pack(bytes(1 << 20), None, 3)
    for told in {size, len(packed), (1 << 20) - 1, (1 << 20) + 1, 1 << 20}:
        try:
            assert len(pack_block.unpack(packed, None, told)) == told
        except ValueError:
            assert told != 1 << 20


def test_the_seeds_are_what_decoders_read():
    """Most seeds are accepted as they are: else the changes would try the first check only."""
    refused = set()
    for name, (decode, seeds) in DECODERS.items():
        try:
            decode(seeds[0])
        except (MunimentError, msgspec.MsgspecError, ValueError, Broken) as error:
            refused.add(f"{name}: {error}")
    assert len(refused) <= 6, refused
    assert allowed_line.parse(f"ada {KEY}") is not None
    assert lens.rename("a", "b")
