"""What a stranger put into names, messages, authors and payloads reaches no terminal as anything but text."""

import json
import os
import unicodedata

import pytest
from click.testing import CliRunner

from muniment import Store
from muniment.cli import output
from muniment.cli.main import program
from muniment.files.layout import Layout
from muniment.values import canonical
from muniment.values.objects import TreeNode, encode_commit, encode_node, encode_tag

pytestmark = pytest.mark.usefixtures("quick_disk")

EVIL = "e\x1b]0;title\x07\x1b[2J\x9b31m\x9d0;x\x9c\x7f\x08\r\u202egnp\u2066\x00."
TIME = "2026-01-02T03:04:05.000000Z"

VERBS = [
    ["status"], ["log"], ["log", "--graph"], ["show"], ["show", "v1"], ["diff"], ["diff", "HEAD~1", "HEAD"],
    ["names"], ["names", "--at", "HEAD"], ["get", "a"], ["get", "a", "--at", "HEAD"], ["history", "a"], ["blame", "a"],
    ["branch"], ["branch", "info", "main"], ["tag"], ["note"], ["note", "list"], ["notes"], ["ops"], ["operations"],
    ["undo", "--list"], ["undo"], ["verify"], ["ledger"], ["ledger", "events", "tail"], ["ledger", "events", "log"],
    ["ledger", "events", "show", "{entry}"], ["ledger", "events", "verify"], ["schema"], ["schema", "list"], ["check"],
    ["policy"], ["policy", "list"], ["merge-rules"], ["merge", "side"], ["conflicts"], ["compare", "main", "side"],
    ["resolve"], ["switch", "side"], ["rollback", "HEAD~1", "-m", "x"], ["restore", "a"], ["get", "broken"],
    ["explain", "a"], ["pack"], ["kinds"], ["get", EVIL.replace("\x00", "")], ["show", EVIL.replace("\x00", "")],
]  # fmt: skip


@pytest.fixture
def evil(tmp_path, monkeypatch):
    """A store in which every text that can be is full of what terminals obey."""
    root = tmp_path / "store"
    layout = Layout(root)
    monkeypatch.setattr("muniment.ledger.drafting.check_text", lambda _, text, **__: text)
    with Store.init(root, author="Ada") as store:
        store.write("a", {"x": EVIL, EVIL: [EVIL]})
        store.commit(EVIL)
        store.branches.create("side", description=EVIL)
        store.notes.add("HEAD", EVIL)
        store.ledger("events").append(EVIL, {EVIL: EVIL}, actor=EVIL, stream=EVIL, attributes={EVIL: EVIL})
        store.write("a", {"x": EVIL + "2", EVIL: [EVIL, 1]})
        store.commit(EVIL, meta={EVIL: EVIL})
        head = store.log(limit=1)[0]
    blob = put(layout, canonical.encode({"x": EVIL + "3", EVIL: 1}))
    tree = put(layout, encode_node(TreeNode(sorted([("a", blob), (EVIL, blob)]), 0)))
    forged = {"author": EVIL, "time": head.time, "message": EVIL}
    commit = put(
        layout, encode_commit(tree=tree, parents=(head.id,), generation=head.generation + 1, meta={}, **forged)
    )
    for branch in ("main", "side"):
        for name in os.listdir(layout.branch(branch)):
            os.unlink(f"{layout.branch(branch)}/{name}")
    touch(layout.head("main", commit))
    other = put(layout, encode_commit(tree=tree, parents=(head.id,), generation=9, meta={EVIL: EVIL}, **forged))
    touch(layout.head("side", other))
    touch(layout.tag_file("v1", put(layout, encode_tag(name="v1", target=commit, **forged))))
    (root / "broken.json").write_bytes(EVIL.encode() + b"{")
    (root / f"{EVIL.replace(chr(0), '')}.json").write_text(json.dumps(EVIL))
    note = {"author": EVIL, "commit": commit, "name": EVIL, "text": EVIL, "time": TIME, "type": "note"}
    named(layout.notes_on(commit), note)
    named(
        layout.policies,
        {"author": EVIL, "branch": "main", "requires": EVIL, "since": [], "time": TIME, "type": "policy"},
    )
    schema = {"type": "schema", "kind": "k", "version": "1.0", "names": ["a"]}
    named(layout.kind("k"), {**schema, "json_schema": {"title": EVIL, "properties": {"x": {"const": EVIL}}}})
    named(layout.kind(EVIL.replace("\x00", "").replace("/", "")), {**schema, "json_schema": {}})
    told = {"author": EVIL, "heads": [["main", head.id, commit]], "message": EVIL, "time": TIME, "verb": EVIL}
    with open(layout.operations, "ab") as file:
        file.write(canonical.encode(told) + b"\n")
    return root


def put(layout, data):
    """Put an object by hand."""
    object_id = canonical.digest(data)
    os.makedirs(os.path.dirname(layout.object(object_id)), exist_ok=True)
    with open(layout.object(object_id), "wb") as file:
        file.write(data)
    return object_id


def touch(path):
    """Make an empty file."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb"):
        pass


def named(folder, value):
    """Put a record by hand that is named by its hash."""
    data = canonical.encode(value)
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/{canonical.digest(data)}.json", "wb") as file:
        file.write(data)


def obeyed(text):
    """Give the characters that a terminal would obey, without the tabs and line feeds that the program writes."""
    return {character for character in text if unicodedata.category(character) == "Cc" and character not in "\n\t"}


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["for people", "json"])
def test_no_verb_prints_what_a_terminal_obeys(evil, monkeypatch, form):
    """Whatever is asked of such a store, control characters come out written as text, in answers and in errors."""
    monkeypatch.chdir(evil)
    monkeypatch.setenv("MUNIMENT_AUTHOR", "Ada")
    monkeypatch.setenv("NO_COLOR", "1")
    with Store.open(evil) as store:
        entry = next(iter(store.ledger("events"))).id
    told, answered = {}, 0
    for verb in VERBS:
        arguments = [word.replace("{entry}", entry) for word in verb]
        result = CliRunner().invoke(program, [*arguments, *form], env={"TERM": "xterm"})
        assert result.exception is None or isinstance(result.exception, SystemExit), (verb, result.exception)
        answered += result.exit_code == 0
        if found := obeyed(result.stdout + result.stderr):
            told[" ".join(map(ascii, verb))] = sorted(found)
    assert not told
    assert answered > 15


@pytest.mark.parametrize("is_terminal", [False, True])
def test_one_text_alone_is_as_it_is_for_programs_only(capsys, monkeypatch, is_terminal):
    """`get` of one text gives it to a program as it is, and to a terminal as text."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: is_terminal)
    output.one_text(EVIL)
    printed = capsys.readouterr().out
    assert bool(obeyed(printed)) == (not is_terminal)
    assert (printed == EVIL + "\n") == (not is_terminal)
