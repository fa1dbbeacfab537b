"""Signers without files, whom a list trusts or not, and stores that somebody tampered with."""

import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from muniment import AllowedSigners, Signer
from muniment.files import disk
from muniment.files.layout import Layout
from muniment.signing import wire
from muniment.signing.public_key import PublicKey
from muniment.values import canonical, objects
from muniment.values.ids import CommitId

ADA = "ada@example.org"


def signer_of(seed):
    """Make a signer out of a byte: the same in every run."""
    secret, kind = Ed25519PrivateKey.from_private_bytes(seed * 32), wire.string(b"ssh-ed25519")
    key = PublicKey(kind + wire.string(secret.public_key().public_bytes_raw()))
    return Signer(key, lambda data: kind + wire.string(secret.sign(data)))


ADAS, BENS = signer_of(b"a"), signer_of(b"b")
ALLOWED = AllowedSigners.parse(f"{ADA} {ADAS.public_key}")


def stored(root, object_id):
    """Give the bytes of an object as they lie there."""
    return disk.read_file(Layout(root).object(object_id))


def body_of(root, object_id) -> dict[str, Any]:
    """Give what the bytes of an object say."""
    found: dict[str, Any] = json.loads(stored(root, object_id))
    return found


def put(store, name):
    """Commit a document of that name."""
    with store.transaction(f"put {name}") as change:
        change.write(name, 1)
    return change.commit


def forge(root, body):
    """Put a commit of any content into the store, as whoever can write there can."""
    data = canonical.encode(body)
    object_id = canonical.digest(data)
    path = root / ".muniment" / "objects" / object_id[:2] / f"{object_id[2:]}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return objects.decode_commit(CommitId(object_id), data)
