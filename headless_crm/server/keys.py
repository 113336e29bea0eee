"""API keys: a file has their digests and roles, and never a key."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from headless_crm.errors import UsageError

ROLES = ("read", "process")


@dataclass(frozen=True)
class Key:
    roles: frozenset[str]
    digest: str


class Keys:
    """The keys that open the server, each for its roles."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self._keys = tuple(keys)

    def roles_of(self, key: str) -> frozenset[str]:
        """The roles of a key; none of one that is not known. All are compared, in constant time."""
        digest = _digest(key)
        roles: frozenset[str] = frozenset()
        for known in self._keys:
            if hmac.compare_digest(known.digest, digest):
                roles |= known.roles
        return roles


def new_key() -> str:
    """A key of 256 random bits, which no one guesses: its plain digest can be stored."""
    return f"crm_{secrets.token_urlsafe(32)}"


def line_of(key: str, roles: Iterable[str], name: str = "") -> str:
    """The line of a keys file for this key."""
    return f"{','.join(roles)} {_digest(key)} {name}".strip()


def read_keys(path: Path) -> Keys:
    """The keys of a file; UsageError names the line that is not one."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"Keys file {path} can't be read. Make one with crm key.") from error
    found = [
        _key(path, number, line)
        for number, line in enumerate(lines, 1)
        if line.strip() and not line.startswith("#")
    ]
    if not found:
        raise UsageError(f"Keys file {path} has no key. Make one with crm key.")
    return Keys(found)


def _key(path: Path, number: int, line: str) -> Key:
    roles, _, rest = line.strip().partition(" ")
    digest = rest.split(maxsplit=1)[0] if rest.strip() else ""
    unknown = set(roles.split(",")) - set(ROLES)
    # The line itself is not shown: someone may have put a key there.
    if unknown or not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise UsageError(
            f"Line {number} of keys file {path} is not roles, a SHA-256 digest and a name. "
            "Roles are read, process or both, with a comma between. Make a line with crm key."
        )
    return Key(frozenset(roles.split(",")), digest)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()
