"""Assemble the commands, choose the language, and turn errors into one sentence and an exit code."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Annotated

import typer
from typer.models import TyperInfo

from wfm.cli.speech import SpokenCommand, SpokenGroup, bind_parser_language, usage_sentence
from wfm.errors import BadInput
from wfm.i18n import say, set_language

__all__ = ["COMMANDS", "build_app", "run"]

COMMANDS = (
    "plan",
    "roster",
    "compare",
    "choose",
    "serve",
    "show",
    "days",
    "standards",
    "staff",
    "shifts",
    "simulate",
    "review",
    "intraday",
    "backtest",
    "hire",
    "seats",
    "import_calls",
    "clean",
    "import_items",
    "orders",
    "adherence",
    "generate_calls",
    "rehearse",
    "database",
    "user",
    "audit",
)
"""Files of this package that register commands, in the order of the help."""

INTERRUPTED = 130
"""Exit code after Ctrl-C."""


def build_app() -> typer.Typer:
    """The command tree, its help in the language of the moment."""
    bind_parser_language()
    app = typer.Typer(
        name="wfm",
        cls=SpokenGroup,
        help=say("Plan a public-service hotline: forecast, seats, roster, simulation, scorecard."),
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback()
    def everywhere(
        lang: Annotated[
            str, typer.Option("--lang", help=say("language: en or zh (default: WFM_LANG, then the locale)"))
        ] = "",
        version: Annotated[
            bool, typer.Option("--version", help=say("show the version and stop"), is_eager=True)
        ] = False,
    ) -> None:
        if version:
            from wfm import __version__

            print(__version__)
            raise typer.Exit

    for name in COMMANDS:
        importlib.import_module(f"wfm.cli.{name}").register(app)
    _speak(app)
    return app


def _speak(app: typer.Typer) -> None:
    """Give every command the help that speaks both languages."""
    for command in app.registered_commands:
        command.cls = SpokenCommand
    for group in app.registered_groups:
        group.cls = SpokenGroup
        if group.typer_instance is not None:
            _speak(group.typer_instance)


def _only_asked(app: typer.Typer, words: list[str]) -> typer.Typer:
    """Keep of the tree the one command that the words name, all of it if they name none.

    The option parser of all commands takes a third of a second to build.
    """
    asked = next((word for word in words if not word.startswith("-")), None)
    commands = [command for command in app.registered_commands if command.name == asked]
    groups = [group for group in app.registered_groups if _name_of(group) == asked]
    if commands or groups:
        app.registered_commands, app.registered_groups = commands, groups
        for group in groups:
            if group.typer_instance is not None:
                _only_asked(group.typer_instance, words[words.index(str(asked)) + 1 :])
    return app


def _name_of(group: TyperInfo) -> str | None:
    """The name that a group was given when it was made."""
    return group.typer_instance.info.name if group.typer_instance is not None else None


def _choose_language(arguments: list[str]) -> list[str]:
    """Speak the language that ``--lang`` asks for, wherever it stands; returns the other arguments."""
    rest: list[str] = []
    waiting = False
    for argument in arguments:
        if waiting or argument.startswith("--lang="):
            asked, waiting = argument.removeprefix("--lang="), False
            if asked not in ("en", "zh"):
                raise BadInput(say("--lang: found {found!r}, allowed are en and zh", found=asked))
            set_language("zh" if asked == "zh" else "en")
            os.environ["WFM_LANG"] = asked
        elif argument == "--lang":
            waiting = True
        else:
            rest.append(argument)
    if waiting:
        raise BadInput(say("--lang needs a language: en or zh"))
    return rest


def _told(code: int) -> int:
    """The exit code, after saying that the work was interrupted if it was."""
    if code == INTERRUPTED:
        print(say("interrupted; nothing half-written is left"), file=sys.stderr)
    return code


def run(arguments: list[str]) -> int:
    """Run the command line and return its exit code."""
    # Linear algebra here is many small matrices: threads of their own only wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        rest = _choose_language(arguments)
        command = typer.main.get_command(_only_asked(build_app(), rest))
        code = command.main(args=rest, prog_name="wfm", standalone_mode=False)
        return _told(code if isinstance(code, int) else 0)
    except BadInput as error:
        print(say("error: {message}", message=error), file=sys.stderr)
        return 2
    except typer.Exit as stop:
        return _told(stop.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        return _told(INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        # Usage errors of the option parser (click's, vendored or not) know their own code and sentence.
        if hasattr(error, "exit_code") and hasattr(error, "format_message"):
            print(say("error: {message}", message=usage_sentence(error)), file=sys.stderr)
            return int(error.exit_code)
        raise
