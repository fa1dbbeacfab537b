"""Overrides: entries beside a document's own values that replace some of them for a while, until they are revoked.

An override is an object with an `id` and, where it shall end by itself, `expires_at`; a `patch` says what it changes.
It is never deleted but revoked, by a tombstone that names it, so that the document tells who changed what and when:

    [
        {"id": "busy-weekend", "expires_at": "2026-02-02T00:00:00Z", "patch": {"limits": {"max": 500}}},
        {"id": "no-tls", "patch": [{"op": "replace", "path": "/tls", "value": false}]},
        {"id": "tls-is-back", "revoked": true, "revokes": "no-tls"}
    ]

`active` gives those in force, and whatever is in doubt is not: `expires_at` must be an RFC 3339 time with its offset.
"""

from muniment.schema.overrides import Effect, active

__all__ = ["Effect", "active"]
