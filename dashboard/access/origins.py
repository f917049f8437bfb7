"""Where a request comes from: which page, under which name, through which proxy."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Request

from dashboard.access.rules import AccessRules, is_loopback

__all__ = ["is_navigation", "known_host", "local_path", "same_origin"]


def known_host(request: Request, rules: AccessRules) -> bool:
    """Whether the browser asked under a name that is ours.

    A page elsewhere whose name was pointed at this machine (DNS rebinding) is refused by it.
    """
    try:
        name = urlsplit(f"//{request.host}").hostname or ""
    except ValueError:
        return False
    if is_loopback(name) or name in {n.lower() for n in rules.public_names}:
        return True
    return rules.accounts and not rules.public_names


def same_origin(request: Request) -> bool:
    """Whether a request that changes something was sent by one of our own pages.

    Browsers say so in ``Sec-Fetch-Site``, older ones in ``Origin``; what says neither is no browser that a
    session's cookie should be believed from.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    if not origin:
        return False
    try:
        found = urlsplit(origin)
    except ValueError:
        return False
    return found.scheme == request.scheme and found.netloc.lower() == request.host.lower()


def is_navigation(request: Request) -> bool:
    """Whether a person opens a page or a file, rather than a page asking for more of itself."""
    if request.method != "GET" or request.path.startswith(("/_", "/assets/")):
        return False
    return request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"


def local_path(told: str) -> str:
    """A path of ours to go on to; the start page for whatever else is told."""
    if not told.startswith("/") or told.startswith(("//", "/\\")) or len(told) > 2000:
        return "/"
    if any(c == "\\" or ord(c) < 32 or ord(c) == 127 for c in told):
        return "/"
    try:
        found = urlsplit(told)
    except ValueError:
        return "/"
    return told if not found.scheme and not found.netloc else "/"
