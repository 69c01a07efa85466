"""The first bytes of a file -> which kind of video it is, whatever its name says.

Only where files are chosen among others, in a folder or a browser, are they known by their names.
"""

from __future__ import annotations

HEAD_BYTES = 512
"""How much of a file must be seen to tell."""

SUFFIXES = frozenset((
    ".mp4", ".m4v", ".mov", ".3gp", ".3g2", ".webm", ".mkv", ".avi", ".gif", ".mpg", ".mpeg",
    ".mts", ".m2ts", ".ts", ".wmv", ".asf", ".flv", ".ogv",
))  # fmt: skip
"""How the names of such files end, in lower case."""

# FFmpeg's demuxer, and the bytes that its files begin with.
_MAGIC = (
    ("matroska", b"\x1aE\xdf\xa3"),
    ("gif", b"GIF87a"),
    ("gif", b"GIF89a"),
    ("mpeg", b"\x00\x00\x01\xba"),
    ("asf", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"),
    ("flv", b"FLV\x01"),
    ("ogg", b"OggS"),
)
# The boxes that an MP4 or QuickTime file may begin with; their names follow four bytes of length.
_BOXES = frozenset(
    (b"ftyp", b"styp", b"moov", b"mdat", b"wide", b"free", b"skip", b"uuid", b"pnot")
)
# Transport streams repeat this byte once a packet; cameras' files put four bytes before each.
_SYNC, _PACKETS = 0x47, ((0, 188), (4, 192))


def demuxer(head: bytes) -> str:
    """Return the name of FFmpeg's demuxer for a file that begins so; "" for what is no video."""
    for name, magic in _MAGIC:
        if head.startswith(magic):
            return name
    if head[4:8] in _BOXES:
        return "mp4"
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return "avi"
    for first, step in _PACKETS:
        if len(head) > first + 2 * step and set(head[first : first + 3 * step : step]) == {_SYNC}:
            return "mpegts"
    return ""
