"""Commit to two stores in turn, in one process: `pair.py DOCUMENTS COMMITS PEER FOLDER SUBJECT FOLDER`.

One process, because a call that comes right after a process was woken finds its caches cold; that would
measure the scheduler, and Python's code more than C's. Muniment stands in no other library's way, and the
peer is imported first. The answer is one line of JSON on standard output.
"""

import sys

import msgspec

from benchmarks.fleet import interleave, quiet
from benchmarks.worker import Worker

BLOCK = 50
"""Calls in a row where not every call is followed by the other's."""
WARM_UP = 20


class PairTimes(msgspec.Struct):
    """Nanoseconds of each commit of the peer and of the subject."""

    peer: list[int]
    subject: list[int]
    peer_in_blocks: list[int]
    subject_in_blocks: list[int]


def commits(workers: list[Worker], documents: int, revisions: range, block: int) -> list[list[int]]:
    """Commit each revision in both stores; a prime step goes through all folders."""

    def commit(worker: Worker, step: int) -> int:
        revision = revisions[step]
        return worker.commit(revision * 7919 % documents, revision)

    return interleave(workers, len(revisions), commit, block=block)


def measure(workers: list[Worker], documents: int, count: int) -> PairTimes:
    """Fill both stores, warm them up and measure, in turn and in blocks."""
    for worker in workers:
        worker.open()
        worker.fill(documents)
    quiet()
    single_from, blocks_from = 1 + WARM_UP, 1 + WARM_UP + count
    commits(workers, documents, range(1, single_from), 1)
    single = commits(workers, documents, range(single_from, blocks_from), 1)
    blocks = commits(workers, documents, range(blocks_from, blocks_from + count), BLOCK)
    for worker in workers:
        worker.close()
    return PairTimes(*single, *blocks)


if __name__ == "__main__":
    documents_text, count_text, *systems = sys.argv[1:]
    pair = [Worker(system, folder) for system, folder in zip(systems[::2], systems[1::2], strict=True)]
    sys.stdout.write(msgspec.json.encode(measure(pair, int(documents_text), int(count_text))).decode() + "\n")
