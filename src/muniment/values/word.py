"""Write bytes as one word that may stand in a file name, an address or a shell: base64url without its padding.

Source: RFC 4648, section 5.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode


def encode(data: bytes) -> str:
    """Write bytes as letters, digits, `-` and `_`."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def decode(text: str) -> bytes:
    """Read what `encode` wrote; `ValueError` where that is damaged."""
    return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
