"""The reference tells of everything that is there, and of nothing that is not."""

import inspect
import re
import sys
from pathlib import Path
from typing import get_args

import pytest

import muniment
from muniment import MunimentError, errors
from muniment.files import journal, journal_note
from muniment.ledger import report as ledger_report
from muniment.repo.report import Code

DOCS = Path(__file__).resolve().parents[2] / "docs"
API = (DOCS / "reference/api.md").read_text(encoding="utf-8")
ERRORS = (DOCS / "reference/errors.md").read_text(encoding="utf-8")
WORDS = (DOCS / "reference/words.md").read_text(encoding="utf-8")
RECOVER = (DOCS / "how-to/recover.md").read_text(encoding="utf-8")
JOURNAL = (DOCS / "format/journal.md").read_text(encoding="utf-8")

ERROR_CLASSES = {name: kind for name, kind in vars(errors).items() if name.endswith("Error")}
CLASSES = [name for name in muniment.__all__ if inspect.isclass(getattr(muniment, name)) and name not in ERROR_CLASSES]


def section(text: str, heading: str) -> str:
    """Give what stands under a heading, up to the next one of its level or above."""
    found = re.search(rf"^(#+) {re.escape(heading)}\n(.*?)(?=^\1 |^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"no section {heading}"
    return found.group(2)


def signature(owner: str, name: str, member: object) -> str:
    """Write a member as its heading does: a call with the names and defaults of its parameters, or a bare name.

    A default that only says that nothing was passed is `…`.
    """
    function = getattr(member, "__func__", member)
    if not inspect.isroutine(function) or inspect.ismemberdescriptor(function):
        return f"{owner}.{name}"
    found = inspect.signature(function)
    plain = [p.replace(annotation=p.empty) for p in found.parameters.values() if p.name not in {"self", "cls"}]
    call = found.replace(parameters=plain, return_annotation=found.empty)
    return f"{owner}.{name}{call}".replace("'", '"')


def members(owner: str) -> dict[str, str]:
    """Give the public members of a class, those that it inherits from the package too, as they are to be written."""
    kinds = [kind for kind in getattr(muniment, owner).__mro__ if kind.__module__.startswith("muniment")]
    found: dict[str, str] = {}
    for kind in kinds:
        for name, member in vars(kind).items():
            if not name.startswith("_"):
                found.setdefault(name, signature(owner, name, member))
        made = re.findall(r"^\s+self\.([a-z]\w*)\b[^=\n]*= ", source_of_init(kind), re.MULTILINE)
        found.update({name: f"{owner}.{name}" for name in made if name not in found})
    return found


def source_of_init(kind: type) -> str:
    """Give the text of a constructor that the class itself has written out."""
    constructor = vars(kind).get("__init__")
    return inspect.getsource(constructor) if inspect.isfunction(constructor) else ""


@pytest.mark.parametrize("owner", CLASSES)
def test_every_public_member_is_documented_as_it_is(owner):
    """Each class has a section with all its members: methods under their exact signatures, fields in a table."""
    text = section(API, owner)
    headings = re.findall(r"^### `(.*)`$", text, re.MULTILINE)
    fields = [name for row in re.findall(r"^\| (`.*?) \|", text, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)]
    told = sorted([*headings, *(f"{owner}.{name}" for name in fields)])
    assert told == sorted(members(owner).values())


def test_every_public_name_is_documented():
    """All names of the package stand in the reference, classes and values with a section of their own."""
    headings = set(re.findall(r"^## (\w+)$", API, re.MULTILINE))
    assert headings - {"Errors"} == set(muniment.__all__) - set(ERROR_CLASSES)
    listed = re.findall(r"`(\w+)`", section(API, "Errors"))
    assert sorted(listed) == sorted(ERROR_CLASSES)


def test_the_tree_of_errors_is_the_real_one():
    """Each error hangs below its base class in the drawing, and none is missing."""
    (drawing,) = re.findall(r"^```tree\n(.*?)^```", ERRORS, re.DOTALL | re.MULTILINE)
    drawn: dict[str, str] = {}
    above: list[str] = []
    for line in drawing.splitlines():
        name = line.split()[-1]
        depth = (len(line) - len(name)) // 4
        above[depth:] = [name]
        drawn[name] = above[depth - 1] if depth else "Exception"
    assert drawn == {name: kind.__base__.__name__ for name, kind in ERROR_CLASSES.items()}


@pytest.mark.parametrize("name", ERROR_CLASSES)
def test_every_error_is_documented_with_its_fields(name):
    """Each error has a section that tells just the fields that it carries."""
    text = section(ERRORS, name).split("\n#")[0]
    listed = re.search(r"^- Fields: (.*)$", text, re.MULTILINE)
    told = re.findall(r"`(\w+)`", listed.group(1)) if listed else []
    kind = ERROR_CLASSES[name]
    assert told == re.findall(r"^\s+self\.(\w+) = ", source_of_init(kind), re.MULTILINE)


def test_no_error_is_documented_that_is_not_there():
    """The headings of the page name errors that exist."""
    assert set(re.findall(r"^##+ (\w+)$", ERRORS, re.MULTILINE)) == set(ERROR_CLASSES)


def test_every_error_is_ours():
    """One `except MunimentError` catches all, and no `except` for Python's own errors catches one."""
    assert all(issubclass(kind, MunimentError) for kind in ERROR_CLASSES.values())
    assert not any(issubclass(kind, (ValueError, OSError, LookupError)) for kind in ERROR_CLASSES.values())


def test_every_code_of_a_finding_has_its_advice():
    """The page on recovery tells for each code of `verify`, of a store or a ledger, and for no other, what to do."""
    codes = {*get_args(Code), *get_args(ledger_report.Code)}
    assert set(re.findall(r"^### `([a-z-]+)`$", RECOVER, re.MULTILINE)) == codes


def test_words_in_code_are_there():
    """What the vocabulary calls by a name of the package is called so there."""
    named = re.findall(r"`([A-Z]\w+)(?:\.(\w+))?`", WORDS)
    assert named
    for name, member in named:
        assert name in muniment.__all__, name
        assert not member or member in members(name), f"{name}.{member}"


def dump(language: str) -> bytes:
    """Read a hex dump of a page: lines of an offset and bytes, `*` for zeros up to the next line."""
    (text,) = re.findall(rf"^```{language}\n(.*?)^```", JOURNAL, re.DOTALL | re.MULTILINE)
    data = b""
    for line in text.splitlines():
        if line != "*":
            offset, *octets = line.split()
            data = data.ljust(int(offset, 16), b"\0") + bytes(int(octet, 16) for octet in octets)
    return data


def test_the_journal_on_the_page_is_what_is_written(tmp_path, monkeypatch):
    """The example is the file, byte for byte, that the package makes of two records, with its note."""
    monkeypatch.setattr("os.urandom", lambda size: bytes(range(size)))
    monkeypatch.setattr(journal_note, "boot_id", lambda: b"\xb0" * 16)
    made = journal.Journal(str(tmp_path / "journal"))
    assert made.pending() == []
    made.append(b"first")
    made.append(b"second")
    made.mark_applied()
    made.close()
    assert (tmp_path / "journal").read_bytes() == dump("journal")
    assert (tmp_path / "journal.applied").read_bytes() == dump("applied")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each process takes itself for a boot")
def test_the_journal_on_the_page_is_read(tmp_path):
    """A reader of another boot takes both records of the example for pending."""
    (tmp_path / "journal").write_bytes(dump("journal"))
    (tmp_path / "journal.applied").write_bytes(dump("applied"))
    found = journal.Journal(str(tmp_path / "journal"))
    assert found.pending() == [b"first", b"second"]
    found.close()
