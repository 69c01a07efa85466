"""How soon a sentence begins on the page, once the chat model has sent its beginning.

    python -m signbridge.web.first_token --out docs/reports/first-token

Serves the app with its own models and a stand-in for the chat model, which writes the signs it is
asked about, a piece at a time. Chromium chooses examples on the Upload tab, then signs into the
camera of the Live tab. Needs the packages of requirements-dev.txt, and Chromium.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from signbridge import __version__
from signbridge.build import build
from signbridge.errors import SignBridgeError
from signbridge.evaluation.cores import Cores
from signbridge.settings import Settings
from signbridge.web.chromium import chromium, filmed, visit
from signbridge.web.first_sound import served
from signbridge.web.ui import launch

if TYPE_CHECKING:
    from playwright.sync_api import Page

TARGET_MS = 150.0
PIECE, PIECE_S = 4, 0.03
"""Characters of a piece and the seconds between two: as fast as a large model on a large GPU."""
EXAMPLES = 4
SENTENCE = "family-tired"
WATCH = """
window.grewAt = 0;
new MutationObserver(() => {
  if (!window.grewAt && document.querySelector(".sb-growing")) window.grewAt = Date.now();
}).observe(document, { childList: true, subtree: true });
"""


class Model:
    """Writes the best guess of each sign, and remembers when each sentence began."""

    def __init__(self) -> None:
        self.began_ms: list[float] = []

    def app(self) -> Starlette:
        """Return the part of the OpenAI protocol that the composer asks for."""
        return Starlette(routes=[Route("/v1/chat/completions", self.chat, methods=["POST"])])

    async def chat(self, request: Request) -> StreamingResponse:
        """Answer with a sentence of the signs."""
        body = await request.json()
        data = json.loads(body["messages"][-1]["content"])
        sentence = " ".join(sign["guesses"][0][0].lower() for sign in data["signs"])
        return StreamingResponse(self._pieces(sentence), media_type="text/event-stream")

    async def _pieces(self, sentence: str) -> AsyncIterator[str]:
        head = '{"sentence": "'
        pieces = [sentence[at : at + PIECE] for at in range(0, len(sentence), PIECE)]
        for number, text in enumerate((head, *pieces, '", "sources": []}')):
            if number == 1:
                self.began_ms.append(1000 * time.time())
            choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
            chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1}
            yield f"data: {json.dumps({**chunk, 'model': 'm', 'choices': [choice]})}\n\n"
            await asyncio.sleep(PIECE_S)
        yield "data: [DONE]\n\n"

    def late_ms(self, page: Page) -> float:
        """Wait until a sentence begins on the page; return how long after the model's word."""
        page.wait_for_function("window.grewAt > 0")
        grew_ms = float(page.evaluate("window.grewAt"))
        return grew_ms - max(each for each in self.began_ms if each <= grew_ms)


def measure(count: int) -> tuple[dict[str, list[float]], float]:
    """Return, for each tab, the milliseconds from the model's first word to the page's.

    And how many cores were busy for others meanwhile; see `Cores`.
    """
    model = Model()
    with tempfile.TemporaryDirectory() as folder, served(model.app()) as address:
        settings = Settings(
            composer="chat",
            chat_url=f"{address}v1",
            chat_model="m",
            speaker="none",
            port=_port(),
            session_idle_s=60.0,  # a page on a busy machine may be silent for long
        )
        with _app(settings), chromium(camera=filmed(SENTENCE, Path(folder))) as browser:
            page = browser.new_page()
            page.add_init_script(WATCH)
            visit(page, f"http://127.0.0.1:{settings.port}/")
            with Cores() as cores:
                late = {"Upload": _uploads(page, model, count), "Live": _live(page, model, count)}
            return late, cores.others


def _uploads(page: Page, model: Model, count: int) -> list[float]:
    late = []
    for number in range(count):
        page.evaluate("window.grewAt = 0")
        page.locator("#examples button").nth(number % EXAMPLES).click()
        late.append(model.late_ms(page))
        page.wait_for_selector("#answer .sb-sentence:not(.sb-growing)")
    return late


def _live(page: Page, model: Model, count: int) -> list[float]:
    page.get_by_role("tab", name="Live").click()
    page.locator("#camera [title='grant webcam access'] button").click()
    page.get_by_role("button", name="capture photo").click()
    late = []
    for _ in range(count):
        page.wait_for_selector(".sb-growing", state="detached")
        page.evaluate("window.grewAt = 0")
        late.append(model.late_ms(page))
    return late


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _app(settings: Settings) -> Iterator[None]:
    engine = build(settings)
    blocks = launch(settings, lambda: engine, wait=False)
    try:
        yield
    finally:
        blocks.close()


def write(out: Path, late_ms: Mapping[str, Sequence[float]], others: float) -> None:
    """Write report.json and report.md into a folder.

    late_ms: of each tab. others: cores that were busy for others meanwhile.
    """
    out.mkdir(parents=True, exist_ok=True)
    found = [
        f"{tab} tab: median {median(late):.0f} ms, longest {max(late):.0f} ms, "
        f"{sum(ms <= TARGET_MS for ms in late)} of {len(late)} sentences in time"
        for tab, late in late_ms.items()
    ]
    summary = (
        f"From the chat model's first word to the page's. {'; '.join(found)}. "
        f"Wanted: {TARGET_MS:.0f} ms. Others kept {others:.1f} of {os.cpu_count()} cores "
        "busy meanwhile."
    )
    data = {
        "version": __version__,
        "summary": summary,
        "late_ms": {tab: list(late) for tab, late in late_ms.items()},
        "target_ms": TARGET_MS,
        "others": others,
        "cores": os.cpu_count(),
    }
    (out / "report.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    text = (
        f"# First word on the page\n\n{summary}\n\nMeasured in Chromium with the app's own page "
        f"and models; a stand-in for the chat model writes {PIECE} characters each "
        f"{1000 * PIECE_S:.0f} ms. The Live tab is told with the camera's next picture, ten times "
        "a second. The app, its models, the stand-in and the browser share the machine.\n\n"
        "Written by `python -m signbridge.web.first_token`.\n"
    )
    (out / "report.md").write_text(text, encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write the report; return 0, or 2 with one line on standard error."""
    parser = argparse.ArgumentParser(prog="python -m signbridge.web.first_token")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--sentences", type=int, default=12, help="in each tab")
    options = parser.parse_args(arguments)
    try:
        write(options.out, *measure(options.sentences))
    except SignBridgeError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
