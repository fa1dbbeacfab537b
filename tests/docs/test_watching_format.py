"""What the page on watching shows is real: a stranger reads the cursor by the page's words alone."""

import json
import re
from base64 import urlsafe_b64decode
from pathlib import Path
from zlib import decompress

from muniment import WatchCursor
from muniment.values.watch_cursor import FORMAT

PAGE = (Path(__file__).resolve().parents[2] / "docs/format/watching.md").read_text(encoding="utf-8")
(CURSOR, JSON) = re.findall(r"^```cursor\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)[0].splitlines()


def test_the_cursor_says_what_the_page_says():
    """It is Base64 of zlib of that JSON, and the package reads and writes the same."""
    assert decompress(urlsafe_b64decode(CURSOR + "=" * (-len(CURSOR) % 4))).decode() == JSON
    cursor = WatchCursor.parse("a store", CURSOR)
    assert str(cursor) == CURSOR
    assert cursor.copy == json.loads(JSON)["copy"]
    assert cursor.copy in PAGE.split("## Cursors")[0]


def test_every_member_is_told():
    """The table names the members that there are."""
    told = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert sorted(told) == sorted(json.loads(JSON))
    assert f"Watching (version {FORMAT})" in PAGE
