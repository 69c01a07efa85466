"""A sentence cut where a voice would draw breath, so that the first sound need not wait."""

from __future__ import annotations

import re
import unicodedata

_AFTER = re.compile(r"(?<=[.!?;:,])\s+")


def clauses(text: str) -> list[str]:
    """Return the text cut after punctuation; characters no voice can read are dropped.

    Raises `ValueError` for text without a letter or digit.
    """
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(c for c in plain if c.isalnum() or c.isspace() or c in ".,;:!?'’-%$&")  # noqa: RUF001
    found = [clause for clause in _AFTER.split(plain.strip()) if any(map(str.isalnum, clause))]
    if not found:
        raise ValueError(f"nothing to speak in {text!r}: it has no letter or digit")
    return found
