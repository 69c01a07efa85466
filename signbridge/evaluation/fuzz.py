"""Thousands of broken videos -> what the way of an upload makes of them, and what they leave.

`nice python -m signbridge.evaluation.fuzz --out docs/reports/fuzz`
"""

from __future__ import annotations

import argparse
import io
import itertools
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from signbridge.build import COMPOSERS, EXTRACTORS, start
from signbridge.clips import translate
from signbridge.errors import BadInputError
from signbridge.evaluation.fuzz_report import write
from signbridge.evaluation.mutations import MUTATIONS
from signbridge.evaluation.soak import resident_mb
from signbridge.evaluation.streaming import EXAMPLES, SENTENCES
from signbridge.landmarks.topology import N_POINTS
from signbridge.pipeline import Engine
from signbridge.settings import Settings
from signbridge.types import Frame

VIDEOS = 2000
SEED = 6
FRAMES, STEP, SIDE_PX = 16, 4, 160
LOOKED_AT = 50
"""Each so many-th video is shown to MediaPipe; the others go all the way but for that."""
SAMPLE_EVERY = 20
HANG_S = 10.0
ENDING_S = 3.0
"""What decoded the last video may take so long to end; what is there after that stays."""
# Container, codec and pixels of each kind of file that an upload may be.
KINDS = {
    "mp4": ("libx264", "yuv420p"),
    "mov": ("mpeg4", "yuv420p"),
    "webm": ("libvpx", "yuv420p"),
    "matroska": ("libx264", "yuv420p"),
    "avi": ("mpeg4", "yuv420p"),
    "gif": ("gif", "rgb8"),
    "mpegts": ("mpeg2video", "yuv420p"),
    "flv": ("flv", "yuv420p"),
    "asf": ("msmpeg4", "yuv420p"),
    "ogg": ("libtheora", "yuv420p"),
}
WHOLE, DAMAGED, REFUSED = "translated", "translated, damage told", "refused in one line"
ENDED, HUNG, CRASHED = "ended its decoder, told in one line", "took over 10 s", "crashed"
OUTCOMES = (WHOLE, DAMAGED, REFUSED, ENDED, HUNG, CRASHED)


@dataclass(frozen=True, slots=True)
class Broken:
    """One video: what it was, how it was broken, what came of it, and in how many seconds."""

    kind: str
    mutation: str
    outcome: str
    seconds: float
    said: str


@dataclass(frozen=True, slots=True)
class Fuzz:
    """One run. memory: (videos, resident MB). Left behind: open files, processes, files."""

    videos: tuple[Broken, ...]
    memory: tuple[tuple[int, float], ...]
    open_files: tuple[int, int]
    processes: tuple[int, int]
    files_left: int
    cores: int
    load: float

    def count(self, outcome: str, mutation: str | None = None) -> int:
        """Return how many videos ended so, of one mutation or of all."""
        return sum(
            one.outcome == outcome and mutation in (None, one.mutation) for one in self.videos
        )


class Nobody:
    """Stands in for the landmark model, which sees pictures alone, never the file: sees nobody."""

    people = 0

    def open(self) -> Nobody:
        """Return itself: it remembers nothing."""
        return self

    def push(self, frame: Frame) -> NDArray[np.float32]:
        """Return (543, 3) points, none of them seen."""
        return np.full((N_POINTS, 3), np.nan, np.float32)

    def close(self) -> None:
        """Hold nothing, so free nothing."""


