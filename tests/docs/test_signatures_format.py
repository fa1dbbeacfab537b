"""The examples on the page about signatures are what the package writes and takes; a shell runs them elsewhere."""

import json
import re
from pathlib import Path

from muniment import AllowedSigners
from muniment.values import objects, policy
from muniment.values.ids import CommitId
from muniment.values.objects import decode_commit
from muniment.values.policy import Policy, PolicyId, Withdrawal

PAGE = (Path(__file__).resolve().parents[2] / "docs/format/signatures.md").read_text(encoding="utf-8")
(COMMIT,) = re.findall(r"^\$ printf %s '(.*)' > commit.json$", PAGE, re.MULTILINE)
RECORDS = re.findall(r"^\$ printf %s '(.*)' \| sha256sum\n(\w+)  -$", PAGE, re.MULTILINE)
(SIGNERS,) = re.findall(r"^\$ echo '(.*)' > allowed_signers$", PAGE, re.MULTILINE)


def test_the_commit_is_signed_as_the_page_says():
    """The package takes the example for good, and writes the same bytes of what it says."""
    data = COMMIT.encode()
    commit = decode_commit(CommitId("0" * 64), data)
    message = objects.unsigned(data)
    assert message.decode() in PAGE
    found = AllowedSigners.parse(SIGNERS).verify(message, commit.signature, "muniment-commit", time=commit.time)
    assert found.principal == "ada@example.org"
    fields = {name: getattr(commit, name) for name in ("tree", "parents", "author", "time", "message", "generation")}
    assert objects.encode_commit(**fields, meta={}, signature=commit.signature) == data


def test_the_policy_and_its_withdrawal_are_what_is_written():
    """Both records are read and written again byte for byte; the second withdraws the first."""
    (first, first_id), (second, _) = RECORDS
    required, withdrawn = (policy.decode(PolicyId(first_id), text.encode()) for text in (first, second))
    assert isinstance(required, Policy)
    assert isinstance(withdrawn, Withdrawal)
    assert withdrawn.withdraws == required.id
    assert [policy.encode(one).decode() for one in (required, withdrawn)] == [first, second]


def test_the_table_tells_each_member():
    """A policy has the members of the table, and no others."""
    table = PAGE.partition("## Policies")[2].partition("A policy is withdrawn")[0]
    told = [name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)]
    assert set(told) == {*json.loads(RECORDS[0][0]), "ledger"}
