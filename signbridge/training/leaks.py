"""Looks for leaks in every split: `python -m signbridge.training.leaks --data ../shared/data`.

Prints what each pair of sides shares; writes report.json, report.md and, if asked, the manifest of
every set. Ends with 1 where the rows to train on leak, with 0 where they are clean. Some minutes.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from signbridge.build import build
from signbridge.data import alphabet, clips, stills, wlasl
from signbridge.data.collection import Collection, collect
from signbridge.data.copies import TWIN_DISTANCE
from signbridge.data.leaks import KINDS, Comparison, Side, compare
from signbridge.data.manifest import LEFT_OUT, TRAIN, Entry, write_manifest
from signbridge.errors import BackendUnavailableError, SignBridgeError
from signbridge.landmarks.features import stretch_features
from signbridge.recognize.landmark.recognizer import LandmarkRecognizer
from signbridge.settings import Settings
from signbridge.training.cases import Case, asked, filmed, official_rows
from signbridge.training.filmed_copies import Video
from signbridge.training.leak_report import Findings, write
from signbridge.training.leak_table import comparison_lines
from signbridge.training.rows import Rows, chosen_rows, comparisons, side
from signbridge.training.shipped import is_checked, scores_without
from signbridge.training.spelling_data import HELD_OUT_HANDS
from signbridge.training.videos import PICTURE_DISTANCE, Match, match, read_tracks


def main(arguments: Sequence[str] | None = None) -> int:
    """Check from the command line; return 0 if clean, 1 if not, 2 for data that can't be read."""
    parser = argparse.ArgumentParser(
        prog="python -m signbridge.training.leaks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, required=True, help="holds wlasl, words, letters")
    parser.add_argument("--out", type=Path, help="folder of the report")
    parser.add_argument("--manifest", type=Path, metavar="CSV", help="write a line for each clip")
    parser.add_argument("--clips", type=Path, metavar="LABELS.csv", help="compare videos as well")
    parser.add_argument("--cache", type=Path, help="keeps the videos' landmarks between runs")
    options = parser.parse_args(arguments)
    try:
        collection = collect(options.data)
        rows = chosen_rows(collection, ())
        found = splits(collection, rows, options.data)
        sys.stdout.write("\n".join(comparison_lines(found)) + "\n")
        if options.manifest:
            write_manifest(options.manifest, manifest(collection, rows, options.data))
        if options.out:
            videos = _videos(collection, options.data, options.clips, options.cache)
            write(findings(collection, rows, found, options.data, videos), options.out)
    except SignBridgeError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for one in found:
        if one.leaking:
            sys.stderr.write(one.describe() + "\n")
    return int(any(one.leaking for one in found))


def splits(collection: Collection, rows: Rows, data: Path) -> tuple[Comparison, ...]:
    """Return everything that must be clean: strangers, known people, the alphabet, the speller."""
    found = [*comparisons(collection, rows), _spelling(collection, data)]
    try:
        letters = alphabet.read_samples(alphabet.folder())
    except BackendUnavailableError:  # a package for development; the other sides need none
        return tuple(found)
    signs = [stretch_features(sample.hands)[:1].astype(np.float16) for sample in letters]
    moving = Side.of("moving alphabet", letters, np.concatenate(signs))
    return (*found, compare(side(collection, TRAIN, rows), moving))


def _spelling(collection: Collection, data: Path) -> Comparison:
    """Return what the speller's held-out hands share with those it learned from.

    Handshapes have no time axis: two people's still B are alike, so distance says nothing here.
    """
    entries, prints = stills.read_stills(data / "letters")
    webcams = [s for s in collection.samples if s.dataset == "words"]
    entries, prints = [*entries, *webcams], [*prints, *(s.prints for s in webcams)]
    held_out = [e.signer.split("-", 1)[1] in HELD_OUT_HANDS for e in entries]

    def part(name: str, wanted: bool) -> Side:
        rows = [i for i, out in enumerate(held_out) if out is wanted]
        return Side(name, [entries[i] for i in rows], [prints[i] for i in rows])

    return compare(part("speller's hands", False), part("its held-out hands", True))


def findings(
    collection: Collection,
    rows: Rows,
    found: Sequence[Comparison],
    data: Path,
    videos: Sequence[Video],
) -> Findings:
    """Return what the report says, the shipped weights' own rows included."""
    shipped_rows = rows if is_checked() else chosen_rows(collection, (), by_hash=False)
    shipped = comparisons(collection, shipped_rows)
    trained = {collection.samples[i].clip for i in shipped_rows if _is_wlasl(collection, i)}
    return Findings(
        entries=manifest(collection, rows, data),
        splits=tuple(found),
        official=tuple(official(collection, classes) for classes in (100, 300, 2000)),
        shipped=shipped,
        shipped_rows=len(shipped_rows),
        checked_rows=len(rows),
        checked=is_checked(),
        scores=scores_without(collection, shipped),
        videos=tuple(replace(one, trained=one.copy in trained) for one in videos),
    )


def official(collection: Collection, classes: int) -> Comparison:
    """Return what WLASL's own division shares, among its first `classes` glosses."""
    test = official_rows(collection, classes)
    among = (collection.wlasl_class >= 0) & (collection.wlasl_class < classes)
    rest = np.setdiff1d(np.flatnonzero(among), test)
    return compare(
        side(collection, f"WLASL-{classes} train and val", rest),
        side(collection, "test", test),
        KINDS,
    )


def _is_wlasl(collection: Collection, row: int) -> bool:
    return collection.samples[row].dataset == "wlasl"


def manifest(collection: Collection, rows: Rows, data: Path) -> tuple[Entry, ...]:
    """Return a line for each clip of every set, on the side where it really stands.

    The gloss and English lines of `text` are not in it: nobody signs in them, and no model here
    is trained on them.
    """
    trained = set(rows.tolist())
    samples = [
        replace(sample, split=LEFT_OUT) if sample.split == TRAIN and i not in trained else sample
        for i, sample in enumerate(collection.samples)
    ]
    others = [*stills.read_stills(data / "letters")[0]]
    if (data / "clips").exists():
        others += clips.read_clips(data / "clips")
    with contextlib.suppress(BackendUnavailableError):
        others += alphabet.read_entries(alphabet.folder())
    return (*samples, *others)


def _videos(
    collection: Collection, data: Path, labels: Path | None, cache: Path | None
) -> tuple[Video, ...]:
    """Return the videos of signs with the row of WLASL that each is a recording of, if any."""
    if labels is None:
        return ()
    engine = build(Settings(recognizers=("landmark",), speaker="none"))
    rows, tracks = wlasl.read_rows(data / "wlasl"), read_tracks(data / "wlasl")
    by_clip = {row.video_id: row for row in rows}
    own = collection.where(lambda sample: sample.dataset == "wlasl")
    cases = filmed(engine, labels, cache)
    recognizer = engine.recognizers[0]
    assert isinstance(recognizer, LandmarkRecognizer)
    answered = asked(recognizer, cases, labels)
    found = []
    for case, prediction in zip(cases, answered.predictions, strict=True):
        answer = answered.answer(prediction)
        near = match(case.see(), tracks, collection.signs[own])
        copied = None
        if near.picture_distance < PICTURE_DISTANCE:
            copied = rows[near.row]
        elif near.feature_distance < TWIN_DISTANCE:
            copied = by_clip[collection.samples[own[near.feature_row]].clip]
        right = answer.rank == 0 if answer.in_vocabulary else None
        found.append(_video(case, near, copied, right))
    return tuple(found)


def _video(case: Case, near: Match, copied: wlasl.Row | None, right: bool | None) -> Video:
    return Video(
        name=case.clip.name,
        source=case.site,
        label=case.clip.label,
        copy=copied.video_id if copied else "",
        copy_gloss=copied.gloss if copied else "",
        copy_split=copied.split if copied else "",
        picture_distance=near.picture_distance,
        feature_distance=near.feature_distance,
        right=right,
    )


if __name__ == "__main__":
    raise SystemExit(main())
