"""Make the golden store of format 1: `python tests/format/make_golden.py FOLDER`.

The same history every time, so its bytes and ids can be recorded. The store that is kept beside this
file was made by the program that defined the format; it is never made anew, only compared with.
"""

import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from muniment import Store
from muniment.repo import assembling

ADA = "Ada Lovelace <ada@example.org>"
START = datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC)

HISTORY: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    (
        "two services\n\nAs agreed.",
        ADA,
        {},
        {
            "services/web": {"name": "web", "port": 8080, "weights": [0.5, 1.0, 1e21, -0.0], "tls": None},
            "services/api": {"name": "api", "\U0001f600": "beyond", "\uffff": "the basic plane"},
        },
    ),
    (
        "limits",
        "Zoë <zoe@example.org>",
        {"ticket": 7},
        {"limits/grenzwerte-größe": {"largest": 2**64, "smallest": 1e-7, "text": 'tab\t, quote ", line\u2028'}},
    ),
    (
        "without the second, and a new port",
        ADA,
        {},
        {"services/api": None, "services/web": {"name": "web", "port": 9090}},
    ),
]
"""Message, author, meta, and the documents written; None deletes one."""


def make(folder: Path) -> list[str]:
    """Make the store in a new folder; give the ids of its commits, oldest first."""
    ids: list[str] = []
    with Store.init(folder) as store:
        for number, (message, author, meta, documents) in enumerate(HISTORY):
            now = START + timedelta(hours=number)
            with patch.object(assembling, "datetime", SimpleNamespace(now=lambda _, now=now: now)):
                for name, value in documents.items():
                    if value is None:
                        store.delete(name)
                    else:
                        store.write(name, value)
                ids.append(store.commit(message, author=author, meta=meta).id)
    shutil.rmtree(folder / ".muniment" / "local")
    return ids


if __name__ == "__main__":
    make(Path(sys.argv[1]))
