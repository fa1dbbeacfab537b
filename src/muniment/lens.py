"""Lenses: reversible steps between the schema versions of a document, written as data.

```python
from muniment import Schema, lens

services = Schema(Service, kind="service", version="1.2", names="services/*")
services.lens("1.1", "1.2", lens.rename("host", "hostname"), lens.add("tls", default=False))
```

What each does in both directions, and what it keeps: docs/reference/lenses.md.
"""

from muniment.schema.lens import Lens, add, convert, each, inside, move, remove, rename, unwrap, wrap

__all__ = ["Lens", "add", "convert", "each", "inside", "move", "remove", "rename", "unwrap", "wrap"]
