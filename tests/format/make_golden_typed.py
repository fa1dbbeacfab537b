"""Make the golden store of kinds: `python tests/format/make_golden_typed.py FOLDER`.

A program of version 1.2 wrote it, after one of version 1.0. What is kept beside this file was made by the program
that defined the format; it is never made anew, only read.
"""

import shutil
import sys
from pathlib import Path
from typing import Any

import msgspec

from muniment import Schema, Store, lens

ADA = "Ada Lovelace <ada@example.org>"


class Old(msgspec.Struct):
    """What a program of version 1.0 knows."""

    host: str
    level: str
    backups: list[str]
    comment: str = ""


class New(msgspec.Struct):
    """What a program of version 1.2 knows."""

    hostname: str
    level: int
    backup: str | None
    listen: dict[str, int]
    tls: bool = False


def old() -> Schema[Any]:
    """Give the kind as it was."""
    return Schema(Old, kind="service", version="1.0", names="services/*")


def new() -> Schema[Any]:
    """Give the kind as it is, with one lens of each sort that keeps something."""
    services = Schema(New, kind="service", version="1.2", names="services/*")
    services.lens(
        "1.0",
        "1.1",
        lens.rename("host", "hostname"),
        lens.convert("level", {"low": 1, "lower": 1, "high": 2}),
        lens.unwrap("backups"),
        lens.rename("backups", "backup"),
    )
    services.lens(
        "1.1",
        "1.2",
        lens.remove("comment", "", optional=True),
        lens.add("tls", default=False),
        lens.add("port", default=80),
        lens.move("/port", "/listen/port"),
    )
    return services


def make(folder: Path) -> None:
    """Make the store in a new folder."""
    with Store.init(folder, schemas=[old()], author=ADA) as store:
        store.write("services/web", Old("a.example", "lower", ["b.example", "c.example"], "the first"))
        store.write("services/api", Old("d.example", "high", []))
        store.commit("two services")
    with Store.open(folder, schemas=[new()], author=ADA) as store:
        with store.edit("services/web") as web:
            web.tls = True
        store.commit("encrypted")
    shutil.rmtree(folder / ".muniment" / "local")


if __name__ == "__main__":
    make(Path(sys.argv[1]))
