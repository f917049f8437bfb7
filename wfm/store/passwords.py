"""Passwords: the rules they keep, and how they are kept (argon2id; nobody can read them back)."""

from __future__ import annotations

import secrets
import string
import unicodedata
from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from wfm.errors import BadInput
from wfm.i18n import say

__all__ = [
    "EARLIER_KEPT",
    "LENGTH_MAX",
    "LENGTH_MIN",
    "Passwords",
    "WeakPassword",
    "name_key",
    "password_rules",
]

LENGTH_MIN = 10
LENGTH_MAX = 200
"""Hashing takes longer for more; nobody types more."""
CLASSES_MIN = 3
"""Of four: capital letters, small letters, digits, others. Inspections under China's 等保 ask for it."""
EARLIER_KEPT = 5

_ALPHABET = "".join(c for c in string.ascii_letters + string.digits if c not in "0O1lI")
_COMMON = (
    "123456789",
    "1234567890",
    "12345678",
    "password",
    "passw0rd",
    "p@ssw0rd",
    "p@ssword",
    "qwerty",
    "qwertyuiop",
    "qwer1234",
    "1qaz2wsx",
    "1q2w3e4r",
    "zaq12wsx",
    "asdfghjkl",
    "abc123",
    "abcd1234",
    "admin",
    "administrator",
    "root",
    "welcome",
    "iloveyou",
    "letmein",
    "changeme",
    "woaini",
    "5201314",
    "huawei",
    "hotline",
    "12345",
    "12348",
    "12368",
    "wfm",
)


class WeakPassword(BadInput):
    """A password does not keep the rules; the sentence says which one."""


def name_key(name: str) -> str:
    """A name without regard to case and width: whoever is Lin may also type lin or Ｌｉｎ."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def password_rules() -> str:
    """The rules in one sentence, for whoever chooses a password."""
    return say(
        "At least {length} characters of {classes} kinds (capital letters, small letters, digits, others); "
        "without the name, no common password, none of the last {earlier}.",
        length=LENGTH_MIN,
        classes=CLASSES_MIN,
        earlier=EARLIER_KEPT,
    )


class Passwords:
    """Makes and checks hashes of passwords. ``hasher`` sets the cost; the library's own by default."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()

    def hash(self, password: str) -> str:
        """A hash with its own salt and its cost in it."""
        return self._hasher.hash(_plain(password))

    def fits(self, password: str, kept: str) -> bool:
        """Whether the password is the one that was hashed; False also for what is no hash."""
        try:
            return self._hasher.verify(kept, _plain(password))
        except (VerificationError, InvalidHashError):
            return False

    def waste_time(self, password: str) -> None:
        """Take as long as a check does, so that nobody can tell by the clock which names exist."""
        self.fits(password, self._nobodys())

    def outdated(self, kept: str) -> bool:
        """Whether a hash was made at another cost than today's, and the password is to be hashed anew."""
        return self._hasher.check_needs_rehash(kept)

    def make(self, name: str = "") -> str:
        """A password at random for somebody of this name, who will change it at once. It keeps the rules."""
        while True:
            found = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(3))
            if _classes(found) == 4 and not _holds_name(found, name) and not _common(found.casefold()):
                return found

    def expect_good(self, password: str, name: str, earlier: Iterable[str]) -> None:
        """Insist on the rules.

        Args:
            password: what was chosen.
            name: whose it is.
            earlier: hashes of the passwords that may not come again.

        Raises:
            WeakPassword: a rule is broken.
        """
        plain = _plain(password)
        if not LENGTH_MIN <= len(plain) <= LENGTH_MAX:
            raise WeakPassword(
                say(
                    "the password has {found} characters; {least} to {most} are allowed",
                    found=len(plain),
                    least=LENGTH_MIN,
                    most=LENGTH_MAX,
                )
            )
        if _classes(plain) < CLASSES_MIN:
            raise WeakPassword(
                say(
                    "the password needs {classes} of: capital letters, small letters, digits, other characters",
                    classes=CLASSES_MIN,
                )
            )
        folded = plain.casefold()
        if _holds_name(plain, name):
            raise WeakPassword(say("the password may not contain the name"))
        if _common(folded):
            raise WeakPassword(say("the password is, but for a few characters, one that everybody tries first"))
        if len(set(folded)) < 5:
            raise WeakPassword(say("the password repeats too few characters"))
        if any(self.fits(password, kept) for kept in earlier):
            raise WeakPassword(say("the password is one of the last {count}; choose another", count=EARLIER_KEPT))

    @cache  # noqa: B019 (one for the life of the process)
    def _nobodys(self) -> str:
        return self._hasher.hash(secrets.token_urlsafe(16))


def _plain(password: str) -> str:
    """One spelling of what keyboards write in several."""
    return unicodedata.normalize("NFKC", password)


def _classes(password: str) -> int:
    kinds = (str.isupper, str.islower, str.isdigit, lambda c: not (c.isupper() or c.islower() or c.isdigit()))
    return sum(any(kind(c) for c in password) for kind in kinds)


def _holds_name(plain: str, name: str) -> bool:
    """Whether the password holds the name, also backwards."""
    folded, key = plain.casefold(), name_key(name)
    return bool(key) and (key in folded or key[::-1] in folded)


def _common(folded: str) -> bool:
    """Whether little is left of the password when a common one is taken out of it."""
    return any(len(folded.replace(word, "", 1)) < 4 for word in _COMMON if word in folded)
