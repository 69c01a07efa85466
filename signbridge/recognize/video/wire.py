"""Prepared pictures -> a video as an endpoint takes it, without losing a single bit; and back."""

from __future__ import annotations

import base64
import io
from fractions import Fraction
from typing import cast

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from signbridge.errors import BadInputError
from signbridge.recognize.video.preprocess import PreparedClip

# H.264 in RGB with nothing quantised: lossless, quick, and read by every server's decoder. JPEG
# pictures would not be what the model was trained on, and vLLM takes them for 2 a second.
_CODEC = "libx264rgb"
_LOSSLESS = {"qp": "0", "preset": "ultrafast"}


def encode(prepared: PreparedClip) -> bytes:
    """Return an mp4 with exactly these pictures at their rate."""
    written = io.BytesIO()
    with av.open(written, "w", format="mp4") as container:
        rate = Fraction(prepared.rate).limit_denominator(1001)
        stream = cast(av.VideoStream, container.add_stream(_CODEC, rate=rate, options=_LOSSLESS))
        stream.height, stream.width = prepared.pixels.shape[1:3]
        stream.pix_fmt = "rgb24"
        for picture in prepared.pixels:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return written.getvalue()


def data_url(video: bytes) -> str:
    """Return the video as a data url, as the OpenAI protocol carries one."""
    return "data:video/mp4;base64," + base64.b64encode(video).decode("ascii")


def from_data_url(url: str) -> bytes:
    """Return the bytes of a data url; raise `BadInputError` for anything else."""
    head, comma, body = url.partition(",")
    if not comma or not head.startswith("data:video/") or not head.endswith(";base64"):
        raise BadInputError("not a data url of a video; expected data:video/mp4;base64,...")
    return base64.b64decode(body, validate=True)


def decode(video: bytes) -> tuple[NDArray[np.uint8], float]:
    """Return (T, H, W, 3) uint8 RGB and the frames a second, by the decoder that vLLM uses."""
    reader = cv2.VideoCapture(io.BytesIO(video), cv2.CAP_FFMPEG, [])  # type: ignore[call-overload]
    frames = []
    while True:
        more, picture = reader.read()
        if not more:
            break
        frames.append(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))
    if not frames:
        raise BadInputError("the video has no picture that can be decoded")
    return np.stack(frames), float(reader.get(cv2.CAP_PROP_FPS))
