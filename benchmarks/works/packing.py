"""Packs: what history takes on the disk, packed; what packing costs; and what reading from a pack does."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import replay
from benchmarks.corpus import AUTHOR, document, documents, name
from benchmarks.findings import MS, US, Finding, Table, Target, median, number
from benchmarks.fleet import ROOT, SystemMissingError, environment, filled, quiet
from benchmarks.options import Options
from muniment import Store
from muniment.files.layout import Layout
from muniment.storage.objects import LocalObjects

COMMITS, LARGE, ROUNDS, READS = 1_100, 100_000, 5, 1_000
PEERS = ("dulwich", "doltlite", "kvgit", "pygit2")
_PACK = """
import json, resource, sys, time
from muniment import Store
with Store.open(sys.argv[1], auto_pack=False) as store:
    began = time.perf_counter()
    report = store.pack()
    took = time.perf_counter() - began
print(json.dumps([report.objects, took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3]))
"""


def services(options: Options) -> Path:
    """Make a store of documents, of which each commit changes one; nothing is packed."""
    folder = options.fresh("services")
    dice = random.Random(1)
    with Store.init(folder, author=AUTHOR, durability="os", auto_pack=False) as store:
        with store.transaction("fill", worktree=False) as tx:
            for one, value in documents(options.documents):
                tx.write(one, value)
        for revision in range(1, COMMITS + 1):
            index = dice.randrange(options.documents)
            with store.transaction(f"revision {revision}", worktree=False) as tx:
                tx.write(name(index), document(index, revision))
    return folder


def history(path: Path, options: Options) -> Path:
    """Replay a history that nobody here made up."""
    folder = options.fresh("history")
    with Store.init(folder, author=AUTHOR, durability="os", auto_pack=False) as store:
        replay.replay(store, replay.changes(path), 1, worktree=False)
    return folder


def committed(folder: Path) -> tuple[int, int]:
    """Count the files of a store that are committed beside the project, and their bytes: all but `local/`."""
    local = Layout(folder).local
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file() and not str(path).startswith(local)]
    return len(sizes), sum(sizes)


def fast_import(store: Store) -> Iterator[bytes]:
    """Give the history of a store, compact JSON and no metadata of ours, to `git fast-import`."""
    before: dict[str, str] = {}
    for commit in reversed(store.log()):
        snapshot = store.at(commit.id)
        blobs = {one: snapshot.blob_id(one) for one in snapshot.names()}
        message = commit.message.encode()
        stamp = f"{commit.author} {int(commit.time.timestamp())} +0000"
        yield (
            f"commit refs/heads/main\nauthor {stamp}\ncommitter {stamp}\ndata {len(message)}\n".encode()
            + message
            + b"\n"
        )
        for one, blob in blobs.items():
            if before.get(one) != blob:
                data = json.dumps(snapshot[one], separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()
                yield f"M 100644 inline {one}.json\ndata {len(data)}\n".encode() + data + b"\n"
        for one in before.keys() - blobs.keys():
            yield f"D {one}.json\n".encode()
        before = blobs


def in_git(folder: Path, options: Options) -> int:
    """Give the bytes that git needs for the same history after `git gc --aggressive`."""
    repository = options.fresh("git")
    subprocess.run(["git", "init", "-q", "--bare", str(repository)], check=True)
    with Store.open(folder) as store:
        stream = b"".join(fast_import(store))
    subprocess.run(["git", "-C", str(repository), "fast-import", "--quiet"], input=stream, check=True)
    subprocess.run(["git", "-C", str(repository), "gc", "-q", "--aggressive", "--prune=now"], check=True)
    return sum(path.stat().st_size for path in (repository / "objects").rglob("*") if path.is_file())


def packed(folder: Path) -> tuple[int, float, float]:
    """Pack a store in a new process: how many objects, seconds, and the peak of memory in MB."""
    command = [sys.executable, "-c", _PACK, str(folder)]
    done = subprocess.run(command, env=environment(), cwd=ROOT, capture_output=True, text=True, check=True)
    objects, seconds, peak = json.loads(done.stdout)
    return objects, seconds, peak


def sizes(options: Options) -> tuple[Table, list[Target], Path]:
    stores = {"services": services(options)}
    if options.history is not None:
        stores["a real history"] = history(options.history, options)
    rows, targets = [], []
    for label, folder in stores.items():
        loose = committed(folder)
        _, seconds, _ = packed(folder)
        files, size_bytes = committed(folder)
        git_bytes = in_git(folder, options)
        rows.append(
            [label, f"{loose[0]:,}", number(loose[1] / 1e6), str(files), number(size_bytes / 1e6), number(seconds)]
        )
        rows[-1].append(number(git_bytes / 1e6))
        if label == "services":
            targets.append(
                Target(f"{options.documents:,} documents and {COMMITS:,} commits, packed", 5, size_bytes / 1e6, "MB")
            )
        else:
            targets.append(Target("a real history, packed", 2, size_bytes / 1e6, "MB"))
            targets.append(Target("a real history, packed: of what git needs", 1, size_bytes / git_bytes, "x"))
            targets.append(Target("a real history, packed: files", 20, files))
    title = "What is committed beside the project, and git's objects after `git gc --aggressive`"
    columns = ["history", "loose: files", "MB", "packed: files", "MB", "packing s", "git MB"]
    return Table(title, columns, rows), targets, stores["services"]


def peers(options: Options) -> tuple[Table, list[str]]:
    """What others need for the documents and commits."""
    rows, missing = [], []
    for system in options.peers(*PEERS):
        try:
            with filled(system, options.fresh(system), options.documents) as store:
                store.ask("commit_many", options.documents, COMMITS, 1)
                files, size_bytes = store.ask("files_and_bytes")
                rows.append([system, f"{files:,}", number(size_bytes / 1e6)])
        except SystemMissingError as error:
            missing.append(str(error))
    return Table("Services in other systems, as they leave them", ["system", "files", "MB"], rows), missing


def large(options: Options) -> tuple[Table, list[Target]]:
    """Pack very many loose objects."""
    folder = options.fresh("large")
    batch = 9_700  # with the nodes of their trees, ten make about 100,000 objects
    with Store.init(folder, author=AUTHOR, durability="os", auto_pack=False) as store:
        for start in range(0, 10 * batch, batch):
            with store.transaction(f"from {start}", worktree=False) as tx:
                for index in range(start, start + batch):
                    tx.write(name(index), document(index))
    objects = LocalObjects(Layout(folder))
    for one in objects.packs.opened():
        for object_id, data in one.objects():
            objects.loose.put(object_id, data)
        Path(one.path).unlink()
    quiet()
    count, seconds, peak = packed(folder)
    targets = [Target(f"pack of {LARGE:,} objects", 10, seconds, "s"), Target("its peak of memory", 200, peak, "MB")]
    rows = [[f"{count:,}", number(seconds), number(peak), number(committed(folder)[1] / 1e6)]]
    return Table(
        "Packing very many loose objects, in a new process", ["objects", "s", "peak MB", "MB after"], rows
    ), targets


def transaction(options: Options) -> tuple[Table, list[Target], dict[str, list[int]]]:
    """One durable transaction of many new documents, without working files."""
    took = []
    values = list(documents(options.documents))
    for _ in range(ROUNDS):
        with Store.init(options.fresh("transaction"), author=AUTHOR, auto_pack=False) as store:
            quiet()
            began = time.perf_counter_ns()
            with store.transaction("fill", worktree=False) as tx:
                for one, value in values:
                    tx.write(one, value)
            took.append(time.perf_counter_ns() - began)
    seconds = median(took) / MS / 1e3
    target = Target(f"a transaction of {options.documents:,} new documents, no working files", 0.5, seconds, "s")
    rows = [[number(seconds), number(min(took) / MS / 1e3)]]
    return (
        Table(f"{options.documents:,} new documents in one durable transaction", ["p50 s", "best s"], rows),
        [target],
        {"transaction": took},
    )


def reading(folder: Path, options: Options) -> tuple[Table, list[Target]]:
    """Read objects loose and from a pack, in turn, each time as the first thing."""
    with Store.open(folder) as store:
        head = store.at("HEAD")
        at_head = [head.blob_id(one) for one in head.names()]
    objects = LocalObjects(Layout(folder))
    everything = [object_id for object_id, _ in objects.packs.opened()[0].objects()]
    loose = LocalObjects(Layout(options.fresh("loose")))
    for object_id in everything:
        loose.loose.put(object_id, objects.find(object_id))
    dice = random.Random(2)
    kinds: dict[str, Callable[[], list[str]]] = {
        "documents at the head, neighbours": lambda: _neighbours(dice, at_head),
        "documents at the head, any": lambda: dice.sample(at_head, READS),
        "any object of history": lambda: dice.sample(everything, READS),
    }
    rows, targets = [], []
    for kind, chosen in kinds.items():
        times: dict[str, list[float]] = {"loose": [], "packed": []}
        for _ in range(ROUNDS * 3):
            wanted = chosen()
            for label, source in (("loose", loose), ("packed", objects)):
                source.forget()
                began = time.perf_counter_ns()
                for object_id in wanted:
                    source.find(object_id)
                times[label].append((time.perf_counter_ns() - began) / len(wanted))
        middle = {label: median(samples) / US for label, samples in times.items()}
        ratio = middle["packed"] / middle["loose"]
        rows.append([kind, number(middle["loose"]), number(middle["packed"]), number(ratio)])
        targets.append(Target(f"reading from a pack, {kind}: of reading loose", 1.5, ratio, "x"))
    title = f"{READS:,} objects read and checked, nothing remembered before, us each"
    return Table(title, ["which", "loose", "packed", "ratio"], rows), targets


def _neighbours(dice: random.Random, ids: list[str]) -> list[str]:
    start = dice.randrange(len(ids) - READS)
    return ids[start : start + READS]


def measure(options: Options) -> Finding:
    first, targets, folder = sizes(options)
    second, missing = peers(options)
    third, more = reading(folder, options)
    fourth, most, samples = transaction(options)
    fifth, last = large(options)
    settings: dict[str, int | float | str] = {"documents": options.documents, "commits": COMMITS}
    tables, all_targets = [first, second, third, fourth, fifth], [*targets, *more, *most, *last]
    return Finding("packing", "Packs", tables, all_targets, samples, missing, settings=settings)
