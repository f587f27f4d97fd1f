"""The command line: every file in this folder is a command, found by its name.

To add `hauberk drill`, write `cli/drill.py` with a function `drill` (typer reads its signature) or, for a group of
commands, with `app = typer.Typer()`; a dash in the command is an underscore in the file. Its module docstring begins
`` `hauberk drill`: `` and goes on with the sentence that `hauberk --help` shows. Import what is heavy inside the
function. Refuse with an error of `kit.errors`: it is shown as one sentence, exit status 1; wrong usage is 2.
"""

import ast
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from hauberk.kit import discover
from hauberk.kit.errors import Refusal

PACKAGE = "hauberk.cli"
_COMPLETION = ("install_completion", "show_completion")
HELP = """Hauberk: one list of everything your scanners found, that you can trust.

Start it here with 'hauberk up', send it a report with 'hauberk upload trivy.json --asset shop', look at one without any
server with 'hauberk parse report.sarif'.
"""
EPILOG = "'hauberk COMMAND --help' explains a command, with examples. Settings come from HAUBERK_* and .env."


class Commands(TyperGroup):
    """Knows all commands by their files, and imports only the one that is called."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return [name.replace("_", "-") for name in discover.names(PACKAGE) if name != "main"]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """For the overview and suggestions: name and sentence, without an import."""
        if cmd_name not in self.list_commands(ctx):
            return None
        return TyperCommand(name=cmd_name, help=_sentence(cmd_name), rich_markup_mode=None)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, command, rest = super().resolve_command(ctx, args)
        return name, _load(name) if name and command else command, rest


def _load(name: str) -> Any:
    file = name.replace("-", "_")
    module = import_module(f"{PACKAGE}.{file}")
    app = getattr(module, "app", None)
    if app is None:
        app = typer.Typer(add_completion=False, rich_markup_mode=None)
        app.command(name)(getattr(module, file))
    command = typer.main.get_command(app)
    command.name = name
    command.params = [each for each in command.params if each.name not in _COMPLETION]  # only the root has it
    for each in (command, *getattr(command, "commands", {}).values()):
        each.rich_markup_mode = None  # rich takes longer to import than all of this to run
    return command


def _sentence(name: str) -> str:
    source = Path(__file__).with_name(name.replace("-", "_") + ".py").read_text(encoding="utf-8")
    first = (ast.get_docstring(ast.parse(source)) or "").split("\n\n", 1)[0].replace("\n", " ")
    sentence = first.rpartition("`: ")[2]
    return sentence[:1].upper() + sentence[1:]


def _show_version(asked: bool) -> None:
    if asked:
        from hauberk import __version__

        print(f"hauberk {__version__}")
        raise typer.Exit


app = typer.Typer(
    cls=Commands, help=HELP, epilog=EPILOG, no_args_is_help=True, rich_markup_mode=None, add_completion=True
)


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help="Show the version."
    ),
) -> None:
    """Options before any command."""


@cache
def command() -> Any:
    return typer.main.get_command(app)


def run() -> None:
    try:
        command()(prog_name="hauberk")
    except Refusal as refusal:
        sys.stderr.write(f"hauberk: {refusal.message}\n")
        sys.exit(1)
