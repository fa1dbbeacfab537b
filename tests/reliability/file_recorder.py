"""Make events of the system calls of a program: follow its descriptors, and which names its files have.

The program speaks to the recorder by lines on its standard output: `mark begin`, `mark ack WORD`, `mark sync SITE`
before a sync, `mark failed PATH` in place of one that is to fail.

What the model of a crash does not know is refused, not passed over: files that are written through shared memory,
copied within the kernel, exchanged; and symbolic links, but while a workload is prepared. Permissions and times are
passed over: no crash is told by them. So are the `-shm` files of SQLite, which it makes anew when it opens a database
that nobody has open.
"""

import os
from dataclasses import dataclass, field

from file_events import Acknowledged, Begun, Synced, SyncedAll, SyncFailed
from shadow_folder import Node, NotModelledError, ShadowFolder
from strace_log import Call, Forking

_REFUSED = frozenset({"copy_file_range", "sendfile", "splice", "symlinkat", "pwritev", "pwritev2"})
_SHARED_MEMORY = "-shm"


@dataclass
class _Open:
    """An open file: what descriptors share that were made of one another."""

    node: Node
    path: str
    flags: str
    offset: int = 0

    @property
    def is_writable(self) -> bool:
        return "O_WRONLY" in self.flags or "O_RDWR" in self.flags


@dataclass
class _Process:
    folder: str
    files: dict[int, _Open] = field(default_factory=dict)
    site: str = ""


