"""The commands of the video-language recognizer: merge its adapter, compare its two paths."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from signbridge.errors import BackendUnavailableError, BadInputError

if TYPE_CHECKING:
    from signbridge.settings import Settings
    from signbridge.types import Segment


def add_merge(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `merge-adapter` to the command line."""
    command = commands.add_parser("merge-adapter", help="base and adapter into weights to serve")
    command.add_argument("--base", required=True, metavar="DIR")
    command.add_argument("--adapter", required=True, metavar="DIR")
    command.add_argument("--out", required=True, type=Path, metavar="DIR")
    command.set_defaults(run=_merge)


def _merge(options: argparse.Namespace) -> int:
    from signbridge.lacks import video_weights
    from signbridge.recognize.video.merge import merge_adapter
    from signbridge.settings import Settings

    weights = video_weights(Settings.from_environment())
    chosen = replace(weights, base=options.base, adapter=options.adapter)
    try:
        merge_adapter(chosen, options.out)
    except BackendUnavailableError as error:
        # The recognizer's words name its settings; here they are options.
        text = str(error).replace("SIGNBRIDGE_VIDEO_BASE", "--base")
        text = text.replace("SIGNBRIDGE_VIDEO_ADAPTER", "--adapter")
        raise BackendUnavailableError(text) from error
    sys.stdout.write(f"{options.out}: merged weights and processor, for `vllm serve`\n")
    return 0


def show_parity(clip: Path, progress: Callable[[float, str], None] | None = None) -> int:
    """Print what both paths see; return the exit code: 1 where they differ."""
    text, same = parity(clip, progress)
    sys.stdout.write(text + "\n")
    return 0 if same else 1


def parity(clip: Path, progress: Callable[[float, str], None] | None = None) -> tuple[str, bool]:
    """Return what both paths see of the clip's first piece, and whether it is the same.

    Without weights the prompt is not counted; the pictures are compared all the same.
    """
    from signbridge.recognize.video.parity import Seen, at_endpoint, in_process
    from signbridge.recognize.video.pieces import cut
    from signbridge.recognize.video.preprocess import prepare
    from signbridge.recognize.video.prompt import PROMPTS
    from signbridge.settings import Settings

    settings = Settings.from_environment()
    segment = whole(clip, settings, progress)
    assert segment.clip is not None  # `whole` has seen to it
    prepared = prepare(cut(segment.clip, segment.landmarks)[0], segment.landmarks)
    processor, missing = _processor(settings)
    prompt = PROMPTS[settings.video_prompt]
    sides = {
        "in process": in_process(prepared, prompt, processor),
        "endpoint": at_endpoint(prepared, prompt, processor),
    }

    def row(name: str, seen: Seen) -> str:
        grid = " x ".join(str(side) for side in seen.grid)
        tokens = "not counted" if seen.tokens < 0 else str(seen.tokens)
        return f"{name:<11} {seen.frames:>6}  {grid:<13} {tokens:<13}  {seen.pixels}"

    same = len(set(sides.values())) == 1
    lines = [f"{'':<11} frames  {'grid':<13} {'prompt tokens':<13}  hash"]
    lines += [row(name, seen) for name, seen in sides.items()]
    lines += [f"note: {missing}"] if missing else []
    lines.append("Both see the same." if same else "They differ: the model would answer otherwise.")
    return "\n".join(lines), same


def whole(
    path: Path, settings: Settings, progress: Callable[[float, str], None] | None = None
) -> Segment:
    """Return a clip as one segment with its pictures, as a session would keep them."""
    from signbridge.build import EXTRACTORS
    from signbridge.capture.video import open_video
    from signbridge.recall import LONGEST_S, Recall

    video = open_video(
        path,
        max_clip_s=min(settings.max_clip_s, LONGEST_S),
        max_clip_mb=settings.max_clip_mb,
        max_fps=settings.max_fps,
        max_side_px=settings.max_side_px,
    )
    stream, recall, end_s = EXTRACTORS["holistic"](settings).open(), Recall(), 0.0
    recall.signed(0.0, 0.0)  # all of the clip counts, whether somebody signs or not
    try:
        for index, frame in enumerate(video):
            recall.push(frame, stream.push(frame))
            end_s = frame.at_s
            if progress:
                progress(min(1.0, index / video.n_frames_estimate), "Looking for the signer")
    finally:
        stream.close()
    recall.signed(0.0, end_s)
    segment = recall.take()
    if segment is None:
        raise BadInputError(f"{path} has no picture that can be decoded; record it again")
    return segment


def _processor(settings: Settings) -> tuple[Any | None, str]:
    """Return the processor, or None and what is missing."""
    from signbridge.lacks import video_weights
    from signbridge.recognize.video.weights import load_processor

    try:
        return load_processor(video_weights(settings)), ""
    except BackendUnavailableError as error:
        return None, f"the prompt can't be counted: {error}"
