"""The commands on conflicts: conflicts, resolve."""

import json

import msgspec
import pytest

from muniment import Schema, Store
from muniment.cli.exit_code import ExitCode

NEXT = (
    "\n  muniment resolve NAME POINTER --take ours|theirs|base|working|VALUE\n"
    "then `muniment merge --continue`, or give up by `muniment merge --abort`"
)


@pytest.fixture
def waiting(store, muniment):
    """A merge that waits for three conflicts: two in `limits`, one about the whole of `services/web`."""
    store.branches.create("side")
    with store.transaction("theirs", branch="side") as tx:
        tx.write("limits", {"max": 40, "names": ["theirs"]})
        tx.delete("services/web")
    store.write("limits", {"max": 30, "names": ["ours"]})
    store.write("services/web", {"port": 443})
    store.commit("ours")
    assert muniment("merge", "side").code == ExitCode.NO
    return store


def open_places(store):
    """The places that are still in conflict."""
    return [(one.name, one.pointer) for one in store.conflicts()]


def test_conflicts_are_listed_in_blocks(muniment, waiting):
    """Document, place and kind; what each side has, or that it has nothing; and what to do next."""
    assert muniment("conflicts").out == (
        "! limits /max  modify-modify\n    base    20\n    ours    30\n    theirs  40\n\n"
        '! limits /names/0  modify-modify\n    base    "a"\n    ours    "ours"\n    theirs  "theirs"\n\n'
        "! services/web (the whole document)  modify-delete\n"
        '    base    {"port":8080}\n    ours    {"port":443}\n    theirs  (nothing)\n\n'
        f"3 conflicts are open. Settle each by{NEXT}\n"
    ).replace('":', '": ' if '": ' in muniment("conflicts").out else '":')
    assert "\x1b[35m40\x1b[0m" in muniment("conflicts", color=True).out


def test_conflicts_of_some_documents_are_listed(muniment, waiting):
    """Those that are named, and how many are open in all."""
    shown = muniment("conflicts", "services/web").out
    assert shown.startswith("! services/web (the whole document)")
    assert "limits" not in shown
    assert shown.endswith(f"3 conflicts are open. Settle each by{NEXT}\n")


def test_programs_get_a_list(muniment, waiting):
    """A side that has nothing is left out."""
    told = muniment("conflicts", "--json").json
    assert [(one["name"], one["pointer"], one["kind"]) for one in told] == [
        ("limits", "/max", "modify-modify"),
        ("limits", "/names/0", "modify-modify"),
        ("services/web", "", "modify-delete"),
    ]
    assert told[2].keys() == {"name", "pointer", "kind", "base", "ours", "reason", "id"}
    assert [one["name"] for one in muniment("conflicts", "limits", "--json").json] == ["limits", "limits"]


def test_no_merge_is_told(muniment, store):
    """An empty list is no fault."""
    assert muniment("conflicts").out == "No merge is under way\n"
    assert muniment("conflicts", "--json").json == []


@pytest.mark.parametrize(
    ("choice", "value"),
    [
        (("--take", "ours"), 30),
        (("--take", "theirs"), 40),
        (("--take", "base"), 20),
        (("--take", "35"), 35),
        (("--take", "-1"), -1),
        (("--take", "many"), "many"),
        (("--take", '"ours"'), "ours"),
        (("--take", '{"a": null}'), {"a": None}),
        (("--value", '"ours"'), "ours"),
        (("--value", "null"), None),
    ],
)
def test_a_conflict_is_settled_by_a_side_or_a_value(muniment, waiting, choice, value):
    """The file has it then, and what is still open is told."""
    answer = muniment("resolve", "limits", "/max", *choice)
    assert answer.out == f"Settled limits /max\n2 conflicts are open. Settle each by{NEXT}\n"
    assert waiting.read("limits")["max"] == value
    assert open_places(waiting) == [("limits", "/names/0"), ("services/web", "")]


def test_a_value_may_come_from_standard_input(muniment, waiting):
    """As `set` reads it."""
    muniment("resolve", "limits", "/max", "--value", "-", stdin="[1]")
    muniment("resolve", "limits", "/names/0", "--take", "-", stdin='"both"')
    assert waiting.read("limits") == {"max": [1], "names": ["both"]}


