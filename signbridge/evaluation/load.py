"""Twenty visitors who upload clips at once -> is each given the answer to their own, and when.

`python -m signbridge.evaluation.load --out docs/reports/load` starts the app on a free port.
"""

from __future__ import annotations

import argparse
import itertools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from signbridge.errors import BackendUnavailableError
from signbridge.evaluation.load_report import write
from signbridge.evaluation.streaming import EXAMPLES

APP = EXAMPLES.parent / "app.py"
VISITORS, REQUESTS = 20, 200
READY_S = 300.0
CALL = "/translate_asl_clip"


@dataclass(frozen=True, slots=True)
class Answer:
    """One request: what was asked, what came back ("" text where nothing did), and how long."""

    name: str
    expected: str
    clip: str
    text: str
    seconds: float
    error: str = ""

    @property
    def mixed_up(self) -> bool:
        """Whether it is the answer to another clip."""
        return not self.error and (self.clip != self.name or self.text != self.expected)


@dataclass(frozen=True, slots=True)
class Load:
    """One run. clip_s: how long the clips last together. cpu_s: what the app's process used."""

    answers: tuple[Answer, ...]
    visitors: int
    clips: int
    seconds: float
    clip_s: float
    cpu_s: float
    cores: int
    load: float

    @property
    def lost(self) -> int:
        """Requests without an answer."""
        return sum(bool(one.error) for one in self.answers)

    @property
    def mixed_up(self) -> int:
        """Requests with somebody else's answer."""
        return sum(one.mixed_up for one in self.answers)

    @property
    def sessions_per_core(self) -> float:
        """Seconds of video that one core reads in a second."""
        return self.clip_s / self.cpu_s if self.cpu_s else float("nan")

    def percentile_s(self, share: float) -> float:
        """Return a percentile of the seconds from upload to answer."""
        times = [one.seconds for one in self.answers if not one.error]
        return float(np.percentile(times, share)) if times else float("nan")


def ask(client: Client, path: Path, expected: str) -> Answer:
    """Upload a clip and wait for its answer."""
    began_s = time.perf_counter()
    try:
        found, _ = client.predict(handle_file(str(path)), api_name=CALL)
    except (AppError, httpx.HTTPError, ValueError) as error:
        taken_s = time.perf_counter() - began_s
        return Answer(path.name, expected, "", "", taken_s, str(error) or type(error).__name__)
    taken_s = time.perf_counter() - began_s
    return Answer(path.name, expected, str(found["clip"]), str(found["text"]), taken_s)


def load(address: str, clips: Mapping[Path, float], visitors: int, requests: int) -> Load:
    """Ask about each clip alone, then about all of them from so many visitors at once.

    clips: how long each lasts, in seconds.
    """
    with tempfile.TemporaryDirectory(prefix="signbridge-") as folder:
        alone = connect(address)
        known = {clip: ask(alone, clip, "").text for clip in clips}
        jobs: list[list[tuple[Path, Path]]] = [[] for _ in range(visitors)]
        for number in range(requests):
            clip = list(clips)[number % len(clips)]
            # Names tell even the same clips of two visitors apart.
            named = Path(folder) / f"{clip.stem}-{number:04d}{clip.suffix}"
            shutil.copyfile(clip, named)
            jobs[number % visitors].append((clip, named))
        loads = [os.getloadavg()[0]]
        clients = [connect(address) for _ in range(visitors)]
        answered = itertools.count(1)
        before_s, began_s = cpu_s(address), time.perf_counter()

        def visit(number: int) -> list[Answer]:
            answers = []
            for clip, named in jobs[number]:
                answers.append(ask(clients[number], named, known[clip]))
                sys.stderr.write(f"{next(answered)} of {requests} answered\n")
            return answers

        with ThreadPoolExecutor(visitors) as pool:
            answers = [one for all_of_one in pool.map(visit, range(visitors)) for one in all_of_one]
        seconds = time.perf_counter() - began_s
        loads.append(os.getloadavg()[0])
        return Load(
            tuple(answers),
            visitors,
            len(clips),
            seconds,
            sum(clips[clip] for each in jobs for clip, _ in each),
            cpu_s(address) - before_s,
            os.cpu_count() or 1,
            float(np.mean(loads)),
        )


def connect(address: str) -> Client:
    """Return a client that keeps no file."""
    return Client(address, verbose=False, download_files=False)


def cpu_s(address: str) -> float:
    """Return the seconds of processor time that the app says it has used."""
    for line in httpx.get(f"{address}metrics", timeout=60).text.splitlines():
        if line.startswith("process_cpu_seconds_total "):
            return float(line.split()[1])
    raise BackendUnavailableError(f"{address}metrics has no process_cpu_seconds_total")


@contextmanager
def started() -> Iterator[str]:
    """Start the app with the environment's settings on a free port; stop it in the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {"PORT": str(port), "HOST": "127.0.0.1", "UPLOADS_PER_MINUTE": "100000"}
    own["MAX_WAITING"] = "1000"
    env = {**os.environ, **{f"SIGNBRIDGE_{name}": value for name, value in own.items()}}
    app = subprocess.Popen([sys.executable, str(APP)], env=env, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}/"
    try:
        deadline_s = time.monotonic() + READY_S
        while not _well(address):
            if app.poll() is not None or time.monotonic() > deadline_s:
                raise BackendUnavailableError(f"the app did not start on port {port}; see its log")
            time.sleep(0.5)
        yield address
    finally:
        app.terminate()
        app.wait()


def _well(address: str) -> bool:
    try:
        return httpx.get(f"{address}healthz", timeout=30).status_code == 200
    except httpx.HTTPError:
        return False


def durations(clips: Sequence[Path]) -> dict[Path, float]:
    """Return how long each clip lasts, in seconds."""
    import av

    found = {}
    for clip in clips:
        with av.open(str(clip)) as container:
            found[clip] = (container.duration or 0) / 1e6
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Load the app with the examples and write the report; 1 if an answer was lost or mixed up."""
    parser = argparse.ArgumentParser(prog="python -m signbridge.evaluation.load")
    parser.add_argument("--visitors", type=int, default=VISITORS)
    parser.add_argument("--requests", type=int, default=REQUESTS)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    options = parser.parse_args(arguments)
    clips = durations(sorted(EXAMPLES.glob("*.mp4")))
    with started() as address:
        found = load(address, clips, options.visitors, options.requests)
    write(found, options.out)
    sys.stdout.write(f"{options.out / 'report.md'}\n")
    return int(bool(found.lost + found.mixed_up))


if __name__ == "__main__":
    sys.exit(main())
