"""How soon a sound is heard in a browser, once its first piece has come from the voice.

    python -m signbridge.web.first_sound --out docs/reports/voice --note "which voice, where"

Asks the voice of the settings, and plays what it says in Chromium the way the Live tab does. Needs
the packages of requirements-dev.txt, and Chromium.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from signbridge import __version__
from signbridge.build import SPEAKERS, start
from signbridge.errors import SignBridgeError
from signbridge.protocols import Speaker
from signbridge.settings import Settings
from signbridge.sound import Sound
from signbridge.web.chromium import SOUND, chromium
from signbridge.web.sounds import Sounds
from signbridge.web.words import streamed

SENTENCES = (
    "Nice to meet you. How are you today?",
    "Yesterday I went to the store with my sister, and we bought a red car.",
    "Where do you live?",
    "My name is Anna, I am deaf, and I work at the school.",
)
TARGET_MS = 200.0
TICK_MS = 100.0
"""The Live tab is told of a sound with its next picture, so up to this later."""
PAGE = """<!doctype html><title>playing</title><div></div><script>
const element = document.querySelector("div");
%s
(async () => {
  for (let number = 0; number < %d; number++) {
    const html = await (await fetch(`begin/${number}`)).text();
    await new Promise((next) => {
      element.addEventListener("heard", () => {
        // Its own silence at the start, and the way to the loudspeaker, count too.
        const late = AHEAD_S + window.sbAudio.baseLatency + window.sbAudio.outputLatency;
        fetch(`playing/${number}?late=${late}`).then(() => setTimeout(next, 300));
      }, { once: true });
      element.innerHTML = html;
    });
  }
  document.title = "done";
})();
</script>"""


@dataclass
class Measured:
    """Milliseconds, one of each for every sentence."""

    first_ms: list[float] = field(default_factory=list)
    whole_ms: list[float] = field(default_factory=list)
    heard_ms: list[float] = field(default_factory=list)


class Stage:
    """The small server whose page plays one sentence after another."""

    def __init__(self, speaker: Speaker, count: int) -> None:
        self.measured = Measured()
        self._speaker = speaker
        self._count = count
        self._sounds = Sounds()
        self._came_s: dict[str, float] = {}
        self._begun: list[Sound] = []

    def app(self) -> Starlette:
        """Return the page, what begins a sentence, and what is told when it is heard."""
        begin = Route("/begin/{number}", self.begin)
        playing = Route("/playing/{number}", self.playing)
        script = Path(__file__).with_name("sound.js").read_text("utf-8")
        page = Route("/", lambda _: HTMLResponse(PAGE % (script, self._count)))
        return Starlette(routes=[page, begin, playing, self._sounds.route])

    def begin(self, request: Request) -> Response:
        """Begin a sentence; answer with its player as soon as its first piece has come."""
        number = request.path_params["number"]
        sound = Sound(self._speaker.stream(SENTENCES[int(number) % len(SENTENCES)]))
        self._begun.append(sound)
        sound.wait()
        self._came_s[number] = time.perf_counter()
        return PlainTextResponse(streamed(self._sounds.offer(sound), "a sentence"))

    def playing(self, request: Request) -> Response:
        """Take down when the browser says that it is heard; the message's way counts too."""
        now_s = time.perf_counter() + float(request.query_params["late"])
        self.measured.heard_ms.append(1000 * (now_s - self._came_s[request.path_params["number"]]))
        sound = self._begun[-1]
        sound.whole()
        self.measured.first_ms.append(1000 * sound.first_s)
        self.measured.whole_ms.append(1000 * sound.took_s)
        return PlainTextResponse("noted")


@contextlib.contextmanager
def served(app: Starlette) -> Iterator[str]:
    """Serve for as long as the block runs."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            server.should_exit = True
            thread.join(5)


def measure(speaker: Speaker, count: int) -> Measured:
    """Play `count` sentences in a browser, one after another."""
    speaker.speak("Hello.")  # the first run is slower and not what is asked
    stage = Stage(speaker, count)
    with served(stage.app()) as address, chromium(SOUND) as browser:
        page = browser.new_page()
        page.goto(address)
        page.wait_for_function("document.title === 'done'", timeout=1000 * 60 * count)
    return stage.measured


def as_json(found: Measured, speaker: str, note: str) -> dict[str, object]:
    """Return the figures as plain values."""
    return {
        "version": __version__,
        "voice": speaker,
        "note": note,
        "sentences": len(found.heard_ms),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "first_piece_ms": _spread(found.first_ms),
        "last_piece_ms": _spread(found.whole_ms),
        "first_piece_to_heard_ms": _spread(found.heard_ms),
        "target_ms": TARGET_MS,
        "in_time": sum(ms <= TARGET_MS for ms in found.heard_ms),
        "in_time_with_a_tick": sum(ms + TICK_MS <= TARGET_MS for ms in found.heard_ms),
    }


def as_markdown(report: dict[str, object]) -> str:
    """Return the report for a person."""
    rows = (
        ("asked for -> first piece", "first_piece_ms"),
        ("asked for -> last piece", "last_piece_ms"),
        ("**first piece -> heard in Chromium**", "first_piece_to_heard_ms"),
    )
    lines = [
        "# How soon a voice is heard",
        "",
        f"{report['sentences']} sentences by `{report['voice']}`: {report['note']}. "
        f"{report['cores']} cores, load {report['load']}.",
        "",
        "| ms | median | 95th percentile | slowest |",
        "| --- | --- | --- | --- |",
    ]
    for label, key in rows:
        spread = report[key]
        assert isinstance(spread, dict)
        lines.append(f"| {label} | {spread['median']} | {spread['p95']} | {spread['most']} |")
    lines += [
        "",
        f"Wanted: a first piece is heard within {TARGET_MS:.0f} ms; so it was in "
        f"{report['in_time']} of {report['sentences']} sentences. The Live tab is told of a sound "
        f"with its next picture, so up to {TICK_MS:.0f} ms later: where it is that late each time, "
        f"in {report['in_time_with_a_tick']} of {report['sentences']}. Two of the figures depend "
        "on the model and the machine it runs on; the last is the app's own.",
        "",
        "Written by `python -m signbridge.web.first_sound --out DIR --note TEXT`.",
    ]
    return "\n".join(lines) + "\n"


def _spread(values_ms: list[float]) -> dict[str, float]:
    ordered = sorted(values_ms)
    high = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    return {"median": round(median(ordered)), "p95": round(high), "most": round(ordered[-1])}


def main() -> int:
    """Measure, and write report.md and report.json."""
    parser = argparse.ArgumentParser(description="How soon a voice is heard in a browser.")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--note", required=True, help="which model speaks, and where")
    parser.add_argument("--sentences", type=int, default=40)
    options = parser.parse_args()
    try:
        settings = Settings.from_environment()
        speaker = start("Voice", settings.speaker, SPEAKERS, settings)
        found = measure(speaker, options.sentences)
    except SignBridgeError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    report = as_json(found, speaker.name, options.note)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "report.json").write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    (options.out / "report.md").write_text(as_markdown(report), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
