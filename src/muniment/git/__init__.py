"""What a store in a host repository can ask of git beyond storing files: a check before each commit, a merge driver.

```python
from muniment import Store, git

with Store.open("config") as store:
    git.install(store, merge_driver=True)
    git.check(store).ok
```

Nothing here is needed for two host branches to merge: docs/how-to/put-a-store-under-git.md.
"""

from muniment.git.check import StagedFault, StagedReport, check
from muniment.git.history import History, history
from muniment.git.install import Installation, install, uninstall
from muniment.git.merge_file import FileMerge, merge_file

__all__ = [
    "FileMerge",
    "History",
    "Installation",
    "StagedFault",
    "StagedReport",
    "check",
    "history",
    "install",
    "merge_file",
    "uninstall",
]
