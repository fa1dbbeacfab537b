"""Whatever git's own merge makes of three documents is told from what somebody wrote."""

import subprocess
import tempfile
from pathlib import Path
from shutil import which

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from json_strategies import edited_copies, json_values
from muniment.values import canonical
from muniment.values.left_by_git import has_markers, is_marked, merged_by_lines

NEW = "written by hand"


def threes():
    """A value, and two edited copies of it."""
    return json_values().flatmap(lambda base: st.tuples(st.just(base), edited_copies(base), edited_copies(base)))


@pytest.mark.skipif(which("git") is None, reason="needs git")
@settings(max_examples=60)
@given(three=threes(), style=st.sampled_from([[], ["--diff3"], ["--zdiff3"]]))
def test_what_git_merges_is_told_as_its_own(three, style):
    """Line by line, with its marks where it cannot, in each style of them; without marks, as the lines merge here."""
    versions = [canonical.encode(value) for value in three]
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("base", "ours", "theirs")]
        for path, version in zip(paths, versions, strict=True):
            path.write_bytes(canonical.pretty(version))
        base, ours, theirs = map(str, paths)
        merged = subprocess.run(
            ["git", "merge-file", "-p", *style, ours, base, theirs], capture_output=True, check=False
        ).stdout
    if has_markers(merged):
        assert is_marked(merged, *versions)
    elif (by_lines := merged_by_lines(*versions)) is not None:
        assert canonical.encode(canonical.decode(merged)) == by_lines


@given(threes(), st.data())
def test_a_scalar_that_is_nowhere_else_is_found(three, data):
    """Wherever one is put between the marks, by whoever edits the file."""
    versions = [canonical.encode(value) for value in three]
    both = [canonical.pretty(version).decode() for version in versions[1:]]
    text = "<<<<<<< HEAD\n{}=======\n{}>>>>>>> theirs\n".format(*both)
    assume(NEW not in text)
    assert is_marked(text.encode(), *versions)
    lines = text.splitlines()
    at = data.draw(st.integers(0, len(lines)))
    for line in (f'  "{NEW}",', f'  "{NEW}": 1,', NEW):
        assert not is_marked("\n".join([*lines[:at], line, *lines[at:]]).encode(), *versions)