class Recorder:
    """The events below one folder, of all processes that one program consists of; the folder is empty at first."""

    def __init__(self, top: str, folder: str) -> None:
        self._shadow = ShadowFolder(top)
        self.events = self._shadow.events
        self._folder = folder
        self._processes: dict[int, _Process] = {}
        self._forking: Forking | None = None

    def feed(self, call: Call | Forking) -> None:
        """Take in the next call."""
        if isinstance(call, Forking):
            self._forking = call
            return
        process = self._process(call.process)
        if call.name in {"clone", "clone3", "fork", "vfork"}:
            self._fork(call)
        elif call.name in {"fsync", "fdatasync"}:
            self._sync(process, call)
        elif call.result >= 0:
            handle = getattr(self, f"_on_{call.name}", None)
            if handle is not None:
                handle(process, call)
            elif call.name in _REFUSED and self._concerns(process, call):
                raise NotModelledError(call.name)

    def _process(self, number: int) -> _Process:
        if number not in self._processes:
            parent = self._processes.get(self._forking.process) if self._forking else None
            if parent is None or self._forking is None:
                self._processes[number] = _Process(self._folder)
            else:
                files = parent.files if self._forking.shares_descriptors else {**parent.files}
                self._processes[number] = _Process(parent.folder, files)
        return self._processes[number]

    def _fork(self, call: Call) -> None:
        self._forking = Forking(call.process, any("CLONE_FILES" in argument for argument in call.arguments))
        if call.result > 0:
            self._process(call.result)
        self._forking = None

    def _on_execve(self, process: _Process, _: Call) -> None:
        kept = {number: file for number, file in process.files.items() if "O_CLOEXEC" not in file.flags}
        process.files = kept

    def _path(self, process: _Process, call: Call, nth: int = 0) -> str:
        """Give the `nth` path of a call, beside the descriptor before it where the call has one."""
        folder = process.folder
        at = [index for index, argument in enumerate(call.arguments) if argument == '""'][nth]
        if at and call.name.endswith(("at", "at2")) and call.arguments[at - 1].isdecimal():
            folder = process.files[int(call.arguments[at - 1])].path
        return os.path.normpath(os.path.join(folder, os.fsdecode(call.strings[nth])))

    def _file(self, process: _Process, call: Call, nth: int = 0) -> _Open | None:
        return process.files.get(int(call.arguments[nth], 0))

    def _concerns(self, process: _Process, call: Call) -> bool:
        numbers = [int(argument) for argument in call.arguments if argument.isdecimal()]
        paths = [self._path(process, call, nth) for nth in range(len(call.strings))]
        written = (process.files[number].is_writable for number in numbers if number in process.files)
        return any(written) or any(map(self._shadow.is_below, paths))

    def _on_chdir(self, process: _Process, call: Call) -> None:
        process.folder = self._path(process, call)

    def _on_fchdir(self, process: _Process, call: Call) -> None:
        if file := self._file(process, call):
            process.folder = file.path

    def _on_mkdir(self, process: _Process, call: Call) -> None:
        self._shadow.make(self._path(process, call), is_folder=True)

    _on_mkdirat = _on_mkdir

    def _on_unlink(self, process: _Process, call: Call) -> None:
        self._shadow.remove(self._path(process, call))

    _on_unlinkat = _on_rmdir = _on_unlink

    def _on_symlink(self, process: _Process, call: Call) -> None:
        path = self._path(process, call, 1)
        if self._shadow.is_below(path) and Begun() in self.events:
            raise NotModelledError("a symbolic link")
        self._shadow.make(path, is_folder=False)

    def _on_rename(self, process: _Process, call: Call) -> None:
        if any("RENAME_EXCHANGE" in argument for argument in call.arguments):
            raise NotModelledError("an exchange of two names")
        self._shadow.rename(self._path(process, call), self._path(process, call, 1))

    _on_renameat = _on_renameat2 = _on_rename

    def _on_link(self, process: _Process, call: Call) -> None:
        self._shadow.link(self._path(process, call), self._path(process, call, 1))

    _on_linkat = _on_link

    def _open(self, process: _Process, path: str, flags: str, number: int) -> None:
        process.files.pop(number, None)
        if not self._shadow.is_below(path):
            return
        if "O_TMPFILE" in flags:
            raise NotModelledError("a file without a name")
        node = self._shadow.find(path)
        if node is None:
            if "O_CREAT" not in flags:
                raise NotModelledError(f"{path} was not seen to be made")
            node = self._shadow.make(path, is_folder=False)
        if node is not None:
            if "O_TRUNC" in flags:
                self._shadow.resize(node, 0)
            process.files[number] = _Open(node, path, flags)

    def _on_openat(self, process: _Process, call: Call) -> None:
        self._open(process, self._path(process, call), call.arguments[2], call.result)

    def _on_open(self, process: _Process, call: Call) -> None:
        self._open(process, self._path(process, call), call.arguments[1], call.result)

    def _on_creat(self, process: _Process, call: Call) -> None:
        self._open(process, self._path(process, call), "O_WRONLY|O_CREAT|O_TRUNC", call.result)

    def _on_close(self, process: _Process, call: Call) -> None:
        process.files.pop(int(call.arguments[0]), None)

    def _on_dup(self, process: _Process, call: Call) -> None:
        file = self._file(process, call)
        process.files.pop(call.result, None)
        if file is not None:
            process.files[call.result] = file

    _on_dup2 = _on_dup3 = _on_dup

    def _on_fcntl(self, process: _Process, call: Call) -> None:
        if call.arguments[1].startswith("F_DUPFD"):
            self._on_dup(process, call)

    def _on_read(self, process: _Process, call: Call) -> None:
        if file := self._file(process, call):
            file.offset += call.result

    _on_readv = _on_read

    def _on_lseek(self, process: _Process, call: Call) -> None:
        if file := self._file(process, call):
            file.offset = call.result

    def _on_mmap(self, process: _Process, call: Call) -> None:
        if "MAP_SHARED" in call.arguments[3] and "PROT_WRITE" in call.arguments[2]:
            file = process.files.get(int(call.arguments[4]))
            if file is not None and not file.path.endswith(_SHARED_MEMORY):
                raise NotModelledError(f"{file.path} is written through shared memory")

    def _on_write(self, process: _Process, call: Call) -> None:
        data = b"".join(call.strings)[: call.result]
        file = self._file(process, call)
        if file is not None:
            if "O_APPEND" in file.flags:
                file.offset = file.node.size_bytes
            self._shadow.write(file.node, file.offset, data)
            file.offset += len(data)
        elif data.startswith(b"mark "):
            for line in data.decode().splitlines():
                self._mark(process, line)

    _on_writev = _on_write

    def _on_pwrite64(self, process: _Process, call: Call) -> None:
        if file := self._file(process, call):
            self._shadow.write(file.node, int(call.arguments[-1]), call.strings[0][: call.result])

    def _on_ftruncate(self, process: _Process, call: Call) -> None:
        if file := self._file(process, call):
            self._shadow.resize(file.node, int(call.arguments[1]))

    def _on_truncate(self, process: _Process, call: Call) -> None:
        if node := self._shadow.find(self._path(process, call)):
            self._shadow.resize(node, int(call.arguments[1]))

    def _on_fallocate(self, process: _Process, call: Call) -> None:
        if file := self._file(process, call):
            _, mode, offset, size = call.arguments
            if mode != "0":
                raise NotModelledError(f"fallocate with {mode}")
            self._shadow.resize(file.node, max(file.node.size_bytes, int(offset) + int(size)))

    def _sync(self, process: _Process, call: Call) -> None:
        file, site, process.site = self._file(process, call), process.site, ""
        if file is not None:
            inode = file.node.inode
            self.events.append(Synced(inode, site) if call.result >= 0 else SyncFailed(inode))

    def _on_syncfs(self, process: _Process, call: Call) -> None:
        if self._file(process, call):
            self._on_sync(process, call)

    def _on_sync(self, process: _Process, _: Call) -> None:
        self.events.append(SyncedAll(process.site))
        process.site = ""

    def _mark(self, process: _Process, line: str) -> None:
        _, word, *rest = line.split(" ", 2)
        text = rest[0] if rest else ""
        if word == "begin":
            self.events.append(Begun())
        elif word == "ack":
            self.events.append(Acknowledged(text))
        elif word == "sync":
            process.site = text
        elif word == "failed" and (node := self._shadow.find(text)) is not None:
            self.events.append(SyncFailed(node.inode))