def test_a_conflict_is_settled_by_what_the_file_has(muniment, waiting):
    """`working` is for those who edit it themselves."""
    muniment("set", "limits", "/max", "31")
    muniment("resolve", "limits", "/max", "--take", "working")
    assert (waiting.read("limits")["max"], len(open_places(waiting))) == (31, 2)


def test_a_conflict_is_settled_by_nothing(muniment, waiting):
    """The place goes, or the document; which a side that deleted it does too."""
    muniment("resolve", "limits", "/max", "--delete")
    assert waiting.read("limits") == {"names": ["ours"]}
    muniment("resolve", "services/web", "", "--take", "theirs")
    assert not waiting.exists("services/web")


def test_the_place_may_be_left_out_where_it_is_clear(muniment, waiting):
    """Else it is asked for, and nothing is settled."""
    answer = muniment("resolve", "limits", "--take", "ours")
    assert (answer.code, answer.out) == (ExitCode.USAGE, "")
    assert answer.err.startswith("muniment: limits: 2 conflicts are open; say which (/max, /names/0), or --all")
    assert len(open_places(waiting)) == 3
    assert muniment("resolve", "services/web", "--take", "ours").code == 0
    muniment("resolve", "limits", "/max", "--take", "ours")
    assert muniment("resolve", "limits", "--take", "ours").out.endswith(
        "No conflict is open. `muniment merge --continue` commits it\n"
    )


def test_all_are_settled_at_once(muniment, waiting):
    """Of one document, or of all; none that are left is no fault."""
    assert muniment("resolve", "limits", "--all", "--take", "theirs").out.startswith(
        "Settled limits /max\nSettled limits /names/0\n1 conflict is open."
    )
    assert waiting.read("limits") == {"max": 40, "names": ["theirs"]}
    told = muniment("resolve", "--all", "--take", "ours", "--json").json
    assert told == {"settled": [{"name": "services/web", "pointer": ""}], "open": []}
    assert muniment("resolve", "--all", "--take", "ours", "--json").json == {"settled": [], "open": []}


def test_what_is_settled_may_be_settled_again(muniment, waiting):
    """Until the merge is continued, by naming the place."""
    muniment("resolve", "limits", "/max", "--take", "ours")
    muniment("resolve", "limits", "/max", "--take", "theirs")
    assert waiting.read("limits")["max"] == 40
    answer = muniment("resolve", "limits", "/max", "--take", "base", "--json")
    assert answer.json["settled"] == [{"name": "limits", "pointer": "/max"}]
    assert [one["pointer"] for one in answer.json["open"]] == ["/names/0", ""]


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (("limits", "/max"), ExitCode.USAGE, "UsageError"),
        (("limits", "/max", "--take", "ours", "--delete"), ExitCode.USAGE, "UsageError"),
        (("limits", "/max", "--take", "ours", "--value", "1"), ExitCode.USAGE, "UsageError"),
        (("limits", "/max", "--all", "--take", "ours"), ExitCode.USAGE, "UsageError"),
        (("--take", "ours"), ExitCode.USAGE, "UsageError"),
        (("limits", "max", "--take", "ours"), ExitCode.USAGE, "BadParameter"),
        (("limits", "/nope", "--take", "ours"), ExitCode.NOT_FOUND, "ConflictNotFoundError"),
        (("limits", "", "--take", "ours"), ExitCode.NOT_FOUND, "ConflictNotFoundError"),
        (("nope", "--take", "ours"), ExitCode.NOT_FOUND, "ConflictNotFoundError"),
        (("nope", "--all", "--take", "ours"), ExitCode.NOT_FOUND, "ConflictNotFoundError"),
        (("../x", "/max", "--take", "ours"), ExitCode.NOT_FOUND, "ConflictNotFoundError"),
        (("limits", "/max", "--take", "[1,"), ExitCode.INVALID, "DocumentInvalidError"),
        (("limits", "/max", "--value", "ours"), ExitCode.INVALID, "DocumentInvalidError"),
        (("limits", "/max", "--value", ""), ExitCode.INVALID, "DocumentInvalidError"),
        (("limits", "/max", "--take", '"\\ud800"'), ExitCode.INVALID, "DocumentInvalidError"),
    ],
)
def test_what_cannot_be_is_told_and_settles_nothing(muniment, waiting, arguments, code, error):
    """Each fault has its code and its name."""
    before = (waiting.merge_under_way(), waiting.read("limits"))
    answer = muniment("--json", "resolve", *arguments)
    fields = json.loads(answer.err)
    assert (answer.code, answer.out, fields["error"]) == (code, "", error)
    assert muniment("resolve", *arguments).err.count("\n") == 1
    assert (waiting.merge_under_way(), waiting.read("limits")) == before


