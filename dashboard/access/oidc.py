"""Signing in through the organisation's own service."""

from __future__ import annotations

from flask import Flask

from dashboard.access.rules import AccessRules
from dashboard.desk import Desk

__all__ = ["serve_oidc", "service_name"]


def service_name() -> str:
    """What people call the service; empty if there is none."""
    return ""


def serve_oidc(server: Flask, desk: Desk, rules: AccessRules) -> None:
    """Add the way through the service, if there is one."""
