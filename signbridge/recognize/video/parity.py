"""What the model sees of a clip in process, and what a server sees of what it is sent."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from signbridge.recognize.video import wire
from signbridge.recognize.video.endpoint import request
from signbridge.recognize.video.local import model_inputs
from signbridge.recognize.video.preprocess import PreparedClip
from signbridge.recognize.video.prompt import Prompt

PATCH_PX = 16
FRAMES_PER_PATCH = 2


@dataclass(frozen=True, slots=True)
class Seen:
    """One side: frames, patches (time, down, across), tokens of the prompt, and of the pixels.

    tokens: -1 without a processor to count them.
    pixels: a hash of what the model would get: of the processor's numbers where there is one.
    """

    frames: int
    grid: tuple[int, int, int]
    tokens: int
    pixels: str


def in_process(prepared: PreparedClip, prompt: Prompt, processor: Any | None) -> Seen:
    """Return what the model in this process is given."""
    return _seen(prepared, prompt, processor)


def at_endpoint(prepared: PreparedClip, prompt: Prompt, processor: Any | None) -> Seen:
    """Return what a server would give its model, from the very request that it would be sent."""
    user = next(turn for turn in request(prompt, prepared)["messages"] if turn["role"] == "user")
    video = wire.from_data_url(user["content"][0]["video_url"]["url"])
    pixels, fps = wire.decode(video)
    received = PreparedClip(pixels, fps, tuple(range(len(pixels))), len(pixels))
    return _seen(received, prompt, processor)


def _seen(prepared: PreparedClip, prompt: Prompt, processor: Any | None) -> Seen:
    frames, height_px, width_px = prepared.pixels.shape[:3]
    if processor is None:
        grid = frames // FRAMES_PER_PATCH, height_px // PATCH_PX, width_px // PATCH_PX
        return Seen(frames, grid, -1, _hash(prepared.pixels))
    inputs = model_inputs(processor, prompt, prepared)
    time, down, across = inputs["video_grid_thw"][0].tolist()
    # The words and times of the prompt count as much as their number.
    words = inputs["input_ids"].numpy()
    pixels = _hash(inputs["pixel_values_videos"].numpy(), words)
    return Seen(frames, (time, down, across), int(words.shape[1]), pixels)


def _hash(*arrays: NDArray[Any]) -> str:
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:16]
