"""Symbolic links on the way to a document: inside the store they are followed, outside refused."""

import os
import sys
from typing import Any

import pytest

from muniment.errors import InvalidNameError
from muniment.files.layout import Layout
from muniment.storage import confine

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="making links needs a privilege there")


@pytest.fixture
def root(tmp_path):
    """A store's folder, with another folder beside it."""
    (tmp_path / "config" / ".muniment").mkdir(parents=True)
    (tmp_path / "config" / "real").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "web.json").write_text("{}")
    return tmp_path / "config"


document_path: Any = confine.document_path
folder_path: Any = confine.folder_path
PLACES = [document_path, folder_path]


@pytest.mark.parametrize("place", PLACES)
def test_without_links_a_document_is_where_its_name_says(root, place):
    """The file need not exist, nor its folders."""
    assert place(Layout(root), "a/b/web") == f"{root}/a/b/web.json"


@pytest.mark.parametrize("place", PLACES)
def test_a_folder_linked_inside_the_store_is_followed(root, place):
    """The path is that of the real folder."""
    (root / "link").symlink_to("real")
    assert place(Layout(root), "link/web") == f"{root}/real/web.json"
    assert place(Layout(root), "link/deep/web") == f"{root}/real/deep/web.json"


def test_a_file_linked_inside_the_store_is_followed(root):
    """The link stays a link when the document is replaced."""
    (root / "web.json").symlink_to("real/other.json")
    assert document_path(Layout(root), "web") == f"{root}/real/other.json"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("target", ["../outside", "..", "/", ".muniment", ".muniment/objects"])
def test_a_folder_linked_elsewhere_is_refused(root, place, target):
    """Out of the store, or to the store's own parts."""
    (root / "link").symlink_to(target)
    with pytest.raises(InvalidNameError) as raised:
        place(Layout(root), "link/web")
    assert "symbolic link" in raised.value.reason


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", ["../web", "a/../../web", "/etc/web", ".muniment/format", "a/.muniment/x", ""])
def test_no_name_is_a_way_around(root, place, name):
    """Whoever asks, and wherever the name came from: a path out of the store is never given."""
    with pytest.raises(InvalidNameError):
        place(Layout(root), name)


@pytest.mark.parametrize(
    "target", ["../outside/web.json", "../outside/new.json", "/etc/hostname", ".muniment/format.json"]
)
def test_a_file_linked_elsewhere_is_refused(root, target):
    """Whether the file is there or not."""
    (root / "web.json").symlink_to(target)
    with pytest.raises(InvalidNameError):
        document_path(Layout(root), "web")


def test_a_link_to_a_link_is_judged_by_where_it_ends(root):
    """Two steps that leave the store are one way out of it."""
    (root / "near").symlink_to("far")
    (root / "far").symlink_to("../outside")
    with pytest.raises(InvalidNameError):
        document_path(Layout(root), "near/web")


def test_a_neighbour_whose_name_begins_alike_is_outside(root):
    """`config-old` is not inside `config`."""
    (root.parent / "config-old").mkdir()
    (root / "link").symlink_to("../config-old")
    with pytest.raises(InvalidNameError):
        document_path(Layout(root), "link/web")


def test_the_store_itself_may_lie_behind_a_link(root):
    """What is above the store is not its business."""
    linked = root.parent / "linked"
    linked.symlink_to("config")
    (root / "link").symlink_to("real")
    assert document_path(Layout(linked), "real/web") == f"{linked}/real/web.json"
    assert os.path.samefile(os.path.dirname(document_path(Layout(linked), "link/web")), root / "real")
