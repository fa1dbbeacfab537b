"""The JSON Schema of each kind for editors, and the store's own descriptions that follow it."""

import json
from pathlib import Path

import msgspec
import pytest

from muniment import Schema, Store
from service_versions import old, schema_10, schema_11, schema_12

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