def seeds(clip: Path) -> dict[str, bytes]:
    """Return a little of a clip as each kind of file that can be written here."""
    with av.open(str(clip)) as container:
        pictures = list(itertools.islice(container.decode(video=0), 0, FRAMES * STEP, STEP))
    made: dict[str, bytes] = {}
    for kind, (codec, pixels) in KINDS.items():
        if codec not in av.codecs_available:
            continue
        file = io.BytesIO()
        with av.open(file, "w", format=kind) as target:
            stream = target.add_stream(codec, rate=10)
            assert isinstance(stream, av.VideoStream)  # all of `KINDS` are
            stream.width, stream.height, stream.pix_fmt = SIDE_PX, SIDE_PX * 3 // 4, pixels
            for picture in pictures:
                small = picture.reformat(SIDE_PX, SIDE_PX * 3 // 4, "rgb24").to_ndarray()
                target.mux(stream.encode(av.VideoFrame.from_ndarray(small, format="rgb24")))
            target.mux(stream.encode())
        made[kind] = file.getvalue()
    return made


def mutated(number: int, files: dict[str, bytes]) -> tuple[str, str, bytes]:
    """Return kind, mutation and content of the video with this number: always the same."""
    rng = np.random.default_rng((SEED, number))
    kind = list(files)[number % len(files)]
    names = list(MUTATIONS)
    first = names[number // len(files) % len(names)]
    data = MUTATIONS[first](files[kind], rng)
    if rng.random() < 0.25 and len(data) > 64:  # some are broken twice
        data = MUTATIONS[names[rng.integers(len(names) - 2)]](data, rng)
    return kind, first, data


def try_one(engine: Engine, path: Path) -> tuple[str, float, str]:
    """Return the outcome, the seconds taken and what was said."""
    began_s = time.perf_counter()
    said = ""
    try:
        found = translate(engine, path, speak=False)
        damaged = any("damaged" in notice for notice in found.notices)
        outcome = DAMAGED if damaged else WHOLE
    except BadInputError as error:
        said = str(error).replace(str(path), "clip")
        outcome = ENDED if "broke the decoder" in said or "more memory" in said else REFUSED
    except Exception as error:  # noqa: BLE001 - to find these is what this is for
        said = f"{type(error).__name__}: {error}"
        outcome = CRASHED
    seconds = time.perf_counter() - began_s
    return (HUNG if seconds > HANG_S and outcome != CRASHED else outcome), seconds, said


def fuzz(videos: int, clip: Path, watch: Iterator[None] | None = None, look: bool = True) -> Fuzz:
    """Let so many broken videos take an upload's way."""
    settings = Settings()
    rules = start("Composer", "rules", COMPOSERS, settings)
    blind = Engine(Nobody(), (), rules, None, settings)
    seeing = blind
    if look:
        holistic = start("Landmark extractor", "holistic", EXTRACTORS, settings)
        seeing = replace(blind, extractor=holistic)
    files, found = seeds(clip), []
    memory: list[tuple[int, float]] = []
    loads: list[float] = []
    with tempfile.TemporaryDirectory(prefix="signbridge-") as folder:
        path = Path(folder) / "clip.mp4"
        before = (0, 0)
        for number in range(videos):
            kind, mutation, data = mutated(number, files)
            path.write_bytes(data)
            engine = seeing if number % LOOKED_AT == 0 else blind
            found.append(Broken(kind, mutation, *try_one(engine, path)))
            if number == 0:
                before = _open_files(), lasting_processes()
            if number % SAMPLE_EVERY == 0:
                memory.append((number, resident_mb()))
                loads.append(os.getloadavg()[0])
            if watch is not None:
                next(watch, None)
        path.unlink()
        left = len(list(Path(folder).iterdir()))
    return Fuzz(
        tuple(found),
        tuple(memory),
        (before[0], _open_files()),
        (before[1], lasting_processes(before[1])),
        left,
        os.cpu_count() or 1,
        float(np.mean(loads)),
    )


def _open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def lasting_processes(expected: int = 0) -> int:
    """Return how many processes descend from this one, at the latest `ENDING_S` from now."""
    until_s = time.monotonic() + ENDING_S
    while (found := _processes()) > expected and time.monotonic() < until_s:
        time.sleep(0.05)
    return found


def _processes() -> int:
    """How many processes descend from this one."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if fields[0] != "Z":
            parents[int(stat.parent.name)] = int(fields[1])
    ours, found = {os.getpid()}, 0
    while new := {child for child, parent in parents.items() if parent in ours} - ours:
        ours |= new
        found += len(new)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the fuzz on a drawn sentence and write its report; 1 if anything crashed or hung."""
    parser = argparse.ArgumentParser(prog="python -m signbridge.evaluation.fuzz")
    parser.add_argument("--videos", type=int, default=VIDEOS)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    options = parser.parse_args(arguments)

    def told() -> Iterator[None]:
        for number in range(1, options.videos + 1):
            if number % 100 == 0:
                sys.stderr.write(f"{number} of {options.videos}\n")
            yield

    found = fuzz(options.videos, EXAMPLES / f"{SENTENCES[0]}.mp4", told())
    write(found, options.out)
    sys.stdout.write(f"{options.out / 'report.md'}\n")
    return int(bool(found.count(CRASHED) + found.count(HUNG)))


if __name__ == "__main__":
    sys.exit(main())
