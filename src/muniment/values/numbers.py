"""How numbers are written: ECMAScript's text of a float, and integers of any size.

CPython refuses to convert integers of more than 4,300 digits, because its way takes quadratic time.
Here they are cut into pieces below the smallest limit a program can set, so that the limit, which
belongs to the whole process, stays as it is. The cost still grows faster than the size.
"""

_PIECE = 600  # digits; the smallest value of sys.set_int_max_str_digits is 640
_SMALL = 10**_PIECE
_LARGEST_PLAIN = 21  # digits before the point, at the most, before ECMAScript turns to an exponent
_SMALLEST_PLAIN = -6  # the same for zeros after the point


def float_text(value: float) -> str:
    """Write a finite float as ECMAScript does: the fewest digits that read back as the same float.

    Whole floats lose their point (`1.0` is `1`) and minus zero its sign.

    Source: RFC 8785, section 3.2.2.3; ECMA-262, Number::toString.
    """
    if value == 0:
        return "0"
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    significant = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(significant))
    return ("-" if value < 0 else "") + _placed(significant.rstrip("0"), point)


def _placed(digits: str, point: int) -> str:
    """Write `0.<digits>` times ten to the power of `point`."""
    if len(digits) <= point <= _LARGEST_PLAIN:
        return digits.ljust(point, "0")
    if 0 < point <= _LARGEST_PLAIN:
        return f"{digits[:point]}.{digits[point:]}"
    if _SMALLEST_PLAIN < point <= 0:
        return f"0.{'0' * -point}{digits}"
    head, tail = digits[0], digits[1:]
    return f"{head}{'.' if tail else ''}{tail}e{point - 1:+d}"


def integer_text(value: int) -> str:
    """Write an integer of any size in decimal digits."""
    if -_SMALL < value < _SMALL:
        return str(value)
    size = value.bit_length() * 30103 // 100000 + 1  # log10(2) = 0.30103, rounded up
    return ("-" if value < 0 else "") + _padded(abs(value), size).lstrip("0")


def _padded(value: int, size: int) -> str:
    if size <= _PIECE:
        return str(value).zfill(size)
    low_size = size // 2
    high, low = divmod(value, 10**low_size)
    return _padded(high, size - low_size) + _padded(low, low_size)


def integer(text: str) -> int:
    """Read an integer of any size: decimal digits with or without a minus sign."""
    if text.startswith("-"):
        return -integer(text[1:])
    if len(text) <= _PIECE:
        return int(text)
    low_size = len(text) // 2
    power: int = 10**low_size
    return integer(text[:-low_size]) * power + integer(text[-low_size:])
