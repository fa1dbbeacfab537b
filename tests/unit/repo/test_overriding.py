"""Documents as they are in force: `read(overrides=True)` and `explain`, with a schema and without."""

import json

import msgspec
import pytest

from muniment import ABSENT, DocumentInvalidError, MigrationMissingError, Store
from service_versions import Limits12, Service12, new, schema_10, schema_12

WEB = "services/web"
SOON = "2999-01-01T00:00:00Z"


@pytest.fixture
def typed(store, root):
    """The store as a program with the newest schema opened it."""
    with Store.open(root, schemas=[schema_12()]) as opened:
        opened.write(WEB, new())
        yield opened


@pytest.fixture
def override(put, root):
    """Put override entries into the document, as people do; give its path."""

    def write(*entries, **fields):
        raw = json.loads((root / f"{WEB}.json").read_text())
        return put(WEB, json.dumps({**raw, **fields, "overrides": list(entries)}))

    return write


def test_plain_documents_are_read_as_they_are_in_force(store, put):
    """Merge patches and RFC 6902 patches, in order; the file stays, and `read` alone gives what it holds."""
    entries = [
        {"id": "a", "expires_at": SOON, "patch": {"limits": {"max": 5}, "gone": None}},
        {"id": "b", "patch": [{"op": "replace", "path": "/limits/max", "value": 6}]},
        {"id": "past", "expires_at": "2000-01-01T00:00:00Z", "patch": {"limits": 0}},
        {"id": "c", "patch": {"limits": 1}},
        {"id": "d", "revoked": True, "revokes": "c"},
    ]
    document = {"limits": {"max": 1, "min": 0}, "gone": 1, "overrides": entries}
    path = put("web", json.dumps(document))
    text = path.read_text()
    assert store.read("web", overrides=True) == {"limits": {"max": 6, "min": 0}, "overrides": entries}
    assert store.read("web") == document
    first, second = store.explain("web")
    assert (first.pointer, first.value, first.before, first.id, first.until.year) == ("/gone", ABSENT, 1, "a", 2999)
    assert (second.pointer, second.value, second.before, second.id, second.until) == ("/limits/max", 6, 1, "b", None)
    assert path.read_text() == text


def test_without_overrides_nothing_differs(store, typed):
    """Of plain documents, of those that are no object, and of governed ones."""
    for value in ({"a": 1}, [1], "text"):
        store.write("web", value)
        assert store.read("web", overrides=True) == value
        assert store.explain("web") == ()
    assert typed.read(WEB, overrides=True) == new()
    assert typed.explain(WEB) == ()


def test_governed_documents_are_typed_in_force_too(typed, override):
    """As the schema's type, or as another that is asked for; waiting for editors where wanted."""
    override({"id": "a", "patch": {"port": 1, "limits": {"maximum": 3}}})
    assert typed.read(WEB, overrides=True) == new(port=1, limits=Limits12(3))
    assert typed.read(WEB, overrides=True, locked=True) == new(port=1, limits=Limits12(3))
    assert typed.read(WEB) == new()
    assert typed.read(WEB, dict, overrides=True)["port"] == 1
    assert [effect.pointer for effect in typed.explain(WEB)] == ["/limits/maximum", "/port"]


def test_overrides_survive_every_write(typed, override, root):
    """They are no field of the type, and edits of it keep them."""
    override({"id": "a", "patch": {"port": 1}})
    typed.update(WEB, lambda web: msgspec.structs.replace(web, port=2))
    assert typed.read(WEB, overrides=True).port == 1
    assert json.loads((root / f"{WEB}.json").read_text())["overrides"] == [{"id": "a", "patch": {"port": 1}}]


def test_an_override_of_an_older_version_is_applied_at_that_version(typed, override):
    """Its patch names things as they were called then; the effects are told as they are called now."""
    override(
        {"id": "old", "schema_version": "1.0", "patch": {"host": "h", "limits": {"max": 4}}},
        {"id": "now", "patch": {"port": 7}},
        {"id": "between", "schema_version": "1.1", "patch": [{"op": "replace", "path": "/port", "value": 8}]},
        tls=True,
    )
    assert typed.read(WEB, overrides=True) == new(hostname="h", limits=Limits12(4), port=8, tls=True)
    assert [(effect.pointer, effect.id) for effect in typed.explain(WEB)] == [
        ("/hostname", "old"), ("/limits/maximum", "old"), ("/port", "between"),
    ]  # fmt: skip


def test_an_override_of_a_newer_version_works_in_an_old_program(typed, override, root):
    """By the store's own lenses; what the old version has no place for is none of its business."""
    override({"id": "new", "schema_version": "1.2", "patch": {"hostname": "h", "tls": True}})
    with Store.open(root, schemas=[schema_10()]) as old_one:
        assert old_one.read(WEB, overrides=True).host == "h"
        assert [effect.pointer for effect in old_one.explain(WEB)] == ["/host"]


def test_what_a_migration_keeps_is_nobodys_effect(typed, override):
    """An old override of a field that the new version has no place for changes nothing that shows."""
    override({"id": "old", "schema_version": "1.0", "patch": {"owner": "ada", "host": "h"}})
    assert typed.read(WEB, overrides=True) == new(hostname="h")
    assert [effect.pointer for effect in typed.explain(WEB)] == ["/hostname"]


