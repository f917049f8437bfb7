"""The organisation's own service for signing in (OpenID Connect), as the environment names it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from dashboard.access.rules import is_loopback
from wfm.errors import BadInput
from wfm.i18n import say
from wfm.store import USER_ROLES

__all__ = ["OidcSettings"]


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """One service.

    Attributes:
        issuer: its address (``WFM_OIDC_ISSUER``); ``/.well-known/openid-configuration`` below it tells the rest.
        client_id: under which it knows the dashboard (``WFM_OIDC_CLIENT_ID``).
        client_secret: shared with it (``WFM_OIDC_CLIENT_SECRET``); empty for a public client, which PKCE protects.
        name: what people call it (``WFM_OIDC_NAME``).
        scopes: what is asked for (``WFM_OIDC_SCOPES``).
        name_claim: the claim that holds the person's name (``WFM_OIDC_NAME_CLAIM``).
        roles_claim: the claim that holds groups or roles, with dots into what is nested (``WFM_OIDC_ROLES_CLAIM``);
            empty: accounts are made here, and keep the roles that they have here.
        roles: which role a group gives (``WFM_OIDC_ROLES``: ``group=role``, with commas between).
    """

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    name: str = ""
    scopes: str = "openid profile"
    name_claim: str = "preferred_username"
    roles_claim: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_environ(cls) -> OidcSettings | None:
        """What the environment names; None if it names no service.

        Raises:
            BadInput: a part is missing, or cannot be used.
        """
        issuer = _told("WFM_OIDC_ISSUER").rstrip("/")
        if not issuer:
            return None
        address = urlsplit(issuer)
        if address.scheme != "https" and not (address.scheme == "http" and is_loopback(address.hostname or "")):
            raise BadInput(say("WFM_OIDC_ISSUER: found {found!r}, an https:// address is needed", found=issuer))
        if not _told("WFM_OIDC_CLIENT_ID"):
            raise BadInput(say("WFM_OIDC_ISSUER is set, and WFM_OIDC_CLIENT_ID is missing"))
        try:
            import authlib  # noqa: F401
            import joserfc  # noqa: F401
            import requests  # noqa: F401
        except ModuleNotFoundError:
            raise BadInput(
                say("WFM_OIDC_ISSUER is set; the way through it needs: pip install 'hotline-wfm[oidc]'")
            ) from None
        return cls(
            issuer,
            _told("WFM_OIDC_CLIENT_ID"),
            _told("WFM_OIDC_CLIENT_SECRET"),
            _told("WFM_OIDC_NAME"),
            _told("WFM_OIDC_SCOPES") or "openid profile",
            _told("WFM_OIDC_NAME_CLAIM") or "preferred_username",
            _told("WFM_OIDC_ROLES_CLAIM"),
            _role_map(_told("WFM_OIDC_ROLES")),
        )

    def roles_of(self, claims: Mapping[str, Any]) -> list[str] | None:
        """The roles that the claims give; None where accounts here decide."""
        if not self.roles_claim:
            return None
        found: Any = claims
        for part in self.roles_claim.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        groups = {found} if isinstance(found, str) else {str(v) for v in found} if isinstance(found, list) else set()
        given = {self.roles[group] for group in groups if group in self.roles} if self.roles else groups
        return [role for role in USER_ROLES if role in given]


def _told(name: str) -> str:
    return os.environ.get(name, "").strip()


def _role_map(told: str) -> dict[str, str]:
    pairs = [part.strip().rpartition("=") for part in told.split(",") if part.strip()]
    for group, _, role in pairs:
        if not group or role.strip() not in USER_ROLES:
            raise BadInput(
                say(
                    "WFM_OIDC_ROLES: found {found!r}, allowed is group=role with a role of {allowed}",
                    found=f"{group}={role}",
                    allowed=", ".join(USER_ROLES),
                )
            )
    return {group.strip(): role.strip() for group, _, role in pairs}
