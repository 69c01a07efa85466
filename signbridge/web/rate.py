"""How often each visitor may do something in a minute."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import deque
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import Scope

MINUTE_S = 60.0


class Rate:
    """Lets each visitor through so many times in any minute."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.most = most
        self._clock = clock
        self._lock = threading.Lock()
        self._came: dict[str, deque[float]] = {}

    def allow(self, visitor: str) -> bool:
        """Count one more by this visitor; return whether it is within the limit."""
        now_s = self._clock()
        with self._lock:
            self._forget(now_s)
            times = self._came.setdefault(visitor, deque())
            if len(times) >= self.most:
                return False
            times.append(now_s)
            return True

    def full(self, visitor: str) -> bool:
        """Return whether this visitor has reached the limit, without counting one more."""
        with self._lock:
            self._forget(self._clock())
            return len(self._came.get(visitor, ())) >= self.most

    def _forget(self, now_s: float) -> None:
        for known in list(self._came):
            times = self._came[known]
            while times and now_s - times[0] >= MINUTE_S:
                times.popleft()
            if not times:
                del self._came[known]


def visitor_of(scope: Scope) -> str:
    """Return the network address a request comes from; a proxy's word is taken for it.

    Who speaks from a private address and forwards for somebody is a proxy: the Space's, or the
    operator's. What it added last to the list is the address it saw; the rest anybody can claim.
    """
    peer = str((scope.get("client") or ("",))[0])
    forwarded = Headers(scope=scope).get("x-forwarded-for", "")
    seen = forwarded.rsplit(",", 1)[-1].strip()
    return seen if seen and _is_private(peer) else peer


def _is_private(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_private
    except ValueError:
        return False
