"""The store of kinds that was kept when their format was defined: every later program reads it."""

import json
import runpy
import shutil
from pathlib import Path

import pytest

from muniment import Store

HERE = Path(__file__).parent
KEPT = HERE / "golden-1-typed"
MADE_BY = runpy.run_path(str(HERE / "make_golden_typed.py"))
Old, New = MADE_BY["Old"], MADE_BY["New"]


@pytest.fixture
def typed(tmp_path):
    """A copy of the store that is kept."""
    return Path(shutil.copytree(KEPT, tmp_path / "config"))


def records(folder):
    """The records of steps, by their names."""
    found = {path.name: json.loads(path.read_bytes()) for path in (folder / ".muniment/schemas/service").iterdir()}
    return {name: one for name, one in found.items() if one["type"] == "lens"}


def test_it_is_sound(typed):
    """Nothing is found."""
    with Store.open(typed) as store:
        assert store.verify().findings == ()
        assert store.status().clean
        assert store.schemas.check() == ()
        assert store.schemas.list()[0].documents == {"1.0": 1, "1.2": 1}


def test_its_documents_are_as_recorded(typed):
    """What the migration kept stands in the document."""
    assert json.loads((typed / "services/web.json").read_bytes()) == {
        "backup": "b.example",
        "hostname": "a.example",
        "level": 1,
        "listen": {"port": 80},
        "schema_kept": {
            "1.0>1.1:1": "lower",
            "1.0>1.1:2": ["b.example", "c.example"],
            "1.1>1.2:0": "the first",
        },
        "schema_version": "1.2",
        "tls": True,
    }


def test_a_program_of_each_version_reads_it(typed):
    """The old one by the store's own lenses alone."""
    with Store.open(typed, schemas=[MADE_BY["old"]()]) as store:
        assert store.read("services/web") == Old("a.example", "lower", ["b.example", "c.example"], "the first")
        assert store.read("services/api") == Old("d.example", "high", [])
        assert store.at("HEAD~1").read("services/web") == store.read("services/web")
    with Store.open(typed, schemas=[MADE_BY["new"]()]) as store:
        assert store.read("services/web") == New("a.example", 1, "b.example", {"port": 80}, tls=True)
        assert store.read("services/api") == New("d.example", 2, None, {"port": 80})
        assert store.at("HEAD~1").read("services/web").tls is False


def test_an_old_program_edits_it(typed):
    """And what the new one put there stays."""
    with Store.open(typed, schemas=[MADE_BY["old"]()]) as store, store.edit("services/web") as web:
        web.backups[0] = "z.example"
        web.comment = "the second"
    with Store.open(typed, schemas=[MADE_BY["new"]()]) as store:
        assert store.read("services/web") == New("a.example", 1, "z.example", {"port": 80}, tls=True)
        assert store.read_as("services/web", "1.0")["backups"] == ["z.example", "c.example"]
        assert store.read_as("services/web", "1.0")["comment"] == "the second"


def test_a_program_of_today_writes_the_same_records(tmp_path):
    """The records of the steps have the same bytes, and so the same names; descriptions follow the library."""
    MADE_BY["make"](tmp_path / "made")
    assert records(tmp_path / "made") == records(KEPT)
    assert (tmp_path / "made/services/web.json").read_bytes() == (KEPT / "services/web.json").read_bytes()
