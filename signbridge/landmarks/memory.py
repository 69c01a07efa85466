"""Gives freed memory back to the system: MediaPipe's graphs leave hundreds of MB behind."""

from __future__ import annotations

import ctypes
from functools import cache


def give_back_memory() -> None:
    """Return freed heap pages to the system where the C library can (glibc); else do nothing.

    Fourteen sessions one after another hold 770 MB without it, 185 MB with it.
    """
    trim = _malloc_trim()
    if trim is not None:
        trim(0)


@cache
def _malloc_trim() -> ctypes._NamedFuncPointer | None:
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # musl, macOS, Windows
        return None
