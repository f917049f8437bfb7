"""How the dashboard is reached, decided once when it is started and the same in all its processes."""

from __future__ import annotations

import getpass
import ipaddress
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.store import ADMINISTRATOR, Store

__all__ = ["AccessRules", "expect_accounts", "is_loopback", "make_link_token", "owner_name", "withdraw_links"]

_VARIABLE = "WFM_ACCESS"


@dataclass(frozen=True, slots=True)
class AccessRules:
    """Who may come in, and how.

    Attributes:
        accounts: whether people sign in with accounts; else the owner of the machine comes by a link that works once.
        cookie: name of the session's cookie; browsers keep one set of cookies for all ports of a host.
        public_names: names under which browsers may ask; none: any with accounts, this machine's own without.
        proxies: how many proxies stand in front whose word on address, scheme and host is believed.
    """

    accounts: bool = False
    cookie: str = "wfm_session"
    public_names: tuple[str, ...] = ()
    proxies: int = 0

    def to_environ(self) -> dict[str, str]:
        """As an environment variable for processes that this one starts."""
        return {_VARIABLE: json.dumps(asdict(self))}

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> AccessRules | None:
        """What the process that started this one has set; None if nothing."""
        told = (os.environ if environ is None else environ).get(_VARIABLE)
        if not told:
            return None
        found = json.loads(told)
        return cls(**{**found, "public_names": tuple(found["public_names"])})


def is_loopback(host: str) -> bool:
    """Whether an address reaches this machine only."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def owner_name() -> str:
    """Whoever started the dashboard, by the name that the system knows; stands in the audit."""
    try:
        return getpass.getuser()[:80]
    except (OSError, KeyError):  # no name is set, as in a container
        return "local"


def make_link_token(store: Store) -> str:
    """The token of a link that opens one session for the owner of this machine."""
    return store.accounts.sessions.make_link()


def withdraw_links(store: Store) -> None:
    """Let links that nobody followed open nothing any more: the dashboard is closed."""
    store.accounts.sessions.withdraw_links()


def expect_accounts(store: Store) -> None:
    """Insist that somebody can sign in and administer.

    Raises:
        BadInput: there is nobody.
    """
    users = store.accounts.users()
    if not any(ADMINISTRATOR in user.roles and not user.disabled for user in users):
        raise BadInput(
            say("nobody can sign in and administer yet; make the first account: wfm user add NAME --role manager")
        )
