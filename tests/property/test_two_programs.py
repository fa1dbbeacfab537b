"""An old and a new program take turns on one store, and each always sees what a model says it should.

The model knows a document as one thing, of which each version sees a part: so whatever either writes, the other's
part stays as it was.
"""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from muniment import Store
from muniment.files import disk
from service_versions import (
    Item10,
    Item12,
    Limits10,
    Limits12,
    Service10,
    Service12,
    schema_10,
    schema_11,
    schema_12,
)

WEB = "services/web"
PORT = 8080

texts = st.sampled_from(["", "a", "b", "é"])
small = st.integers(0, 3)
unknown = st.none() | small | st.lists(small, max_size=2) | st.dictionaries(texts, small, max_size=2)


class Model:
    """All that one service holds, whoever knows of it."""

    def __init__(self) -> None:
        self.name, self.host, self.owner, self.port, self.tls, self.limit = "web", "h", "", PORT, False, 10
        self.items: list[tuple[str, str]] = []
        self.extra: dict[str, Any] = {}
        self.extra_of_limits: dict[str, Any] = {}
        self.extra_of_items: dict[str, Any] = {}

    def as_old(self) -> Service10:
        """As the oldest program sees it."""
        items = [Item10(key, text) for key, text in self.items]
        return Service10(name=self.name, host=self.host, owner=self.owner, limits=Limits10(self.limit), items=items)

    def as_new(self) -> Service12:
        """As the newest program sees it."""
        return Service12(
            name=self.name,
            hostname=self.host,
            port=self.port,
            tls=self.tls,
            limits=Limits12(self.limit),
            items=[Item12(key, text) for key, text in self.items],
        )

    def take(self, seen: Service10 | Service12) -> None:
        """Take over what a program wrote."""
        self.name = seen.name
        if isinstance(seen, Service12):
            self.host, self.port, self.tls, self.limit = seen.hostname, seen.port, seen.tls, seen.limits.maximum
            self.items = [(item.id, item.label) for item in seen.items]
        else:
            self.host, self.owner, self.limit = seen.host, seen.owner, seen.limits.max
            self.items = [(item.id, item.title) for item in seen.items]
        self.extra_of_items = {key: self.extra_of_items[key] for key, _ in self.items if key in self.extra_of_items}


