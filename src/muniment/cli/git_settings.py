"""What git is told in a folder: who works there, and how they sign."""

import re
import subprocess

_PATIENCE_S = 5


def read(folder: str, *names: str) -> dict[str, str]:
    """Ask git for settings, by their names in small letters; those that it does not know are left out."""
    pattern = "^(" + "|".join(map(re.escape, names)) + ")$"
    command = ["git", "config", "--get-regexp", pattern]
    try:
        answer = subprocess.run(command, cwd=folder, capture_output=True, timeout=_PATIENCE_S, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return {}
    return dict(line.partition(" ")[::2] for line in answer.stdout.decode(errors="replace").splitlines())
