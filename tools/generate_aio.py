"""Write the classes of `muniment.aio` from those of the synchronous interface: `python tools/generate_aio.py`.

Each verb keeps its name, its arguments and its docstring; what becomes of its answer is told by `aio_tables.py`. What
is not there is a coroutine that calls the verb in a thread. A test generates all of it again and compares.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from aio_tables import AT_ONCE, BLOCKS, KNOWN, LISTS, MADE, OTHERS, STREAMS, UNTYPED, WRAPPED, Made

WIDTH = 120
SOURCE = Path(__file__).parent.parent / "src" / "muniment"


class Verb:
    """One method or property of a synchronous class, and how it is written in the asynchronous one."""

    def __init__(self, made: Made, function: ast.FunctionDef, source: str) -> None:
        self._made = made
        self._function = function
        self._source = source
        self._name = function.name
        self._decorators = {ast.unparse(one).partition("(")[0] for one in function.decorator_list}
        answer = ast.unparse(function.returns).strip("'\"") if function.returns is not None else "None"
        self._answer = answer.removeprefix("following.")

    def written(self) -> str:
        """Write it, with what its answer becomes."""
        if "property" in self._decorators:
            return self._property()
        if self._name in AT_ONCE:
            return self._at_once()
        if "overload" in self._decorators:
            return "    @overload\n" + self._method(self._answer, "...", is_async=True)
        if "classmethod" in self._decorators:
            return self._method("Self", f"made = {self._called('await in_thread')}", "cls(made)", is_async=True)
        if self._answer in WRAPPED:
            wrapped = f"Async{self._answer}"
            return self._method(wrapped, f"made = await {self._call()}", f"{wrapped}(made)", is_async=True)
        if self._name in LISTS:
            kind = f"Listing[{self._answer.replace('list[', 'builtins.list[')}, {ast.unparse(_item_of(self._answer))}]"
            return self._method(kind, f"ask = {self._called('partial', of='self._call')}", "Listing(ask)")
        begin = f"begin = {self._called('partial', 'self._sync')}"
        if self._answer in STREAMS:
            kind = STREAMS[self._answer]
            return self._method(kind, begin, f"{kind.partition('[')[0]}(begin)")
        if self._answer in BLOCKS:
            lent = f"Async{self._answer}"
            return self._method(f"Block[{self._answer}, {lent}]", begin, f"Block(begin, {lent})")
        if self._answer.startswith("AbstractContextManager[") or "contextmanager" in self._decorators:
            thread = ", self._thread" if "ThreadBound" in self._made.bases else ""
            return self._method("Block[Any, Any]", begin, f"Block(begin, as_it_is{thread})")
        return self._method(self._answer, f"return await {self._call()}", is_async=True)

    def _property(self) -> str:
        sub = f"Async{self._answer}"
        if sub in KNOWN:
            answer, body = sub, f"return {sub}(self._sync.{self._name})"
        elif self._name in AT_ONCE:
            body = f"found: {self._answer} = self._sync.{self._name}"
            return "    @property\n" + self._method(self._answer, body, "found")
        else:
            answer, body = f"Awaitable[{self._answer}]", f'return in_thread(getattr, self._sync, "{self._name}")'
        return "    @property\n" + self._method(answer, body)

    def _at_once(self) -> str:
        called = f"self._sync.{self._name}({', '.join(one.arg for one, _ in self._parameters())})"
        if self._answer == "None":
            return self._method("None", called)
        return self._method(self._answer, f"found: {self._answer} = {called}", "found")

    def _method(self, answer: str, body: str, given: str = "", *, is_async: bool = False) -> str:
        head = "    @classmethod\n" if "classmethod" in self._decorators else ""
        head += f"    {'async ' if is_async else ''}def {self._name}"
        parameters = [self._parameter(one, default) for one, default in self._parameters()]
        first = "cls" if "classmethod" in self._decorators else "self"
        stars = ["*"] if self._function.args.kwonlyargs else []
        count = len(self._function.args.args) - 1
        listed = [first, *parameters[:count], *stars, *parameters[count:]]
        signature = _called(head, listed, 4, f" -> {answer}:{' ...' if body == '...' else ''}")
        if body == "...":
            return f"{signature}\n"
        ending = f"        return {given}\n" if given else ""
        return f"{signature}\n        {self._documentation()}\n        {body}\n{ending}"

    def _parameters(self) -> Iterator[tuple[ast.arg, ast.expr | None]]:
        given = self._function.args
        missing = len(given.args) - len(given.defaults)
        for index, one in enumerate(given.args[1:], 1):
            yield one, given.defaults[index - missing] if index >= missing else None
        yield from zip(given.kwonlyargs, given.kw_defaults, strict=True)

    def _parameter(self, one: ast.arg, default: ast.expr | None) -> str:
        annotation = OTHERS.get((self._name, one.arg)) or ast.unparse(one.annotation or ast.Name("object")).strip("'\"")
        text = f"{one.arg}: {annotation}"
        return text if default is None else f"{text} = {_double_quoted(ast.unparse(default))}"

    def _documentation(self) -> str:
        return ast.get_source_segment(self._source, self._function.body[0]) or ""

    def _call(self) -> str:
        return self._called("self._call")

    def _called(self, caller: str, *first: str, of: str = "") -> str:
        """Write a call of the synchronous verb by `caller`, or of something `of` which it is the first argument."""
        verb = f"{self._made.name}.{self._name}"
        if self._name in UNTYPED and caller == "self._call":
            verb = f'cast("Any", {verb})'
        arguments = [
            f"plain({one.arg})" if (self._name, one.arg) in OTHERS else one.arg for one in self._function.args.args[1:]
        ]
        named = [f"{one.arg}={one.arg}" for one in self._function.args.kwonlyargs]
        return _called(caller, [*([of] if of else []), verb, *first, *arguments, *named], 8)


def _called(caller: str, arguments: list[str], indent: int, end: str = "") -> str:
    """Write what stands in parentheses on one line, or else each on its own, so that the formatter lets it be."""
    line = f"{caller}({', '.join(arguments)}){end}"
    if indent + len(line.rpartition("\n")[2]) <= WIDTH - (0 if end else len("return await ")):
        return line
    inner = "".join(f"{' ' * (indent + 4)}{argument},\n" for argument in arguments)
    return f"{caller}(\n{inner}{' ' * indent}){end}"


def _double_quoted(text: str) -> str:
    return (
        f'"{text[1:-1]}"'
        if text.startswith("'")
        else text.replace("('", '("').replace("', '", '", "').replace("')", '")')
    )


def _item_of(answer: str) -> ast.expr:
    """Give what a list or a tuple is of."""
    match ast.parse(answer, mode="eval").body:
        case ast.Subscript(slice=ast.Tuple(elts=[item, *_])) | ast.Subscript(slice=item):
            return item
    raise ValueError(f"{answer} is no list, and no tuple")


def generated(made: Made) -> str:
    """Write one module."""
    path = SOURCE / f"{made.module.replace('.', '/')}.py"
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    cls = next(one for one in tree.body if isinstance(one, ast.ClassDef) and one.name == made.name)
    verbs = [
        Verb(made, one, source).written()
        for one in cls.body
        if isinstance(one, ast.FunctionDef) and not one.name.startswith("_")
    ]
    documentation = ast.get_source_segment(source, cls.body[0]) or ""
    head = _called(f"class Async{made.name}", list(made.bases), 0, ":")
    body = f"{head}\n    {documentation}\n\n" + "\n".join(verbs) + made.more
    about = f'"""`muniment.{made.module}.{made.name}` for event loops. Written by `tools/generate_aio.py`."""\n\n'
    return about + _imports(made, tree, body) + "\n\n" + body


def _imports(made: Made, tree: ast.Module, body: str) -> str:
    """Import what the body names: what the synchronous module imports, or defines, and what this interface has."""
    known: dict[str, str] = {}
    for statement in ast.walk(tree):
        if isinstance(statement, ast.ImportFrom) and statement.module:
            known |= {alias.asname or alias.name: statement.module for alias in statement.names if not alias.asname}
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef):
            known[statement.name] = f"muniment.{made.module}"
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
            known[ast.unparse(target)] = f"muniment.{made.module}"
    known |= KNOWN | {"cast": "typing"}
    own = f"muniment.aio.{made.into}"
    used: dict[str, set[str]] = {}
    for name in _names(body):
        if name in known and known[name] != own:
            used.setdefault(known[name], set()).add(name)
    lines = [f"from {module} import {', '.join(sorted(names, key=_order))}" for module, names in sorted(used.items())]
    standard = [line for line in lines if line.split()[1].partition(".")[0] in sys.stdlib_module_names]
    ours = [line for line in lines if line.split()[1].startswith("muniment")]
    other = [line for line in lines if line not in standard and line not in ours]
    if "builtins." in body:
        standard.insert(0, "import builtins")
    future = ["from __future__ import annotations"]
    return "\n\n".join("\n".join(group) for group in (future, standard, other, ours) if group) + "\n"


def _order(name: str) -> tuple[int, str]:
    """Sort as the formatter does: constants, classes, functions."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name.lstrip("_")[:1].isupper() else 2), name.lower()


def _names(body: str) -> set[str]:
    """Give every name that code, and no docstring, mentions."""
    tree = ast.parse(body)
    return {one.id for one in ast.walk(tree) if isinstance(one, ast.Name)}


def main() -> None:
    """Write all modules."""
    for made in MADE:
        (SOURCE / "aio" / f"{made.into}.py").write_text(generated(made), encoding="utf-8")


if __name__ == "__main__":
    main()
