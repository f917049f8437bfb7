"""``wfm serve``: start the processes of the dashboard, tell the person where it is, keep them running, stop them all."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType

from dashboard.server.children import Child, EndsAtOnce, keep_running, stop_all
from dashboard.server.log import log_file, set_up_log
from dashboard.server.settings import ServeSettings
from wfm.errors import BadInput
from wfm.home import home_folder
from wfm.i18n import say
from wfm.os_reason import os_reason

__all__ = ["ServeSettings", "serve"]

_LOG = logging.getLogger("wfm.serve")

LOOKS_EVERY_S = 0.25
STOPS_WITHIN_S = 7.0
"""Children that have not closed by then are ended."""


def serve(settings: ServeSettings, *, browser: bool, tell: Callable[[str], None]) -> None:
    """Serve until interrupted. ``tell`` is given the lines that a person reads, the link first.

    Raises:
        BadInput: people could come in from other machines and there are no accounts; the port is taken; the store
            cannot be used; or the web server ends each time it is started.
    """
    accounts = settings.accounts or _reaches_others(settings.host)
    if accounts:
        _expect_accounts()
    with _listening(replace(settings, accounts=accounts)) as settings:
        set_up_log(home_folder(), settings.log_format)
        children = _children(settings)
        stop = threading.Event()
        try:
            with _politely(stop):
                children[0].start()  # the others follow once the person has been told where it is
                link = settings.link("" if accounts else _first_token())
                tell(say("The dashboard is open at {link}", link=link))
                tell(say("Plans are read from {folder}. Ctrl-C stops.", folder=settings.plans))
                if browser and _has_screen():
                    threading.Timer(0.5, webbrowser.open, [link]).start()
                _LOG.info("serving", extra={"port": settings.port, "workers": settings.workers, "jobs": settings.jobs})
                while not stop.wait(LOOKS_EVERY_S):
                    keep_running(children)
        except EndsAtOnce as error:
            raise BadInput(
                say(
                    "{process} ends each time it is started (code {code}); {log} tells why",
                    process=error.name,
                    code=error.code,
                    log=log_file(home_folder()),
                )
            ) from None
        finally:
            stop_all(children, STOPS_WITHIN_S)
            if not accounts:
                _withdraw_links()
            _LOG.info("closed")
    tell(say("The dashboard is closed."))


# What needs the store is loaded only once the children, which take longer to begin, are on their way.


def _reaches_others(host: str) -> bool:
    if host in ("127.0.0.1", "localhost", "::1"):
        return False
    from dashboard.access import is_loopback

    return not is_loopback(host)


def _expect_accounts() -> None:
    from dashboard.access import expect_accounts
    from wfm.store import open_store

    expect_accounts(open_store())


def _first_token() -> str:
    # As dashboard.access.make_link_token, which would load the whole of the pages first.
    from wfm.store import open_store

    return open_store().accounts.sessions.make_link()


def _withdraw_links() -> None:
    from wfm.store import open_store

    with contextlib.suppress(BadInput):  # a store that is gone keeps no links
        open_store().accounts.sessions.withdraw_links()


def _children(settings: ServeSettings) -> list[Child]:
    environ = settings.to_environ()
    handed = [settings.socket] if settings.socket is not None else []
    web = Child("dashboard.server.web", "dashboard.server.web", environ=environ, handed=handed)
    folders = ["--plans", str(settings.plans)]
    for folder in settings.hotlines:
        folders += ["--hotlines", str(folder)]
    workers = [
        Child("dashboard.jobs.worker", "dashboard.jobs.worker", [*folders, "--log", settings.log_format])
        for _ in range(settings.jobs)
    ]
    return [web, *workers]


@contextmanager
def _listening(settings: ServeSettings) -> Iterator[ServeSettings]:
    """The settings with the port that is listened on, and the socket that the web server is handed.

    Raises:
        BadInput: the port is taken or not allowed.
    """
    listener = _listen(settings.host, settings.port)
    try:
        found = replace(settings, port=int(listener.getsockname()[1]))
        if sys.platform == "win32":
            listener.close()  # no socket can be handed over there
            yield found
        else:
            yield replace(found, socket=listener.fileno())
    finally:
        listener.close()


def _listen(host: str, port: int) -> socket.socket:
    name = host.strip("[]")
    try:
        family = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)[0][0]
    except (OSError, ValueError, TypeError) as error:  # the latter two of what can be no name
        raise BadInput(_why_not(host, port, error)) from None
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":  # there the option would let two servers share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Connections inherit it: otherwise the end of a short answer waits 40 ms for the reader's word that it has the beginning.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind((name, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise BadInput(_why_not(host, port, error)) from None
    return listener


def _why_not(host: str, port: int, error: Exception) -> str:
    if not isinstance(error, OSError):
        return say("--host: found {found!r}, allowed is an address or name of this machine", found=host)
    if error.errno in (errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", errno.EADDRINUSE)):
        return say("port {port} is in use; choose another with --port", port=port)
    if error.errno == errno.EACCES:
        return say("port {port} needs rights that you do not have; choose one above 1023 with --port", port=port)
    return say("cannot listen on {host}:{port}: {reason}", host=host, port=port, reason=os_reason(error))


def _has_screen() -> bool:
    """Whether a browser can be opened: without a screen, a text browser would take over the terminal."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@contextmanager
def _politely(stop: threading.Event) -> Iterator[None]:
    """Let Ctrl-C and a plain ``kill`` set the event; what they did before is put back afterwards."""

    def asked(signum: int, frame: FrameType | None) -> None:
        stop.set()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    names = [n for n in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, n)]
    before = {getattr(signal, name): signal.signal(getattr(signal, name), asked) for name in names}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
