"""The version that the program tells of itself.

Written out, because looking it up among the installed packages takes longer than most commands do.
"""

VERSION = "0.1.0"