class TwoPrograms(RuleBasedStateMachine):
    """Turns of both programs, of people, and of what brings files to other versions."""

    folder: Any

    @initialize(begins_old=st.booleans(), owner=texts)
    def begin(self, begins_old: bool, owner: str) -> None:
        """One of them makes the document."""
        author = "Ada <ada@example.org>"
        root = self.folder.mktemp("store") / "config"
        self.new = Store.init(root, author=author, schemas=[schema_12()])
        self.old = Store.open(root, author=author, schemas=[schema_10()])
        self.between = Store.open(root, author=author, schemas=[schema_11()])
        self.plain = Store.open(root, author=author)
        self.path = root / f"{WEB}.json"
        self.new.create("services/other", Model().as_new())  # and with it what the old program has to know
        self.model = Model()
        if begins_old:
            self.model.owner = owner
            self.old.write(WEB, self.model.as_old())
        else:
            self.new.write(WEB, self.model.as_new())

    @rule(
        is_new=st.booleans(),
        verb=st.sampled_from(["edit", "write", "transaction"]),
        name=texts,
        host=texts,
        limit=small,
        own=small,
        items=st.lists(st.tuples(st.sampled_from("abc"), texts), max_size=3, unique_by=lambda item: item[0]),
    )
    def change(
        self,
        is_new: bool,
        verb: str,
        name: str,
        host: str,
        limit: int,
        own: int,
        items: list[tuple[str, str]],
    ) -> None:
        """A program writes a value of its version."""
        value: Service10 | Service12
        if is_new:
            value = msgspec.structs.replace(
                self.model.as_new(), name=name, hostname=host, port=own, tls=own > 1, limits=Limits12(limit),
                items=[Item12(*item) for item in items],
            )  # fmt: skip
        else:
            value = msgspec.structs.replace(
                self.model.as_old(), name=name, host=host, owner=str(own), limits=Limits10(limit),
                items=[Item10(*item) for item in items],
            )  # fmt: skip
        self._write(self.new if is_new else self.old, verb, value)
        self.model.take(value)

    @rule(version=st.sampled_from(["1.0", "1.1", "1.2"]), is_new=st.booleans(), host=texts)
    def write_what_read_as_gave(self, version: str, is_new: bool, host: str) -> None:
        """A program writes a plain object of some version."""
        store = self.new if is_new else self.old
        value = store.read_as(WEB, version)
        value["hostname" if version == "1.2" else "host"] = host
        store.write(WEB, value)
        self.model.host = host

    @rule(port=small)
    def change_in_between(self, port: int) -> None:
        """The program in between sees the owner and the port, and changes the port."""
        seen = self.between.update(WEB, lambda web: msgspec.structs.replace(web, port=port))
        self.model.port = port
        assert (seen.owner, seen.host) == (self.model.owner, self.model.host)

    @rule(at_top=unknown, in_limits=unknown, in_item=unknown)
    def edit_by_hand(self, at_top: Any, in_limits: Any, in_item: Any) -> None:
        """Somebody adds what no program knows."""
        raw = json.loads(self.path.read_text())
        raw["x-top"], raw["limits"]["x-limits"] = at_top, in_limits
        self.model.extra, self.model.extra_of_limits = {"x-top": at_top}, {"x-limits": in_limits}
        for item in raw["items"]:
            item["x-item"] = self.model.extra_of_items[item["id"]] = [item["id"], in_item]
        self.path.write_text(json.dumps(raw))

    @rule()
    def migrate(self) -> None:
        """The files are brought to the newest version that the store knows."""
        if not self.plain.status().clean:
            self.plain.commit("all")
        self.plain.schemas.migrate()

    @rule(is_new=st.booleans())
    def change_nothing(self, is_new: bool) -> None:
        """An edit that changes nothing leaves the file alone."""
        before = self.path.read_bytes()
        with (self.new if is_new else self.old).edit(WEB):
            pass
        assert self.path.read_bytes() == before

    def _write(self, store: Store, verb: str, value: Any) -> None:
        if verb == "write":
            store.write(WEB, value)
        elif verb == "edit":
            store.update(WEB, lambda _: value)
        else:
            if not store.status().clean:
                store.commit("before")
            with store.transaction("change", worktree=True) as tx:
                tx.write(WEB, msgspec.structs.replace(value, name="for a moment"))
                tx.update(WEB, lambda _: value)
                tx.write("other", tx.read("other") + 1 if tx.exists("other") else 0)

    @invariant()
    def each_sees_its_version(self) -> None:
        """What both see is what the model holds, down to what neither knows."""
        if not hasattr(self, "model"):
            return
        assert self.old.read(WEB) == self.model.as_old()
        assert self.new.read(WEB) == self.model.as_new()
        for store, version in ((self.new, "1.0"), (self.old, "1.2")):
            raw = store.read_as(WEB, version)
            assert {name: raw[name] for name in raw if name.startswith("x-")} == self.model.extra
            limits = {name: item for name, item in raw["limits"].items() if name.startswith("x-")}
            assert limits == self.model.extra_of_limits
            found = {item["id"]: item["x-item"] for item in raw["items"] if "x-item" in item}
            assert found == self.model.extra_of_items

    @invariant()
    def nothing_is_invalid(self) -> None:
        """By the types, and by what the store describes."""
        if hasattr(self, "model"):
            assert self.new.schemas.check() == ()
            assert self.plain.schemas.check() == ()

    def teardown(self) -> None:
        """Close what was opened."""
        if hasattr(self, "model"):
            for store in (self.old, self.new, self.between, self.plain):
                store.close()


@pytest.fixture
def no_waiting_for_the_disk(monkeypatch):
    """Leave out the syncs: nothing here is about power cuts."""
    monkeypatch.setattr(disk, "fsync", lambda _: None)
    monkeypatch.setattr(disk, "fdatasync", lambda _: None)
    monkeypatch.setattr(disk, "sync_file_system", lambda _: True)


@pytest.mark.usefixtures("no_waiting_for_the_disk")
def test_two_programs_lose_nothing_of_each_other(tmp_path_factory):
    """Whatever they do in turn."""
    from hypothesis.stateful import run_state_machine_as_test

    class Here(TwoPrograms):
        folder = tmp_path_factory

    run_state_machine_as_test(Here, settings=settings(stateful_step_count=12, max_examples=40))
