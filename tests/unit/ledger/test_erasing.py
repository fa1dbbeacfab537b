"""An erasable payload can be removed for good; everything else stays and verifies."""

import subprocess

import pytest

from muniment import ERASED
from muniment.errors import EntryNotFoundError, InvalidValueError
from muniment.ledger import erasing

SECRET = "a name that somebody wants forgotten"  # noqa: S105 - no password


def is_anywhere(root):
    """Tell whether any file holds the text."""
    return subprocess.run(["grep", "-rqa", SECRET, str(root)], check=False).returncode == 0


def test_it_reads_like_any_other(ledger, again):
    """As long as it is there, in every way of reading."""
    entry = ledger.append("mail", {"to": SECRET}, erasable=True, key="m/1")
    assert entry.payload == {"to": SECRET}
    for one in (ledger, again()):
        assert one.get(entry.id).payload == next(iter(one.tail())).payload == one.latest().payload == {"to": SECRET}
    assert ledger.append("mail", {"to": SECRET}, erasable=True, key="m/1") == entry


def test_it_is_nowhere_afterwards(ledger, root):
    """In no file of the store; who did it and why is an entry."""
    entry = ledger.append("mail", {"to": SECRET}, erasable=True)
    assert is_anywhere(root)
    done = ledger.erase(entry.id, "asked to be forgotten", actor="Eve <eve@example.org>")
    assert not is_anywhere(root)
    assert (done.actor, done.payload["reason"], done.prev) == (
        "Eve <eve@example.org>",
        "asked to be forgotten",
        (entry.id,),
    )
    assert ledger.get(entry.id).payload is ERASED
    assert ledger.get(entry.id).is_erased
    assert ledger.verify().ok


def test_it_may_be_repeated(ledger):
    """The first record stands."""
    entry = ledger.append("mail", SECRET, erasable=True)
    assert ledger.erase(entry.id, "once") == ledger.erase(entry.id, "again")
    assert len(ledger) == 2


def test_its_id_proves_nothing(ledger, elsewhere):
    """Two payloads that are the same have two ids: whoever guesses one cannot check it."""
    here = ledger.append("mail", SECRET, erasable=True)
    there = elsewhere.append("mail", SECRET, erasable=True)
    assert here.erasable != there.erasable


def test_an_erased_key_is_still_taken(ledger):
    """A retry finds the entry, though nobody can compare the payload any more."""
    entry = ledger.append("mail", SECRET, erasable=True, key="m/1")
    ledger.erase(entry.id, "asked")
    assert ledger.append("mail", SECRET, erasable=True, key="m/1") == entry


def stop(_):
    """End the program."""
    raise KeyboardInterrupt


def test_only_what_was_appended_so(ledger):
    """Of any other entry the payload is part of what its id vouches for."""
    entry = ledger.append("mail", SECRET)
    with pytest.raises(InvalidValueError, match="erasable"):
        ledger.erase(entry.id, "asked")
    with pytest.raises(EntryNotFoundError):
        ledger.erase("0" * 64, "asked")


@pytest.mark.parametrize("reason", ["", "  ", None, 5])
def test_a_reason_has_to_be_given(ledger, reason):
    """Nothing is erased without."""
    entry = ledger.append("mail", SECRET, erasable=True)
    with pytest.raises(InvalidValueError):
        ledger.erase(entry.id, reason)
    assert ledger.get(entry.id).payload == SECRET


def test_other_copies_erase_theirs_when_they_sync(ledger, elsewhere, tmp_path):
    """And never bring a payload back."""
    entry = ledger.append("mail", SECRET, erasable=True)
    ledger.sync(elsewhere)
    assert elsewhere.get(entry.id).payload == SECRET
    ledger.erase(entry.id, "asked")
    elsewhere.sync(ledger)
    assert not is_anywhere(tmp_path)
    ledger.sync(elsewhere)
    assert ledger.get(entry.id).payload is ERASED
    assert ledger.verify().ok
    assert elsewhere.verify().ok


def test_a_stopped_exchange_erases_when_it_is_repeated(ledger, elsewhere, tmp_path, monkeypatch):
    """The entry that records it is there already, and nothing is received any more."""
    entry = ledger.append("mail", SECRET, erasable=True)
    ledger.sync(elsewhere)
    ledger.erase(entry.id, "asked")
    with monkeypatch.context() as patched:
        patched.setattr(erasing, "carry_out", stop)
        with pytest.raises(KeyboardInterrupt):
            elsewhere.sync(ledger)
    assert is_anywhere(tmp_path)
    assert elsewhere.sync(ledger).received == 0
    assert not is_anywhere(tmp_path)


def test_what_git_brought_is_erased_when_copies_sync(ledger, elsewhere, tmp_path, bring):
    """Whatever else they exchange."""
    entry = ledger.append("mail", SECRET, erasable=True)
    ledger.sync(elsewhere)
    ledger.erase(entry.id, "asked")
    bring(back=True)
    assert is_anywhere(tmp_path)
    elsewhere.sync(ledger)
    assert not is_anywhere(tmp_path)


def test_a_payload_that_is_missing_without_a_record_is_found(ledger, layout):
    """Somebody removed the file by hand; or changed it."""
    entry = ledger.append("mail", SECRET, erasable=True)
    other = ledger.append("mail", "other", erasable=True)
    with open(layout.payload(other.erasable), "wb") as file:
        file.write(b"{}")
    assert [finding.code for finding in ledger.verify().findings] == ["payload-damaged"]
    ledger._parts.payloads.remove(entry.erasable)
    assert sorted(finding.code for finding in ledger.verify().findings) == ["payload-damaged", "payload-missing"]
