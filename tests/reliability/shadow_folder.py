"""A folder as far as the calls of a program tell of it: which names lead to which inode, and how long the files are."""

import os
from dataclasses import dataclass

from file_events import TOP, Event, Named, Removed, Renamed, Resized, Written


class NotModelledError(Exception):
    """The program did something to its files that the model of a crash does not know."""


@dataclass
class Node:
    """A file, or a folder with its names."""

    inode: int
    size_bytes: int = 0
    names: "dict[str, Node] | None" = None


class ShadowFolder:
    """Everything below one path, which is empty at first; each change is an event."""

    def __init__(self, top: str) -> None:
        self.events: list[Event] = []
        self._top = top
        self._root = Node(TOP, names={})
        self._count = 1

    def is_below(self, path: str) -> bool:
        """Tell whether a path is that of the folder, or of something in it."""
        return path == self._top or path.startswith(f"{self._top}/")

    def find(self, path: str) -> Node | None:
        """Give what a path leads to."""
        node: Node | None = self._root if self.is_below(path) else None
        for name in filter(None, path[len(self._top) :].split("/")):
            node = node.names.get(name) if node is not None and node.names is not None else None
        return node

    def _place(self, path: str) -> tuple[Node, dict[str, Node], str] | None:
        """Give the folder that has a path's name, its names, and the name."""
        if path == self._top or not self.is_below(path):
            return None
        folder = self.find(os.path.dirname(path))
        if folder is None or folder.names is None:
            raise NotModelledError(f"{path} is in an unknown folder")
        return folder, folder.names, os.path.basename(path)

    def make(self, path: str, *, is_folder: bool) -> Node | None:
        """Make a file or folder, if it is below."""
        place = self._place(path)
        if place is None:
            return None
        folder, names, name = place
        node = names[name] = Node(self._count, names={} if is_folder else None)
        self._count += 1
        self.events.append(Named(folder.inode, name, node.inode, is_folder))
        return node

    def remove(self, path: str) -> None:
        """Take a name away."""
        if place := self._place(path):
            folder, names, name = place
            del names[name]
            self.events.append(Removed(folder.inode, name))

    def rename(self, source: str, target: str) -> None:
        """Move a name."""
        old, new = self._place(source), self._place(target)
        if old is None and new is None:
            return
        if old is None or new is None:
            raise NotModelledError(f"a rename of {source} to {target}")
        (folder, names, name), (new_folder, new_names, new_name) = old, new
        if names[name] is not new_names.get(new_name):  # two names of one file: nothing happens
            new_names[new_name] = names.pop(name)
            self.events.append(Renamed(folder.inode, name, new_folder.inode, new_name))

    def link(self, source: str, target: str) -> None:
        """Give a file a second name."""
        node, place = self.find(source), self._place(target)
        if place is None:
            return
        if node is None:
            raise NotModelledError(f"a link of {source} to {target}")
        folder, names, name = place
        names[name] = node
        self.events.append(Named(folder.inode, name, node.inode))

    def write(self, node: Node, offset: int, data: bytes) -> None:
        """Write into a file."""
        if data:
            node.size_bytes = max(node.size_bytes, offset + len(data))
            self.events.append(Written(node.inode, offset, data))

    def resize(self, node: Node, size_bytes: int) -> None:
        """Cut a file, or make it longer."""
        if node.size_bytes != size_bytes:
            node.size_bytes = size_bytes
            self.events.append(Resized(node.inode, size_bytes))
