"""Keep the host's git from converting the ends of lines in ledgers, as it does on some systems with whatever is text.

Format: docs/format/ledgers.md, "In the host repository".
"""

from muniment.files import atomic, disk
from muniment.files.layout import LedgerLayout

_TEXT = b"* -text\n"


def keep(layout: LedgerLayout, *, sync: bool) -> None:
    """Make the file that tells git so, unless it is there."""
    try:
        disk.stat(layout.attributes)
    except FileNotFoundError:
        atomic.replace_file(layout.attributes, _TEXT, layout.temporary, sync=sync)
