"""Who may use the app, where the operator says that not everybody may: names and passwords."""

from __future__ import annotations

import base64
import secrets
from pathlib import Path

from signbridge.errors import SettingsError

NONE = "none"


class Login:
    """Knows the passwords; asks for them as HTTP's basic authentication does."""

    def __init__(self, setting: str) -> None:
        """`setting` is user:password, or a file of such lines; no message repeats it."""
        self._known: tuple[bytes, ...] = tuple(line.encode() for line in _lines(setting))

    @property
    def needed(self) -> bool:
        """Whether anybody is asked."""
        return bool(self._known)

    def knows(self, authorization: str) -> bool:
        """Whether the header of a request names a user and the right password."""
        scheme, _, coded = authorization.partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            given = base64.b64decode(coded.strip(), validate=True)
        except ValueError:
            return False
        # All are compared, so that the time taken tells nothing.
        return any([secrets.compare_digest(given, known) for known in self._known])


def _lines(setting: str) -> list[str]:
    if setting == NONE:
        return []
    lines = [setting] if ":" in setting else _read(Path(setting))
    lines = [line.strip() for line in lines if line.strip()]
    if not lines or not all(all(line.partition(":")[::2]) for line in lines):
        raise SettingsError("login is neither user:password nor a file of such lines")
    return lines


def _read(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            "login can't be read; give user:password, or a file of such lines"
        ) from error
