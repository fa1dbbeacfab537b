"""The bounded memory: what was used last stays, and the rest goes."""

from muniment.storage.recent import Recent


def test_what_was_put_is_given():
    """A value comes back under its key, the newest if there were several."""
    recent: Recent[str, str] = Recent(100)
    recent.put("a", "one")
    recent.put("a", "two")
    assert recent.get("a") == "two"
    assert recent.get("b") is None


def test_no_more_is_kept_than_the_limit():
    """However much is put, what is kept costs no more than the limit."""
    recent: Recent[int, int] = Recent(100)
    for number in range(1000):
        recent.put(number, number, cost=10)
    kept = [number for number in range(1000) if recent.get(number) is not None]
    assert 1 <= len(kept) <= 10
    assert kept[-1] == 999


def test_what_is_used_outlives_what_is_not():
    """A value that is asked for again and again stays while others come and go."""
    recent: Recent[int, int] = Recent(100)
    recent.put(-1, 7, cost=10)
    recent.put(-2, 7, cost=10)
    for number in range(100):
        recent.put(number, number, cost=10)
        assert recent.get(-1) == 7
    assert recent.get(-2) is None


def test_what_costs_more_than_the_limit_is_not_kept_long():
    """One huge value does not stay behind what comes after it."""
    recent: Recent[str, str] = Recent(100)
    recent.put("huge", "x", cost=10_000)
    recent.put("next", "y", cost=60)
    assert recent.get("huge") is None
