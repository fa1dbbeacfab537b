"""The commands that work on documents: names, get, set, delete."""

import json

import pytest


def test_names_are_listed_by_prefix(muniment, store):
    """`names` prints a name a line, `--json` a list; a prefix and `--at` leave some out."""
    assert muniment("names").out == "limits\nservices/web\n"
    assert muniment("names", "services/", "--json").json == ["services/web"]
    assert muniment("names", "--at", "HEAD~1", "--json").json == ["limits"]


def test_get_prints_what_the_file_holds(muniment, store, folder):
    """A whole document is printed as its file is written."""
    assert muniment("get", "limits").out == (folder / "limits.json").read_text()


@pytest.mark.parametrize(
    ("pointer", "text", "value"),
    [("/max", "20\n", 20), ("/names/0", "a\n", "a"), ("/names", '[\n  "a"\n]\n', ["a"])],
)
def test_get_prints_a_place(muniment, store, pointer, text, value):
    """A string is printed bare, all else as JSON; with `--json` a string too."""
    assert muniment("get", "limits", pointer).out == text
    assert muniment("get", "limits", pointer, "--json").json == value


def test_get_reads_any_revision(muniment, store):
    """`--at` reads the document as a commit holds it."""
    assert muniment("get", "limits", "/max", "--at", "HEAD~1").out == "10\n"


def test_a_string_is_printed_unaltered(muniment, store):
    """Text for a program comes as it is, even with colour codes in it."""
    store.write("paint", "\x1b[31mred")
    assert muniment("get", "paint").out == "\x1b[31mred\n"


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("9090", 9090),
        ("-5", -5),
        ("1.5", 1.5),
        ("true", True),
        ("null", None),
        ('{"a": [1]}', {"a": [1]}),
        ('"5"', "5"),
        ("web3.example.org", "web3.example.org"),
        ("NaN", "NaN"),
        ("", ""),
    ],
)
def test_set_takes_json_else_text(muniment, store, word, value):
    """VALUE is JSON if it parses as JSON, else text."""
    answer = muniment("set", "services/web", "/port", word, "--json")
    assert answer.code == 0
    assert store.read("services/web") == {"port": value}
    assert answer.json["name"] == "services/web"
    assert answer.json["patch"] == [{"op": "replace", "path": "/port", "value": value}]


def test_set_takes_text_when_told_so(muniment, store):
    """`--string` keeps a number's digits as text."""
    assert muniment("set", "services/web", "/port", "9090", "--string").code == 0
    assert store.read("services/web") == {"port": "9090"}


@pytest.mark.parametrize("word", ['{"a": 1', "[1,]", '{"a": 1, "a": 2}', '"open'])
def test_set_refuses_what_was_meant_as_json(muniment, store, word):
    """Broken JSON is not stored as text behind the user's back, unless that is asked for."""
    answer = muniment("set", "services/web", "/port", word)
    assert (answer.code, answer.out) == (6, "")
    assert "--string" in answer.err
    assert store.read("services/web") == {"port": 8080}
    assert muniment("set", "services/web", "/port", word, "--string").code == 0


def test_set_reads_standard_input(muniment, store):
    """`-` is the value that another program wrote."""
    assert muniment("set", "copy", "", "-", stdin='{"from": "elsewhere"}\n').code == 0
    assert store.read("copy") == {"from": "elsewhere"}


def test_set_tells_where_the_value_is_wrong(muniment, store):
    """By line and column of what was given, in the message and as fields."""
    answer = muniment("set", "copy", "", "-", "--json", stdin='{\n  "max": tru\n}\n')
    fields = json.loads(answer.err)
    assert "at line 2, column 10;" in fields["message"]
    assert (fields["error"], fields["name"]) == ("DocumentInvalidError", "copy")
    assert (fields["line"], fields["column"], fields["path"]) == (2, 10, None)


def test_set_tells_what_it_did(muniment, store):
    """The place, what was there and what is there now."""
    assert muniment("set", "limits", "/max", "30").out == "~ limits\n    max: 20 → 30\n"
    assert muniment("set", "limits", "/names/-", "b").out == '~ limits\n  + names[1]: "b"\n'
    assert "nothing was written" in muniment("set", "limits", "/max", "30").out
    assert muniment("set", "limits", "/max", "30", "--json").json["change"] == "unchanged"


def test_set_makes_a_document(muniment, store):
    """The whole of a document that does not exist may be set; it is added."""
    assert muniment("set", "fresh", "", '{"a": 1}').out == "+ fresh\n  + a: 1\n"
    assert store.read("fresh") == {"a": 1}


def test_set_of_the_whole_mends_an_invalid_file(muniment, store, folder):
    """A file that is no JSON any more can be replaced whole."""
    (folder / "limits.json").write_text("{")
    assert muniment("set", "limits", "/max", "1").code == 6
    assert muniment("set", "limits", "", "{}").code == 0
    assert store.read("limits") == {}


@pytest.mark.parametrize("verb", [("get", "limits", "/nope/x"), ("set", "limits", "/nope/x", "1")])
def test_a_place_that_is_not_there(muniment, store, verb):
    """The answer names the token that is missing, and how to see what is there."""
    answer = muniment(*verb)
    assert answer.code == 3
    assert "'nope'" in answer.err
    assert "muniment get limits" in answer.err


def test_set_says_how_to_make_a_document(muniment, store):
    """A place in a document that does not exist cannot be set."""
    answer = muniment("set", "fresh", "/a", "1")
    assert answer.code == 3
    assert "muniment set fresh '' '{}'" in answer.err


def test_delete_removes_the_file(muniment, store, folder):
    """The file is gone, and history keeps it."""
    assert muniment("delete", "limits").out == "- limits\n"
    assert not (folder / "limits.json").exists()
    assert muniment("delete", "limits").code == 3
    assert muniment("delete", "services/web", "--json").json == {"change": "removed", "name": "services/web"}
    assert json.loads(muniment("get", "limits", "--at", "HEAD").out)["max"] == 20
