"""Hand edits of governed documents: what `status` says of them, and what `commit` takes."""

import json

import msgspec
import pytest

from muniment import (
    DocumentInvalidError,
    HashMismatchError,
    MigrationFailedError,
    Schema,
    SchemaMajorMismatchError,
    Store,
    lens,
)
from service_versions import new, schema_12

AUTHOR = "Ada <ada@example.org>"
WEB = "services/web"
WRONG = '{\n  "schema_version": "1.2",\n  "name": "web", "hostname": "h", "limits": {}, "items": [],\n  "port": "no"\n}'


@pytest.fixture(params=["typed", "described"])
def checked(request, store, root):
    """A store with one committed service; opened with its schema, or without, as the command line does."""
    with Store.open(root, author=AUTHOR, schemas=[schema_12()]) as typed:
        typed.write(WEB, new())
        typed.commit("begin")
        yield typed if request.param == "typed" else store


def test_status_tells_of_invalid_documents_with_the_place(checked, put):
    """They count as invalid, neither as added nor as changed; valid ones as always."""
    put(WEB, WRONG)
    put("services/new", WRONG)
    put("services/good", WRONG.replace('"no"', "1"))
    put("other", '{"port": "no"}')
    status = checked.status()
    assert status.invalid == ("services/new", WEB)
    assert (status.added, status.changed) == (("other", "services/good"), ())
    for name in status.invalid:
        assert status.reasons[name].endswith(" at /port (line 4, column 11)")
    assert not status.clean


def test_what_was_committed_once_is_not_checked_again(checked, put):
    """A document that is as the head has it is clean, valid or not: `schema check` looks at all."""
    put(WEB, WRONG)
    checked.commit("forced", force=True)
    assert checked.status().clean
    assert [fault.name for fault in checked.schemas.check()] == [WEB]


def test_commit_refuses_an_invalid_document(checked, put):
    """With the place in the file; nothing is committed, of the others neither, unless they are named."""
    path = put(WEB, WRONG)
    put("other", "1")
    for names in (None, [WEB]):
        with pytest.raises(DocumentInvalidError) as raised:
            checked.commit("no", names=names)
        error = raised.value
        assert (error.name, error.path, error.pointer, error.line, error.column) == (WEB, str(path), "/port", 4, 11)
    assert len(checked.log()) == 1
    checked.commit("the other", names=["other"])
    assert checked.status().invalid == (WEB,)


def test_force_commits_it_and_the_commit_says_so(checked, put):
    """`meta["forced"]` names the documents that were not valid, and is not there where all were."""
    put(WEB, WRONG)
    put("services/unversioned", "{}")
    put("other", "1")
    made = checked.commit("forced", force=True, meta={"ticket": 7})
    assert made.meta == {"ticket": 7, "forced": ["services/unversioned", WEB]}
    assert checked.log(limit=1)[0].meta == made.meta
    put(WEB, WRONG.replace('"no"', "1"))
    assert checked.commit("mended", force=True).meta == {}


def test_what_was_forced_cannot_be_hidden(checked, put):
    """The commit names the documents, whatever the caller puts there himself."""
    put(WEB, WRONG)
    made = checked.commit("forced", force=True, meta={"forced": [], "ticket": 7})
    assert made.meta == {"ticket": 7, "forced": [WEB]}
    assert checked.at("HEAD").commit.meta == made.meta


def test_force_takes_no_file_that_is_no_json(checked, put):
    """History could not hold it."""
    put(WEB, "{")
    with pytest.raises(DocumentInvalidError):
        checked.commit("no", force=True)


def test_a_deleted_document_needs_no_check(checked, root):
    """There is nothing to be valid."""
    (root / f"{WEB}.json").unlink()
    assert checked.status().removed == (WEB,)
    assert checked.commit("gone").meta == {}


def test_a_document_without_a_version_is_refused(checked, put):
    """It is told what to add; the reason stands in the status too."""
    put(WEB, '{"name": "web"}')
    with pytest.raises(SchemaMajorMismatchError, match=r'add "schema_version": "1\.2"'):
        checked.commit("no")
    assert "schema_version" in checked.status().reasons[WEB]


def test_what_cannot_be_reached_is_invalid(checked, put):
    """Another major, and an older minor to which no steps lead."""
    for version in ("2.0", "0.1", "1.0.0", "1"):
        put(WEB, WRONG.replace("1.2", version).replace('"no"', "1"))
        assert checked.status().invalid == (WEB,)
        assert len(checked.schemas.check()) == 1


def test_a_newer_minor_is_checked_as_far_as_it_is_known(checked, put):
    """Unknown fields are none of this program's business."""
    put(WEB, WRONG.replace("1.2", "1.9").replace('"no"', '1, "new": true'))
    assert checked.status().changed == (WEB,)
    put(WEB, WRONG.replace("1.2", "1.9"))
    assert checked.status().invalid == (WEB,)


@pytest.mark.parametrize("with_type", [True, False])
def test_an_adopted_document_without_a_version_is_valid(root, put, with_type):
    """Where the schema says what such documents are."""
    with Store.init(root, author=AUTHOR, schemas=[schema_12(unversioned="1.2")]) as typed:
        typed.write(WEB, new())
        put("services/plain", WRONG.replace('"schema_version": "1.2",', "").replace('"no"', "1"))
        put("services/wrong", WRONG.replace('"schema_version": "1.2",', ""))
        with Store.open(root) as plain:
            checked = typed if with_type else plain
            (fault,) = checked.schemas.check()
            assert (fault.name, fault.pointer, fault.line, fault.column) == ("services/wrong", "/port", 4, 11)


