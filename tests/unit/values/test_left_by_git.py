"""What git's merges leave in files, and how that is told from what somebody wrote."""

import pytest

from muniment.values import canonical
from muniment.values.left_by_git import has_markers, is_marked, merged_by_lines

BASE = {"limits": {"most": 1, "none": None}, "name": "web", "port": 1, "tags": ["a", "b"]}
OURS = {**BASE, "limits": {"most": 1.5, "none": None}, "port": 2}
THEIRS = {**BASE, "limits": {"most": 2e30, "none": True}, "tags": ["a", "c"]}
VERSIONS = [canonical.encode(one) for one in (BASE, OURS, THEIRS)]
MARKED = b"""{
  "limits": {
<<<<<<< HEAD
    "most": 1.5,
    "none": null
=======
    "most": 2e30,
    "none": true
>>>>>>> left/work
  },
  "name": "web",
  "port": 2,
  "tags": [
    "a",
    "c"
  ]
}
"""


@pytest.mark.parametrize(
    "text",
    [
        MARKED,
        MARKED.replace(b"\n", b"\r\n"),
        MARKED.replace(b"=======\n", b'||||||| base\n    "most": 1,\n    "none": null\n=======\n'),
        MARKED.replace(b'"name": "web"', b'"name" :\n"w\\u0065b"').replace(b"2e30", b"2E+30"),
    ],
)
def test_what_git_puts_between_its_marks_is_its_own(text):
    """Both sides, and the base where it was asked for that; in any layout, numbers and texts as they mean."""
    assert is_marked(text, *VERSIONS)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"1.5", b"1.6"),
        (b'"port": 2', b'"port": 3'),
        (b'"port": 2', b'"port": "2"'),
        (b'"port": 2', b'"port": 1'),
        (b'  "port": 2,\n', b""),
        (b'"c"', b'"b"'),
        (b'"c"', b'"c", "d"'),
        (b'    "a",\n', b""),
        (b'"name": "web"', b'"name": "web", "more": 1'),
        (b'    "most": 1.5,\n', b""),
        (b'<<<<<<< HEAD\n    "most": 1.5,\n    "none": null\n=======\n', b"<<<<<<< HEAD\n=======\n"),
        (b"}\n", b"}\n// a remark\n"),
        (b'"web"', b'"we'),
        (b'"web"', b'"web\xff"'),
        (b"=======\n", b"=======\n resolved by hand\n"),
    ],
)
def test_a_piece_too_many_or_one_too_few_is_somebody_s_doing(old, new):
    """A value, a member, an item of a list, what is no JSON at all; also a value that another version has there."""
    assert old in MARKED
    assert not is_marked(MARKED.replace(old, new), *VERSIONS)


@pytest.mark.parametrize(("base", "ours", "theirs"), [(None, 1, 2), (None, None, 1)])
def test_a_version_may_be_missing(base, ours, theirs):
    """A document that both sides made, or one."""
    versions = [None if side is None else canonical.encode({"a": side}) for side in (base, ours, theirs)]
    text = b"{\n<<<<<<< HEAD\n" + (b'  "a": 1\n' if ours else b"") + b"=======\n"
    text += b'  "a": %d\n>>>>>>> left\n}\n' % theirs
    assert is_marked(text, *versions)
    assert not is_marked(text.replace(b'"a"', b'"b"'), *versions)


def test_what_git_merges_without_marks_can_be_made_here_too():
    """Line by line, as documents are laid out; None where the lines touch, or where a version is missing."""
    far = {"a": 1, "b": 2, "c": 3, "d": 4}
    versions = [canonical.encode(one) for one in (far, far | {"a": 9}, far | {"d": 8})]
    assert merged_by_lines(*versions) == canonical.encode(far | {"a": 9, "d": 8})
    assert merged_by_lines(*VERSIONS) is None
    assert merged_by_lines(None, *versions[1:]) is None


def test_a_merge_of_lines_that_is_no_json_is_none():
    """One side takes the last member away, the other puts one behind it: a comma is left over, or one is missing."""
    sides = [{"b": 2, "k": [1, 2, 3]}, {"a": 1, "b": 2, "k": [1, 2, 3]}, {"b": 2, "k": [1, 2, 3, 4]}]
    assert merged_by_lines(*map(canonical.encode, sides)) == canonical.encode({"a": 1, "b": 2, "k": [1, 2, 3, 4]})
    sides = [{"b": 2, "m": 3}, {"b": 2}, {"b": 2, "m": 3, "z": 4}]
    assert merged_by_lines(*map(canonical.encode, sides)) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (MARKED, True),
        (MARKED.replace(b"\n", b"\r\n"), True),
        (b"{}\n>>>>>>> theirs", False),
        (b"<<<<<<< HEAD", True),
        (b"<<<<<<<\n", True),
        (b'  "<<<<<<< HEAD"', False),
        (b" <<<<<<< HEAD", False),
        (b"<<<<<<<< HEAD", False),
        (b'{"a": "<<<<<<<"}', False),
        (b"<<<<<<< \xff", True),
    ],
)
def test_marks_stand_at_the_beginning_of_a_line(text, expected):
    """Seven of one sign; in a text they are a text."""
    assert has_markers(text) == expected
