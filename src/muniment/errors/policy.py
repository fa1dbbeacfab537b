"""Errors of what the rules of a store do not allow."""

from muniment.errors.root import MunimentError


class PolicyError(MunimentError):
    """The rules of the store do not allow it; nothing was changed."""


class BlobInUseError(PolicyError):
    """The content `blob` is still held by `holder`: `remedy` first, then erase it."""

    def __init__(self, blob: str, holder: str, remedy: str) -> None:
        self.blob = blob
        self.holder = holder
        self.remedy = remedy
        super().__init__(f"{blob[:16]}: {holder} still holds this content; {remedy} first, then erase it")