def test_working_files_can_be_compared_restored_and_rolled_back_whether_valid_or_not(checked, put):
    """An invalid hand edit must not be in the way of getting rid of it."""
    put(WEB, WRONG)
    assert [change.name for change in checked.diff()] == [WEB]
    checked.restore([WEB])
    assert checked.status().clean


def test_stores_without_kinds_behave_as_before(store, put):
    """A `schema_version` alone says nothing: no schema, no check."""
    put("web", '{"schema_version": 7, "schema_kept": 1}')
    assert store.status().added == ("web",)
    assert store.commit("any", force=True).meta == {}
    assert store.read("web") == {"schema_version": 7, "schema_kept": 1}
    assert store.schemas.check() == ()


def test_a_damaged_record_stops_only_what_would_need_it(checked, root, put):
    """A record that is damaged is told where it is asked for; it stops nobody from committing other documents."""
    put(WEB, WRONG)
    for path in (root / ".muniment" / "schemas" / "service").iterdir():
        path.write_bytes(b"{}")
    with Store.open(root, author=AUTHOR) as plain:
        with pytest.raises(HashMismatchError):
            plain.schemas.check()
        with pytest.raises(HashMismatchError):
            plain.schemas.check([WEB])
        assert {finding.code for finding in plain.verify().findings} == {"schema-damaged"}
        assert plain.read(WEB)["port"] == "no"
        put("other", "{}")
        assert (plain.status().added, plain.status().changed) == (("other",), (WEB,))
        assert plain.commit("as far as anybody can tell").meta == {}


def test_two_kinds_that_govern_one_name_make_it_invalid(root, put):
    """For those that only the store describes as for those that were passed."""

    class Any(msgspec.Struct):
        pass

    schemas = [Schema(Any, kind=kind, version="1.0", names=f"{kind}*") for kind in ("a", "ab")]
    for schema in schemas:
        with Store.open(root, schemas=[schema]) if root.exists() else Store.init(root, schemas=[schema]) as opened:
            opened.write(f"{schema.kind}-", Any())
            (root / f"{schema.kind}-.json").unlink()
    put("abc", json.dumps({"schema_version": "1.0"}))
    for passed in ((), schemas):
        with Store.open(root, author=AUTHOR, schemas=passed) as opened:
            assert opened.status().invalid == ("abc",)
            assert "narrow" in opened.status().reasons["abc"]
            assert [fault.name for fault in opened.schemas.check()] == ["abc"]


def test_what_a_step_cannot_take_is_told_by_line_where_it_was_typed(root, put):
    """An old document that the first step does not suit: the place in the file, in `check` and when it is read."""

    class Level(msgspec.Struct):
        """A level by number."""

        level: int

    levels = Schema(Level, kind="level", version="1.1", names="levels/*")
    levels.lens("1.0", "1.1", lens.convert("level", {"low": 1, "high": 2}))
    with Store.init(root, schemas=[levels]) as store:
        path = put("levels/a", '{\n  "schema_version": "1.0",\n  "level": "lwo"\n}')
        (fault,) = store.schemas.check()
        assert (fault.pointer, fault.line, fault.column) == ("/level", 3, 12)
        with pytest.raises(MigrationFailedError) as raised:
            store.read("levels/a")
    error = raised.value
    assert (error.path, error.line, error.column, error.from_version) == (str(path), 3, 12, "1.0")
    assert "no counterpart" in error.cause


def test_what_does_not_fit_after_the_steps_has_no_line(root, put):
    """The place is one of the newer version, and another field may stand there in the file."""

    class Two(msgspec.Struct):
        """After both were renamed."""

        b: int
        c: int

    schema = Schema(Two, kind="two", version="1.1", names="two/*")
    schema.lens("1.0", "1.1", lens.rename("b", "c"), lens.rename("a", "b"))
    with Store.init(root, schemas=[schema]) as store:
        put("two/x", '{\n  "schema_version": "1.0",\n  "b": 1,\n  "a": "wrong"\n}')
        (fault,) = store.schemas.check()
    assert (fault.pointer, fault.line) == ("/b", None)


@pytest.mark.parametrize("text", ["{", WRONG, '{"schema_version": "1.2"}'])
def test_a_text_is_checked_as_if_it_were_the_file(checked, put, text):
    """What is about to become a document's file is told the faults that the file would be told."""
    fault = checked.schemas.check_text(WEB, text.encode())
    put(WEB, text)
    assert (fault,) == checked.schemas.check([WEB])


def test_a_text_that_is_well_has_no_fault(checked, put):
    """The working file is not looked at, and need not be there."""
    put(WEB, "{")
    assert checked.schemas.check_text(WEB, WRONG.replace('"no"', "1").encode()) is None
    assert checked.schemas.check_text("anything", b"1") is None


def test_a_text_under_a_name_that_none_can_have_is_a_fault(checked):
    """A name is checked like the rest."""
    assert checked.schemas.check_text("services/con", b"1").reason == "'con' is reserved by Windows"


def test_a_text_cannot_be_checked_by_a_damaged_record(checked, root):
    """Where what the store keeps of a kind is damaged, nobody can tell what is valid."""
    record = next(path for path in (root / ".muniment/schemas").rglob("*.json") if len(path.stem) == 64)
    record.chmod(0o644)
    record.write_bytes(b"{}")
    with pytest.raises(HashMismatchError):
        checked.schemas.check_text(WEB, b"{}")
