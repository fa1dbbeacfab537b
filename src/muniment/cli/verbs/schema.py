"""The commands on kinds of documents: what is known of them, and whether the files keep to it."""

from muniment.cli.group import Group

schema = Group(
    "schema",
    places={
        "Commands": {
            "list": "kinds:list_kinds",
            "check": "checking:check",
            "migrate": "migrating:migrate",
            "export": "kinds:export",
            "forget": "kinds:forget",
        }
    },
    example="muniment schema list\nmuniment schema check && muniment schema migrate --dry-run",
    help="""List the kinds of documents; check and migrate documents.

    A program brings a kind: it passes `schemas=` to Store.open, and its first write lets the store keep what others
    need to know of it. These commands go by what the store keeps.
    """,
)
