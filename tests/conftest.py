"""How hard Hypothesis tries: `dev` by default, `ci` where CI is set, `thorough` when asked for; and a quick disk.

`HYPOTHESIS_PROFILE=thorough pytest tests/property` is the long sweep. No profile has a deadline:
a test that fails on a busy machine tells nothing.
"""

import os
import sys

import pytest
from hypothesis import HealthCheck, settings

from muniment.files import disk, journal

# Or each program that a test starts would compile the whole package anew, where the environment says so.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

_SLOW_MACHINE = [HealthCheck.too_slow]

settings.register_profile("dev", deadline=None, suppress_health_check=_SLOW_MACHINE)
settings.register_profile("ci", settings.get_profile("dev"), derandomize=True, print_blob=True)
settings.register_profile("thorough", settings.get_profile("dev"), max_examples=5_000)

settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))


@pytest.fixture
def quick_disk(monkeypatch):
    """Sync nothing, and keep the journal small: a stopped program loses nothing that was only written."""
    monkeypatch.setattr(disk, "fsync", lambda _: None)
    monkeypatch.setattr(disk, "fdatasync", lambda _: None)
    monkeypatch.setattr(disk, "sync_file_system", lambda _: True)
    monkeypatch.setattr(journal, "GROWTH", 1 << 14)
