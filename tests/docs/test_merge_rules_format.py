"""What the page on merge rules shows is what the package writes."""

import hashlib
import re
from datetime import UTC, datetime
from pathlib import Path

from muniment.files.layout import Layout
from muniment.schema import merge_record
from muniment.schema.merge_record import MergeRecord
from muniment.schema.merge_rules import MergeRules
from muniment.values.merge_rules import NAMES

PAGE = (Path(__file__).resolve().parents[2] / "docs/format/merge-rules.md").read_text(encoding="utf-8")
((TEXT, DIGEST),) = re.findall(r"^\$ printf %s '(.*)' \| sha256sum\n(\w+)  -$", PAGE, re.MULTILINE)


def told():
    """Make the rules that the page shows the record of: one of their strategies is a function."""
    return MergeRules(
        "service",
        names=["services/*", "**/service"],
        keys={"/forms": "id", "/forms/*/fields": "name"},
        strategies={"/hits": "counter", "/owner": lambda *_: "Ada", "/*": "theirs"},
    )


def test_the_record_is_the_one_that_is_written():
    """The bytes shown have the hash shown, are what is written of these rules, and are read as them."""
    assert hashlib.sha256(TEXT.encode()).hexdigest() == DIGEST
    record = MergeRecord(told(), datetime(2026, 11, 21, 9, 30, tzinfo=UTC))
    assert merge_record.encode(record) == TEXT.encode()
    assert merge_record.encode(merge_record.decode("a file", "service", TEXT.encode())) == TEXT.encode()


def test_records_lie_where_the_page_says():
    """The paths are those of the layout."""
    layout = Layout("config")
    assert layout.merge_rules_record("<name>", "<sha256>").endswith("/.muniment/merging/<name>/<sha256>.json")
    assert "`.muniment/merging/<name>/<sha256>.json`" in PAGE
    assert f"\n{layout.merge_rules_record('service', DIGEST).removeprefix(f'{layout.control}/')}\n" in PAGE


def test_each_member_and_each_strategy_is_told():
    """The table has a row for each member, and the row on strategies names each that there is."""
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE, re.MULTILINE))
    assert list(rows) == [*sorted(merge_record.body(told())), "time", "type"]
    assert re.findall(r"`(\w+)`", rows["strategies"]) == list(NAMES)
