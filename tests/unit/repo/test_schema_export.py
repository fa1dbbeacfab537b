"""What the store keeps of a kind: exported for editors, described anew, and forgotten."""

import json
from pathlib import Path

import msgspec
import pytest

from muniment import HashMismatchError, InvalidNameError, Schema, Store
from service_versions import Service12, new, old, schema_10, schema_11, schema_12

AUTHOR = "Ada <ada@example.org>"
WEB, API = "services/web", "services/api"


@pytest.fixture
def old_one(store, root):
    """The store as an old program opened it, with two documents, committed."""
    with Store.open(root, author=AUTHOR, schemas=[schema_10()]) as opened:
        opened.write(WEB, old(name="web"))
        opened.write(API, old(name="api", owner="ada"))
        opened.write("other", {"schema_version": "1.0"})
        opened.commit("old")
        yield opened


@pytest.fixture
def new_one(old_one, root):
    """The store as the new program opened it."""
    with Store.open(root, author=AUTHOR, schemas=[schema_12()]) as opened:
        yield opened


def test_export_writes_a_json_schema_of_each_version_of_each_kind(old_one, new_one, root):
    """Where editors find it; its paths are given, and the second time no file is written."""
    folder = root / ".muniment" / "schemas" / "service"
    assert old_one.schemas.export() == (str(folder / "1.0.schema.json"),)
    paths = new_one.schemas.export()
    assert paths == (str(folder / "1.0.schema.json"), str(folder / "1.2.schema.json"))
    found = json.loads((folder / "1.2.schema.json").read_text())
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "hostname" in found["properties"]
    before = [path.stat() for path in folder.iterdir()]
    assert new_one.schemas.export() == paths
    assert [path.stat() for path in folder.iterdir()] == before


def test_export_follows_a_type_that_changed_without_a_new_version(new_one, root, store):
    """The store's own description of that version is replaced too, and what is checked by it."""
    new_one.schemas.export()

    class More(msgspec.Struct):
        name: str
        hostname: str
        extra: int

    schema = Schema(More, kind="service", version="1.2", names="services/*")
    with Store.open(root, schemas=[schema]) as changed:
        path = changed.schemas.export()[-1]
        assert "extra" in json.loads(Path(path).read_text())["properties"]
    put = {"schema_version": "1.2", "name": "n", "hostname": "h", "limits": {}, "items": []}
    store.write("services/new", put)
    assert [fault.reason for fault in store.schemas.check(["services/new"])] == ['"extra" is missing']


def test_a_document_at_a_version_that_only_the_store_describes(new_one, root, put):
    """Each is checked by the description of its own version, where there is one."""
    new_one.schemas.export()
    with Store.open(root, schemas=[schema_11()]) as between:
        between.schemas.export()
    with Store.open(root) as plain:
        put("services/b", '{"name":"b","host":"h","limits":{"max":"x"},"items":[],"port":1,"schema_version":"1.1"}')
        (fault,) = plain.schemas.check(["services/b"])
        assert fault.pointer == "/limits/max"
        put("services/b", '{"name":"b","hostname":"h","limits":{},"items":[],"schema_version":"1.2"}')
        assert plain.schemas.check(["services/b"]) == ()


class Changed(msgspec.Struct):
    """The type of 1.2 after somebody changed it, and forgot to change the version."""

    hostname: str | int


def test_a_type_that_changed_under_one_version_is_described_beside_the_old_one(new_one, root, put):
    """By its first write: a document is valid that fits either, and the names of both count, until one is exported."""
    new_one.write(WEB, new())
    schema = Schema(Changed, kind="service", version="1.2", names="tools/*")
    with Store.open(root, schemas=[schema]) as changed, Store.open(root) as plain:
        changed.write("tools/saw", Changed(5))
        (kind,) = plain.schemas.list()
        assert (kind.version, kind.names) == ("1.2", ("services/*", "tools/*"))
        put("services/number", '{"hostname": 5, "schema_version": "1.2"}')
        assert plain.schemas.check() == ()
        put("services/null", '{"hostname": null, "schema_version": "1.2"}')
        assert [fault.name for fault in plain.schemas.check()] == ["services/null"]
        changed.schemas.export()
        assert plain.schemas.list()[0].names == ("tools/*",)
        assert plain.schemas.check() == ()


def test_what_is_described_already_is_not_described_again(new_one, root):
    """Another program of the same schema, and a second write, leave the folder alone."""
    new_one.write(WEB, new())
    folder = root / ".muniment" / "schemas" / "service"
    before = {path: path.stat() for path in folder.iterdir()}
    new_one.write(WEB, new(port=1))
    with Store.open(root, schemas=[schema_12()]) as other:
        other.write(WEB, new(port=2))
    assert {path: path.stat() for path in folder.iterdir()} == before


def test_a_kind_that_is_no_more_is_forgotten(new_one, store, root):
    """All files of it are deleted and told, those for editors too; its documents are plain JSON, and history stays."""
    new_one.schemas.export()
    folder = root / ".muniment" / "schemas" / "service"
    files = tuple(sorted(map(str, folder.iterdir())))
    web, head = store.read(WEB), store.at("HEAD").commit
    assert store.schemas.forget("service") == files
    assert not folder.exists()
    assert store.schemas.list() == ()
    store.write(API, {"any": 1})
    store.commit("nobody minds")
    assert (store.read(WEB), store.at("HEAD~1").commit) == (web, head)
    assert store.verify().ok


def test_a_program_that_has_the_type_records_a_forgotten_kind_again(new_one, root):
    """With its next write, although it had done so before; what it reads it never noticed missing."""
    new_one.write(WEB, new())
    folder = root / ".muniment" / "schemas" / "service"
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "1.0.schema.json"}
    new_one.schemas.forget("service")
    assert new_one.read(API).name == "api"
    assert not folder.exists()
    new_one.write(WEB, new(port=1))
    found = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert found.items() < before.items()
    with Store.open(root, schemas=[schema_10()]) as old_one:
        assert old_one.read(WEB) == old()


@pytest.mark.parametrize("kind", ["none", "", "service/", "../schemas/service", ".", None, 5])
def test_of_what_nothing_is_kept_nothing_can_be_forgotten(new_one, root, kind):
    """It is told, and no file is touched, wherever the name would lead."""
    new_one.write(WEB, new())
    before = sorted((root / ".muniment" / "schemas").rglob("*"))
    with pytest.raises(InvalidNameError, match="keeps nothing") as raised:
        new_one.schemas.forget(kind)
    assert raised.value.name == str(kind)
    assert sorted((root / ".muniment" / "schemas").rglob("*")) == before


def test_a_damaged_kind_can_be_forgotten(new_one, root):
    """Whatever lies there goes: then the verbs that refused to go on do so."""
    new_one.write(WEB, new())
    for path in (root / ".muniment" / "schemas" / "service").iterdir():
        path.write_bytes(b"{}")
    with Store.open(root) as plain:
        with pytest.raises(HashMismatchError):
            plain.schemas.list()
        plain.schemas.forget("service")
        assert plain.schemas.list() == ()


def test_a_kind_under_another_name_governs_alone_once_the_old_one_is_forgotten(new_one, store, root):
    """Until then programs without the type find two kinds for one document."""
    new_one.write(WEB, new())
    with Store.open(root, schemas=[Schema(Service12, kind="server", version="1.0", names="services/*")]) as renamed:
        renamed.write("services/more", new())
    assert "services/more" in store.status().invalid
    store.schemas.forget("service")
    assert store.status().invalid == ()
    assert [kind.kind for kind in store.schemas.list()] == ["server"]
