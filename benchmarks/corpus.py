"""The documents that every system is given: service settings of about 2 KB, made from two numbers."""

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec

AUTHOR = "Ada <ada@example.org>"
FOLDER_SIZE = 100
"""Documents to a folder. One flat folder would measure git's tree objects, and nothing else."""


class Service(msgspec.Struct, kw_only=True):
    """What a reader decodes a document into."""

    name: str
    hostname: str
    port: int
    tls: bool
    revision: int
    description: str
    tags: list[str]
    environment: dict[str, str]
    limits: dict[str, int]


decode_service = msgspec.json.Decoder(Service).decode


def name(index: int) -> str:
    """Name a document: `team-00012/service-0001234`."""
    return f"team-{index // FOLDER_SIZE:05d}/service-{index:07d}"


def document(index: int, revision: int = 0) -> dict[str, Any]:
    """Make the JSON value of a document; of two revisions about a third of the bytes differ."""
    fixed = hashlib.sha256(b"%d" % index).hexdigest()
    fresh = hashlib.sha256(b"%d %d" % (index, revision)).hexdigest()
    return {
        "name": name(index),
        "hostname": f"{fixed[:12]}.example.org",
        "port": 1024 + index % 60000,
        "tls": index % 2 == 0,
        "revision": revision,
        "description": " ".join(fixed[i : i + 6] for i in range(0, 60, 6)) + " " + fresh,
        "tags": [fixed[i : i + 8] for i in range(0, 64, 8)],
        "environment": {f"SETTING_{i:02d}": (fresh if i % 3 == 0 else fixed)[i : i + 32] for i in range(29)},
        "limits": {f"limit_{i:02d}": int(fixed[i : i + 4], 16) for i in range(16)},
    }


def documents(count: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Make the first revision of the first `count` documents, in the order of their names."""
    for index in range(count):
        yield name(index), document(index)