def test_an_item_that_nothing_tells_takes_no_side(muniment, waiting):
    """The list has no key, and was edited: it is told what stands there, and what to do; `working` settles it."""
    waiting.write("limits", {"max": 20, "names": ["new", "mine"]})
    answer = muniment("resolve", "limits", "/names/0", "--take", "theirs", "--json")
    assert (answer.code, json.loads(answer.err)["error"]) == (ExitCode.INVALID, "PlaceChangedError")
    answer = muniment("resolve", "limits", "/names/0", "--take", "theirs")
    assert answer.err.startswith("muniment: limits: the conflict at /names/0 cannot be settled by a side or a value: ")
    assert 'where it was, "new" stands now; edit the file to what it shall be and take `working`' in answer.err
    assert muniment("resolve", "limits", "/names/0", "--take", "working").code == 0


@pytest.mark.parametrize("arguments", [("limits", "/max"), ("limits",), ("--all",)])
def test_without_a_merge_there_is_nothing_to_settle(muniment, store, arguments):
    """It says how one begins."""
    answer = muniment("resolve", *arguments, "--take", "ours")
    assert (answer.code, answer.out) == (ExitCode.NO, "")
    assert answer.err == "muniment: no merge is under way here; `muniment merge BRANCH` begins one\n"


def test_a_value_that_does_not_fit_the_kind_is_refused(muniment, services):
    """What the store knows of the kind counts, and nothing is settled."""
    services.branches.create("side")
    with services.transaction("theirs", branch="side") as tx:
        tx.write("services/api", {**services.read("services/api"), "port": 1})
    services.write("services/api", {**services.read("services/api"), "port": 2})
    services.commit("ours")
    muniment("merge", "side")
    answer = muniment("resolve", "services/api", "--take", "high")
    assert (answer.code, answer.out) == (ExitCode.INVALID, "")
    assert "/port" in answer.err
    assert (services.read("services/api")["port"], open_places(services)) == (2, [("services/api", "/port")])


class Range(msgspec.Struct):
    """A kind with a rule that two changes may break together."""

    low: int
    high: int

    def __post_init__(self):
        if self.low > self.high:
            raise ValueError("low is above high")


def test_the_reason_of_a_conflict_is_told(muniment, store, folder):
    """Where each side is well by itself, and only both together are not."""
    schema = Schema(Range, kind="range", version="1.0", names="range")
    with Store.open(folder, schemas=[schema], author="Ada <ada@example.org>") as knowing:
        knowing.write("range", Range(low=1, high=9))
        knowing.commit("a range")
        knowing.branches.create("side")
        with knowing.transaction("theirs", branch="side") as tx:
            tx.write("range", Range(low=1, high=3))
        knowing.write("range", Range(low=5, high=9))
        knowing.commit("ours")
        knowing.merge("side")
    assert "    low is above high" in muniment("conflicts").out
    assert "low is above high" in muniment("conflicts", "--json").json[0]["reason"]


def test_long_values_are_cut_for_people_alone(muniment, store):
    """Programs get all of it."""
    store.branches.create("side")
    with store.transaction("theirs", branch="side") as tx:
        tx.write("limits", ["x" * 500])
    store.write("limits", 1)
    store.commit("ours")
    muniment("merge", "side")
    assert max(map(len, muniment("conflicts").out.splitlines())) < 200
    assert muniment("conflicts", "--json").json[0]["theirs"] == ["x" * 500]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("muniment conflicts l", ["limits"]),
        ("muniment resolve s", ["services/web"]),
        ("muniment resolve limits /n", ["/names/0"]),
        ("muniment resolve limits /max --take th", ["theirs"]),
        ("muniment --store nowhere resolve l", []),
    ],
)
def test_conflicts_are_completed(muniment, waiting, monkeypatch, words, offered):
    """The documents that have some, their places, and the sides."""
    monkeypatch.setenv("_MUNIMENT_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    assert [line.partition(",")[2] for line in muniment().out.splitlines() if line] == offered
