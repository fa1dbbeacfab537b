"""The data types of the SSH protocols: read strictly, out of bytes that anybody may have written.

Source: RFC 4251, section 5.
"""

import struct

_UINT32 = struct.Struct(">I")


class Broken(Exception):  # noqa: N818 - a signal within this floor: who reads knows what the bytes should have been
    """Bytes break the format; the text says how."""


class Reader:
    """Takes one field after another out of bytes; whatever a field claims, no more is read than there is."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, size: int) -> bytes:
        """Give the next `size` bytes.

        Raises:
            Broken: There are not so many.
        """
        end = self._at + size
        if end > len(self._data):
            raise Broken("it ends too early")
        taken = self._data[self._at : end]
        self._at = end
        return taken

    def byte(self) -> int:
        """Give the next byte, as a number."""
        return self.take(1)[0]

    def uint32(self) -> int:
        """Give the next four bytes, as a number."""
        number: int = _UINT32.unpack(self.take(4))[0]
        return number

    def string(self) -> bytes:
        """Give the next field that begins with its length."""
        return self.take(self.uint32())

    def text(self) -> str:
        """Give the next string, which has to be printable ASCII as all names of the protocols are."""
        data = self.string()
        text = data.decode("latin-1")
        if not (text.isascii() and text.isprintable()):
            raise Broken("a name in it is not printable ASCII")
        return text

    def natural(self) -> int:
        """Give the next number of any size, which has to be above zero and in its shortest form."""
        data = self.string()
        if not data or data[0] & 0x80 or (data[0] == 0 and not (len(data) > 1 and data[1] & 0x80)):
            raise Broken("a number in it is not positive, or not in its shortest form")
        return int.from_bytes(data)

    def end(self) -> None:
        """Refuse to leave anything over."""
        if self._at != len(self._data):
            raise Broken("something follows its end")


def uint32(number: int) -> bytes:
    """Write a number in four bytes."""
    return _UINT32.pack(number)


def string(data: bytes) -> bytes:
    """Write a field that begins with its length."""
    return _UINT32.pack(len(data)) + data


def natural(number: int) -> bytes:
    """Write a number above zero in its shortest form."""
    return string(number.to_bytes(number.bit_length() // 8 + 1))
