"""The rules of the house that a syntax tree can see, kept for every file under `src`."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src"
SOURCES = sorted(SRC.rglob("*.py"))

MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 40
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}

Function = ast.FunctionDef | ast.AsyncFunctionDef
Documented = Function | ast.ClassDef

Rule = Callable[[ast.Module], Iterator[str]]


def breaches(rule: Rule, *, besides: str | tuple[str, ...] | None = None) -> list[str]:
    """Every breach of `rule` under `src`, except in the files or folders `besides` of the package."""
    names = {path: path.relative_to(SRC / "muniment").as_posix() for path in SOURCES}
    return [
        f"{name}: {breach}"
        for path, name in names.items()
        if besides is None or not name.startswith(besides)
        for breach in rule(ast.parse(path.read_text(encoding="utf-8")))
    ]


def docstring_of(node: ast.AST) -> ast.Expr | None:
    """The statement that is the docstring of `node`, if it has one."""
    body = getattr(node, "body", None)
    if not isinstance(body, list) or not body or not isinstance(body[0], ast.Expr):
        return None
    value = body[0].value
    return body[0] if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def lines_of(node: ast.stmt) -> int:
    """The lines that the statement `node` covers."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def decorators_of(node: Documented) -> set[str]:
    """The last word of each decorator of `node`: `override`, `setter`."""
    return {ast.unparse(decorator).split("(")[0].rpartition(".")[2] for decorator in node.decorator_list}


def long_functions(module: ast.Module) -> Iterator[str]:
    """Functions of more lines than allowed, their docstring not counted."""
    for node in ast.walk(module):
        if isinstance(node, Function):
            docstring = docstring_of(node)
            length = lines_of(node) - (lines_of(docstring) if docstring else 0)
            if length > MAX_FUNCTION_LINES:
                yield f"line {node.lineno}: {node.name} has {length} lines"


def undocumented(module: ast.Module) -> Iterator[str]:
    """The module, and public classes, functions and methods, that have no docstring."""
    if ast.get_docstring(module) is None:
        yield "no module docstring"
    places: list[ast.Module | ast.ClassDef] = [module]
    while places:
        for node in places.pop().body:
            if not isinstance(node, Documented) or node.name.startswith("_"):
                continue
            if ast.get_docstring(node) is None and not decorators_of(node) & {"overload", "override", "setter"}:
                yield f"line {node.lineno}: {node.name} has no docstring"
            if isinstance(node, ast.ClassDef):
                places.append(node)


def texts(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Every string of the code, parts of f-strings too, with its line; docstrings are left out."""
    docstrings = {id(found.value) for node in ast.walk(module) if (found := docstring_of(node))}
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def spelled_paths(module: ast.Module) -> Iterator[str]:
    """Strings that spell the folder of a store."""
    return (f"line {line}: {text!r}" for line, text in texts(module) if ".muniment" in text)


def words_used(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Dotted names as they are written and as they are imported: `os.environ`, `threading.Thread`."""
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute | ast.Name):
            yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or ""
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def uses_of(*words: str) -> Rule:
    """Make the rule that none of `words` is used: a dotted name, or whatever lies below it."""

    def rule(module: ast.Module) -> Iterator[str]:
        for line, used in words_used(module):
            if any(used == word or used.startswith(f"{word}.") for word in words):
                yield f"line {line}: {used}"

    return rule


environment = uses_of("os.environ", "os.environb", "os.getenv", "os.path.expanduser", "pathlib.Path.home", "Path.home")
printing = uses_of("print", "sys.stdout", "sys.stderr")
threads = uses_of("threading.Thread", "threading.Timer", "concurrent.futures", "_thread")


def test_there_are_sources_to_look_at():
    """The other tests look at the package, not at an empty folder."""
    assert SRC / "muniment" / "repo" / "store.py" in SOURCES


def test_files_are_short():
    """A file has at most 300 lines."""
    sizes = {path.relative_to(SRC).as_posix(): len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    assert {name: size for name, size in sizes.items() if size > MAX_FILE_LINES} == {}


def test_functions_are_short():
    """A function has at most 40 lines, its docstring not counted."""
    assert breaches(long_functions) == []


def test_names_say_what_a_file_is_for():
    """No file or folder has a name that anything could be put under."""
    assert [path for path in SOURCES if FORBIDDEN_NAMES & set(path.relative_to(SRC).with_suffix("").parts)] == []


def test_everything_public_is_documented():
    """Each module and each public class, function and method has a docstring."""
    assert breaches(undocumented) == []


def test_one_file_spells_the_paths_of_the_store():
    """Only files/layout.py spells a path of a store."""
    assert breaches(spelled_paths, besides="files/layout.py") == []


def test_one_file_hashes():
    """Only values/canonical.py hashes."""
    assert breaches(uses_of("hashlib", "_hashlib", "_sha2"), besides="values/canonical.py") == []


def test_only_the_command_line_knows_its_library():
    """Only the floor cli imports click."""
    assert breaches(uses_of("click"), besides="cli/") == []


def test_only_the_command_line_reads_the_environment():
    """The library reads no environment and no home directory."""
    assert breaches(environment, besides="cli/") == []


def test_the_library_prints_nothing():
    """Only the floor cli writes to the standard streams."""
    assert breaches(printing, besides="cli/") == []


def test_the_library_starts_no_thread():
    """None that the caller did not ask for: the command line's own watches its output, `aio` is asked for threads."""
    assert breaches(threads, besides=("cli/", "aio/threads.py")) == []


LONG = "def f():\n" + "    x = 1\n" * MAX_FUNCTION_LINES


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (long_functions, LONG),
        (undocumented, "x = 1"),
        (undocumented, '"""Module."""\nclass A:\n    """Class."""\n    def public(self): ...'),
        (spelled_paths, 'path = f"{root}/.muniment/objects"'),
        (uses_of("hashlib"), "from hashlib import sha256"),
        (environment, "import os\nx = os.environ['HOME']"),
        (environment, "from os import environ"),
        (printing, "print(1)"),
        (threads, "import threading\nthreading.Thread(target=f).start()"),
        (threads, "from threading import Thread"),
    ],
)
def test_each_rule_sees_its_breach(rule, source):
    """A rule that sees nothing keeps nothing: each finds the fault made for it."""
    assert list(rule(ast.parse(source)))


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (long_functions, LONG.replace("x = 1\n", '"""Doc.\n\n    More."""\n', 1)),
        (undocumented, '"""Module."""\ndef _private(): ...'),
        (undocumented, '"""Module."""\nclass A:\n    """Class."""\n    @override\n    def f(self): ...'),
        (spelled_paths, '"""A store has a folder .muniment beside it."""'),
        (printing, "pprint(1)\nsys.stdoutx"),
    ],
)
def test_no_rule_sees_what_is_not_there(rule, source):
    """What a rule allows passes: docstrings are not code, private names need none, other words are others."""
    assert list(rule(ast.parse(source))) == []
