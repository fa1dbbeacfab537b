"""The grammar of names: what every supported system can store, and nothing that leaves the store."""

import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.errors import InvalidNameError
from muniment.values.names import author, branch_name, document_name, document_names, fold, folder_name, folders

REFUSED = {
    "": "empty",
    ".": "empty, `.` or `..`",
    "..": "empty, `.` or `..`",
    "/": "empty, `.` or `..`",
    "/web": "empty, `.` or `..`",
    "web/": "empty, `.` or `..`",
    "a//b": "empty, `.` or `..`",
    "a/./b": "empty, `.` or `..`",
    "a/../b": "empty, `.` or `..`",
    "../web": "empty, `.` or `..`",
    ".hidden": "hidden",
    "a/.git/config": "hidden",
    ".muniment/format": "hidden",
    "web.": "dot or a space",
    "web ": "dot or a space",
    "a /b": "dot or a space",
    "a./b": "dot or a space",
    " web": "begins with a space",
    "a/ b": "begins with a space",
    "con": "reserved by Windows",
    "CON": "reserved by Windows",
    "a/nul/b": "reserved by Windows",
    "com1": "reserved by Windows",
    "COM0": "reserved by Windows",
    "lpt\u00b3": "reserved by Windows",
    "aux.config": "reserved by Windows",
    "conin$": "reserved by Windows",
    "web.json": "leave that out",
    "web.JSON": "leave that out",
    "a.json/b": "leave that out",
    "a\\b": "not portable",
    "c:web": "not portable",
    "a*": "not portable",
    "a?": "not portable",
    'a"': "not portable",
    "a<b": "not portable",
    "a>b": "not portable",
    "a|b": "not portable",
    "a\0b": "not portable",
    "a\nb": "not portable",
    "a\x7fb": "not portable",
    "e\u0301": "normal form C",
    "\u212b": "normal form C",
    "\ud800": "lone surrogate",
    "x" * 201: "longer than 200",
    "é" * 101: "longer than 200",
    "/".join(["x" * 100] * 10): "longer than 1000",
}

ALLOWED = [
    "web",
    "services/web",
    "a/b/c/d/e",
    "UPPER",
    "a b",
    "a.b",
    "json",
    "a.jsonl",
    "conan",
    "com10",
    "com",
    "nulls/x",
    "-",
    "~",
    "@",
    "{}",
    "a..b",
    "é",
    "日本/東京",
    "\U0001f600",
    "x" * 200,
    "é" * 100,
    "/".join(["x" * 99] * 10),
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_some_system_could_not_store_is_refused_everywhere(text):
    """The error carries the name, its kind, and the rule it breaks; for branches as for documents."""
    for check, kind in ((document_name, "document"), (branch_name, "branch")):
        with pytest.raises(InvalidNameError) as raised:
            check(text)
        assert (raised.value.kind, raised.value.name) == (kind, text)
        assert REFUSED[text] in raised.value.reason


@pytest.mark.parametrize("text", ALLOWED)
def test_everything_else_names_a_document(text):
    """A name is given back as it is."""
    assert document_name(text) == text


@pytest.mark.parametrize("value", [None, 7, b"web", ("web",)])
def test_a_name_is_a_string(value):
    """Whatever else a program passes is refused as a name."""
    with pytest.raises(InvalidNameError):
        document_name(value)


@pytest.mark.parametrize(
    "text", ["main", "team/draft", "v1.0", "a-b", "release/2026", "é", "deadbeef", "head", "HEAD/x"]
)
def test_these_name_a_branch(text):
    """A path, like a document's."""
    assert branch_name(text) == text


@pytest.mark.parametrize(
    "text", ["HEAD", "a~1", "a^", "a@b", "a{b", "a..b", "a b", "a\u00a0b", "f" * 64, "a/" + "0" * 64]
)
def test_what_a_revision_could_mean_otherwise_names_no_branch(text):
    """No step, no id, no `HEAD`: a revision has one meaning."""
    with pytest.raises(InvalidNameError) as raised:
        branch_name(text)
    assert raised.value.kind == "branch"


@pytest.mark.parametrize("text", ["Ada <ada@example.org>", "Ada", "Ädä Ünïcode", "名前 <x@y>", " x "])
def test_these_name_an_author(text):
    """One line of text."""
    assert author(text) == text


@pytest.mark.parametrize(
    "text", ["", "  ", "\t", "Ada\n", "Ada\nEve", "Ada\rEve", "Ada\x00", "\u2028Ada", "A\u2029", "\x85A", "\ud800"]
)
def test_no_author_has_more_than_one_line(text):
    """What could look like another field or line of a log is refused."""
    with pytest.raises(InvalidNameError) as raised:
        author(text)
    assert raised.value.kind == "author"


@pytest.mark.parametrize(
    ("one", "other"), [("web", "WEB"), ("straße", "STRASSE"), ("É", "é"), ("ﬁ", "FI"), ("Σ", "ς"), ("a/B", "A/b")]
)
def test_names_that_differ_by_case_fold_alike(one, other):
    """Full case folding, not only that of ASCII."""
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("a", "b"), ("a/b", "a-b"), ("e", "é"), ("web", "web2")])
def test_other_names_do_not_fold_alike(one, other):
    """No two names are kept apart by more than their case and taken for one."""
    assert fold(one) != fold(other)


