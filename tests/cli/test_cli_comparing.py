"""The commands that compare: diff, show."""

import pytest


def test_diff_is_of_the_head_and_the_files(muniment, store):
    """Without arguments: what a commit would record."""
    assert muniment("diff").out == ""
    store.write("limits", {"max": 30, "names": ["a", "b"], "new": True})
    assert muniment("diff").out == '~ limits\n  + names[1]: "b"\n  + new: true\n    max: 20 → 30\n'


def test_diff_in_json(muniment, store):
    """Each document with what happened, the patch and the flat form."""
    store.write("limits", {"max": 30, "names": ["a"]})
    assert muniment("diff", "--json").json == [
        {
            "name": "limits",
            "change": "changed",
            "patch": [{"op": "replace", "path": "/max", "value": 30}],
            "flat": {"added": {}, "removed": {}, "changed": {"max": {"before": 20, "after": 30}}},
        }
    ]


def test_diff_shows_documents_that_came_and_went(muniment, store):
    """Members of a document that was added or removed are shown one by one."""
    store.delete("services/web")
    store.write("text", "plain")
    assert muniment("diff").out == '- services/web\n  - port: 8080\n+ text\n  + "plain"\n'


def test_long_values_stand_below_each_other(muniment, store):
    """What does not fit on a line is shown before and after, line by line."""
    store.write("limits", {"max": 20, "names": ["a" * 50, "b" * 50]})
    shown = muniment("diff").out.splitlines()
    assert '  + names[1]: "' + "b" * 50 + '"' in shown
    store.write("limits", {"max": {"low": "a" * 50, "high": "b" * 50}, "names": ["a"]})
    shown = muniment("diff").out.splitlines()
    assert "  - max: 20" in shown
    assert "  + max: {" in shown
    assert "  + }" in shown


@pytest.mark.parametrize(
    ("words", "changed"),
    [
        (("HEAD~1",), ["fresh", "limits", "services/web"]),
        (("HEAD~1", "HEAD"), ["limits", "services/web"]),
        (("HEAD", "HEAD~1"), ["limits", "services/web"]),
        (("HEAD~1", ":working", "limits"), ["limits"]),
        (("main~1", "services/web"), ["services/web"]),
        (("limits",), []),
        (("fresh", "limits"), ["fresh"]),
        (("--", "fresh"), ["fresh"]),
        (("HEAD~1", "--"), ["fresh", "limits", "services/web"]),
        (("HEAD~1", "HEAD", "--", "limits", "services/web"), ["limits", "services/web"]),
    ],
)
def test_revisions_come_first_and_names_after(muniment, store, words, changed):
    """The first two words are revisions as long as they mean one; what follows are documents."""
    store.write("fresh", 1)
    answer = muniment("diff", "--json", *words)
    assert answer.code == 0
    assert [change["name"] for change in answer.json] == changed


def test_dashes_settle_what_could_be_either(muniment, store):
    """A document named like a branch has to be told from it."""
    store.write("main", 1)
    assert muniment("diff", "main").code == 2
    assert [change["name"] for change in muniment("diff", "--json", "--", "main").json] == ["main"]
    assert [change["name"] for change in muniment("diff", "--json", "main", "--").json] == ["main"]


@pytest.mark.parametrize("words", [("nope",), ("HEAD~9",), ("limits", "nope"), ("HEAD~1", "HEAD", "--", "nope")])
def test_a_word_that_means_nothing_is_not_found(muniment, store, words):
    """An empty answer would look as if nothing differed."""
    answer = muniment("diff", *words)
    assert (answer.code, answer.out) == (3, "")


def test_more_than_two_revisions(muniment, store):
    """Two sides are compared, no more."""
    assert muniment("diff", "HEAD", "HEAD", "HEAD", "--").code == 2


def test_diff_tells_by_its_exit_code(muniment, store):
    """`--exit-code`: 0 where nothing differs, 1 where something does."""
    assert muniment("diff", "--exit-code").code == 0
    store.write("limits", 1)
    assert muniment("diff", "--exit-code").code == 1
    assert muniment("diff").code == 0


def test_show_tells_a_commit_and_its_changes(muniment, store):
    """Who, when, why, and what differs from the parent."""
    made = store.at("HEAD").commit
    shown = muniment("show").out
    assert shown.startswith(f"commit {made.id}\nparent {made.parents[0]}\nauthor Ada <ada@example.org>\ntime   ")
    assert shown.endswith("\n\n    the second\n\n~ limits\n    max: 10 → 20\n+ services/web\n  + port: 8080\n")
    told = muniment("show", "HEAD~1", "--json").json
    assert told["commit"]["message"] == "the first"
    assert [change["name"] for change in told["changes"]] == ["limits"]
