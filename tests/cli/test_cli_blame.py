"""The command that tells who set each value: blame."""

import pytest


def test_a_line_for_each_value(muniment, store):
    """The pointer, the value, and the commit as `log` tells it, in columns."""
    second, first = store.log()
    lines = muniment("blame", "limits").out.splitlines()
    assert [line.split()[:3] for line in lines] == [["/max", "20", second.id[:12]], ["/names/0", '"a"', first.id[:12]]]
    assert [line.index(commit.id[:12]) for line, commit in zip(lines, (second, first), strict=True)] == [15, 15]
    assert lines[0].endswith("  Ada  the second")
    assert lines[1].endswith("  Ada  the first")


@pytest.mark.parametrize(
    ("arguments", "places"),
    [
        ((), ["/max", "/names/0"]),
        (("/names",), ["/names/0"]),
        (("/names/0",), ["/names/0"]),
        (("/max",), ["/max"]),
    ],
)
def test_a_pointer_limits_it_to_what_is_there_and_below(muniment, store, arguments, places):
    """The place itself, or all in it."""
    assert [line["pointer"] for line in muniment("blame", "limits", *arguments, "--json").lines] == places


def test_a_pointer_is_no_mere_prefix(muniment, store):
    """A name that only begins alike is not below it, and escapes are understood."""
    store.write("alike", {"a": {"b": 1}, "ab": 2, "m~n": {"a/b": 3}})
    store.commit("alike")
    assert [line["pointer"] for line in muniment("blame", "alike", "/a", "--json").lines] == ["/a/b"]
    assert [line["value"] for line in muniment("blame", "alike", "/m~0n/a~1b", "--json").lines] == [3]


def test_blame_in_json_lines(muniment, store):
    """With `--json` a line is the place, the value and the whole commit."""
    store.write("limits", {"max": 20, "names": ["a"], "on": None})
    store.commit("the third")
    lines = muniment("blame", "limits", "--json").lines
    assert [(line["pointer"], line["value"], line["commit"]["message"]) for line in lines] == [
        ("/max", 20, "the second"),
        ("/names/0", "a", "the first"),
        ("/on", None, "the third"),
    ]
    assert lines[2]["commit"]["id"] == store.log(limit=1)[0].id


def test_blame_of_an_older_state(muniment, store):
    """`--at` tells of the document as it was then, values included."""
    assert [line["value"] for line in muniment("blame", "limits", "/max", "--at", "HEAD~1", "--json").lines] == [10]
    assert muniment("blame", "services/web", "--at", "HEAD~1").code == 3


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("nope",), 3, "nope: no such document in commit"),
        (("limits", "/nope"), 3, "nothing named 'nope' in an object of 'max', 'names'"),
        (("limits", "max"), 2, 'a pointer begins with "/"'),
        (("limits", "--at", "nope"), 3, "nope: names no branch, tag or commit"),
        (("../limits",), 6, "cannot name a document"),
    ],
)
def test_what_is_not_there(muniment, store, arguments, code, words):
    """One line says what is missing, and the exit code tells the kind of it."""
    answer = muniment("blame", *arguments)
    assert (answer.code, answer.out) == (code, "")
    assert words in answer.err
    assert len(answer.err.splitlines()) == 1


def test_nothing_but_empty_lists(muniment, store):
    """Where there are no values it says so, and a program gets no lines."""
    store.write("empty", {"list": []})
    store.commit("empty")
    answer = muniment("blame", "empty", "/list")
    assert (answer.code, answer.out, answer.err) == (0, "", "no values here\n")
    assert muniment("blame", "empty", "--json").out == ""


def test_a_document_that_is_a_value(muniment, store):
    """Its pointer is empty, and so is its column."""
    store.write("flag", value=True)
    store.commit("flagged")
    (line,) = muniment("blame", "flag").out.splitlines()
    assert line.split()[0] == "true"
    assert line.endswith("flagged")


def test_long_values_are_cut_for_people_alone(muniment, store):
    """A line stays a line; a program gets the whole value, whatever is in it."""
    text = "a long\nvalue \x1b[31m" * 10
    store.write("limits", {"max": text, "a\x1bb": 1})
    store.commit("long")
    lines = muniment("blame", "limits").out.splitlines()
    assert [line.endswith("long") for line in lines] == [True, True]
    assert "…  " in lines[1]
    assert not any("\x1b" in line for line in lines)
    assert [line["value"] for line in muniment("blame", "limits", "--json").lines] == [1, text]


def test_kinds_that_the_store_describes_are_told_through_their_steps(muniment, services):
    """The command knows no types and goes by what the store keeps: what had no schema version yet ends the search."""
    services.write("services/web", {"schema_version": "1.1", "host": "a.example", "port": 1, "tls": False})
    services.commit("by hand")
    told = {line["pointer"]: line["commit"]["message"] for line in muniment("blame", "services/web", "--json").lines}
    assert told == {
        "/host": "the old program's",
        "/port": "by hand",
        "/schema_version": "by hand",
        "/tls": "the old program's",
    }
