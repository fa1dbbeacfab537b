"""The grammar of revisions: a base and steps, and nothing that only looks like them."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.errors import InvalidValueError, RevisionNotFoundError
from muniment.history.revision import Ancestor, AsOf, Parent, moment, parse

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "base", "steps"),
    [
        ("main", "main", ()),
        ("HEAD", "HEAD", ()),
        ("team/draft", "team/draft", ()),
        ("", "HEAD", ()),
        ("~", "HEAD", (Ancestor(1),)),
        ("main~", "main", (Ancestor(1),)),
        ("main~3", "main", (Ancestor(3),)),
        ("main~0", "main", (Ancestor(0),)),
        ("main~12~3", "main", (Ancestor(12), Ancestor(3))),
        ("main^", "main", (Parent(1),)),
        ("main^0", "main", (Parent(0),)),
        ("main^2^^", "main", (Parent(2), Parent(1), Parent(1))),
        ("main^2~3", "main", (Parent(2), Ancestor(3))),
        ("main@{2026-01-31T12:00:00Z}", "main", (AsOf(NOON),)),
        ("@{2026-01-31T12:00:00Z}", "HEAD", (AsOf(NOON),)),
        ("main~1@{2026-01-31T12:00:00Z}^", "main", (Ancestor(1), AsOf(NOON), Parent(1))),
        ("ada@home", "ada@home", ()),
        ("ada@home~1", "ada@home", (Ancestor(1),)),
        ("0123456789abcdef", "0123456789abcdef", ()),
        (":working", ":working", ()),
    ],
)
def test_a_revision_is_a_base_and_steps(text, base, steps):
    """No base means `HEAD`; a bare `~` or `^` is one step."""
    parsed = parse(text)
    assert (parsed.base, parsed.steps) == (base, steps)


@pytest.mark.parametrize(
    "text", ["main~x", "main^{tree}", "main~1x", "main@{", "main@{}", "main@{noon}", "main~-1", "main^ ", "a~1b^"]
)
def test_what_is_no_step_is_told(text):
    """The error carries the whole revision."""
    with pytest.raises(RevisionNotFoundError) as raised:
        parse(text)
    assert raised.value.revision == text


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ("2026-01-31T12:00:00Z", NOON),
        ("2026-01-31T12:00:00+00:00", NOON),
        ("2026-01-31T12:00:00.000001Z", NOON + timedelta(microseconds=1)),
        ("2026-01-31T14:00:00+02:00", NOON),
        ("2026-01-31 06:30:00-05:30", NOON),
    ],
)
def test_a_moment_says_its_zone(written, time):
    """And means the same wherever it is read."""
    assert moment(written) == time
    assert moment(written).utcoffset() is not None


@pytest.mark.parametrize("written", ["2026-01-31T12:00:00", "2026-01-31", "12:00", "", "noon", "2026-13-01T00:00:00Z"])
def test_a_moment_without_a_zone_is_refused(written):
    """The error says what is missing, and of a revision, in which."""
    with pytest.raises(InvalidValueError) as alone:
        moment(written)
    assert repr(written) in alone.value.reason
    with pytest.raises(RevisionNotFoundError) as raised:
        parse(f"main@{{{written}}}")
    assert raised.value.revision == f"main@{{{written}}}"
    assert raised.value.reason == alone.value.reason


bases = st.sampled_from(["", "main", "a/b", "HEAD", "ada@home", "0123abcd"])
steps = st.sampled_from(["~", "~2", "^", "^2", "~0", "@{2026-01-31T12:00:00Z}"])


@given(base=bases, written=st.lists(steps, max_size=5))
def test_every_revision_of_the_grammar_is_read(base, written):
    """One step for each that is written, in their order."""
    parsed = parse(base + "".join(written))
    assert parsed.base == (base or "HEAD")
    assert len(parsed.steps) == len(written)
    single = [parse(step).steps[0] for step in written]
    assert list(parsed.steps) == single


@given(text=st.text(st.sampled_from("ab~^@{}:/0123456789-TZ+ ") | st.characters(), max_size=30))
def test_any_text_is_read_or_refused(text):
    """No text is answered with another kind of error."""
    with suppress(RevisionNotFoundError):
        assert parse(text).base


def test_zones_do_not_change_the_moment():
    """Two ways to write it are one moment."""
    there = NOON.astimezone(timezone(timedelta(hours=9)))
    assert moment(there.isoformat()) == NOON
