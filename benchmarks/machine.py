"""Say on what machine, with what libraries and when something was measured."""

import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path

PACKAGES = ("muniment", "msgspec", "filelock", "doltlite", "kvgit", "diskcache", "pygit2", "dulwich")


def processor() -> str:
    """Name the processor, where the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")


def file_system(folder: Path) -> str:
    """Name the file system that holds `folder`, by the longest mount point above it."""
    try:
        mounts = [line.split() for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines()]
    except OSError:
        return "unknown"
    above = [mount for mount in mounts if folder.resolve().is_relative_to(mount[1])]
    _, _, kind, options, *_ = max(above, key=lambda mount: len(mount[1]))
    return f"{kind} ({options})"


def commit_of_checkout() -> str:
    """Name the commit of the checkout, and say whether files differ from it."""
    git = ["git", "-C", str(Path(__file__).parent)]
    try:
        short = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
        changed = subprocess.run([*git, "status", "--porcelain"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return short.stdout.strip() + (" with changes" if changed.stdout.strip() else "")


def version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed" if package != "muniment" else "from the checkout"


def describe(folder: Path) -> dict[str, str]:
    """Give what a reader needs to judge the numbers, by what it is."""
    memory_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{memory_bytes / 2**30:.0f} GiB",
        "kernel": f"{platform.system()} {platform.release()}",
        "file system": file_system(folder),
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "checkout": commit_of_checkout(),
        "libraries": ", ".join(f"{package} {version(package)}" for package in PACKAGES),
    }
