"""Names that a case-insensitive system takes for one are refused before the second is made."""

import os

import pytest

from muniment.errors import InvalidNameError
from muniment.files import disk
from muniment.storage.spelling import Spellings


@pytest.fixture
def spellings(root, layout):
    """What is known about a folder with some documents."""
    for name in ("web", "services/API", "straße"):
        path = root / f"{name}.json"
        path.parent.mkdir(exist_ok=True)
        path.touch()
    return Spellings(layout)


@pytest.mark.parametrize("name", ["new", "web", "services/API", "services/new", "web/inner", "a/b/c", "straße"])
def test_other_names_and_the_same_name_pass(spellings, name):
    """A name that is there in just that spelling is no second one; a folder may be called like a document."""
    spellings.check_new(name)


@pytest.mark.parametrize("name", ["Web", "WEB", "services/api", "Services/new", "SERVICES/API", "STRASSE", "strasse"])
def test_another_spelling_of_the_same_name_is_refused(spellings, name):
    """The error tells which name is there."""
    with pytest.raises(InvalidNameError, match="differs only by case") as raised:
        spellings.check_new(name)
    assert raised.value.name == name


def test_a_document_made_here_is_known_at_once(root, spellings):
    """Noted as made, it refuses other spellings."""
    spellings.check_new("services/new")
    (root / "services" / "new.json").touch()
    spellings.note_new("services/new")
    with pytest.raises(InvalidNameError):
        spellings.check_new("services/NEW")
    spellings.check_new("services/another")


def test_a_document_made_by_another_program_is_found(root, spellings):
    """A folder that changed is listed again, also for what was noted before."""
    spellings.check_new("x")
    (root / "services" / "later.json").touch()
    os.utime(root / "services", ns=(1, 1))
    with pytest.raises(InvalidNameError):
        spellings.check_new("services/Later")


def test_a_deleted_document_is_in_nobodys_way(root, spellings):
    """Its name is free in any spelling."""
    with pytest.raises(InvalidNameError):
        spellings.check_new("WEB")
    (root / "web.json").unlink()
    os.utime(root, ns=(1, 1))
    spellings.check_new("WEB")


def test_the_folder_is_listed_only_when_it_changed(root, spellings, monkeypatch):
    """Checking many new names costs one listing a folder."""
    listed = []

    def listdir(path):
        listed.append(path)
        return os.listdir(path)

    monkeypatch.setattr(disk, "listdir", listdir)
    for number in range(5):
        spellings.check_new(f"services/new{number}")
        (root / "services" / f"new{number}.json").touch()
        spellings.note_new(f"services/new{number}")
    assert sorted(listed) == [str(root), str(root / "services")]
