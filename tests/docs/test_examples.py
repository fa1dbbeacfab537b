"""Every example in the documents is run for real, and prints what the document says it prints.

A page is one session that begins in an empty folder. Its ```python blocks share their variables, and a
block ```output that follows one is what it printed. In a ```console block the lines that begin with `$ `
are given to a shell, and the lines below each are what it printed, on both streams; `cd` holds for the
blocks that follow. Where the text shown has `…`, anything may stand. Other blocks are read by people alone.
"""

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from itertools import pairwise
from pathlib import Path
from shutil import which

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOW_TO = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/how-to/*.md"))
PAGES = [
    "README.md",
    "docs/tutorial.md",
    "docs/tutorial-git.md",
    "docs/reference/cli.md",
    "docs/reference/lenses.md",
    "docs/format/signatures.md",
    *HOW_TO,
]
LINKING = sorted(path.relative_to(ROOT).as_posix() for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])

_FENCE = re.compile(r"^```(python|output|console)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)")
_END = "<<end of output>>"


def examples(page: str) -> Iterator[tuple[str, str, str | None]]:
    """Give each block that runs: its language, its text, and for Python the output shown below it."""
    blocks = _FENCE.findall((ROOT / page).read_text(encoding="utf-8"))
    for (language, text), (following, output) in pairwise([*blocks, ("", "")]):
        if language != "output":
            yield language, text, output if following == "output" else None


def run_python(text: str, variables: dict[str, object]) -> str:
    """Run a block and give what it printed."""
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(text, "<example>", "exec"), variables)  # noqa: S102 - that is what an example is for
    return printed.getvalue()


def run_console(text: str, where: Path) -> str:
    """Give the commands of a block to one shell, and tell the session as it went."""
    commands = [line.removeprefix("$ ") for line in text.splitlines() if line.startswith("$ ")]
    script = "".join(f"{{ {command}\n}} 2>&1\necho '{_END}'\n" for command in commands) + f"pwd > '{where}'\n"
    done = subprocess.run(["sh", "-c", script], capture_output=True, encoding="utf-8", check=False)
    os.chdir(where.read_text(encoding="utf-8").rstrip("\n"))
    outputs = [re.sub(r"(?<=[^\n])\Z", "\n", output) for output in done.stdout.split(f"{_END}\n")]
    return "".join(f"$ {command}\n{output}" for command, output in zip(commands, outputs, strict=False))


def matches(found: str, shown: str) -> bool:
    """Tell whether a text is the one shown, `…` standing for anything."""
    return re.fullmatch(".*?".join(map(re.escape, shown.split("…"))), found, re.DOTALL) is not None


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """An empty folder to work in, a command `muniment`, a git that knows its user; gives the folder of commands."""
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
    monkeypatch.setenv("PYTHONUTF8", "1")
    for name in ("MUNIMENT_SIGNING_KEY", "SSH_AUTH_SOCK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MUNIMENT_AUTHOR", "Ada <ada@example.org>")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ada@example.org")
    return programs


@pytest.mark.skipif(os.name != "posix", reason="the sessions are written for a POSIX shell")
@pytest.mark.parametrize("page", PAGES)
def test_examples_do_what_the_page_says(page, programs):
    """Whoever follows a page from its beginning sees what it shows."""
    if "$ git " in (ROOT / page).read_text(encoding="utf-8") and which("git") is None:
        pytest.skip("this page needs git")
    if "$ ssh-keygen " in (ROOT / page).read_text(encoding="utf-8") and which("ssh-keygen") is None:
        pytest.skip("this page needs ssh-keygen")
    variables: dict[str, object] = {"__name__": "__main__"}
    for language, text, output in examples(page):
        if language == "python":
            found, shown = run_python(text, variables), output or ""
        else:
            found, shown = run_console(text, programs / "where"), text
        assert matches(found, shown), f"{page}: this block\n{text}\nprinted\n{found}\nand not\n{shown}"


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_examples(page):
    """The blocks that run are found: no page passes for want of them."""
    assert [text for _, text, _ in examples(page) if text.strip()]


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
