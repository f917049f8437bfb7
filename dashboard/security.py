"""Headers that keep the page to itself: no other host, no frame, no guessing of types."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Flask, Response

__all__ = ["content_policy", "harden"]


def content_policy(script_hashes: Sequence[str]) -> str:
    """A content security policy: everything from this server; inline scripts only by their hash."""
    return "; ".join(
        (
            "default-src 'self'",
            " ".join(("script-src 'self'", *script_hashes)),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def harden(server: Flask, script_hashes: Callable[[], Sequence[str]]) -> None:
    """Set the headers on every answer; a page that set its own policy keeps it."""
    policy: list[str] = []

    @server.after_request
    def add_headers(response: Response) -> Response:
        if not policy:
            policy.append(content_policy(script_hashes()))
        headers = {
            "Content-Security-Policy": policy[0],
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        }
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response
