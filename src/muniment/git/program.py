"""How git's hooks and drivers call Muniment: by the Python that installed them, else by the name on the PATH."""

import shlex
import sys

_PROBE = "import sys, importlib.util as u; sys.exit(u.find_spec('muniment') is None)"

COMMAND = "muniment"


def python() -> str:
    """Give the Python that runs now, as a word of a shell; one that never exists where none can be told."""
    return shlex.quote(sys.executable or "no-python")


def is_there() -> str:
    """Give the shell command that tells whether that Python still has Muniment.

    `-P` keeps it from taking a folder of the work tree for the package.
    """
    return f'{python()} -P -c "{_PROBE}" 2> /dev/null'


def by_python() -> str:
    """Give the shell command by which that Python runs Muniment."""
    return f"{python()} -P -m muniment"
