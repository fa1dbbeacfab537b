"""Draw the distribution of commit latency by system."""

from pathlib import Path

from benchmarks.findings import MS, Finding, median, quantile

SYNCED, UNSYNCED, OURS = "#4c78a8", "#b8c4d6", "#d1495b"
NOT_DURABLE = {"muniment-os", "kvgit", "pygit2", "dulwich"}


def series(finding: Finding) -> list[tuple[str, list[float]]]:
    """Give each system's samples in milliseconds, fastest first: peers beside Muniment, and it beside DoltLite."""
    named = {}
    for key, samples in finding.samples.items():
        system, beside = key.split(" beside ")
        if beside == "muniment" or (system.startswith("muniment") and beside == "doltlite"):
            named[system] = [sample / MS for sample in samples]
    return sorted(named.items(), key=lambda entry: median(entry[1]))


def colour(system: str) -> str:
    if system in NOT_DURABLE:
        return UNSYNCED
    return OURS if system.startswith("muniment") else SYNCED


def draw(finding: Finding, path: Path) -> None:
    """Draw one box a system on a logarithmic scale: p10 to p90, quartiles, median.

    Without matplotlib nothing is drawn, and the older drawing stays.
    """
    try:
        import matplotlib as mpl  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        print("matplotlib is not installed: commit.svg was not drawn")
        return
    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "muniment"  # the same numbers give the same file
    from matplotlib import pyplot as plt
    from matplotlib import ticker

    shown = series(finding)
    figure, axes = plt.subplots(figsize=(8, 0.42 * len(shown) + 1.2), layout="constrained")
    boxes = axes.boxplot(
        [samples for _, samples in shown], orientation="horizontal", whis=(10, 90), showfliers=False, widths=0.6,
        patch_artist=True, tick_labels=[system for system, _ in shown], medianprops={"color": "black"},
    )  # fmt: skip
    for box, (system, _) in zip(boxes["boxes"], shown, strict=True):
        box.set_facecolor(colour(system))
    for row, (_, samples) in enumerate(shown, start=1):
        axes.annotate(f" {median(samples):.2f}", (quantile(samples, 0.9), row), va="center", fontsize=8)
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_locator(ticker.NullLocator())
    axes.invert_yaxis()
    axes.set_xlabel("ms a commit (box: quartiles, line: median, whiskers: p10, p90); pale: not durable at each commit")
    axes.set_title(f"Commit of one changed 2 KB document of {finding.settings['documents']:,}")
    axes.grid(axis="x", alpha=0.25)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
