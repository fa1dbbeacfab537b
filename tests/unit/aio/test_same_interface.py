"""The asynchronous interface is the synchronous one: it is written from it, and cannot drift from it."""

import inspect
import subprocess
import sys
from pathlib import Path

import generate_aio
import pytest

import muniment
from muniment import aio
from muniment.repo.working_snapshot import WorkingSnapshot

ROOT = Path(__file__).parents[3]
PAIRS = [
    (muniment.Store, aio.AsyncStore),
    (muniment.Ledger, aio.AsyncLedger),
    (muniment.Branches, aio.AsyncBranches),
    (muniment.Tags, aio.AsyncTags),
    (muniment.Notes, aio.AsyncNotes),
    (muniment.Policies, aio.AsyncPolicies),
    (muniment.SchemaVerbs, aio.AsyncSchemaVerbs),
    (muniment.MergeRuleVerbs, aio.AsyncMergeRuleVerbs),
    (muniment.Snapshot, aio.AsyncSnapshot),
    (muniment.Transaction, aio.AsyncTransaction),
    (WorkingSnapshot, aio.AsyncWorkingSnapshot),
]
NOT_AWAITED = {"keys", "items", "values"}
"""What mappings have by themselves, and what reads every document one by one."""


def public(cls):
    """Give the names that a class offers."""
    return {name for name in dir(cls) if not name.startswith("_")}


def test_what_is_committed_is_what_the_generator_writes():
    """Whoever changes a verb runs `python tools/generate_aio.py`."""
    for one in generate_aio.MADE:
        path = ROOT / "src" / "muniment" / "aio" / f"{one.into}.py"
        assert path.read_text(encoding="utf-8") == generate_aio.generated(one), (
            f"run tools/generate_aio.py: {path.name}"
        )


@pytest.mark.parametrize(("sync", "other"), PAIRS, ids=lambda one: one.__name__)
def test_every_verb_has_its_counterpart_with_the_same_arguments(sync, other):
    """Names, kinds and defaults of the arguments are the same."""
    missing = public(sync) - public(other) - NOT_AWAITED
    assert not missing
    for name in public(sync) - NOT_AWAITED:
        ours, theirs = (inspect.getattr_static(cls, name) for cls in (sync, other))
        assert isinstance(ours, property) == isinstance(theirs, property), name
        if not callable(ours) and not isinstance(ours, classmethod):
            continue
        given, taken = (inspect.signature(getattr(cls, name)).parameters.values() for cls in (sync, other))
        assert [(one.name, one.kind, one.default) for one in given] == [
            (one.name, one.kind, one.default) for one in taken
        ], name


SPECIAL = {"__len__": "count", "__contains__": "contains", "__enter__": "__aenter__", "__getitem__": "read"}
"""How what has a syntax of its own, but cannot be awaited by it, is called."""


@pytest.mark.parametrize(("sync", "other"), PAIRS, ids=lambda one: one.__name__)
def test_what_has_a_syntax_of_its_own_has_a_counterpart(sync, other):
    """`len`, `in`, `[]` and `with` cannot be awaited, but what they do can be had."""
    lent = sync in {muniment.Transaction, WorkingSnapshot}
    for special, name in SPECIAL.items():
        if hasattr(sync, special) and not (lent and special == "__enter__"):
            assert hasattr(other, name), name


def test_importing_muniment_imports_no_event_loop():
    """Only who asks for `muniment.aio` needs anyio."""
    code = "import sys, muniment; sys.exit('anyio' in sys.modules or 'asyncio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_anyio_it_says_what_to_install():
    """A typed error, which names the extra."""
    code = (
        "import sys; sys.modules['anyio'] = None\n"
        "import muniment\n"
        "try:\n    import muniment.aio\n"
        "except muniment.AsyncUnavailableError as error:\n    print(error)"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert "install muniment[aio]" in told
