"""Every example in the documents is run for real, and prints what the document says it prints.

A page is one session in one empty folder. Its ```python blocks share their variables, and a block
```output that follows one is what it printed. In a ```console block each line that begins with `$ ` is
given to one shell, and the lines below it are what that printed, on both streams. Where the text shown
holds `…`, anything may stand. Other kinds of blocks are only read by people.
"""

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from shutil import which

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ["README.md", "docs/tutorial.md", *(f"docs/how-to/{path.name}" for path in (ROOT / "docs/how-to").glob("*.md"))]
LINKING = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", *(str(p.relative_to(ROOT)) for p in ROOT.glob("docs/**/*.md"))]

_FENCE = re.compile(r"^```(python|output|console)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)")
_END = "<<end of output>>"


def examples(page: str) -> Iterator[tuple[str, str, str | None]]:
    """Give each block that runs: its language, its text, and for Python the output shown below it."""
    blocks = _FENCE.findall((ROOT / page).read_text(encoding="utf-8"))
    for (language, text), (following, output) in zip(blocks, [*blocks[1:], ("", "")], strict=True):
        if language != "output":
            yield language, text, output if following == "output" else None


def run_python(text: str, variables: dict[str, object]) -> str:
    """Run a block and give what it printed."""
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(text, "<example>", "exec"), variables)  # noqa: S102 - that is what an example is for
    return printed.getvalue()


def run_console(text: str, environment: dict[str, str]) -> tuple[str, str]:
    """Give the commands of a block to one shell: the session as it went, beside the session as it is shown."""
    commands = [line.removeprefix("$ ") for line in text.splitlines() if line.startswith("$ ")]
    script = "".join(f"{{ {command}\n}} 2>&1\necho '{_END}'\n" for command in commands)
    done = subprocess.run(["sh", "-c", script], env=environment, capture_output=True, text=True, check=False)
    outputs = done.stdout.split(f"{_END}\n")
    session = "".join(f"$ {command}\n{output}" for command, output in zip(commands, outputs, strict=False))
    return session, text


def matches(found: str, shown: str) -> bool:
    """Tell whether a text is the one shown, `…` standing for anything."""
    return re.fullmatch(".*?".join(map(re.escape, shown.split("…"))), found, re.DOTALL) is not None


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """An empty folder to work in, a `muniment` command, and a git that knows who commits."""
    programs = tmp_path / "programs"
    programs.mkdir()
    command = programs / "muniment"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m muniment "$@"\n')
    command.chmod(0o755)
    folder = tmp_path / "session"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PATH", str(programs), prepend=os.pathsep)
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ada@example.org")
    return dict(os.environ)


@pytest.mark.skipif(os.name != "posix", reason="the sessions are written for a POSIX shell")
@pytest.mark.parametrize("page", PAGES)
def test_examples_do_what_the_page_says(page, environment):
    """Whoever follows a page from its beginning sees what it shows."""
    if "$ git " in (ROOT / page).read_text(encoding="utf-8") and which("git") is None:
        pytest.skip("this page needs git")
    variables: dict[str, object] = {"__name__": "__main__"}
    ran = 0
    for language, text, output in examples(page):
        if language == "python":
            found, shown = run_python(text, variables), output or ""
        else:
            found, shown = run_console(text, environment)
        assert matches(found, shown), f"{page}: this block\n{text}\nprinted\n{found}\nand not\n{shown}"
        ran += 1
    assert ran


def anchors(page: Path) -> set[str]:
    """The anchors that the headings of a page have, as they are made by the usual viewers."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", LINKING)
def test_links_lead_somewhere(page):
    """A link within the project names a file that is there, and a heading in it."""
    source = ROOT / page
    for target, anchor in _LINK.findall(source.read_text(encoding="utf-8")):
        path = (source.parent / target).resolve() if target else source
        assert path.exists(), f"{page}: {target} is not there"
        assert not anchor or anchor in anchors(path), f"{page}: {target}#{anchor} is not there"


def test_every_format_page_that_the_code_names_is_there():
    """A docstring's `Format:` line names a page, and a heading in it, that exist."""
    named = re.compile(r"(docs/[\w/.-]+\.md)(?:, \"([^\"]+)\")?")
    found = 0
    for source in (ROOT / "src").rglob("*.py"):
        for page, heading in named.findall(source.read_text(encoding="utf-8")):
            text = (ROOT / page).read_text(encoding="utf-8")
            assert not heading or re.search(rf"^#+ {re.escape(heading)}$", text, re.MULTILINE), f"{source}: {heading}"
            found += 1
    assert found
