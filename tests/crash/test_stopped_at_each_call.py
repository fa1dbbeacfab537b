"""Stop a program at each call that changes the disk, in turn: nothing acknowledged is lost, nothing half done."""

import shutil
from collections.abc import Callable

import pytest
from children import Child
from disk_calls import KILLED, WRITES, At, Decide, die, die_after, intercepted
from promises import opened
from scenarios import SCENARIOS, Scenario, check

pytestmark = pytest.mark.usefixtures("quick_disk")


@pytest.fixture(scope="module", params=SCENARIOS)
def scenario(request):
    """Each scenario in turn."""
    return SCENARIOS[request.param]


def stopped(template, root, scenario: Scenario, decide: Decide) -> tuple[list[str], bool]:
    """Run a scenario on a copy of the template until it is stopped; give the acknowledged ids, and if it was."""
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(template, root)

    def work(tell):
        store = opened(root)
        with store.transaction("acknowledged", worktree=False) as change:
            change.write("next", 1)
        tell(change.commit.id)
        scenario.prepare(store)
        with intercepted(decide):
            scenario.work(store)

    child = Child(work)
    told = child.told()
    assert child.status in {0, KILLED}
    return told, child.status == KILLED


def sweep(template, root, scenario: Scenario, decide: Callable[[int], At]) -> int:
    """Stop a scenario at every place in turn, until it comes to its end; give how many there were."""
    nth = 0
    was_stopped = True
    while was_stopped:
        nth += 1
        acknowledged, was_stopped = stopped(template, root, scenario, decide(nth))
        check(root, scenario, acknowledged, was_stopped=was_stopped)
    return nth - 1


def test_a_program_may_be_stopped_at_any_call(template, place, scenario):
    """Whichever call a program dies at, the change it was making is there whole or not at all."""
    assert sweep(template, place / "store", scenario, lambda nth: At(nth, die)) >= 4


@pytest.mark.parametrize(
    "part",
    [lambda size: min(1, size), lambda size: size // 2, lambda size: max(size - 1, 0)],
    ids=["one byte", "half", "all but one byte"],
)
def test_a_write_may_be_cut_short(template, place, scenario, part):
    """Whichever write a program dies in, with whatever part of it done, nothing is half done."""
    assert sweep(template, place / "store", scenario, lambda nth: At(nth, die_after(part), WRITES)) >= 2
