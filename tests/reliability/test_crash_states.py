"""A sample of the crash states of every workload is right, and the loss of each protection makes one that is not.

`python tests/reliability crash-states` tries many more.
"""

import itertools
import os

import crash_states
import pytest
import strace_log
from crash_checks import another_machine
from crash_runs import expected, quick_place, sites, store_check, without_step, without_sync
from planted_faults import FAULTS, NOT_NEEDED
from recording import record
from store_workloads import WORKLOADS

pytestmark = pytest.mark.skipif(strace_log.why_not() is not None, reason=strace_log.why_not() or "")

SWEEP = bool(os.environ.get("MUNIMENT_SWEEP"))
EACH = 1 if SWEEP else 199
"""Of how many states one is tried."""
MOST = 100
SHORT = ["two-commits", "working-files", "ledger-append"]
SLOW_TO_FIND = {"no-distrust", "recovery-keeps-files", "frames-unchecked", "torn-tail-kept", "ledger-tail-kept"}


@pytest.fixture(scope="module")
def recorded():
    """The events of all workloads."""
    return record(list(WORKLOADS))


@pytest.fixture(autouse=True)
def quick():
    """See every state in a boot of its own."""
    with another_machine():
        yield


@pytest.fixture
def place():
    """A folder in memory."""
    with quick_place() as made:
        yield made


@pytest.mark.parametrize("name", WORKLOADS)
def test_every_crash_state_is_right(recorded, place, name):
    """What was acknowledged is there, what was under way is there or not, `verify` is clean, the next change works."""
    events = recorded[name]
    check = store_check(expected(name, events, place))
    states = itertools.islice(crash_states.states(events, MOST, "tests"), 0, None, EACH)
    found = [(nth, problem) for nth, state in enumerate(states) for problem in check(state, place / str(nth))]
    assert found == []


def test_the_loss_of_each_protection_is_found():
    """An order, a check or a step of recovery that is missing leaves a state that is not right."""
    wanted = {name: fault for name, fault in FAULTS.items() if SWEEP or name not in SLOW_TO_FIND}
    lacking = record([f"{fault.where}/{name}" for name, fault in wanted.items()])
    losses = [without_step(fault, lacking[f"{fault.where}/{name}"], 5 * MOST, 1) for name, fault in wanted.items()]
    assert [loss.protection for loss in losses if loss.found is None] == []


def test_the_loss_of_each_sync_is_found(recorded, place):
    """Each place in the program that syncs is left out in turn, but for those that are explained."""
    names = list(WORKLOADS) if SWEEP else SHORT
    short = {name: recorded[name] for name in names}
    wanted = {name: expected(name, events, place) for name, events in short.items()}
    tried = {site: workloads for site, workloads in sites(short).items() if site not in NOT_NEEDED}
    if not SWEEP:  # what is left out of the sample is found by others of the workloads
        tried = {site: where for site, where in tried.items() if "checkpoint" not in site and "arrivals" not in site}
    losses = [without_sync(site, where, short, wanted, MOST, 1) for site, where in tried.items()]
    assert [loss.protection for loss in losses if loss.found is None] == []
    assert len(losses) > 5
