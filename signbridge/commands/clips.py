"""The commands on clips and folders of clips: `translate` and `extract`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from signbridge.commands.batch import add_ray, spread
from signbridge.console import (
    BAD_INPUT,
    check_target,
    clear_progress,
    fail,
    note,
    progress,
    write,
    writing,
)
from signbridge.errors import BadInputError
from signbridge.settings import Settings

if TYPE_CHECKING:
    from signbridge.pipeline import Engine
    from signbridge.types import Translation

OK = 0
RESULT_SHOWN = 60

Commands = argparse._SubParsersAction  # argparse has no public name for it


def add_translate(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add `translate` to the commands."""
    command = commands.add_parser("translate", help="clips into English text and speech")
    _add_clips(command)
    command.add_argument("--json", action="store_true", help="one JSON object a line for each clip")
    command.add_argument("--speech", type=Path, metavar="OUT.wav", help="write the spoken sentence")
    command.add_argument("--srt", type=Path, metavar="OUT.srt", help="write captions")
    command.add_argument("--recognizers", metavar="A,B", help="only these, in order of trust")
    command.add_argument("-o", "--out", type=Path, metavar="DIR", help="for --ray")
    add_ray(command)
    command.set_defaults(run=_translate)


def add_extract(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add `extract` to the commands."""
    command = commands.add_parser("extract", help="clips into landmark files")
    _add_clips(command)
    command.add_argument("-o", "--out", type=Path, required=True, metavar="DIR")
    command.add_argument("--format", choices=("npz", "pose"), default="npz")
    add_ray(command)
    command.set_defaults(run=_extract)


def names(listed: str | None) -> tuple[str, ...]:
    """Return the parts of "a, b"."""
    return tuple(name.strip() for name in (listed or "").split(",") if name.strip())


def _add_clips(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "clips", nargs="+", type=Path, metavar="CLIP", help="a file, or a folder of them"
    )


@dataclass(frozen=True, slots=True)
class _Clip:
    """A clip to read; `name` is what its results are called, folders and all."""

    path: Path
    name: Path


@dataclass(slots=True)
class _Table:
    """What became of each clip of a folder, for standard error at the end."""

    wanted: bool
    started_s: float = field(default_factory=time.monotonic)
    rows: list[tuple[str, str, str]] = field(default_factory=list)
    failed: int = 0

    def add(self, clip: _Clip, frames: int, result: str) -> None:
        self.rows.append((str(clip.name), str(frames), result))

    def refuse(self, clip: _Clip, error: BadInputError) -> None:
        fail(error)
        self.failed += 1
        self.rows.append((str(clip.name), "-", "failed, see above"))

    def show(self) -> int:
        """Write the table if it is wanted; return the exit code."""
        if self.wanted:
            width = max(len(name) for name, _, _ in self.rows)
            clear_progress()
            for name, frames, result in (("clip", "frames", ""), *self.rows):
                sys.stderr.write(f"{name:<{width}}  {frames:>6}  {result[:RESULT_SHOWN]}".rstrip())
                sys.stderr.write("\n")
            sys.stderr.write(
                f"{len(self.rows)} clips in {time.monotonic() - self.started_s:.0f} s, "
                f"{self.failed} failed\n"
            )
        return BAD_INPUT if self.failed else OK


def _translate(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    if options.recognizers is not None:
        settings = replace(settings, recognizers=names(options.recognizers))
    if options.ray is not None:
        from signbridge.batch.work import TRANSLATE

        refused = ("--json", options.json), ("--speech", options.speech), ("--srt", options.srt)
        for option, given in refused:
            if given:
                raise BadInputError(f"{option} does not go with --ray: the answers are in -o DIR")
        return spread(options, TRANSLATE, settings)
    if options.out is not None:
        raise BadInputError("-o is for --ray; without it the answers are on standard output")
    clips = list(_expanded(options.clips))
    if len(clips) > 1 and (options.speech or options.srt):
        raise BadInputError("--speech and --srt take one clip; give one clip at a time")
    for path in filter(None, (options.speech, options.srt)):
        check_target(path)
    from signbridge.clips import translate
    from signbridge.export import contract, plain

    engine = _engine(settings, speaks=options.speech is not None)
    table = _Table(_any_folder(options.clips))
    for clip in clips:
        try:
            found = translate(engine, clip.path, progress=progress(clip.path.name))
        except BadInputError as error:
            table.refuse(clip, error)
            continue
        if options.json:
            write(json.dumps(contract(found, str(clip.path)), ensure_ascii=False))
        else:
            write(plain(found, str(clip.path)))
        _keep(found, options.speech, options.srt)
        table.add(clip, found.frames, found.utterance.text or "(no sentence)")
    return table.show()


def _engine(settings: Settings, speaks: bool) -> Engine:
    from signbridge.build import build
    from signbridge.capture.decoders import decoders

    decoders().start()  # while the models load
    # A voice takes seconds to load.
    return build(settings if speaks else replace(settings, speaker="none"))


def _keep(found: Translation, speech: Path | None, captions: Path | None) -> None:
    """Write the files that were asked for; say so where there is nothing to write."""
    from signbridge.export import srt
    from signbridge.speak.wav import write_wav

    if speech and found.speech:
        with writing(speech):
            write_wav(speech, found.speech)
    elif speech:
        why = "there is nothing to speak"
        if found.utterance.text:
            why = "no voice could speak it; see the notes, or `doctor`"
        sys.stderr.write(f"{speech} was not written: {why}\n")
    if captions:
        with writing(captions):
            captions.write_text(srt(found), encoding="utf-8")


def _extract(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    if options.ray is not None:
        from signbridge.batch.work import EXTRACT

        return spread(options, EXTRACT, settings)
    from signbridge.clips import extract_clip
    from signbridge.landmarks.files import write_npz, write_pose
    from signbridge.landmarks.holistic import HolisticExtractor

    write_landmarks = write_npz if options.format == "npz" else write_pose
    clips = list(_expanded(options.clips))
    targets = [
        options.out / clip.name.parent / f"{clip.path.stem}.{options.format}" for clip in clips
    ]
    for path in targets:
        if targets.count(path) > 1:
            raise BadInputError(f"{path} would be written twice; extract one clip at a time")
    extractor = HolisticExtractor()
    for folder in {options.out: 0} | {path.parent: 0 for path in targets}:
        _make(folder)
    table = _Table(_any_folder(options.clips))
    for clip, path in zip(clips, targets, strict=True):
        try:
            landmarks = extract_clip(
                extractor, settings, clip.path, progress(clip.path.name), partial(note, clip.path)
            )
        except BadInputError as error:
            table.refuse(clip, error)
            continue
        with writing(path):
            write_landmarks(path, landmarks)
        write(f"{path}: {len(landmarks.points)} frames at {landmarks.fps:.4g} a second")
        table.add(clip, len(landmarks.points), str(path))
    return table.show()


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInputError(f"{folder} can't be made a folder: {error.strerror}") from error


def _any_folder(paths: Sequence[Path]) -> bool:
    return any(os.path.isdir(path) for path in paths)


def _expanded(paths: Sequence[Path]) -> Iterator[_Clip]:
    """Yield the clips that are named, and those in the folders that are."""
    from signbridge.batch.folder import find, passed_over

    for path in paths:
        # Not Path.is_dir: in Python 3.11 it raises for a name that is too long.
        if os.path.isdir(path):
            if others := passed_over(path):
                note(path, others)
            yield from (_Clip(job.path, job.path.relative_to(path)) for job in find(path))
        else:
            yield _Clip(path, Path(path.name))
