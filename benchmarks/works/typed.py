"""Typed documents: reading one, reading one through migration steps, checking all of them."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from benchmarks import corpus
from benchmarks.findings import MS, US, Finding, Table, Target, median, number, spread
from benchmarks.fleet import quiet
from benchmarks.options import Options

ROUNDS, CALLS, CHECKS = 60, 200, 7
NAME = "team-00000/service-0000007"
OLD = "team-00000/service-0000008"


def schema() -> Any:
    """Describe the documents; three lens steps lead from 1.0 to 1.3."""
    from muniment import Schema, lens

    services = Schema(corpus.Service, kind="service", version="1.3", names="team-*/*")
    services.lens("1.0", "1.1", lens.rename("host", "hostname"), lens.add("tls", default=False))
    services.lens("1.1", "1.2", lens.convert("revision", {"first": 0, "second": 1}), lens.unwrap("port"))
    services.lens(
        "1.2", "1.3", lens.inside("limits", lens.rename("most", "limit_00")), lens.move("about", "description")
    )
    return services


def bare_unbuffered(path: str) -> Callable[[], object]:
    """Read and decode by `open`, as people write it."""

    def read() -> object:
        with open(path, "rb", buffering=0) as file:
            return msgspec.json.decode(file.read(), type=corpus.Service)

    return read


def bare_system_calls(path: str) -> Callable[[], object]:
    """Read and decode by three system calls: nothing can be quicker."""

    def read() -> object:
        descriptor = os.open(path, os.O_RDONLY)
        data = os.read(descriptor, 1 << 16)
        os.close(descriptor)
        return msgspec.json.decode(data, type=corpus.Service)

    return read


def timed_calls(function: Callable[[], object]) -> int:
    """Give the time of one call, as the mean of a few."""
    start = time.perf_counter_ns()
    for _ in range(CALLS):
        function()
    return (time.perf_counter_ns() - start) // CALLS


def reading(store: Any) -> dict[str, list[int]]:
    """Time the reads in turn, so that all meet the same machine."""
    path = str(Path(store.path, f"{NAME}.json"))
    functions: dict[str, Callable[[], object]] = {
        "a typed document": lambda: store.read(NAME),
        "bare: `open`, read, decode as the type": bare_unbuffered(path),
        "bare: three system calls, decode as the type": bare_system_calls(path),
        "a typed document through three lens steps": lambda: store.read(OLD),
    }
    samples: dict[str, list[int]] = {name: [] for name in functions}
    for turn in range(ROUNDS + 1):
        for name, function in functions.items():
            elapsed = timed_calls(function)
            if turn:
                samples[name].append(elapsed)
    return samples


def checking(folder: str) -> dict[str, list[int]]:
    """Check all documents, by a program that has the type, and by one that knows what the store describes."""
    from muniment import Store

    samples: dict[str, list[int]] = {}
    for name, schemas in (("check, by the type", [schema()]), ("check, by the store's description", [])):
        for _ in range(CHECKS):
            with Store.open(folder, schemas=schemas) as store:
                start = time.perf_counter_ns()
                faults = store.schemas.check()
                samples.setdefault(name, []).append(time.perf_counter_ns() - start)
                assert not faults
    return samples


def measure(options: Options) -> Finding:
    from muniment import Store

    folder = str(options.fresh("muniment-typed"))
    with Store.init(folder, schemas=[schema()], author=corpus.AUTHOR) as store:
        with store.transaction("fill") as tx:
            for name, value in corpus.documents(options.documents):
                tx.write(name, value)
        Path(folder, f"{OLD}.json").write_bytes(msgspec.json.encode(store.read_as(OLD, "1.0")))
        quiet()
        reads = reading(store)
    checks = checking(folder)
    typed, opened, system_calls, through_steps = (median(values) for values in reads.values())
    targets = [
        Target("a typed read against `open`, read and decode as the type", 1.3, typed / opened, "x"),
        Target("the same against three system calls and decode", 1.3, typed / system_calls, "x"),
        Target("a typed read through three lens steps", 60, through_steps / US, "us"),
        *(Target(f"{name}, {options.documents:,} documents", 2, median(checks[name]) / 1e9, "s") for name in checks),
    ]
    tables = [
        Table(
            "Reading one document of 2 KB",
            ["read", "p50 us", "p90", "mean"],
            [[n, *spread(v, US)] for n, v in reads.items()],
        ),
        Table(
            f"Checking {options.documents:,} documents, by a program that begins with it",
            ["check", "p50 ms"],
            [[name, number(median(values) / MS)] for name, values in checks.items()],
        ),
    ]
    settings: dict[str, int | float | str] = {"documents": options.documents, "calls": CALLS, "rounds": ROUNDS}
    return Finding("typed", "Typed documents", tables, targets, reads | checks, settings=settings)
