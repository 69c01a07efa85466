"""Gradio's launch on a machine that is busy: it waits for its own page as long as that takes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

LAUNCH_S = 120.0
GRADIOS_LAUNCH_S = 5.0


@pytest.fixture(scope="session", autouse=True)
def patient_launch() -> Iterator[None]:
    """Let Gradio's server take `LAUNCH_S` to start, and launch without its page having answered.

    Gradio would not launch where the page takes longer than 3 s; the tests ask it anyway.
    """
    slower = GRADIOS_LAUNCH_S / LAUNCH_S
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gradio.networking.url_ok", lambda url: True)
        patch.setattr(
            "gradio.http_server.time",
            SimpleNamespace(sleep=time.sleep, time=lambda: slower * time.time()),
        )
        yield
