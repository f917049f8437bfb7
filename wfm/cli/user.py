"""``wfm user``: accounts of the dashboard."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wfm.cli import options
from wfm.errors import BadInput
from wfm.i18n import say

if TYPE_CHECKING:
    from wfm.store import AccountStore, User

__all__ = ["register"]


def _name() -> Any:
    return typer.Argument(help=say("name that the person signs in with"), metavar="NAME")


def _roles() -> Any:
    return typer.Option(
        "--role", help=say("manager, scheduler, operations, analyst, viewer or agent; repeat it for several")
    )


def _agent() -> Any:
    return typer.Option("--agent", help=say("the person's number in the roster, whose duties stand on the own page"))


def _from_stdin() -> Any:
    return typer.Option("--password-stdin", help=say("read the password from standard input, one line"))


def _made_up() -> Any:
    return typer.Option("--make-password", help=say("make a password at random and print it, once"))


def register(app: typer.Typer) -> None:
    """Add the commands ``wfm user …``."""
    group = typer.Typer(
        name="user",
        help=say("Accounts of the dashboard: who may sign in, and as what."),
        no_args_is_help=True,
    )
    _making(group)
    _changing(group)
    app.add_typer(group)


def _making(group: typer.Typer) -> None:
    @group.command(help=say("Make an account; the password is asked for, and changed at the first sign-in."))
    def add(
        name: Annotated[str, _name()],
        role: Annotated[list[str], _roles()],
        agent: Annotated[str, _agent()] = "",
        password_stdin: Annotated[bool, _from_stdin()] = False,
        make_password: Annotated[bool, _made_up()] = False,
        own: Annotated[
            bool, typer.Option("--own", help=say("the account is yours: the password need not be changed"))
        ] = False,
        single_sign_on: Annotated[
            bool, typer.Option("--single-sign-on", help=say("no password: signs in through the organisation's service"))
        ] = False,
        url: Annotated[str, options.database()] = "",
    ) -> None:
        accounts = _accounts(url)
        password = None if single_sign_on else _password(name, password_stdin, make_password)
        user = accounts.add(name, role, password=password, agent=agent, must_change=not own, who=_who())
        print(say("{name} may sign in as {roles}.", name=user.name, roles=", ".join(user.roles)))
        if password is not None and make_password:
            _print_password(password)

    @group.command("list", help=say("List the accounts: roles, last sign-in, and what keeps somebody out."))
    def list_users(
        as_json: Annotated[bool, options.as_json()] = False,
        url: Annotated[str, options.database()] = "",
    ) -> None:
        from wfm.cli.console import make_console, make_table, print_json

        users = _accounts(url).users()
        if as_json:
            print_json([_plain(user) for user in users])
            return
        if not users:
            print(say("No account yet. Make the first one: wfm user add NAME --role manager"))
            return
        console = make_console()
        table = make_table(console)
        for heading in (say("name"), say("roles"), say("agent"), say("last sign-in"), say("state")):
            table.add_column(heading)
        for user in users:
            last = f"{user.signed_in_at.astimezone():%Y-%m-%d %H:%M}" if user.signed_in_at else "–"
            table.add_row(user.name, ", ".join(user.roles), user.agent or "–", last, _state(user))
        console.print(table)


def _changing(group: typer.Typer) -> None:
    @group.command(help=say("Let somebody no longer in; ends the sessions."))
    def disable(name: Annotated[str, _name()], url: Annotated[str, options.database()] = "") -> None:
        user = _accounts(url).disable(name, who=_who())
        print(say("{name} may no longer sign in.", name=user.name))

    @group.command(help=say("Let a disabled account in again."))
    def enable(name: Annotated[str, _name()], url: Annotated[str, options.database()] = "") -> None:
        user = _accounts(url).enable(name, who=_who())
        print(say("{name} may sign in as {roles}.", name=user.name, roles=", ".join(user.roles)))

    @group.command(help=say("End the lock after failed sign-ins."))
    def unlock(name: Annotated[str, _name()], url: Annotated[str, options.database()] = "") -> None:
        user = _accounts(url).unlock(name, who=_who())
        print(say("{name} is not locked.", name=user.name))

    @group.command(help=say("Give a new password, which is to be changed at the next sign-in; ends the sessions."))
    def password(
        name: Annotated[str, _name()],
        password_stdin: Annotated[bool, _from_stdin()] = False,
        make_password: Annotated[bool, _made_up()] = False,
        url: Annotated[str, options.database()] = "",
    ) -> None:
        accounts = _accounts(url)
        user = accounts.user(name)
        given = accounts.reset_password(name, password=_password(name, password_stdin, make_password), who=_who())
        print(say("{name} has a new password.", name=user.name))
        if make_password:
            _print_password(given)

    @group.command(help=say("Give other roles; ends the sessions."))
    def roles(
        name: Annotated[str, _name()],
        role: Annotated[list[str], _roles()],
        agent: Annotated[str | None, _agent()] = None,
        url: Annotated[str, options.database()] = "",
    ) -> None:
        user = _accounts(url).set_roles(name, role, agent=agent, who=_who())
        print(say("{name} may sign in as {roles}.", name=user.name, roles=", ".join(user.roles)))


def _accounts(url: str) -> AccountStore:
    from wfm.store import open_store

    return open_store(url or None).accounts


def _who() -> str:
    from wfm.cli.roster_asked import user_name

    return user_name()


def _plain(user: User) -> dict[str, Any]:
    moments = ("password_at", "created_at", "changed_at", "signed_in_at", "locked_until")
    told = asdict(user)
    return {k: v.isoformat() if k in moments and v is not None else v for k, v in told.items()}


def _state(user: User) -> str:
    if user.disabled:
        return say("disabled")
    if user.locked_until is not None:
        return say("locked until {time}", time=f"{user.locked_until.astimezone():%H:%M}")
    if not user.has_password:
        return say("through the organisation's service")
    return say("password due") if user.must_change else say("active")


def _password(name: str, from_stdin: bool, make: bool) -> str:
    """The password for somebody of this name: made, read, or asked for twice without showing it."""
    import getpass

    from wfm.store import Passwords

    if from_stdin and make:
        raise BadInput(say("--password-stdin and --make-password exclude each other"))
    if make:
        return Passwords().make(name)
    if from_stdin:
        return _line()
    if not sys.stdin.isatty():
        raise BadInput(say("no terminal to ask for the password: use --password-stdin or --make-password"))
    first = getpass.getpass(say("Password: "))
    if first != getpass.getpass(say("Once more: ")):
        raise BadInput(say("the two passwords are not the same"))
    return first


def _line() -> str:
    """The first line of standard input.

    Raises:
        BadInput: it is no UTF-8, as a file that was written in GBK.
    """
    try:
        found = sys.stdin.readline().rstrip("\r\n")
        found.encode()
    except UnicodeError:
        raise BadInput(say("--password-stdin: the line is not UTF-8; write the file in UTF-8")) from None
    return found


def _print_password(password: str) -> None:
    print(say("One-time password, shown this once: {password}", password=password))
