"""Interrupt a program as Ctrl-C does, at each call: what it promises to a killed one, and it goes on itself."""

import itertools
import shutil

import pytest
from disk_calls import CHANGES, READS, At, intercepted
from promises import opened
from scenarios import SCENARIOS, check

pytestmark = pytest.mark.usefixtures("quick_disk")


def interrupt(_):
    """Interrupt in place of a call."""
    raise KeyboardInterrupt


def interrupt_after(call):
    """Interrupt behind a call."""
    call.go_on()
    raise KeyboardInterrupt


@pytest.mark.parametrize("decision", [interrupt, interrupt_after], ids=["before", "after"])
@pytest.mark.parametrize("name", [name for name in SCENARIOS if name not in {"recovery", "close"}])
def test_ctrl_c_at_any_call_leaves_a_store_that_goes_on(template, place, name, decision):
    """Whichever call is interrupted, the change is whole or not at all, no lock stays, and the same store goes on."""
    scenario = SCENARIOS[name]
    names = CHANGES | READS if decision is interrupt else CHANGES - {"create"}
    for nth in itertools.count(1):
        root = place / str(nth)
        shutil.copytree(template, root)
        store = opened(root, lock_timeout_s=1.0)
        scenario.prepare(store)
        interruption = At(nth, decision, names)
        interrupted = False
        try:
            with intercepted(interruption):
                scenario.work(store)
        except KeyboardInterrupt:
            interrupted = True
        with opened(root, lock_timeout_s=0.5) as other:
            other.update("unused", lambda value: value)
            with other.transaction("other", worktree=False) as change:
                change.write("next", 1)
        for _ in range(2):
            with store.transaction("same", worktree=False) as change:
                change.write("next", change.read("next") + 1)
        check(root, scenario, [change.commit.id], was_stopped=interrupted)
        store.close()
        shutil.rmtree(root)
        if interruption.reached is None:
            break
