"""A program that waits for clips, and decodes each in a child of its own that can do little else.

`signbridge.capture.decoders` starts it and asks it. It has loaded FFmpeg before a clip comes, so
that a child is ready as soon as it is forked.
"""

from __future__ import annotations

import array
import json
import os
import resource
import signal
import socket
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict

from signbridge.capture.video import Video, open_video
from signbridge.capture.wire import (
    AT_S,
    ENDED,
    FRAME,
    HEAD,
    OPENED,
    REFUSED,
    TEXT_BYTES,
    TOO_HEAVY,
    Limits,
)
from signbridge.errors import BadInputError
from signbridge.types import Frame

OPEN_FILES = 16
REQUEST_BYTES = 65_536


def main() -> int:
    """Answer each request with the id of the child that decodes its clip, until nobody can ask."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # ended children vanish by themselves
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program that asked
    control = socket.socket(fileno=sys.stdin.fileno())
    while True:
        request, ancillary, _, _ = control.recvmsg(REQUEST_BYTES, socket.CMSG_SPACE(4))
        if not request:
            return 0
        target = _sent_file(ancillary)
        child = os.fork()
        if not child:
            control.close()
            _serve(json.loads(request), target)
            os._exit(0)  # no cleaning up: that is the waiting program's
        os.close(target)
        control.send(child.to_bytes(8, "little"))


def _sent_file(ancillary: list[tuple[int, int, bytes]]) -> int:
    ((_, _, data),) = ancillary
    files = array.array("i")
    files.frombytes(data[: files.itemsize])
    return files[0]


def _serve(job: dict[str, object], target: int) -> None:
    """Decode one clip into the pipe; whoever reads it may close it at any time."""
    limits = Limits(**job["limits"])  # type: ignore[arg-type]
    os.chdir(str(job["folder"]))
    _confine(limits)
    with suppress(BrokenPipeError):
        try:
            signal.setitimer(
                signal.ITIMER_PROF, limits.stuck_s
            )  # ends this process, even inside of FFmpeg
            video = _opened(str(job["path"]), limits)
            _say(target, OPENED, json.dumps(asdict(video.facts)))
            for frame in each(video, limits.stuck_s):
                _send_frame(target, frame)
            _say(target, ENDED, video.damage)
        except BadInputError as error:
            _say(target, REFUSED, str(error))
        except MemoryError:
            _say(target, TOO_HEAVY, "")


def _confine(limits: Limits) -> None:
    """Take away what decoding does not need; what it may still use is limited."""
    cpu_s = round(60 + 4 * limits.max_clip_s)  # 4K at 60 pictures a second takes about two
    for what, most in (
        (resource.RLIMIT_AS, limits.memory_mb << 20),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError):  # a lower one is set already
            resource.setrlimit(what, (most, most))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)


def _opened(path: str, limits: Limits) -> Video:
    return open_video(
        path,
        max_clip_s=limits.max_clip_s,
        max_clip_mb=limits.max_clip_mb,
        max_fps=limits.max_fps,
        max_side_px=limits.max_side_px,
    )


def each(video: Iterable[Frame], stuck_s: int) -> Iterator[Frame]:
    """Yield the frames; the clock runs only while one is decoded, not while a reader is slow."""
    frames = iter(video)
    while True:
        signal.setitimer(signal.ITIMER_PROF, stuck_s)
        frame = next(frames, None)
        signal.setitimer(signal.ITIMER_PROF, 0)
        if frame is None:
            return
        yield frame


def _say(target: int, kind: bytes, text: str) -> None:
    signal.setitimer(signal.ITIMER_PROF, 0)
    body = text.encode("utf-8", "replace")[:TEXT_BYTES]
    _write(target, HEAD.pack(kind, len(body)) + body)


def _send_frame(target: int, frame: Frame) -> None:
    head = HEAD.pack(FRAME, AT_S.size + frame.pixels.nbytes)
    _write(target, head + AT_S.pack(frame.at_s))
    _write(target, frame.pixels.data.cast("B"))


def _write(target: int, data: bytes | memoryview) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(target, left) :]


if __name__ == "__main__":
    sys.exit(main())