@pytest.mark.parametrize(
    "entry",
    [
        {"patch": {"schema_version": None}},
        {"patch": {"schema_version": "1.0"}},
        {"patch": {"schema_version": 5}},
        {"schema_version": "1.0", "patch": {"schema_version": None}},
        {"schema_version": "1.0", "patch": {"schema_version": "1.2"}},
        {"schema_version": "abc", "patch": {"port": 1}},
        {"schema_version": 5, "patch": {"port": 1}},
        {"patch": [{"op": "remove", "path": "/no/such"}]},
        {"patch": [{"op": "replace", "path": "", "value": 5}]},
        {"schema_version": "1.0", "patch": [{"op": "replace", "path": "", "value": []}]},
        {"patch": "text"},
    ],
)
def test_an_override_that_cannot_be_applied_is_told(typed, override, entry):
    """By both verbs, with the file; also where another follows that would go on from what it left. `read` goes on."""
    for more in ((), ({"id": "next", "schema_version": "1.0", "patch": {"host": "h"}},)):
        path = override({"id": "a", **entry}, *more)
        for use in (lambda: typed.read(WEB, overrides=True), lambda: typed.explain(WEB)):
            with pytest.raises(DocumentInvalidError) as raised:
                use()
            assert (raised.value.name, raised.value.path) == (WEB, str(path))
        assert typed.read(WEB) == new()


def test_what_is_in_force_has_to_fit_the_type(typed, override):
    """An override may not make of a document what a program could not have read."""
    override({"id": "a", "patch": {"port": "eighty"}})
    with pytest.raises(DocumentInvalidError) as raised:
        typed.read(WEB, overrides=True)
    assert (raised.value.name, raised.value.pointer) == (WEB, "/port")
    assert typed.explain(WEB)[0].value == "eighty"


def test_what_does_not_fit_names_the_overrides_and_the_file(typed, override):
    """Those that changed something; and where the document itself is wrong, that is told as ever."""
    path = override(
        {"id": "loud", "patch": {"port": "eighty"}},
        {"id": 7, "patch": {"tls": True}},
        {"id": "same", "patch": {"name": "web"}},
    )
    with pytest.raises(DocumentInvalidError, match="overrides 'loud', 7 make of it") as raised:
        typed.read(WEB, overrides=True)
    assert (raised.value.path, raised.value.pointer) == (str(path), "/port")
    override({"id": "same", "patch": {"name": "web"}}, port="eighty")
    with pytest.raises(DocumentInvalidError) as raised:
        typed.read(WEB, overrides=True)
    assert "same" not in str(raised.value)
    assert (raised.value.pointer, raised.value.line) == ("/port", 1)


def test_without_the_type_overrides_are_applied_at_the_version_of_the_document(typed, store, override, put):
    """By the lenses that the store keeps, up and down."""
    override(
        {"id": "old", "schema_version": "1.0", "patch": {"host": "h", "limits": {"max": 4}}},
        {"id": "now", "patch": {"port": 7}},
    )
    found = store.read(WEB, overrides=True)
    assert (found["schema_version"], found["hostname"]) == ("1.2", "h")
    assert (found["limits"], found["port"]) == ({"maximum": 4}, 7)
    assert store.explain(WEB) == typed.explain(WEB)
    put(WEB, json.dumps({
        "name": "web", "host": "a.example", "limits": {"max": 1}, "items": [], "schema_version": "1.0", "owner": "ada",
        "overrides": [{"id": "new", "schema_version": "1.2", "patch": {"hostname": "g", "tls": True}}],
    }))  # fmt: skip
    found = store.read(WEB, overrides=True)
    assert (found["schema_version"], found["host"]) == ("1.0", "g")
    assert "tls" not in found
    assert [effect.pointer for effect in store.explain(WEB)] == ["/host"]


def test_an_override_of_a_version_that_nobody_knows_is_told(typed, override):
    """No steps lead there."""
    override({"id": "a", "schema_version": "1.9", "patch": {"port": 1}})
    for use in (lambda: typed.read(WEB, overrides=True), lambda: typed.explain(WEB)):
        with pytest.raises(MigrationMissingError):
            use()


def test_entries_that_are_no_list_are_told(typed, put, root):
    """With the place."""
    raw = json.loads((root / f"{WEB}.json").read_text())
    put(WEB, json.dumps({**raw, "overrides": {"id": "a"}}))
    with pytest.raises(DocumentInvalidError) as raised:
        typed.explain(WEB)
    assert (raised.value.pointer, raised.value.line) == ("/overrides", 1)


def test_a_document_of_an_old_version_is_lifted_first(typed, put):
    """Its overrides are of the program's version unless they say otherwise."""
    put(WEB, json.dumps({
        "name": "web", "host": "a.example", "limits": {"max": 1}, "items": [], "schema_version": "1.0",
        "overrides": [{"id": "a", "patch": {"hostname": "h"}}],
    }))  # fmt: skip
    found = typed.read(WEB, overrides=True)
    assert type(found) is Service12
    assert found.hostname == "h"
    assert [effect.before for effect in typed.explain(WEB)] == ["a.example"]
