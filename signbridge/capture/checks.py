"""Looks at a clip before it is decoded: opens what can be used and says what is wrong otherwise."""

from __future__ import annotations

import math
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from signbridge.capture.sniff import HEAD_BYTES, demuxer
from signbridge.errors import BadInputError

# Demuxers that hold a video in the file itself. Left out on purpose: playlists (they name other
# files and hosts), still pictures, and text, which FFmpeg would otherwise draw as a video.
_FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,gif,mpeg,mpegts,asf,flv,ogg"
_OPTIONS = {"format_whitelist": _FORMATS, "protocol_whitelist": "file"}
_EXPECTED = "expected an mp4, mov, webm, avi or gif file"
_MICROSECONDS = 1_000_000
_MB = 1_000_000
# A picture this large is a mistake or an attack; 8K video is 7680 wide.
_MAX_SOURCE_SIDE_PX = 8192
_MIN_SOURCE_SIDE_PX = 16
_MOST_TIMES_LONGER = 10


def open_container(path: Path, max_clip_mb: float) -> InputContainer:
    """Return the open file, which has a video stream; raise `BadInputError` otherwise."""
    head = _checked_head(path, max_clip_mb)
    kind = demuxer(head)
    if not kind:
        raise _unreadable(path)
    try:
        # FFmpeg is told the kind, so that no file can talk it into another.
        container = av.open(str(path), format=kind, options=_OPTIONS)
    except MemoryError:  # FFmpeg's is an FFmpegError as well, and says nothing of the file
        raise
    except (av.error.FFmpegError, OSError) as error:
        raise _unreadable(path) from error
    try:
        _check_streams(container, path)
    except BadInputError:
        container.close()
        raise
    return container


def duration_s(container: InputContainer) -> float:
    """Return the length that the file states; NaN where it states none."""
    lengths = [container.duration / _MICROSECONDS] if container.duration else []
    for stream in container.streams.video:
        if stream.duration and stream.time_base:
            lengths.append(float(stream.duration * stream.time_base))
    return min(lengths) if lengths else math.nan


def too_long(path: Path, found_s: float, max_clip_s: float) -> BadInputError:
    """Return the error for a clip of `found_s` seconds or more."""
    return BadInputError(
        f"{path} is too long: {_words(found_s)}, the limit is {_words(max_clip_s)}; "
        "cut out the part to translate, or raise SIGNBRIDGE_MAX_CLIP_S"
    )


def frame_rate(stream: VideoStream) -> float:
    """Return the frames a second that the file states; NaN where it states none or nonsense."""
    # Browsers' recordings state their clock (1000) as the rate.
    for rate in (stream.average_rate, stream.guessed_rate):
        if rate and 0.1 <= rate <= 480:
            return float(rate)
    return math.nan


def _unreadable(path: Path) -> BadInputError:
    return BadInputError(f"{path} is not a video that can be read; {_EXPECTED}")


def _checked_head(path: Path, max_clip_mb: float) -> bytes:
    """Return the first bytes of a file that is there, not empty and not too large."""
    try:
        if path.is_dir():
            raise BadInputError(f"{path} is a folder; {_EXPECTED}")
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except FileNotFoundError as error:
        raise BadInputError(f"{path} does not exist; check the path") from error
    except OSError as error:
        raise BadInputError(f"{path} can't be read: {error.strerror}") from error
    if size == 0:
        raise BadInputError(f"{path} is empty (0 bytes); {_EXPECTED}")
    if size > max_clip_mb * _MB:
        raise BadInputError(
            f"{path} is too large: {size / _MB:.1f} MB, the limit is {max_clip_mb:g} MB; "
            "cut or compress it, or raise SIGNBRIDGE_MAX_CLIP_MB"
        )
    return head


def _check_streams(container: InputContainer, path: Path) -> None:
    videos = container.streams.video
    if not videos:
        what = "has sound but no picture" if container.streams.audio else "has no picture"
        raise BadInputError(f"{path} {what}; expected a video of a person signing")
    if videos[0].codec_context is None:
        raise BadInputError(
            f"{path} has pictures of a kind that can't be decoded; convert it to an mp4 file"
        )
    side_px, other_px = sorted((videos[0].width, videos[0].height), reverse=True)
    if side_px > _MAX_SOURCE_SIDE_PX:
        raise BadInputError(
            f"{path} has pictures {side_px} pixels wide or high; the limit is {_MAX_SOURCE_SIDE_PX}"
        )
    if other_px < _MIN_SOURCE_SIDE_PX:
        raise BadInputError(
            f"{path} has pictures of {videos[0].width}x{videos[0].height} pixels, too small to "
            f"show a person; {_MIN_SOURCE_SIDE_PX} pixels each way are the least"
        )
    if side_px > _MOST_TIMES_LONGER * other_px:
        raise BadInputError(
            f"{path} has pictures of {videos[0].width}x{videos[0].height} pixels, too narrow to "
            f"show a person; one side may be {_MOST_TIMES_LONGER} times the other at most"
        )


def _words(length_s: float) -> str:
    if length_s < 120:
        return f"{length_s:.1f} s" if length_s % 1 else f"{length_s:.0f} s"
    hours, minutes = divmod(round(length_s / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
