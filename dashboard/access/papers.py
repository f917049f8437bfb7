"""Pages without script: signing in, a new password, signing out, and why somebody may not come in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from html import escape
from importlib.resources import files
from urllib.parse import urlencode

from flask import Response, request

from wfm.i18n import LANGUAGES, language, say, use_language
from wfm.store import password_rules

__all__ = ["message_page", "needs_link", "password_page", "sign_in_page", "sign_out_page"]

_SELVES = {"en": "English", "zh": "中文"}


def sign_in_page(
    *, next_path: str, name: str = "", problem: str = "", done: str = "", other_way: str = "", status: int = 200
) -> Response:
    """The form to sign in. ``other_way``: name of the organisation's own service, if there is one."""
    wrong = {"aria-invalid": "true", "aria-describedby": "said"} if problem else {}
    named = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "maxlength": "80"}
    body = [
        _lead(say("Forecasts, seats and rosters of your hotline.")),
        _said(problem, done),
        _form(
            "/sign-in",
            next_path,
            _field("name", say("User name"), "text", {**named, **wrong}, value=name, autofocus=not name),
            _field(
                "password",
                say("Password"),
                "password",
                {"autocomplete": "current-password", **wrong},
                autofocus=bool(name),
            ),
            _button(say("Sign in")),
        ),
    ]
    if other_way:
        words = say("Sign in with {service}", service=other_way)
        between = say("or")
        body.append(f'<div class="or">{escape(between)}</div>')
        body.append(_second(f"/sign-in/oidc?{urlencode({'next': next_path})}", words))
    return _paper(say("Sign in"), "".join(body), status)


def password_page(*, next_path: str, name: str, due: bool, problem: str = "", status: int = 200) -> Response:
    """The form to choose a new password. ``due``: nothing else opens before."""
    why = (
        say("Your password was given to you, or is old. Choose a new one; then you can go on.")
        if due
        else say("All your other sessions end when you change it.")
    )
    wrong = {"aria-invalid": "true", "aria-describedby": "said"} if problem else {}
    fresh = {"autocomplete": "new-password"}
    so_far = {"autocomplete": "current-password", **wrong}
    body = [
        _lead(why),
        _said(problem),
        _form(
            "/password",
            next_path,
            f'<input type="text" name="name" value="{escape(name)}" autocomplete="username" hidden>',
            _field("old", say("Password so far"), "password", so_far, autofocus=True),
            _field("new", say("New password"), "password", {**fresh, "aria-describedby": "rules"}),
            f'<p class="hint" id="rules">{escape(password_rules())}</p>',
            _field("again", say("New password, once more"), "password", fresh),
            _button(say("Change the password")),
        ),
    ]
    if not due:
        body.append(_second(next_path, say("Go back")))
    return _paper(say("Choose a new password"), "".join(body), status)


def sign_out_page(name: str) -> Response:
    """Ask once more; only the button signs out."""
    lead = _lead(say("You are signed in as {name}.", name=name))
    form = _form("/sign-out", "/", _button(say("Sign out")))
    return _paper(say("Sign out?"), lead + form + _second("/", say("Stay")))


def message_page(status: int, title: str, words: str, way_out: tuple[str, str] | None = None) -> Response:
    """One thing said, and perhaps a link that helps: its address and words."""
    link = f'<p><a href="{escape(way_out[0])}">{escape(way_out[1])}</a></p>' if way_out else ""
    return _paper(title, f"<p>{escape(words)}</p>{link}", status, wide=True)


def needs_link() -> Response:
    """The page opens to the owner of this machine only; said in both languages, as nobody has chosen one yet."""
    parts = []
    for spoken in LANGUAGES:
        with use_language(spoken):
            title = say("This page needs the link from the terminal")
            words = say(
                "The dashboard shows a roster and opens only to whoever started it. Open the link that wfm serve printed "
                "in its terminal; each link works once, and the terminal shows the next one after it was used."
            )
        tag = "zh-CN" if spoken == "zh" else "en"
        parts.append(f'<section lang="{tag}"><h1>{escape(title)}</h1><p>{escape(words)}</p></section>')
    return _response("403", "".join(parts), 403, wide=True, switch=False)


def _form(action: str, next_path: str, *parts: str) -> str:
    hidden = f'<input type="hidden" name="next" value="{escape(next_path)}">'
    return f'<form method="post" action="{action}">{hidden}{"".join(parts)}</form>'


def _field(
    key: str, label: str, kind: str, more: Mapping[str, str], *, value: str = "", autofocus: bool = False
) -> str:
    told = {"id": key, "name": key, "type": kind, "maxlength": "400", **({"value": value} if value else {}), **more}
    attributes = " ".join(f'{name}="{escape(text)}"' for name, text in told.items())
    focus = " autofocus" if autofocus else ""
    return f'<label for="{key}">{escape(label)}</label><input {attributes} required{focus}>'


def _button(words: str) -> str:
    return f"<button>{escape(words)}</button>"


def _second(address: str, words: str) -> str:
    return f'<a class="button second" href="{escape(address)}">{escape(words)}</a>'


def _lead(words: str) -> str:
    return f'<p class="lead">{escape(words)}</p>'


def _said(problem: str, done: str = "") -> str:
    if problem:
        return f'<p class="said" id="said" role="alert">{escape(problem[:1].upper() + problem[1:])}</p>'
    return f'<p class="said done" role="status">{escape(done)}</p>' if done else ""


def _paper(title: str, body: str, status: int = 200, *, wide: bool = False) -> Response:
    return _response(title, f"<h1>{escape(title)}</h1>{body}", status, wide=wide, switch=True)


def _response(title: str, body: str, status: int, *, wide: bool, switch: bool) -> Response:
    spoken = language()
    other = "en" if spoken == "zh" else "zh"
    kept = [(k, v) for k, v in request.args.items(multi=True) if k not in ("lang", "token")]
    address = f"{request.path}?{urlencode([*kept, ('lang', other)])}"
    link = f'<a href="{escape(address)}" lang="{other}">{_SELVES[other]}</a>' if switch else ""
    product = say("Hotline planning")
    page = (
        f'<!DOCTYPE html><html lang="{"zh-CN" if spoken == "zh" else "en"}"><head><meta charset="utf-8">'
        f"<title>{escape(title)} · WFM</title>"
        '<link rel="icon" href="data:,"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_style()}</style></head><body><header><span>{escape(product)}</span>{link}</header>"
        f"<main{' class=wide' if wide else ''}>{body}</main></body></html>"
    )
    return Response(page, status=status, mimetype="text/html", headers={"Cache-Control": "no-store"})


@cache
def _style() -> str:
    return (files("dashboard.access") / "papers.css").read_text(encoding="utf-8")
