"""The command line of the suite: python -m suite COMMAND."""

import sys
from importlib import import_module

import click

from suite.errors import CannotStart

# Where each command is; imported only when asked for, so that each starts as fast as it can.
COMMANDS = {
    "run": "suite.commands:run",
    "migrate": "suite.commands:migrate",
    "setup": "suite.commands:setup",
    "keys": "suite.commands:keys",
    "demo": "suite.demo:command",
    "verify": "suite.verify:command",
    "events": "suite.events:events",
}


class LateCommands(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(cls=LateCommands)
def main() -> None:
    """Start, fill, check and keep Clinic Suite."""


if __name__ == "__main__":
    try:
        main(prog_name="python -m suite")
    except CannotStart as reason:
        click.echo(f"clinic suite: {reason}", err=True)
        sys.exit(1)
