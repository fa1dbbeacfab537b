"""Lists of patterns as OpenSSH writes them: `*@example.org,!eve@example.org`.

Source: ssh_config(5), PATTERNS.
"""


def matches(text: str, patterns: str) -> bool:
    """Tell whether `text` fits one of the patterns, and none of those that begin with `!`."""
    is_found = False
    for pattern in patterns.split(","):
        if _fits(text, pattern.removeprefix("!")):
            if pattern.startswith("!"):
                return False
            is_found = True
    return is_found


def _fits(text: str, pattern: str) -> bool:
    """Match `*` (any text) and `?` (any character), in time that no pattern makes more than a product."""
    at = mark = 0
    star = -1
    place = 0
    while at < len(text):
        if place < len(pattern) and pattern[place] == "*":
            star, mark = place, at
            place += 1
        elif place < len(pattern) and pattern[place] in ("?", text[at]):
            place += 1
            at += 1
        elif star >= 0:
            mark += 1
            place, at = star + 1, mark
        else:
            return False
    return not pattern[place:].strip("*")
