"""Put the check and the merge driver into the host repository, and take them out again."""

import os

import msgspec

from muniment.errors.system import translated
from muniment.git import driver, hook
from muniment.git.host import Host
from muniment.repo.store import Store


class Installation(msgspec.Struct, frozen=True, kw_only=True):
    """What was put into the host repository, or taken out of it.

    `hooks` are the paths of the hooks before a commit and before that of a merge; `attributes` is the path of the
    store's `.gitattributes`, None where the merge driver was not asked for. `changed` tells whether anything had to be
    done.
    """

    hooks: tuple[str, ...]
    attributes: str | None
    changed: bool


@translated("install into git")
def install(store: Store, *, merge_driver: bool = False) -> Installation:
    """Let git check a store before each commit, of a merge too, and with `merge_driver` merge its documents by meaning.

    A hook that is there already stays, and runs after the check. May be called again, to tell where Muniment is now.

    Raises:
        ForeignHookError: A hook that is there cannot be added to; the message says what to add. Nothing was changed.
        NotInRepositoryError, GitMissingError, GitFailedError: There is no repository, or no git, or it refused.
    """
    host = Host.of(store.path)
    hooks = _hooks(host)
    changed = hook.add(hooks, host.store)
    if merge_driver:
        changed = driver.add(host) or changed
    return Installation(hooks=hooks, attributes=driver.attributes(host) if merge_driver else None, changed=changed)


@translated("take out of git")
def uninstall(store: Store) -> Installation:
    """Take out what `install` put in; the merge driver's configuration stays while another store's hooks are there.

    Errors as for `install`, without `ForeignHookError`.
    """
    host = Host.of(store.path)
    hooks = _hooks(host)
    changed = hook.remove(hooks, host.store)
    changed = driver.remove(host, of_clone=not hook.check_any(hooks)) or changed
    return Installation(hooks=hooks, attributes=driver.attributes(host), changed=changed)


def _hooks(host: Host) -> tuple[str, ...]:
    """Give the paths of the hooks, wherever git looks for them; a merge that ends by itself runs the second alone."""
    printed = host.git("rev-parse", "--git-path", "hooks") or b""
    folder = os.path.join(host.top, os.fsdecode(printed.removesuffix(b"\n")))
    return os.path.join(folder, "pre-commit"), os.path.join(folder, "pre-merge-commit")
