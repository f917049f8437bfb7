"""Accounts: who may sign in and as what; adding, changing, letting in again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ALL, Input, Output, State, ctx, dcc, html

from dashboard.answering import Answering, tell
from dashboard.asked import Asked, asked_of
from dashboard.attributes import UNSPOKEN, cell_label
from dashboard.desk import Desk
from dashboard.pages.admin.part import Part
from dashboard.pages.admin.words import ROLE_TASKS, moment_words, role_words, zone_of
from dashboard.pages.parts import card
from dashboard.person import here
from dashboard.rights import ROLES
from wfm.errors import BadInput
from wfm.i18n import both, say
from wfm.store import Passwords, User

__all__ = ["PART"]


def _show(asked: Asked, desk: Desk, secret: str = "") -> list[Any]:
    users = desk.store.accounts.users()
    chosen = next((user for user in users if user.name == asked.get("user")), None)
    body: list[Any] = [_headline(users)]
    if secret:
        body.append(_secret(asked.get("user"), secret))
    if asked.get("add") and chosen is None:
        body.append(_new(asked))
    elif chosen is not None:
        body.append(_one(chosen, asked, desk))
    elif asked.get("user"):
        body.append(html.P(say("There is no account {name}.", name=asked.get("user")), className="error"))
    add = dcc.Link(say("Add an account"), href=_address(asked, add="yes"), className="button", id="admin-users-new")
    body.append(card(say("Accounts"), [_table(users, asked, desk)] if users else [_nobody()], [add]))
    return body


def _address(asked: Asked, **changes: str) -> str:
    return asked.with_(**{"user": "", "add": "", "tab": "users", **changes})


def _headline(users: Sequence[User]) -> html.P:
    active = [user for user in users if not user.disabled]
    locked = [user.name for user in users if user.locked_until is not None]
    due = [user.name for user in active if user.must_change]
    look = "none"
    if locked:
        look = "risk"
        words = say("Locked after failed sign-ins: {names}.", names=", ".join(locked))
    elif not any("manager" in user.roles for user in active):
        words = say("Nobody can administer from other machines yet; add an account with the role manager.")
    elif due:
        words = say("{count} accounts; a new password is due from {names}.", count=len(active), names=", ".join(due))
    else:
        look, words = "met", say("{count} accounts, all in order.", count=len(active))
    return html.P(words, className=f"headline {look}", id="admin-headline")


def _nobody() -> html.P:
    return html.P(
        say(
            "Here stand the people who may sign in from other machines. On this machine the link of the terminal opens "
            "the dashboard; for everybody else, add an account."
        )
    )


def _table(users: Sequence[User], asked: Asked, desk: Desk) -> html.Table:
    zone = zone_of(asked, desk)
    headings = (say("Name"), say("Roles"), say("Number in the roster"), say("Last sign-in"), say("State"))
    rows = [
        html.Tr(
            [
                html.Td(
                    dcc.Link(user.name, href=_address(asked, user=user.name)),
                    className="full",
                    **cell_label(headings[0]),
                ),
                html.Td(_joined([role_words(role) for role in user.roles]), **cell_label(headings[1])),
                html.Td(user.agent or "–", **cell_label(headings[2])),
                html.Td(moment_words(user.signed_in_at, zone), **cell_label(headings[3])),
                html.Td(_state(user, zone), **cell_label(headings[4])),
            ]
        )
        for user in users
    ]
    return html.Table(
        [html.Thead(html.Tr([html.Th(heading) for heading in headings])), html.Tbody(rows)],
        className="score",
        id="admin-users-table",
    )


def _joined(words: Sequence[str]) -> str:
    return say("{first}, {more}", first=words[0], more=_joined(words[1:])) if len(words) > 1 else words[0]


def _state(user: User, zone: Any) -> list[Any]:
    if user.disabled:
        look, icon, words = "none", "–", say("disabled")
    elif user.locked_until is not None:
        look, icon = "missed", "✕"
        words = say("locked until {time}", time=f"{user.locked_until.astimezone(zone):%H:%M}")
    elif user.must_change:
        look, icon, words = "risk", "△", say("new password due")
    else:
        look, icon = "met", "✓"
        words = say("active") if user.has_password else say("active, through the organisation's service")
    return [html.Span(icon, className=f"mark {look}", **UNSPOKEN), " ", words]


def _secret(name: str, secret: str) -> html.Div:
    return html.Div(
        [
            html.P(say("One-time password of {name}. It is shown this once; hand it over safely.", name=name)),
            html.Code(secret, id="admin-users-secret"),
            dcc.Clipboard(target_id="admin-users-secret", title=say("Copy"), className="copy"),
        ],
        className="secret",
        role="status",
    )


def _fields(roles: Sequence[str], agent: str) -> list[Any]:
    return [
        dmc.CheckboxGroup(
            [dmc.Checkbox(label=role_words(r), description=ROLE_TASKS[r].of(), value=r, mt=8) for r in ROLES],
            id={"type": "admin-users-field", "field": "roles"},
            label=say("Roles"),
            value=list(roles),
        ),
        dmc.TextInput(
            id={"type": "admin-users-field", "field": "agent"},
            label=say("Number in the roster"),
            description=say("Whose duties stand on the page My duties; empty if the person is in no roster."),
            value=agent,
            w=280,
            mt=16,
        ),
    ]


def _button(do: str, words: str, *, quiet: bool = True) -> html.Button:
    look = "button quiet-button" if quiet else "button"
    return html.Button(words, id={"type": "admin-users-do", "do": do}, className=look, n_clicks=0)


def _sure(do: str, words: str, question: str) -> dcc.ConfirmDialogProvider:
    """A button that asks once before it acts."""
    button = html.Button(words, className="button quiet-button")
    return dcc.ConfirmDialogProvider(button, id={"type": "admin-users-sure", "do": do}, message=question)


def _new(asked: Asked) -> html.Section:
    name = dmc.TextInput(
        id={"type": "admin-users-field", "field": "name"},
        label=say("Name"),
        description=say("What the person types to sign in."),
        w=280,
        mb=16,
        autoComplete="off",
    )
    service = dmc.Checkbox(
        id={"type": "admin-users-check", "field": "service"},
        label=say("Without a password: signs in through the organisation's own service"),
        mt=16,
    )
    buttons = html.Div(
        [_button("add", say("Add"), quiet=False), dcc.Link(say("Cancel"), href=_address(asked))],
        className="admin-buttons",
    )
    return card(
        say("New account"), [html.Div([name, *_fields(["viewer"], ""), service, buttons], className="admin-form")]
    )


def _one(user: User, asked: Asked, desk: Desk) -> html.Section:
    zone = zone_of(asked, desk)
    told = [
        (say("Made"), moment_words(user.created_at, zone)),
        (say("Last sign-in"), moment_words(user.signed_in_at, zone)),
        (say("Password from"), moment_words(user.password_at, zone) if user.has_password else say("none")),
    ]
    facts = html.Dl([html.Div([html.Dt(name), html.Dd(value)]) for name, value in told], className="facts")
    more: list[Any] = []
    if user.locked_until is not None:
        more.append(_button("unlock", say("End the lock")))
    if user.has_password:
        question = say(
            "Give {name} a new one-time password? The sessions end, the old password no longer works.", name=user.name
        )
        more.append(_sure("reset", say("Reset the password"), question))
    if user.disabled:
        more.append(_button("enable", say("Let in again")))
    else:
        question = say(
            "Let {name} no longer in? The sessions end. You can let the account in again at any time.", name=user.name
        )
        more.append(_sure("disable", say("Disable the account"), question))
    buttons = html.Div(
        [_button("save", say("Save"), quiet=False), *more, dcc.Link(say("Close"), href=_address(asked))],
        className="admin-buttons",
    )
    whose = dcc.Input(id={"type": "admin-users-field", "field": "whose"}, type="hidden", value=user.name)
    form = html.Div([whose, *_fields(user.roles, user.agent), buttons], className="admin-form")
    return card(user.name, [facts, form])


def _wire(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("admin-body", "children", allow_duplicate=True),
        Output("admin-url", "search", allow_duplicate=True),
        Input({"type": "admin-users-do", "do": ALL}, "n_clicks"),
        Input({"type": "admin-users-sure", "do": ALL}, "submit_n_clicks"),
        State({"type": "admin-users-field", "field": ALL}, "value"),
        State({"type": "admin-users-field", "field": ALL}, "id"),
        State({"type": "admin-users-check", "field": ALL}, "checked"),
        State("admin-url", "pathname"),
        State("admin-url", "search"),
        right="administer",
        prevent_initial_call=True,
    )
    def act(
        clicks: list[int | None],
        sure: list[int | None],
        values: list[Any],
        ids: list[dict[str, str]],
        checked: list[bool | None],
        path: str | None,
        search: str | None,
    ) -> Any:
        """Do what the pressed button says, and draw the accounts anew."""
        if not any(clicks) and not any(sure):
            raise dash.exceptions.PreventUpdate
        fields = {told["field"]: value for told, value in zip(ids, values, strict=True)}
        pressed = str((ctx.triggered_id or {}).get("do", ""))
        secret, name = _act(pressed, fields, without_password=any(checked), desk=desk)
        asked = asked_of(path, search)
        after = asked_of(path, _address(asked, user=name).partition("?")[2])
        if secret or after == asked:  # what is shown once must not be drawn over by the new address
            return _show(after, desk, secret), dash.no_update
        return dash.no_update, after.search()


def _act(do: str, fields: dict[str, Any], *, without_password: bool, desk: Desk) -> tuple[str, str]:
    """Change an account; returns a one-time password, if one was made, and whose account stays open."""
    accounts, who, name = desk.store.accounts, here().name, str(fields.get("whose") or "")
    if do == "add":
        password = None if without_password else Passwords().make(str(fields.get("name") or ""))
        agent = str(fields.get("agent") or "")
        user = accounts.add(
            str(fields.get("name") or ""), fields.get("roles") or [], password=password, agent=agent, who=who
        )
        tell(say("{name} has an account.", name=user.name))
        return password or "", user.name
    if do == "save":
        user = accounts.set_roles(name, fields.get("roles") or [], agent=str(fields.get("agent") or ""), who=who)
        tell(say("Saved: {name}.", name=user.name))
    elif do == "reset":
        return accounts.reset_password(name, who=who), name
    elif do == "disable":
        accounts.disable(name, who=who)
        tell(say("{name} may no longer sign in.", name=name))
    elif do == "enable":
        accounts.enable(name, who=who)
        tell(say("{name} may sign in again.", name=name))
    elif do == "unlock":
        accounts.unlock(name, who=who)
        tell(say("{name} is not locked any more.", name=name))
    else:
        raise BadInput(say("there is no such step"))
    return "", name


PART = Part("users", both("Accounts"), _show, _wire)
