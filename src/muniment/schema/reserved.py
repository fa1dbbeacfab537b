"""The members of a document that no type declares and no lens changes.

Format: docs/format/schemas.md, "Reserved members".
"""

from muniment.schema.kept import KEPT
from muniment.schema.version import STAMP

EDITOR = "$schema"
"""The member by which a document points an editor at its JSON Schema."""

RESERVED = frozenset({STAMP, KEPT, EDITOR})
