"""Errors about schemas: how they are declared, and how a document goes from one schema version to another."""

from muniment.errors.content import DocumentInvalidError, SchemaError


class SchemaInvalidError(SchemaError):
    """The schema of `kind`, one of its steps or a lens is declared wrongly: mend the declaration.

    `from_version` and `to_version` tell the step, None where it is none's fault.
    """

    def __init__(
        self, kind: str, reason: str, *, from_version: str | None = None, to_version: str | None = None
    ) -> None:
        self.kind = kind
        self.reason = reason
        self.from_version = from_version
        self.to_version = to_version
        step = f", step from {from_version} to {to_version}" if from_version else ""
        super().__init__(f"schema {kind!r}{step}: {reason}; mend its declaration")


class MigrationMissingError(SchemaError):
    """No steps lead from schema version `from_version` of a document to `to_version`: declare them.

    `name` is the document; `from_version` is None where it has no schema version, `kind` where no
    schema governs it. Its file was not touched.
    """

    def __init__(self, name: str, kind: str | None, from_version: str | None, to_version: str) -> None:
        self.name = name
        self.kind = kind
        self.from_version = from_version
        self.to_version = to_version
        super().__init__(f"{name}: {self.fault}; its file was not touched")

    @property
    def fault(self) -> str:
        """What is wrong, and what to do about it, in words."""
        if self.kind is None:
            return f"no schema governs it, so it has no schema version {self.to_version}; pass `schemas=` to Store.open"
        return (
            f"no steps lead from {self.kind} {self.from_version} to {self.to_version}; "
            f"declare one (a lens of no steps says that nothing changed), or use a program that knows it"
        )


class SchemaMajorMismatchError(MigrationMissingError):
    """A governed document has another major schema version, or none, and no steps lead across.

    Use a program of that major version, declare steps across, or give the file its `schema_version`.
    """

    @property
    def fault(self) -> str:
        """What is wrong, and what to do about it, in words."""
        if self.from_version is None:
            return (
                f'it has no schema_version, which a document of kind {self.kind} needs; add "schema_version": '
                f'"{self.to_version}" if that is what it holds, or declare `unversioned=` in its schema'
            )
        return (
            f"it has schema version {self.from_version} of {self.kind}, another major than {self.to_version}, "
            f"and no steps lead across; declare them, or use a program of that version"
        )


class MigrationFailedError(DocumentInvalidError):
    """A document cannot be brought from one schema version of its `kind` to another: mend the step or the document.

    `cause` tells what is wrong, `pointer` where in the document as it is at `at_version`, which is
    `from_version` where a step did not suit it. Nothing was written: the file stays as it is.
    """

    def __init__(  # noqa: PLR0913 - an error carries what it knows
        self,
        name: str,
        cause: str,
        kind: str,
        from_version: str,
        to_version: str,
        *,
        at_version: str | None = None,
        pointer: str | None = None,
        path: str | None = None,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        self.cause = cause
        self.kind = kind
        self.from_version = from_version
        self.to_version = to_version
        self.at_version = at_version or from_version
        reason = f"cannot be brought from {kind} {from_version} to {to_version}: {cause}"
        super().__init__(name, reason, pointer=pointer, path=path, line=line, column=column)

    def _remedy(self) -> str:
        return "its file stays as it is: mend the step, or the document"
