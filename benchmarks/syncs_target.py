"""Fill a store and commit N times, to be run under strace: `syncs_target.py SYSTEM FOLDER DOCUMENTS N`."""

import sys

from benchmarks.worker import Worker

if __name__ == "__main__":
    system, folder, documents, count = sys.argv[1:]
    worker = Worker(system, folder)
    worker.open()
    worker.fill(int(documents))
    worker.commit_many(int(documents), int(count), 1)
    worker.close()
