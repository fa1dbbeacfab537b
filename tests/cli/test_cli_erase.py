"""Erasing a content by the command line: what is told, what is refused, and by which exit code."""

import json

import pytest


@pytest.fixture
def blob(muniment, store):
    """The id of the first of two contents of `limits`, as the program tells it."""
    return muniment("history", "limits", "--json").lines[-1]["blob"]


def test_a_content_is_erased(muniment, store, blob):
    """It is told, and whoever reads it is told who and why; `verify` takes it for no fault."""
    answer = muniment("erase", blob[:12], "-m", "nobody may know")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == f"Erased {blob[:16]} for good; the ledger `erasures` says who and why.\n"
    read = muniment("get", "limits", "--at", "HEAD~1")
    assert (read.code, read.out) == (3, "")
    assert "erased by Ada <ada@example.org>" in read.err
    assert "(nobody may know)" in read.err
    checked = muniment("verify")
    assert checked.code == 0
    assert "1 contents were erased on purpose" in checked.out
    assert muniment("verify", "--json").json["erased"] == 1


def test_as_json(muniment, store, blob):
    """The record, whose entry stands in the ledger, and the same again when it is done already."""
    told = muniment("erase", blob, "-m", "nobody may know", "--author", "Bob <bob@example.org>", "--json").json
    assert (told["blob"], told["author"], told["reason"]) == (blob, "Bob <bob@example.org>", "nobody may know")
    assert store.ledger("erasures").get(told["entry"]).payload["blob"] == blob
    assert muniment("erase", blob, "-m", "again", "--json").json == told
    error = json.loads(muniment("get", "limits", "--at", "HEAD~1", "--json").err)
    assert (error["error"], error["id"], error["time"]) == ("BlobErasedError", blob, told["time"])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["0" * 64, "-m", "why"], 3),
        (["not an id", "-m", "why"], 3),
        (["HEAD", "-m", ""], 2),
        (["HEAD"], 2),
    ],
)
def test_what_makes_no_sense_is_refused(muniment, store, arguments, code):
    """What is no content is not found, and a reason is needed."""
    assert muniment("erase", *arguments).code == code


def test_what_is_in_use_is_refused(muniment, store):
    """The answer is no, and the line says what to do first."""
    answer = muniment("erase", store.at("HEAD").blob_id("limits"), "-m", "why")
    assert (answer.code, answer.out) == (1, "")
    assert "limits at the head of branch main" in answer.err
    assert "commit a version without it first" in answer.err


def test_an_author_is_needed(muniment, store, blob, monkeypatch):
    """Nobody erases anonymously."""
    monkeypatch.delenv("MUNIMENT_AUTHOR")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    assert muniment("erase", blob, "-m", "why").code == 2
