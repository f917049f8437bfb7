"""Serve the dashboard on this machine: waitress on every system, one process, several threads."""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from wfm.errors import BadInput
from wfm.i18n import Language, say

__all__ = ["serve"]


def serve(
    plans: Path,
    *,
    host: str,
    port: int,
    threads: int,
    language: Language | None,
    browser: bool,
    tell: Callable[[str], None],
) -> None:
    """Serve until interrupted. ``tell`` is given the lines that a person reads, the link first.

    Raises:
        BadInput: the address reaches beyond this machine, or the port is taken.
    """
    from dashboard.access import AccessRules, guard, is_loopback, make_link_token, withdraw_links

    if not is_loopback(host):
        raise BadInput(
            say(
                "--host {host}: other machines could come in there, which needs accounts, and there are none yet; "
                "allowed are 127.0.0.1, ::1 and localhost",
                host=host,
            )
        )
    from waitress.server import create_server

    from dashboard.app import make_app
    from dashboard.desk import Desk

    listener = _listen(host, port)
    actual = int(listener.getsockname()[1])
    rules = AccessRules(cookie=f"wfm_session_{actual}")  # browsers keep one set of cookies for all ports of a host
    desk = Desk(plans)

    def tell_next(token: str) -> None:
        tell(say("The link was used. The next one: {link}", link=link(token)))

    server = create_server(
        make_app(desk, lambda flask: guard(flask, desk, rules, on_new_token=tell_next)).server,
        sockets=[listener],
        threads=max(2, threads),
        ident=None,
    )

    def link(token: str) -> str:
        name = f"[{host}]" if ":" in host else host
        spoken = f"&lang={language}" if language else ""
        return f"http://{name}:{actual}/?token={token}{spoken}"

    first = link(make_link_token(desk.store))
    tell(say("The dashboard is open at {link}", link=first))
    tell(say("Plans are read from {folder}. Ctrl-C stops.", folder=plans))
    if browser and _has_screen():
        threading.Timer(0.5, webbrowser.open, [first]).start()
    # A page asks for its dozen scripts at once; that they queue for a moment is no news.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    _stop_politely()
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        withdraw_links(desk.store)
        server.close()
    tell(say("The dashboard is closed."))


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens there.

    Raises:
        BadInput: the port is taken or not allowed.
    """
    name = host.strip("[]")
    try:
        family = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)[0][0]
    except OSError as error:
        raise BadInput(_why_not(host, port, error)) from None
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":  # there the option would let two servers share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((name, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise BadInput(_why_not(host, port, error)) from None
    return listener


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno in (errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", errno.EADDRINUSE)):
        return say("port {port} is in use; choose another with --port", port=port)
    if error.errno == errno.EACCES:
        return say("port {port} needs rights that you do not have; choose one above 1023 with --port", port=port)
    return say("cannot listen on {host}:{port}: {reason}", host=host, port=port, reason=error.strerror or str(error))


def _has_screen() -> bool:
    """Whether a browser can be opened: without a screen, a text browser would take over the terminal."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _stop_politely() -> None:
    """Let a plain ``kill`` close the server as Ctrl-C does."""

    def interrupt(signum: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, interrupt)
