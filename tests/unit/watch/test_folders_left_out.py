"""Folders that no wanted name can lie below are neither listed nor watched."""

import pytest

from muniment.files import disk


@pytest.fixture
def listed(monkeypatch):
    """The folders that are listed."""
    found = []
    real = disk.scandir

    def noting(path):
        found.append(str(path))
        return real(path)

    monkeypatch.setattr(disk, "scandir", noting)
    return found


def test_a_pattern_leaves_other_folders_alone(watch, told, words, save, root, listed):
    """Those that are there, and those that come, by their events and by looking."""
    for folder in ("node_modules/deep", "services/deep"):
        save(f"{folder}/package", {})
    changes = watch(names=["services/*", "zz/**", "apps/*/main"], poll_s=0.02)
    assert told(changes) == []
    for folder in ("more_modules/deep", "apps/one/deep", "apps/one"):
        save(f"{folder}/package", {})
    save("apps/one/main", {})
    save("services/mail", {})
    assert sorted(words(told(changes, 2))) == ["created apps/one/main", "created services/mail"]
    changes._looker.agenda.look_at_all()
    assert told(changes) == []
    seen = {path.removeprefix(str(root)).lstrip("/") for path in listed if not path.startswith(f"{root}/.")}
    assert seen == {"", "services", "zz", "apps", "apps/one"}
