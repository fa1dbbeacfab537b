"""The reference of the command line tells of every command, option, exit code and variable that there is."""

import re
from pathlib import Path

import click
import pytest

from muniment.cli import command, faults
from muniment.cli.exit_code import ExitCode
from muniment.cli.main import VERBS, program

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/reference/cli.md").read_text(encoding="utf-8")


def commands(group: click.Group, typed: str = "") -> dict[str, click.Command]:
    """Give the commands of a group by what is typed for each; of those that are groups themselves, theirs.

    What a group itself takes stands before its commands: `ledger NAME append`.
    """
    context = click.Context(group)
    found: dict[str, click.Command] = {}
    for name in group.list_commands(context):
        one = group.get_command(context, name)
        assert one is not None
        words = [typed + name, *(param.metavar or "" for param in one.params if isinstance(param, click.Argument))]
        found.update(commands(one, f"{' '.join(words)} ") if isinstance(one, click.Group) else {words[0]: one})
    return found


COMMANDS = commands(program)
NAMES = list(COMMANDS)
SHARED = {option.name for option in command.shared_options()}


def section(name: str) -> str:
    """Give what the page tells of a command, its heading included."""
    found = re.search(rf"^### `muniment {name}(?![\w-]).*?(?=^###? |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"no section for {name}"
    return found.group()


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_an_example(name):
    """Each command has a section, with a session in which it is called."""
    typed = name.replace("NAME", r"\w+")
    assert re.search(rf"```console\n(?:.*\n)*?\$.*\bmuniment {typed}(?![\w-])", section(name))


@pytest.mark.parametrize("name", NAMES)
def test_every_option_is_told(name):
    """Each option of a command stands in its section, by its short and its long form."""
    params = COMMANDS[name].params
    options = [option for option in params if isinstance(option, click.Option) and option.name not in SHARED]
    spelled = [text for option in options for text in option.opts]
    assert [text for text in spelled if not re.search(rf"(?<![\w-]){text}\b", section(name))] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_command_tells_its_json(name):
    """What a program gets stands there too."""
    assert "With `--json`" in section(name)


def test_commands_are_in_the_order_of_the_help():
    """The headings are those of `muniment --help`, and no command is told that does not exist."""
    called = re.findall(r"^### `muniment (.*)`$", PAGE, re.MULTILINE)
    told = [name for text in called for name in NAMES if re.match(rf"{name}(?![\w-])", text)]
    assert sorted(told) == sorted(NAMES)
    assert len(called) == len(told)
    headings = re.findall(r"^## (.*)$", PAGE, re.MULTILINE)
    assert [heading for heading in headings if heading in VERBS] == list(VERBS)


def test_every_exit_code_is_told():
    """The table holds each code once, and no other."""
    table = PAGE.partition("### Exit codes")[2].partition("###")[0]
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)] == list(ExitCode)


def test_every_variable_is_told():
    """What the program reads from the environment stands in the last table."""
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "src/muniment/cli").rglob("*.py")]
    read = set(re.findall(r'environ\.get\("(\w+)"\)', "".join(sources))) | {faults.DEBUG}
    told = PAGE.partition("## Environment")[2]
    assert [name for name in read - {"TERM"} if f"`{name}`" not in told] == []
