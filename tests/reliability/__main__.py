"""`python tests/reliability COMMAND`: what a crash, or a faulty machine, may do to a store; each tool is a command."""

import argparse
import sys

import crash_command
import fault_command
import power_cut_command

_COMMANDS = {"crash-states": crash_command, "power-cuts": power_cut_command, "faults": fault_command}


def main(arguments: list[str]) -> int:
    """Run one tool."""
    parser = argparse.ArgumentParser(prog="python tests/reliability")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, module in _COMMANDS.items():
        module.add_arguments(commands.add_parser(name, description=module.__doc__))
    options = parser.parse_args(arguments)
    return _COMMANDS[options.command].main(options, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
