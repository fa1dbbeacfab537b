"""Documents of newer programs, to which no steps are known: lenses that arrive meanwhile, and what is none of ours."""

import json

import msgspec
import pytest

from muniment import DocumentChangedError, Schema, SchemaMajorMismatchError, Store, lens

AUTHOR = "Ada <ada@example.org>"
NEWER = {"limit": 5, "port": 1, "schema_version": "1.1"}


class Old(msgspec.Struct):
    """What the old program knows."""

    port: int = 8080
    limit: int = 0


class New(msgspec.Struct):
    """What the newer program knows: it counts another way."""

    port: int = 8080
    limit: int = 0


@pytest.fixture
def old_one(store, root):
    """The store as a program opened it that knows 1.0, with a document of 1.1 and nothing that leads there."""
    with Store.open(root, author=AUTHOR, schemas=[Schema(Old, kind="service", version="1.0", names="s/*")]) as opened:
        yield opened


def newer(version="1.1"):
    """The schema of a newer program."""
    schema = Schema(New, kind="service", version=version, names="s/*")
    if version == "1.1":
        schema.lens("1.0", "1.1", lens.convert("limit", {}, {5: 50}, default_up=5, default_down=0))
    return schema


@pytest.fixture
def leave_lenses(root):
    """Let the newer program write some document, by which its lenses come into the store."""

    def write():
        with Store.open(root, schemas=[newer()]) as new_one:
            new_one.write("s/other", New())

    return write


@pytest.fixture
def file(old_one, put):
    """The document, as the newer program left it and the old one committed it."""
    path = put("s/web", json.dumps(NEWER))
    old_one.commit("as it is")
    return path


def test_an_edit_of_a_document_that_is_read_otherwise_by_now_is_refused(old_one, file, leave_lenses):
    """It was read as it is, and the lenses say that it means something else; the next edit goes through them."""
    text = file.read_text()
    assert old_one.read("s/web") == Old(1, 5)
    with pytest.raises(DocumentChangedError) as raised, old_one.edit("s/web") as web:  # noqa: PT012 - its end raises
        web.port = 2
        leave_lenses()
    assert (raised.value.name, file.read_text()) == ("s/web", text)
    with old_one.edit("s/web") as web:
        assert web == Old(1, 50)
        web.port = 2
    assert json.loads(file.read_text()) == {**NEWER, "port": 2}


def test_an_update_is_refused_alike(old_one, file, leave_lenses):
    """What the function was given is not what the document says."""

    def changed(web):
        leave_lenses()
        return msgspec.structs.replace(web, port=2)

    with pytest.raises(DocumentChangedError):
        old_one.update("s/web", changed)
    assert json.loads(file.read_text()) == NEWER


def test_a_transaction_is_refused_alike(old_one, file, leave_lenses):
    """And makes no commit."""
    with pytest.raises(DocumentChangedError), old_one.transaction("no") as tx, tx.edit("s/web") as web:  # noqa: PT012
        web.port = 2
        leave_lenses()
    assert json.loads(file.read_text()) == NEWER
    assert len(old_one.log()) == 1
    with old_one.transaction("yes") as tx:
        tx.update("s/web", lambda web: msgspec.structs.replace(web, port=2))
    assert json.loads(file.read_text()) == {**NEWER, "port": 2}


def test_lenses_that_arrive_stop_nobody_who_changes_nothing(old_one, file, leave_lenses):
    """Nor an edit of a document that needs none."""
    old_one.write("s/own", Old())
    with old_one.edit("s/web"), old_one.edit("s/own") as own:
        own.port = 2
        leave_lenses()
    assert json.loads(file.read_text()) == NEWER
    assert old_one.read("s/own") == Old(2)


def test_a_newer_program_s_document_is_committed_if_it_is_valid_there(old_one, root, put):
    """Although this program cannot read it: it is none of its business. What is wrong there is told with its place."""
    with Store.open(root, schemas=[newer("2.0")]) as new_one:
        new_one.write("s/web", New())
    with pytest.raises(SchemaMajorMismatchError):
        old_one.read("s/web")
    assert (old_one.status().added, old_one.status().invalid) == (("s/web",), ())
    assert old_one.schemas.check() == ()
    assert old_one.commit("taken as it is").meta == {}
    put("s/web", '{\n  "schema_version": "2.0",\n  "port": "high"\n}')
    (fault,) = old_one.schemas.check()
    assert (fault.pointer, fault.line, fault.column) == ("/port", 3, 11)
    assert old_one.status().invalid == ("s/web",)


def test_a_version_that_nobody_describes_is_not_committed(old_one, root, put):
    """The store knows 2.0, and that says nothing of 3.0."""
    with Store.open(root, schemas=[newer("2.0")]) as new_one:
        new_one.write("s/web", New())
    put("s/web", '{"schema_version": "3.0"}')
    assert old_one.status().invalid == ("s/web",)
    with pytest.raises(SchemaMajorMismatchError):
        old_one.commit("no")
