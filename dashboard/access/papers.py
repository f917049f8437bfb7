"""Pages without script: signing in, a new password, signing out, and why somebody may not come in."""

from __future__ import annotations

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
    hidden = _hidden(next_path)
    wrong = ' aria-invalid="true" aria-describedby="said"' if problem else ""
    focus_name, focus_password = ("", " autofocus") if name else (" autofocus", "")
    form = f"""<form method="post" action="/sign-in">{hidden}
<label for="name">{escape(say("Name"))}</label>
<input id="name" name="name" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="80" required value="{escape(name)}"{focus_name}{wrong}>
<label for="password">{escape(say("Password"))}</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="400" required{focus_password}{wrong}>
<button>{escape(say("Sign in"))}</button></form>"""
    if other_way:
        asked = urlencode({"next": next_path})
        form += f"""<div class="or">{escape(say("or"))}</div>
<a class="button second" href="/sign-in/oidc?{asked}">{escape(say("Sign in with {service}", service=other_way))}</a>"""
    lead = f'<p class="lead">{escape(say("Forecasts, seats and rosters of your hotline."))}</p>'
    return _paper(say("Sign in"), lead + _said(problem, done) + form, status)


def password_page(*, next_path: str, name: str, due: bool, problem: str = "", status: int = 200) -> Response:
    """The form to choose a new password. ``due``: nothing else opens before."""
    why = (
        say("Your password was given to you, or is old. Choose a new one; then you can go on.")
        if due
        else say("All your other sessions end when you change it.")
    )
    wrong = ' aria-invalid="true" aria-describedby="said"' if problem else ""
    later = "" if due else f'<a class="button second" href="{escape(next_path)}">{escape(say("Go back"))}</a>'
    body = f"""<p class="lead">{escape(why)}</p>{_said(problem)}
<form method="post" action="/password">{_hidden(next_path)}
<input type="text" name="name" value="{escape(name)}" autocomplete="username" hidden>
<label for="old">{escape(say("Password so far"))}</label>
<input id="old" name="old" type="password" autocomplete="current-password" maxlength="400" required autofocus{wrong}>
<label for="new">{escape(say("New password"))}</label>
<input id="new" name="new" type="password" autocomplete="new-password" maxlength="400" required aria-describedby="rules">
<p class="hint" id="rules">{escape(password_rules())}</p>
<label for="again">{escape(say("New password, once more"))}</label>
<input id="again" name="again" type="password" autocomplete="new-password" maxlength="400" required>
<button>{escape(say("Change the password"))}</button></form>{later}"""
    return _paper(say("Choose a new password"), body, status)


def sign_out_page(name: str) -> Response:
    """Ask once more; only the button signs out."""
    body = f"""<p class="lead">{escape(say("You are signed in as {name}.", name=name))}</p>
<form method="post" action="/sign-out"><button autofocus>{escape(say("Sign out"))}</button></form>
<a class="button second" href="/">{escape(say("Stay"))}</a>"""
    return _paper(say("Sign out?"), body)


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


def _hidden(next_path: str) -> str:
    return f'<input type="hidden" name="next" value="{escape(next_path)}">'


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
    page = (
        f'<!DOCTYPE html><html lang="{"zh-CN" if spoken == "zh" else "en"}"><head><meta charset="utf-8">'
        f"<title>{escape(title)} · WFM</title>"
        '<link rel="icon" href="data:,"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_style()}</style></head><body><header><span>{escape(say('Hotline planning'))}</span>{link}</header>"
        f"<main{' class=wide' if wide else ''}>{body}</main></body></html>"
    )
    return Response(page, status=status, mimetype="text/html", headers={"Cache-Control": "no-store"})


@cache
def _style() -> str:
    return (files("dashboard.access") / "papers.css").read_text(encoding="utf-8")
