"""The commands on the host repository: a check before each commit, and a merge driver."""

from muniment.cli.group import Group

git = Group(
    "git",
    places={
        "Commands": {
            "install": "hosting:install",
            "uninstall": "hosting:uninstall",
            "check": "hosting:check",
            "merge-file": "hosting:merge_file",
        }
    },
    example="muniment git install\nmuniment git check",
    help="""Let the git repository around the store check it before each commit, and merge its documents by meaning.

    Neither is needed for git to keep a store, or to merge two branches that both changed it.
    """,
)