@pytest.mark.parametrize(("name", "above"), [("a", []), ("a/b", ["a"]), ("a/b/c", ["a", "a/b"])])
def test_the_folders_above_a_name(name, above):
    """Outermost first."""
    assert folders(name) == above


parts = st.text(st.sampled_from("ab.Z ~/\\:é-0$") | st.characters(codec="utf-8"), max_size=8) | st.sampled_from(
    ["..", ".", "", "con", "a", ".git", "x.json", "LPT1", "nul.txt"]
)


@given(text=st.lists(parts, max_size=4).map("/".join))
def test_no_name_that_passes_leaves_the_store(text):
    """On any system it stays below its folder, has no hidden part, and is one and the same path everywhere."""
    try:
        name = document_name(text)
    except InvalidNameError:
        return
    for flavour in (PurePosixPath, PureWindowsPath):
        path = flavour(f"{name}.json")
        assert not path.is_absolute()
        assert not path.drive
        assert path.as_posix() == f"{name}.json"
        assert not any(part.startswith(".") for part in path.parts)
        assert path.with_suffix("").as_posix() == name
    assert unicodedata.is_normalized("NFC", name)


@pytest.mark.parametrize("check", [document_name, branch_name, author])
@pytest.mark.parametrize("given", [None, 5, b"web", ["web"], {"web": 1}])
def test_what_is_no_string_names_nothing(check, given):
    """Whatever a program gives by mistake, hashable or not, the refusal is of names."""
    with pytest.raises(InvalidNameError, match="a name is a string"):
        check(given)


def test_a_list_of_names_is_checked_name_by_name():
    """Whatever can be gone through is a list, and its order stays."""
    assert document_names(iter(["b", "a"])) == ["b", "a"]
    with pytest.raises(InvalidNameError, match="hidden"):
        document_names(["a", ".b"])


@pytest.mark.parametrize("given", ["big", "", 5, None])
def test_one_bare_name_is_no_list_of_names(given):
    """A name is not taken for the list of its letters."""
    with pytest.raises(InvalidNameError, match="give a list of names"):
        document_names(given)


def test_a_folder_name_is_a_document_name_without_a_slash():
    """It names one folder among those of its kind, and a refusal tells that kind."""
    assert folder_name("kind", "größe") == "größe"
    for text, reason in (("a/b", "it has a slash"), (".a", "hidden"), (["a"], "a name is a string")):
        with pytest.raises(InvalidNameError, match=reason) as raised:
            folder_name("kind", text)
        assert raised.value.kind == "kind"
